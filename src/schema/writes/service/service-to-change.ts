import { GraphQLError } from 'graphql';
import { lastPart } from '../../../ecs/core/arn.ts';
import type { GraphContext } from '../../core/context.ts';
import { notFound } from '../../core/errors.ts';
import type { Sources } from '../../graph/ecs-graph.ts';
import { lookUpTarget } from '../../graph/entity.ts';
import { mustRead } from '../../graph/may-read.ts';
import type { CompoundArgs } from '../core/compound.ts';
import { inTurn } from '../core/in-turn.ts';

/** The arguments of every mutation that changes a service. */
export interface ChangeArgs extends CompoundArgs {
  readonly service: string;
  readonly cluster?: string | null | undefined;
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

/** Makes the changes of one service one after another. A dry run changes nothing, and does not wait. */
export function oneAtATime<T>(
  context: GraphContext,
  { service, cluster: named, dryRun }: ChangeArgs,
  change: () => Promise<T>,
): Promise<T> {
  const { id, cluster } = lookUpTarget(context, 'service', 'service', service, named);
  return dryRun === true ? change() : inTurn(context, `service ${cluster} ${lastPart(id)}`, change);
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
