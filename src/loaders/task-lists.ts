import DataLoader from 'dataloader';
import { clusterNameOf } from '../ecs/core/arn.ts';
import { includesFor } from '../ecs/core/describe-specs.ts';
import type { ListInput } from '../ecs/core/list-operations.ts';
import { listAll } from '../ecs/lists/list.ts';
import { correctedWhole } from '../ecs/lists/list-correction.ts';
import type { EcsSession } from '../ecs/request-session.ts';
import { groupBy } from '../util/group-by.ts';
import { pagesWorthReading, readClusterTasks, type WantedOwners } from './cluster-tasks.ts';
import type { EntityLoader } from './entity-loader.ts';
import { settledOneByOne } from './settled-one-by-one.ts';
import type { OwnedTask, TaskOwners } from './task-owners.ts';
import type { EarlyTasks } from './task-prefetch.ts';

/** The owner of the tasks (a service or a container instance in a cluster), and their desired status. */
export interface TaskListKey {
  readonly clusterArn: string;
  readonly desiredStatus: 'RUNNING' | 'STOPPED';
  readonly owner: { readonly serviceName: string } | { readonly containerInstanceArn: string };
  /**
   * The members of the tasks that will be read, so that tasks that are described for grouping need not be described
   * again.
   */
  readonly members: readonly string[];
}

/** Sorted ARNs of the complete list, however it was read. */
export type TaskArns = readonly string[];

/**
 * The task lists of many owners in one cluster. It reads one list for each owner, or one list of the whole cluster that
 * is then described and grouped, whichever takes fewer calls.
 * @param remembered owners of tasks that were listed before; these tasks are not described for grouping
 */
export function createTaskListLoader(
  session: EcsSession,
  tasks: EntityLoader<'Task'>,
  clusters: EntityLoader<'Cluster'>,
  early: EarlyTasks,
  remembered?: TaskOwners,
): DataLoader<TaskListKey, TaskArns, string> {
  const knownIn = ({ desiredStatus, owner }: TaskListKey) => remembered?.in(desiredStatus, kindOf(owner));
  return new DataLoader(
    (keys) => {
      const grouped = new Map<string, Promise<GroupedArns | undefined>>();
      for (const [name, group] of groupBy(keys, groupOf)) {
        const [first] = group;
        if (first === undefined) continue;
        // Lists that cost no calls are read for each owner: the tasks need not be described to be grouped.
        const isHeld = session.isHeld(first.clusterArn);
        const owners = { count: group.length, kind: kindOf(first.owner), areKnown: remembered !== undefined };
        const mostPages = isHeld ? 0 : pagesWorthReading(clusters, first, owners);
        const read = early.take(first) ?? readClusterTasks(session, tasks, first, () => mostPages, knownIn(first));
        grouped.set(name, grouping(read, first));
      }
      /** ECS may return no stopped tasks for a service by name and still list them for the cluster. */
      const stoppedByGroup = new Map<string, Promise<GroupedArns | undefined>>();
      const readAllPages = (key: TaskListKey) =>
        readClusterTasks(session, tasks, key, () => Number.POSITIVE_INFINITY, knownIn(key));
      const listStopped = async (key: TaskListKey): Promise<TaskArns> => {
        const name = groupOf(key);
        const found = stoppedByGroup.get(name) ?? grouping(readAllPages(key), key);
        stoppedByGroup.set(name, found);
        return (await found)?.get(ownerOf(key)) ?? [];
      };
      const list = async (key: TaskListKey): Promise<TaskArns> => {
        const owners = await grouped.get(groupOf(key));
        if (owners !== undefined) return owners.get(ownerOf(key)) ?? [];
        const listed = await listOwner(session, key);
        const mayBeMissing = listed.length === 0 && key.desiredStatus === 'STOPPED' && 'serviceName' in key.owner;
        return mayBeMissing && !session.isHeld(key.clusterArn) ? listStopped(key) : asWritten(session, key, listed);
      };
      return settledOneByOne(list)(keys);
    },
    {
      cacheKeyFn: (key) => `${groupOf(key)} ${ownerOf(key)}`,
      maxBatchSize: Number.POSITIVE_INFINITY,
      batchScheduleFn: session.schedule,
    },
  );
}

type GroupedArns = ReadonlyMap<string, TaskArns>;

async function grouping(
  tasks: Promise<readonly OwnedTask[] | undefined>,
  key: TaskListKey,
): Promise<GroupedArns | undefined> {
  const read = await tasks;
  return read && groupByOwner(read, key);
}

function groupByOwner(tasks: readonly OwnedTask[], { owner }: TaskListKey): GroupedArns {
  const grouped = new Map<string, string[]>();
  for (const { taskArn, group, containerInstanceArn } of tasks) {
    const name = 'serviceName' in owner ? group : containerInstanceArn;
    if (name === undefined || taskArn === undefined) continue;
    const arns = grouped.get(name);
    if (arns === undefined) grouped.set(name, [taskArn]);
    else arns.push(taskArn);
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
  return `${key.clusterArn} ${key.desiredStatus} ${include} ${kindOf(key.owner)}`;
}

function kindOf(owner: TaskListKey['owner']): WantedOwners['kind'] {
  return 'serviceName' in owner ? 'service' : 'instance';
}

/** The owner, as a task names it: `task.group` or `task.containerInstanceArn`. */
function ownerOf({ owner }: TaskListKey): string {
  return 'serviceName' in owner ? `service:${owner.serviceName}` : owner.containerInstanceArn;
}
