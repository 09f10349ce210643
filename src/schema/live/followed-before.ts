import type { Service } from '@aws-sdk/client-ecs';
import { clusterNameOf } from '../../ecs/core/arn.ts';
import { lastPart } from '../../live/core/deployment-bounds.ts';
import type { GraphContext } from '../core/context.ts';
import { notFound } from '../core/errors.ts';
import { checkedName, lookUpTarget } from '../graph/entity.ts';
import { cursorGiven, type LiveArgs } from './updates.ts';

// What a cursor is of was there once. That it is gone by now is how the stream ends, and no error; the cursor itself is checked
// when the topic is followed.

/** Whether the subscription goes on behind an event that somebody saw. */
export function isResumed(context: GraphContext, args: LiveArgs): boolean {
  return cursorGiven(context, args) !== undefined;
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
  const clusterArn = isResumed(context, args) ? await clusterArnNow(context, target.cluster) : undefined;
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
  const clusterArn = missing >= 0 && isResumed(context, args) ? await clusterArnNow(context, cluster) : undefined;
  if (missing >= 0 && clusterArn === undefined)
    throw notFound(argument, `There is no ${noun} "${ids[missing]}" in cluster "${clusterNameOf(cluster)}".`);
  return [...new Set(ids.map((id, i) => found[i] ?? arnBelow(clusterArn ?? '', type, id)))];
}

/**
 * The ARN of a cluster; behind a cursor also of one that is gone by now.
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

/** What ECS calls a cluster that is not there. */
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

/** The cluster in an ARN of the newer kind. */
export function clusterArnOf(arn: string): string {
  return arn.replace(/:[\w-]+\/([^/]+)\/.*$/, ':cluster/$1');
}
