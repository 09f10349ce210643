import { EcsError } from '../../ecs/core/errors.ts';
import type { ListInput, ListItem, ListOperation } from '../../ecs/core/list-operations.ts';
import { type Count, countList, sumOf } from '../connections/count-list.ts';
import { BEGINNING, decodeCursor, listBinding, type TokenPlace } from '../connections/cursor.ts';
import {
  type ConnectionSource,
  checkedFirst,
  isFromStart,
  type Listed,
  type PageArguments,
  toConnection,
} from '../connections/pagination.ts';
import { BY_ITSELF, type Naming, readTokenList } from '../connections/token-list.ts';
import { blame } from '../core/blame.ts';
import type { GraphContext } from '../core/context.ts';
import { badUserInput } from '../core/errors.ts';
import { checkFew, fromClusters, type WantedClusters, wantedClusters } from './clusters.ts';

/** A list that ECS keeps for each cluster, read for several clusters. */
export interface ClusterList<Op extends ListOperation, Node> {
  /** Name of the list in cursors. */
  readonly name: string;
  readonly operation: Op;
  /** The filters without the cluster. */
  readonly filters: object;
  readonly inputOf: (cluster: string, arn: string | undefined) => ListInput<Op> | Promise<ListInput<Op>>;
  readonly toNode: (item: ListItem<Op>, cluster: string) => Promise<Node | null> | Node | null;
  readonly naming?: Naming<ListItem<Op>>;
}

export interface ClusterListArguments extends PageArguments {
  readonly clusters?: readonly string[] | null | undefined;
}

/** Most clusters that are read in parallel. */
const MOST_WIDE = 8;

/**
 * A connection over the lists of several clusters, in the order of the clusters' names and within a cluster in ECS's
 * order. Reads no more clusters than `first` needs: one, then two, then four in parallel.
 */
export async function clusterPages<Op extends ListOperation, Node>(
  context: GraphContext,
  args: ClusterListArguments,
  list: ClusterList<Op, Node>,
): Promise<ConnectionSource<Node>> {
  // Even an empty page reads one item: only the list can say whether there is a next page.
  const asked = checkedFirst(args);
  const first = Math.max(asked, 1);
  const wanted = await wantedClusters(context, args.clusters);
  const binding = listBinding(list.name, context.ecs.scope, wanted.isNamed && wanted.names, list.filters);
  const start = isFromStart(args) ? undefined : decodeCursor(binding, args.after ?? '');
  if (start !== undefined && !('cluster' in start)) throw badUserInput('after', 'is not a cursor of this list');
  const names = start === undefined ? wanted.names : wanted.names.filter((name) => name >= start.cluster);
  const mostClusters = context.services.maxClusters || names.length;
  const listed: Listed<Node>[] = [];
  const missing: EcsError[] = [];
  let hasMore = false;
  let read = 0;
  for (let width = 1; read < names.length && read < mostClusters && listed.length < first && !hasMore; width *= 2) {
    const group = names.slice(read, Math.min(read + Math.min(width, MOST_WIDE), mostClusters));
    const parts = await Promise.all(
      group.map((cluster) => {
        const from = start?.cluster === cluster ? start.place : BEGINNING;
        return readCluster(context, list, wanted, cluster, { first: first - listed.length, start: from });
      }),
    );
    for (const [index, part] of parts.entries()) {
      const cluster = group[index] ?? '';
      const taken = part.items.slice(0, first - listed.length);
      if (asked === 0) hasMore ||= taken.length > 0;
      for (const { item, place } of asked === 0 ? [] : taken) {
        const node = Promise.resolve(list.toNode(item, cluster));
        node.catch(() => undefined);
        listed.push({ node, place: () => ({ cluster, place: place() }) });
      }
      hasMore ||= part.hasMore || taken.length < part.items.length;
    }
    read += group.length;
    missing.push(...parts.flatMap((part) => part.missing ?? []));
  }
  // What a filter names exists in none of the clusters.
  if (missing.length > 0 && missing.length === read) throw blame(missing[0], list.filters, 'in no cluster');
  const nodes = await Promise.all(listed.map(({ node }) => node));
  const hasNextPage = hasMore || read < names.length;
  const countAll = () => countAcross(context, list, wanted);
  return toConnection({ ...args, binding }, listed, nodes, hasNextPage, countAll);
}

/** Counts the lists of all clusters wanted. */
async function countAcross<Op extends ListOperation, Node>(
  context: GraphContext,
  { operation, inputOf, naming = BY_ITSELF }: ClusterList<Op, Node>,
  wanted: WantedClusters,
): Promise<Count> {
  checkFew(context, wanted);
  const count = async (cluster: string) =>
    countList(context.ecs, operation, await inputOf(cluster, wanted.arns.get(cluster)), naming);
  return sumOf(await fromClusters(wanted, count));
}

interface Part<Item> {
  readonly items: readonly { readonly item: Item; readonly place: () => TokenPlace }[];
  readonly hasMore: boolean;
  /** Set if the cluster, or what a filter names in it, does not exist. */
  readonly missing?: EcsError;
}

async function readCluster<Op extends ListOperation, Node>(
  context: GraphContext,
  { operation, inputOf, filters, naming = BY_ITSELF }: ClusterList<Op, Node>,
  { isNamed, arns }: WantedClusters,
  cluster: string,
  stretch: { readonly first: number; readonly start: TokenPlace },
): Promise<Part<ListItem<Op>>> {
  const items: { item: ListItem<Op>; place: () => TokenPlace }[] = [];
  try {
    const hasMore = await readTokenList(
      context.ecs,
      operation,
      await inputOf(cluster, arns.get(cluster)),
      { ...stretch, naming },
      (item, place) => items.push({ item, place }),
    );
    return { items, hasMore };
  } catch (error) {
    // The caller did not name the cluster: it was deleted meanwhile, or what a filter names is in another one.
    if (error instanceof EcsError && error.code === 'NOT_FOUND' && !isNamed)
      return { items: [], hasMore: false, missing: error };
    throw blame(error, { clusters: cluster, ...filters }, `cluster "${cluster}"`);
  }
}
