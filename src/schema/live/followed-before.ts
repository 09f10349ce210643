import type { Service } from '@aws-sdk/client-ecs';
import { clusterNameOf } from '../../ecs/core/arn.ts';
import { lastPart } from '../../live/core/deployment-bounds.ts';
import type { GraphContext } from '../core/context.ts';
import { notFound } from '../core/errors.ts';
import { checkedName, lookUpTarget } from '../graph/entity.ts';
import { cursorGiven, type LiveArgs } from './updates.ts';

// The resource of a cursor existed once. If it is gone by now, the stream ends with an outcome, not an error. The
// cursor itself is validated when the topic is followed.

/** Whether the subscription resumes after an event. */
export function isResumed(context: GraphContext, args: LiveArgs): boolean {
  return cursorGiven(context, args) !== undefined;
}

interface ServiceArgs {
  readonly cluster?: string | null | undefined;
  readonly service: string;
}

/**
 * The followed service; after a cursor only its names, if ECS no longer knows it.
 * @throws NOT_FOUND, BAD_USER_INPUT
 */
export async function followedService(
  context: GraphContext,
  args: ServiceArgs & LiveArgs,
  argument = 'service',
): Promise<Service> {
  const target = lookUpTarget(context, argument, 'service', args.service, args.cluster);
  const found = await context.loaders.of('Service').load({ id: target.id, cluster: target.cluster });
  if (found !== null) return found;
  const clusterArn = isResumed(context, args) ? await clusterArnNow(context, target.cluster) : undefined;
  if (clusterArn === undefined)
    throw notFound(argument, `There is no service "${args.service}" in cluster "${target.cluster}".`);
  const serviceName = lastPart(target.id);
  return { clusterArn, serviceName, serviceArn: arnBelow(clusterArn, 'service', serviceName), status: 'INACTIVE' };
}

/**
 * ARNs of resources in one cluster: the ones that ECS shows, and after a cursor also the ones that it no longer shows.
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
  const clusterArn = missing >= 0 && isResumed(context, args) ? await clusterArnNow(context, cluster) : undefined;
  if (missing >= 0 && clusterArn === undefined)
    throw notFound(argument, `There is no ${noun} "${ids[missing]}" in cluster "${clusterNameOf(cluster)}".`);
  return [...new Set(ids.map((id, i) => found[i] ?? arnBelow(clusterArn ?? '', type, id)))];
}

/**
 * The ARN of a cluster; after a cursor also of one that is gone.
 * @throws NOT_FOUND, BAD_USER_INPUT
 */
export async function followedCluster(
  context: GraphContext,
  args: LiveArgs,
  cluster: string,
  argument = 'cluster',
): Promise<string> {
  const name = clusterNameOf(checkedName(context, argument, 'cluster', cluster));
  const found = await context.loaders.of('Cluster').load({ id: name, members: [] });
  if (found !== null && found.status !== 'INACTIVE') return found.clusterArn ?? '';
  const clusterArn = isResumed(context, args)
    ? (found?.clusterArn ?? (await missingClusterArn(context, name)))
    : undefined;
  if (clusterArn === undefined) throw notFound(argument, `There is no cluster "${name}".`);
  return clusterArn;
}

/** ECS's ARN for a missing cluster. */
async function missingClusterArn({ ecs }: GraphContext, name: string): Promise<string | undefined> {
  const { clusters = [], failures = [] } = await ecs.read('DescribeClusters', { clusters: [name] });
  return clusters[0]?.clusterArn ?? failures.find(({ arn }) => arn?.endsWith(`:cluster/${name}`))?.arn;
}

async function clusterArnNow(context: GraphContext, cluster: string): Promise<string | undefined> {
  const name = clusterNameOf(cluster);
  const found = await context.loaders.of('Cluster').load({ id: name, members: [] });
  return found?.clusterArn ?? missingClusterArn(context, name);
}

function arnBelow(clusterArn: string, type: string, id: string): string {
  return id.startsWith('arn:') ? id : `${clusterArn.replace(':cluster/', `:${type}/`)}/${id}`;
}

/** The cluster's ARN from an ARN of the newer format. */
export function clusterArnOf(arn: string): string {
  return arn.replace(/:[\w-]+\/([^/]+)\/.*$/, ':cluster/$1');
}
