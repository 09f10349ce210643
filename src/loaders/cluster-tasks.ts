import type { Task } from '@aws-sdk/client-ecs';
import { clusterNameOf } from '../ecs/core/arn.ts';
import { listPage } from '../ecs/lists/list.ts';
import { missingIn } from '../ecs/lists/list-correction.ts';
import { PageTrail } from '../ecs/lists/page-loop-guard.ts';
import type { EcsSession } from '../ecs/request-session.ts';
import type { EntityLoader } from './entity-loader.ts';
import type { KnownTasks, OwnedTask } from './task-owners.ts';

/** The tasks of a cluster to read, and the members that will be read of them. */
export interface ClusterTasksKey {
  readonly clusterArn: string;
  readonly desiredStatus: 'RUNNING' | 'STOPPED';
  readonly members: readonly string[];
}

const LIST_PAGE = 100;

/**
 * Lists the tasks of a cluster. Each page is described while the next page is listed; known tasks are not described.
 * @param mostPages how many pages are worth reading; called before each page
 * @returns undefined if there are more pages
 */
export async function readClusterTasks(
  session: EcsSession,
  tasks: EntityLoader<'Task'>,
  { clusterArn, desiredStatus, members }: ClusterTasksKey,
  mostPages: () => number,
  known?: KnownTasks,
): Promise<readonly OwnedTask[] | undefined> {
  const cluster = clusterNameOf(clusterArn);
  const correction = session.correctionOf('ListTasks', { cluster, desiredStatus });
  const described: Promise<(Task | OwnedTask | null)[]>[] = [];
  const listed: string[] = [];
  const load = (id: string): Promise<Task | null> => {
    const task = tasks.load({ id, cluster, members });
    return known === undefined ? task : task.then((read) => known.keep(read));
  };
  const describe = (ids: readonly string[]) =>
    described.push(handled(Promise.all(ids.map((id) => known?.of(id) ?? load(id)))));
  const trail = new PageTrail('ListTasks');
  let token: string | undefined;
  for (let pages = 0; pages === 0 || token !== undefined; pages += 1) {
    if (pages >= mostPages()) return undefined;
    const page = await listPage(session, 'ListTasks', { cluster, desiredStatus }, token);
    describe(page.items);
    if (correction !== undefined) listed.push(...page.items);
    token = trail.follow(page.nextToken);
  }
  const gone = await correction?.gone(listed);
  describe(correction === undefined ? [] : await missingIn(correction, listed));
  const found = (await Promise.all(described)).flat();
  return found.flatMap((task) => (task === null || gone?.has(task.taskArn ?? '') ? [] : task));
}

/** The owners whose tasks are wanted. */
export interface WantedOwners {
  readonly count: number;
  readonly kind: 'service' | 'instance';
  /** Whether the owners of tasks are remembered, so that tasks need not be described to be grouped. */
  readonly areKnown: boolean;
}

/**
 * How many pages of the cluster's list are worth reading instead of one list for each owner. If this request has read
 * the cluster's counts, they decide. If not, pages are read until they have cost as much as the owners' lists would.
 * Then the owners' lists are read after all, and the answer has cost at most twice the minimum.
 */
export function pagesWorthReading(
  clusters: EntityLoader<'Cluster'>,
  { clusterArn, desiredStatus }: Omit<ClusterTasksKey, 'members'>,
  owners: WantedOwners,
): number {
  const { count } = owners;
  if (count === 1) return 0;
  const pages = desiredStatus === 'STOPPED' ? undefined : pagesCounted(clusters, clusterArn);
  if (pages === undefined) return count;
  // The counts omit tasks that are still PROVISIONING, so one more page must not change the decision.
  return pages + describedInVain(clusters, clusterArn, pages, owners) <= count ? pages + count : 0;
}

/**
 * How many Describe calls the cluster's list needs for the tasks of other owners, which are described only to be grouped.
 * Tasks are taken to be spread evenly over the cluster's services or instances.
 */
function describedInVain(
  clusters: EntityLoader<'Cluster'>,
  clusterArn: string,
  pages: number,
  { count, kind, areKnown }: WantedOwners,
): number {
  if (areKnown) return 0;
  const cluster = clusters.peek({ id: clusterArn });
  const all = kind === 'service' ? cluster?.activeServicesCount : cluster?.registeredContainerInstancesCount;
  return Math.floor(pages * (1 - Math.min(1, count / Math.max(1, all ?? 0))));
}

/** The number of pages of running tasks, by the cluster's own counts; undefined if this request has not read them. */
export function pagesCounted(clusters: EntityLoader<'Cluster'>, clusterArn: string): number | undefined {
  const cluster = clusters.peek({ id: clusterArn });
  if (cluster === undefined) return undefined;
  return Math.ceil(((cluster.runningTasksCount ?? 0) + (cluster.pendingTasksCount ?? 0)) / LIST_PAGE);
}

/** Marks the rejection of a promise that is awaited later as handled until then. */
export function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
