import { GraphQLError } from 'graphql';
import { type EntityKind, KINDS } from '../../ecs/core/describe-specs.ts';
import type { WriteOperation } from '../../ecs/outcomes/check.ts';
import { forbidden } from '../access/forbidden.ts';
import type { GraphContext } from '../core/context.ts';
import { badUserInput, notFound } from '../core/errors.ts';
import type { Operations } from '../generated/types.ts';
import type { Sources } from '../graph/ecs-graph.ts';
import { lookUpTarget } from '../graph/entity.ts';
import { type PayloadSource, writeKeyed, writeOnce } from '../sdk-types/mutations.ts';

/** The arguments of every mutation that changes a service. */
export interface ChangeArgs {
  readonly service: string;
  readonly cluster?: string | null | undefined;
  readonly dryRun?: boolean | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
}

/**
 * The current service, bypassing the cache. What the mutation shows of it needs the right to read it.
 * @throws {GraphQLError} NOT_FOUND, FORBIDDEN
 */
export async function serviceToChange(
  context: GraphContext,
  { service: named, cluster }: ChangeArgs,
): Promise<Sources['Service']> {
  context.ecs.readAnew();
  const target = lookUpTarget(context, 'service', 'service', named, cluster);
  const service = await context.loaders.of('Service').load({ ...target, members: ['taskDefinition'] });
  if (service === null || service.status === 'INACTIVE')
    throw notFound('service', `There is no service "${named}" in cluster "${target.cluster}".`);
  await mustRead(context, 'Service', service.serviceArn ?? '', service.clusterArn);
  return service;
}

/** @throws {GraphQLError} FORBIDDEN if the caller may not read a resource that a mutation reads */
export async function mustRead(context: GraphContext, kind: EntityKind, arn: string, cluster?: string): Promise<void> {
  const { operation } = KINDS[kind];
  const decision = await context.access?.byName(operation, kind, arn, cluster);
  if (decision?.isAllowed === false) throw forbidden(operation, arn, decision);
}

/** The service does not meet the caller's precondition. Nothing was done. */
export function notAsExpected(argument: string, problem: string): GraphQLError {
  return new GraphQLError(`${problem} Nothing was done.`, { extensions: { code: 'FAILED_PRECONDITION', argument } });
}

interface Part<Op extends WriteOperation> {
  /** The mutation, and the caller's input. */
  readonly mutation: string;
  readonly args: ChangeArgs;
  /** Reads what the write depends on. A repeated write with its key does not read it again. */
  readonly prepare: () => Promise<Operations[Op]['input']>;
}

/**
 * One write of a mutation that consists of several. With a key each is done once, so that sending the mutation again
 * continues after the last completed one.
 * @throws {GraphQLError} BAD_USER_INPUT for a key that was sent with other arguments
 * @throws {EcsError}
 */
export async function writePart<Op extends WriteOperation>(
  context: GraphContext,
  operation: Op,
  { mutation, args, prepare }: Part<Op>,
): Promise<PayloadSource<Op>> {
  const { idempotencyKey: key, ...asked } = args;
  if (key === '') throw badUserInput('idempotencyKey', 'must not be empty');
  if (key != null) return writeKeyed(context, operation, { asked, prepare, key, partOf: mutation });
  const input = await prepare();
  return { input, output: await writeOnce(context, operation, input) };
}
