import { EcsError } from '../../ecs/core/errors.ts';
import type { ListInput, ListItem, ListOperation } from '../../ecs/core/list-operations.ts';
import { type Count, countList, exactly, sumOf } from '../connections/count-list.ts';
import { BEGINNING, type ClusterPlace, decodeCursor, listBinding, type TokenPlace } from '../connections/cursor.ts';
import {
  allOf,
  type ConnectionSource,
  checkedFirst,
  guarded,
  isFromStart,
  type PageArguments,
  toConnection,
} from '../connections/pagination.ts';
import { BY_ITSELF, type Naming, readTokenList } from '../connections/token-list.ts';
import { blame } from '../core/blame.ts';
import type { GraphContext } from '../core/context.ts';
import { badUserInput } from '../core/errors.ts';
import type { MaybePromise } from '../core/maybe-promise.ts';
import { checkFew, fromClusters, type WantedClusters, wantedClusters } from './clusters.ts';

/** A list that ECS keeps for each cluster, read for several clusters. */
export interface ClusterList<Op extends ListOperation, Node> {
  /** Name of the list in cursors. */
  readonly name: string;
  readonly operation: Op;
  /** The filters without the cluster. */
  readonly filters: object;
  readonly inputOf: (cluster: string, arn: string | undefined) => ListInput<Op> | Promise<ListInput<Op>>;
  readonly toNode: (item: ListItem<Op>, cluster: string) => MaybePromise<Node | null>;
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
  const names = wanted.names.filter(
    (name) =>
      (start === undefined || name >= start.cluster) && context.access?.mayListIn(list.operation, name) !== false,
  );
  const mostClusters = context.services.maxClusters || names.length;
  const nodes: MaybePromise<Node | null>[] = [];
  const places: (() => ClusterPlace)[] = [];
  const missing: EcsError[] = [];
  let hasMore = false;
  let read = 0;
  for (let width = 1; read < names.length && read < mostClusters && nodes.length < first && !hasMore; width *= 2) {
    const group = names.slice(read, Math.min(read + Math.min(width, MOST_WIDE), mostClusters));
    const parts = await Promise.all(
      group.map((cluster) => {
        const from = start?.cluster === cluster ? start.place : BEGINNING;
        return readCluster(context, list, wanted, cluster, { first: first - nodes.length, start: from });
      }),
    );
    for (const [index, part] of parts.entries()) {
      const cluster = group[index] ?? '';
      const taken = part.items.slice(0, first - nodes.length);
      if (asked === 0) hasMore ||= taken.length > 0;
      for (const [at, item] of (asked === 0 ? [] : taken).entries()) {
        nodes.push(guarded(list.toNode(item, cluster)));
        places.push(() => ({ cluster, place: part.placeOf(at) }));
      }
      hasMore ||= part.hasMore || taken.length < part.items.length;
    }
    read += group.length;
    missing.push(...parts.flatMap((part) => part.missing ?? []));
  }
  // The resource that a filter names exists in no cluster.
  if (missing.length > 0 && missing.length === read) throw blame(missing[0], list.filters, 'in no cluster');
  const placeOf = (index: number) => places[index]?.() ?? { cluster: '', place: BEGINNING };
  const hasNextPage = hasMore || read < names.length;
  const isWhole = start === undefined && asked > 0 && !hasNextPage;
  const countAll = () => (isWhole ? exactly(nodes.length) : countAcross(context, list, wanted));
  return toConnection({ ...args, binding }, await allOf(nodes), placeOf, hasNextPage, countAll);
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
  readonly items: readonly Item[];
  readonly placeOf: (index: number) => TokenPlace;
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
  const items: ListItem<Op>[] = [];
  try {
    const read = await readTokenList(
      context.ecs,
      operation,
      await inputOf(cluster, arns.get(cluster)),
      { ...stretch, naming },
      (item) => items.push(item),
    );
    return { items, ...read };
  } catch (error) {
    // The caller did not name the cluster: it was deleted meanwhile, or what a filter names is in another one.
    if (error instanceof EcsError && error.code === 'NOT_FOUND' && !isNamed)
      return { items: [], placeOf: () => BEGINNING, hasMore: false, missing: error };
    throw blame(error, { clusters: cluster, ...filters }, `cluster "${cluster}"`);
  }
}
