import { GraphQLError } from 'graphql';
import { lastPart } from '../../ecs/core/arn.ts';
import { scopeKey } from '../../ecs/core/scope.ts';
import type { WriteOperation } from '../../ecs/outcomes/check.ts';
import type { GraphContext } from '../core/context.ts';
import { badUserInput, notFound } from '../core/errors.ts';
import type { Operations } from '../generated/types.ts';
import type { Sources } from '../graph/ecs-graph.ts';
import { lookUpTarget } from '../graph/entity.ts';
import { mustRead } from '../graph/may-read.ts';
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

/** The last change of each service that is under way, by gateway. */
const changing = new WeakMap<object, Map<string, Promise<unknown>>>();

/**
 * Makes the changes of one service one after another in this process, so that what a mutation has checked still holds
 * when it writes. Another process, and other clients of ECS, are not held up.
 */
export async function oneAtATime<T>(
  context: GraphContext,
  { service, cluster: named }: ChangeArgs,
  change: () => Promise<T>,
): Promise<T> {
  const { id, cluster } = lookUpTarget(context, 'service', 'service', service, named);
  const name = `${scopeKey(context.ecs.scope)} ${cluster} ${lastPart(id)}`;
  const queue = changing.get(context.services) ?? new Map<string, Promise<unknown>>();
  changing.set(context.services, queue);
  const mine = (queue.get(name) ?? Promise.resolve()).then(change, change);
  queue.set(name, mine);
  try {
    return await mine;
  } finally {
    if (queue.get(name) === mine) queue.delete(name);
  }
}

/** @throws {GraphQLError} FAILED_PRECONDITION if the service uses another revision than the caller expects */
export function checkRevision(
  { taskDefinition = '' }: Pick<Sources['Service'], 'taskDefinition'>,
  expected: number | null | undefined,
): void {
  const revision = Number(/:(\d+)$/.exec(taskDefinition)?.[1]);
  if (expected != null && revision !== expected)
    throw notAsExpected('expectedRevision', `The service uses revision ${revision}, not ${expected}.`);
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
  const { idempotencyKey: key, ...given } = args;
  // An argument that is null equals one that is absent.
  const asked = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
  if (key === '') throw badUserInput('idempotencyKey', 'must not be empty');
  if (key != null) return writeKeyed(context, operation, { asked, prepare, key, partOf: mutation });
  const input = await prepare();
  return { input, output: await writeOnce(context, operation, input) };
}
