import type { SizesOfScope } from '../../ecs/lists/fleet-sizes.ts';
import { pagesOf } from './fleet.ts';

/**
 * The cost of a field in ECS calls, as the field's extension `ecsCost`. A number is calls for each parent object.
 * `list` is the page size of the List call for each parent; `describe` is how many objects share one Describe call.
 */
export type EcsCost =
  | number
  | {
      readonly list?: number;
      readonly describe?: number;
      /** For a field with the argument `clusters`: each cluster costs at least one list, or all lists of the field. */
      readonly clusters?: 'lists' | 'whole';
      /** Calls for each cluster that is read whole, however long the page is. */
      readonly perCluster?: number | CallsOfList;
      /** Calls for each parent, which is read whole, however long the page is. */
      readonly perParent?: CallsOfList;
      /** For a field that reads one cluster whole: its services, tasks, instances and task definitions. */
      readonly wholeCluster?: true;
      /** Set for a list that an inventory answers, with the resources in it, where events show what is selected. */
      readonly held?: true;
      /** The cost if an argument `filter`, `orderBy` or `direction` is given. */
      readonly filtered?: EcsCost;
    };

/** The calls that list something and those that describe what was listed. */
export interface CallsOfList {
  readonly list: number;
  readonly describe: number;
}

/** A field as an estimate sees it: its objects, and how they are spread. */
export interface Read {
  /** Objects that have the field. */
  readonly parents: number;
  /** Accounts and regions that the field covers. */
  readonly scopes: number;
  /** Objects that each scope returns for each parent. */
  readonly share: number;
  /** Objects that the field returns for all parents, of all scopes together. */
  readonly objects: number;
  /** Clusters that the field covers, of all scopes together. */
  readonly clusters: number;
  /** Clusters, or accounts and regions, over which the objects are spread that share Describe calls: no call serves two of them. */
  readonly groups: number;
  /** Accounts and regions that are read again for a page, because the others have too little. */
  readonly again: number;
  /** Calls for each cluster that the field examines whole. */
  readonly wholeList: number;
  /** The shares of lists and descriptions that no inventory answers. */
  readonly unheld: { readonly list: number; readonly describe: number };
  readonly areClustersNamed: boolean;
}

/** How often an account and region is read again at most, for what the others lack. */
const TIMES_AGAIN = 2;

/** The ECS calls of a field itself, without the fields below it. */
export function ownCalls(cost: EcsCost | undefined, read: Read, sizes: readonly SizesOfScope[]): number {
  const { parents, scopes, share, clusters, unheld } = read;
  if (cost === undefined) return 0;
  if (typeof cost === 'number') return parents * scopes * cost * unheld.list;
  if (cost.wholeCluster === true) return parents * scopes * Math.max(...sizes.map(wholeCluster));
  if (cost.perParent !== undefined) return parents * scopes * unheldOf(cost.perParent, unheld);
  if (cost.perCluster !== undefined)
    return parents * (clusters * unheldOf(cost.perCluster, unheld) + callsForClusters(read));
  const pages = cost.list === undefined ? 0 : Math.ceil(share / cost.list);
  const again = TIMES_AGAIN * read.again;
  const describes = cost.describe === undefined ? 0 : describeCalls(read, cost.describe, again);
  if (cost.clusters === undefined) return parents * pages * (scopes + again) * unheld.list + describes;
  if (cost.clusters === 'whole')
    return Math.max(describes + parents * pages * clusters, parents * (scopes + clusters * read.wholeList));
  // The clusters, and the one with which the page goes on, are listed again.
  const lists = parents * (pages * (scopes + 2 * again) + Math.max(0, clusters - scopes));
  return describes + lists * unheld.list + parents * callsForClusters(read);
}

/** The lists of clusters beside an inventory: which clusters there are, only ECS knows. */
function callsForClusters({ clusters, scopes, unheld, areClustersNamed }: Read): number {
  return unheld.list < 1 && !areClustersNamed ? Math.ceil(clusters / scopes / 100) : 0;
}

function unheldOf(calls: number | CallsOfList, unheld: Read['unheld']): number {
  return typeof calls === 'number' ? calls : calls.list * unheld.list + calls.describe * unheld.describe;
}

/** The most Describe calls for the objects: a call in each group may be for a single object, and no page needs more than its own. */
function describeCalls(
  { parents, scopes, share, objects, unheld, ...read }: Read,
  each: number,
  again: number,
): number {
  const groups = read.groups + again;
  const ofGroups = objects <= groups ? objects : groups + Math.floor((objects - groups) / each);
  return Math.min(ofGroups, parents * (scopes + again) * Math.ceil(share / each)) * unheld.describe;
}

/**
 * The calls of one read of everything in a cluster: lists and descriptions, the protection of tasks, one revision for
 * each service, and some calls that do not depend on its size.
 */
function wholeCluster({ services = 20, tasks = 100, containerInstances = 20 }: SizesOfScope): number {
  return (
    6 +
    pagesOf(services, 100) +
    pagesOf(services, 10) +
    3 * pagesOf(tasks, 100) +
    2 * pagesOf(containerInstances, 100) +
    services
  );
}
