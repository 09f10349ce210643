import type { KnownSizes, SizesOfScope } from '../../ecs/lists/fleet-sizes.ts';

/** Number of clusters that are assumed in each account and region where it is not known. */
const UNKNOWN_CLUSTERS = 20;

/** The accounts and regions that a root field covers, and how much there is in them. */
export interface Fleet {
  readonly scopes: number;
  /** Their sizes, as far as they are known. */
  readonly parts: readonly SizesOfScope[];
  /** Clusters in all of them together. */
  readonly clusters: number;
  /** Clusters in the one that has the most. */
  readonly mostClusters: number;
  /** Whether these numbers come from answers of ECS alone. */
  readonly isKnown: boolean;
}

/** Some more than are known: there may be more by the time that they are read. */
function withRoom(known: number): number {
  return Math.ceil(known * 1.5) + 10;
}

/** The accounts and regions that a field names: all if it names none. */
export function fleetOf(
  sizes: KnownSizes,
  accounts: readonly string[] | undefined,
  regions: readonly string[] | undefined,
): Fleet {
  const parts = sizes.covered?.(accounts, regions) ?? [sizes];
  const counts = parts.flatMap(({ clusters }) => clusters ?? []);
  const scopes = Math.max(1, parts.length);
  const unknown = scopes - counts.length;
  const known = counts.length === 0 ? 0 : withRoom(sum(counts));
  const most = counts.length === 0 ? 0 : withRoom(Math.max(...counts));
  return {
    scopes,
    parts,
    clusters: known + UNKNOWN_CLUSTERS * unknown,
    mostClusters: Math.max(most, unknown > 0 ? UNKNOWN_CLUSTERS : 0),
    isKnown: unknown === 0,
  };
}

/** Fields that list what clusters hold. */
const SIZED: Readonly<Record<string, 'services' | 'tasks' | 'containerInstances' | undefined>> = {
  services: 'services',
  tasks: 'tasks',
  containerInstances: 'containerInstances',
};

/** The most that a cluster of the fleet has of something; undefined if it is not known of all of them. */
function mostInCluster({ parts }: Fleet, field: string): number | undefined {
  const size = SIZED[field];
  if (size === undefined) return undefined;
  const known = parts.filter(({ clusters }) => clusters !== 0).map((part) => part[size]);
  return known.includes(undefined) ? undefined : Math.max(0, ...(known as number[]));
}

/** How long a list of the fleet is at most, where answers of ECS show it; undefined where they do not. */
export function knownLength(fleet: Fleet, parent: string, field: string): number | undefined {
  if (parent === 'Query' && field === 'clusters') return fleet.isKnown ? fleet.clusters : undefined;
  const inCluster = mostInCluster(fleet, field);
  if (inCluster === undefined) return undefined;
  if (parent === 'Cluster') return withRoom(inCluster);
  return parent === 'Query' && fleet.isKnown ? withRoom(inCluster) * fleet.clusters : undefined;
}

/**
 * Calls of a list that examines all services or tasks of a cluster, of which it shows some; 0 where it is not known how many there are.
 * @param readsRevisions whether it reads the revision that each service runs
 */
export function callsOfWholeList(fleet: Fleet, field: string, readsRevisions: boolean): number {
  const [services, size] = [mostInCluster(fleet, 'services'), mostInCluster(fleet, field)];
  if (services === undefined || size === undefined) return 0;
  const described = field === 'services' ? 10 : 100;
  return pagesOf(size, 100) + pagesOf(size, described) + (readsRevisions ? services : 0);
}

/** How many pages a list has at least: an empty one is read, too. */
export function pagesOf(count: number, size: number): number {
  return Math.max(1, Math.ceil(count / size));
}

/**
 * In how many accounts and regions a list may be longer than their share of a page. They are read again for what the others lack; where the
 * lengths are not known, each is taken to have its share.
 */
export function longerThan(fleet: Fleet, field: string, share: number): number {
  const inCluster = field === 'clusters' ? 1 : mostInCluster(fleet, field);
  if (fleet.scopes === 1 || !fleet.isKnown || inCluster === undefined) return 0;
  return fleet.parts.filter(({ clusters = 0 }) => clusters * inCluster > share).length;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
