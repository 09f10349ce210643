import type { GraphQLResolveInfo } from 'graphql';
import { isUnique } from '../../ecs/core/arn.ts';
import { listBinding } from '../connections/cursor.ts';
import { type ConnectionSource, keyedConnection, type PageArguments } from '../connections/pagination.ts';
import type { GraphContext } from '../core/context.ts';
import type { MaybePromise } from '../core/maybe-promise.ts';
import type { Sources } from '../graph/ecs-graph.ts';
import { type EntityRef, refIn, resolveEntity } from '../graph/entity.ts';
import { selectedNodeMembers } from '../graph/selection.ts';
import { fewClusters, fromClusters, type WantedClusters } from '../lists/clusters.ts';

type Service = Sources['Service'];
type Task = Sources['Task'];

/** The caller, the sought item and the clusters, which cursors depend on. */
export interface Search<Item> {
  readonly clusters: readonly string[] | null | undefined;
  /** The sought item, in words that identify it completely. */
  readonly wanted: readonly string[];
  readonly matches: (item: Item) => Promise<boolean> | boolean;
}

/**
 * The matching ACTIVE services, sorted by ARN. Describes all services of the clusters.
 * @throws {EcsError} NOT_FOUND for a named cluster
 */
export async function servicesThat(
  context: GraphContext,
  info: GraphQLResolveInfo,
  args: PageArguments,
  { clusters, wanted, matches }: Search<Service>,
): Promise<ConnectionSource<Service>> {
  const members = selectedNodeMembers(info, 'Service');
  const covered = await fewClusters(context, clusters);
  const page = { ...args, binding: listBinding('servicesThat', context.ecs.scope, namedBy(covered), wanted) };
  const found = await fromClusters(covered, async (cluster) => {
    const arns = await context.loaders.lists.read('ListServices', { cluster });
    const load = (id: string) => context.loaders.of('Service').load({ id, cluster, members });
    return matching(cluster, arns, load, matches);
  });
  return foundConnection(page, found, (ref) => resolveEntity(context, 'Service', ref, members));
}

/** Members of a task that the match may read. */
const MATCHED = ['taskDefinitionArn', 'containers'];

/**
 * The matching tasks, sorted by ARN. Describes all tasks of the clusters that pass `filter`.
 * @throws {EcsError} NOT_FOUND for a named cluster
 */
export async function tasksThat(
  context: GraphContext,
  info: GraphQLResolveInfo,
  { desiredStatus, ...args }: PageArguments & { readonly desiredStatus?: string | null | undefined },
  { clusters, wanted, matches }: Search<Task>,
  filter: { readonly family?: string | undefined } = {},
): Promise<ConnectionSource<Task>> {
  const members = selectedNodeMembers(info, 'Task');
  const status = desiredStatus === 'STOPPED' ? 'STOPPED' : 'RUNNING';
  const covered = await fewClusters(context, clusters);
  const page = { ...args, binding: listBinding('tasksThat', context.ecs.scope, namedBy(covered), status, wanted) };
  const read = new Set([...members, ...MATCHED]);
  const found = await fromClusters(covered, async (cluster) => {
    const arns = await context.loaders.lists.read('ListTasks', { cluster, desiredStatus: status, ...filter });
    const load = (id: string) => context.loaders.of('Task').load({ id, cluster, members: read });
    return desiredStatus === 'PENDING' ? [] : matching(cluster, arns, load, matches);
  });
  return foundConnection(page, found, (ref) => resolveEntity(context, 'Task', ref, members));
}

/** For cursors: they are valid while the same clusters are named. */
function namedBy({ names, isNamed }: WantedClusters): readonly string[] | null {
  return isNamed ? names : null;
}

/**
 * A connection over the matches in clusters. ARNs of the old format are unique only together with their cluster's ARN.
 */
function foundConnection<Node>(
  page: PageArguments & { readonly binding: string },
  found: readonly (readonly EntityRef[])[],
  toNode: (ref: EntityRef) => MaybePromise<Node | null>,
): Promise<ConnectionSource<Node>> {
  const refs = new Map(found.flat().map((ref) => [isUnique(ref.arn) ? ref.arn : `${ref.arn} ${ref.clusterArn}`, ref]));
  return keyedConnection(page, [...refs.keys()].sort(), (key) => toNode(refs.get(key) ?? { arn: key }));
}

/** The revisions that a service's deployments and task sets run. */
export function taskDefinitionsOf({ taskDefinition, deployments = [], taskSets = [] }: Service): string[] {
  const arns = [
    taskDefinition,
    ...deployments.map((item) => item.taskDefinition),
    ...taskSets.map((item) => item.taskDefinition),
  ];
  return [...new Set(arns.flatMap((arn) => arn ?? []))];
}

async function matching<Item>(
  cluster: string,
  arns: readonly string[],
  load: (arn: string) => Promise<Item | null>,
  matches: (item: Item) => Promise<boolean> | boolean,
): Promise<EntityRef[]> {
  const hits = await Promise.all(
    arns.map(async (arn) => {
      const item = await load(arn);
      return item !== null && (await matches(item));
    }),
  );
  return arns.filter((_arn, index) => hits[index]).map((arn) => refIn(cluster, arn));
}
