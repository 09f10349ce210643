import type { Service } from '@aws-sdk/client-ecs';
import { clusterNameOf } from '../../ecs/arn.ts';
import { lastPart } from '../../live/arithmetic.ts';
import type { GraphContext } from '../context.ts';
import { lookUpTarget } from '../entity.ts';
import { type LiveArgs, notFound } from './updates.ts';

// What a cursor is of was there once. That it is gone by now is how the stream ends, and no error; the cursor itself is checked
// when the topic is followed.

/** Whether the subscription goes on behind an event that somebody saw. */
export function isResumed({ lastEventId }: GraphContext, { after }: LiveArgs): boolean {
  return (after ?? lastEventId) !== undefined;
}

interface ServiceArgs {
  readonly cluster?: string | null | undefined;
  readonly service: string;
}

/**
 * The service that is followed; behind a cursor just its names, where ECS knows it no more.
 * @throws NOT_FOUND, BAD_USER_INPUT
 */
export async function followedService(context: GraphContext, args: ServiceArgs & LiveArgs): Promise<Service> {
  const target = lookUpTarget(context, 'service', 'service', args.service, args.cluster);
  const found = await context.loaders.of('Service').load({ id: target.id, cluster: target.cluster });
  if (found !== null) return found;
  const clusterArn = isResumed(context, args) ? await existingClusterArn(context, target.cluster) : undefined;
  if (clusterArn === undefined)
    throw notFound('service', `There is no service "${args.service}" in cluster "${target.cluster}".`);
  const serviceName = lastPart(target.id);
  return { clusterArn, serviceName, serviceArn: arnBelow(clusterArn, 'service', serviceName), status: 'INACTIVE' };
}

/**
 * ARNs of things in one cluster: those that ECS shows, and behind a cursor those too that it shows no more.
 * @throws NOT_FOUND
 */
export async function followedArns(
  context: GraphContext,
  args: LiveArgs,
  { noun, argument, type }: { readonly noun: string; readonly argument: string; readonly type: string },
  cluster: string,
  ids: readonly string[],
  found: readonly (string | undefined)[],
): Promise<string[]> {
  const missing = found.indexOf(undefined);
  const clusterArn = missing >= 0 && isResumed(context, args) ? await existingClusterArn(context, cluster) : undefined;
  if (missing >= 0 && clusterArn === undefined)
    throw notFound(argument, `There is no ${noun} "${ids[missing]}" in cluster "${clusterNameOf(cluster)}".`);
  return [...new Set(ids.map((id, i) => found[i] ?? arnBelow(clusterArn ?? '', type, id)))];
}

async function existingClusterArn(context: GraphContext, cluster: string): Promise<string | undefined> {
  return (await context.loaders.of('Cluster').load({ id: clusterNameOf(cluster), members: [] }))?.clusterArn;
}

function arnBelow(clusterArn: string, type: string, id: string): string {
  return id.startsWith('arn:') ? id : `${clusterArn.replace(':cluster/', `:${type}/`)}/${id}`;
}

/** The cluster in an ARN of the newer kind. */
export function clusterArnOf(arn: string): string {
  return arn.replace(/:[\w-]+\/([^/]+)\/.*$/, ':cluster/$1');
}
