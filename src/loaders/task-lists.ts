import type { Task } from '@aws-sdk/client-ecs';
import DataLoader from 'dataloader';
import { clusterNameOf } from '../ecs/arn.ts';
import { includesFor } from '../ecs/kinds.ts';
import { type ListInput, listAll, listPage } from '../ecs/list.ts';
import { correctedWhole } from '../ecs/list-correction.ts';
import type { EcsSession } from '../ecs/session.ts';
import type { EntityLoader } from './entity-loader.ts';

/** Whose tasks: those of a service or on a container instance, in one cluster, of one desired status. */
export interface TaskListKey {
  readonly clusterArn: string;
  readonly desiredStatus: 'RUNNING' | 'STOPPED';
  readonly owner: { readonly serviceName: string } | { readonly containerInstanceArn: string };
  /** The members of the tasks that will be read, so that tasks described for the grouping need not be described again. */
  readonly members: readonly string[];
}

/** ARNs, sorted: the complete list, whichever way it was read. */
export type TaskArns = readonly string[];

const LIST_PAGE = 100;

/**
 * The task lists of many owners in one cluster. One list for each owner, or one list of the whole cluster that is
 * then described and grouped: whichever is fewer calls.
 */
export function createTaskListLoader(
  session: EcsSession,
  tasks: EntityLoader<'Task'>,
  clusters: EntityLoader<'Cluster'>,
): DataLoader<TaskListKey, TaskArns, string> {
  return new DataLoader(
    async (keys) => {
      const grouped = new Map<string, Promise<GroupedArns | undefined>>();
      for (const [name, group] of groupBy(keys, groupOf)) {
        const [first] = group;
        if (first !== undefined)
          grouped.set(name, groupCluster(session, tasks, first, pagesWorthReading(clusters, first, group.length)));
      }
      /** ECS may know nothing of a service's stopped tasks by its name, and still list them in the cluster. */
      const stoppedByGroup = new Map<string, Promise<GroupedArns | undefined>>();
      const listStopped = async (key: TaskListKey): Promise<TaskArns> => {
        const name = groupOf(key);
        const found = stoppedByGroup.get(name) ?? groupCluster(session, tasks, key, Number.POSITIVE_INFINITY);
        stoppedByGroup.set(name, found);
        return (await found)?.get(ownerOf(key)) ?? [];
      };
      return Promise.all(
        keys.map(async (key) => {
          try {
            const owners = await grouped.get(groupOf(key));
            if (owners !== undefined) return owners.get(ownerOf(key)) ?? [];
            const listed = await listOwner(session, key);
            const isUntold = listed.length === 0 && key.desiredStatus === 'STOPPED' && 'serviceName' in key.owner;
            return isUntold ? await listStopped(key) : await asWritten(session, key, listed);
          } catch (error) {
            return error instanceof Error ? error : new Error(String(error));
          }
        }),
      );
    },
    { cacheKeyFn: (key) => `${groupOf(key)} ${ownerOf(key)}`, maxBatchSize: Number.POSITIVE_INFINITY },
  );
}

type GroupedArns = ReadonlyMap<string, TaskArns>;

/**
 * How many pages of the cluster's list are worth reading instead of a list for each owner. The cluster's own counts decide,
 * if this request has read them. If not, the pages are read until they have cost as much as the owners' lists would: then
 * those are read after all, and the answer has cost at most twice what it had to.
 */
function pagesWorthReading(
  clusters: EntityLoader<'Cluster'>,
  { clusterArn, desiredStatus }: TaskListKey,
  owners: number,
): number {
  if (owners === 1) return 0;
  const cluster = clusters.peek({ id: clusterArn });
  if (cluster === undefined || desiredStatus === 'STOPPED') return owners;
  const pages = Math.ceil(((cluster.runningTasksCount ?? 0) + (cluster.pendingTasksCount ?? 0)) / LIST_PAGE);
  // The counts leave out what is still PROVISIONING: one page more must not tip the scales.
  return pages <= owners ? pages + owners : 0;
}

async function groupCluster(
  session: EcsSession,
  tasks: EntityLoader<'Task'>,
  { clusterArn, desiredStatus, members, owner }: TaskListKey,
  mostPages: number,
): Promise<GroupedArns | undefined> {
  const cluster = clusterNameOf(clusterArn);
  const correction = session.correctionOf('ListTasks', { cluster, desiredStatus });
  const described: Promise<Task | null>[] = [];
  const listed: string[] = [];
  let token: string | undefined;
  for (let pages = 0; pages === 0 || token !== undefined; pages += 1) {
    if (pages >= mostPages) return undefined;
    const page = await listPage(session, 'ListTasks', { cluster, desiredStatus }, token);
    for (const id of page.items) described.push(handled(tasks.load({ id, cluster, members })));
    if (correction !== undefined) listed.push(...page.items);
    token = page.nextToken;
  }
  const gone = await correction?.gone(listed);
  for (const id of (await correction?.missing(listed)) ?? []) described.push(tasks.load({ id, cluster, members }));
  const grouped = new Map<string, string[]>();
  for (const task of await Promise.all(described)) {
    const name = 'serviceName' in owner ? task?.group : task?.containerInstanceArn;
    if (name === undefined || task?.taskArn === undefined || gone?.has(task.taskArn)) continue;
    const arns = grouped.get(name);
    if (arns === undefined) grouped.set(name, [task.taskArn]);
    else arns.push(task.taskArn);
  }
  for (const arns of grouped.values()) arns.sort();
  return grouped;
}

async function listOwner(session: EcsSession, key: TaskListKey): Promise<TaskArns> {
  return (await listAll(session, 'ListTasks', inputOf(key))).sort();
}

async function asWritten(session: EcsSession, key: TaskListKey, arns: TaskArns): Promise<TaskArns> {
  const corrected = await correctedWhole(arns, session.correctionOf('ListTasks', inputOf(key)));
  return corrected === arns ? arns : [...corrected].sort();
}

function inputOf({ clusterArn, desiredStatus, owner }: TaskListKey): ListInput<'ListTasks'> {
  const filter =
    'serviceName' in owner ? { serviceName: owner.serviceName } : { containerInstance: owner.containerInstanceArn };
  return { cluster: clusterNameOf(clusterArn), desiredStatus, ...filter };
}

function groupOf(key: TaskListKey): string {
  const include = includesFor('Task', key.members).join();
  return `${key.clusterArn} ${key.desiredStatus} ${include} ${'serviceName' in key.owner ? 'service' : 'instance'}`;
}

/** The owner as a task names it: `task.group` or `task.containerInstanceArn`. */
function ownerOf({ owner }: TaskListKey): string {
  return 'serviceName' in owner ? `service:${owner.serviceName}` : owner.containerInstanceArn;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** A promise that is awaited later must not count as unhandled until then. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
