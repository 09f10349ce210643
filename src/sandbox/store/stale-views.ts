import type { ClusterRecord } from '../model/cluster-record.ts';
import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { DeploymentRecord } from '../model/services/deployment-record.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { TaskSetRecord } from '../model/services/task-set-record.ts';
import { TaskIndex } from '../model/tasks/task-index.ts';
import { TaskList } from '../model/tasks/task-list.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { allSeen, seen } from './eventual-consistency.ts';
import { roomBeside } from './instance-resources.ts';
import { isPending } from './task-statuses.ts';

/**
 * The view of stale reads: the earlier fields of records and everything that is counted over other records. Without lag
 * these are the records themselves.
 */

/** A cluster's tasks that were not STOPPED then, in their states at that time. */
function seenTasks(world: World, cluster: ClusterRecord, isOwn: (task: TaskRecord) => boolean): TaskList {
  const tasks = new TaskList();
  for (const task of allSeen(world, cluster.tasks.values())) {
    if (task.lastStatus !== 'STOPPED' && isOwn(task)) tasks.add(task);
  }
  return tasks;
}

function byKey<R extends InstanceRecord | ServiceRecord>(
  world: World,
  records: ReadonlyMap<string, R>,
): Map<string, R> {
  const visible = new Map<string, R>();
  for (const [key, record] of records) {
    const item = seen(world, record);
    if (item !== undefined) visible.set(key, item);
  }
  return visible;
}

export function seenCluster(world: World, cluster: ClusterRecord): ClusterRecord | undefined {
  const visible = seen(world, cluster);
  if (visible === undefined || world.lagMs === 0) return visible;
  const tasks = TaskIndex.of(allSeen(world, cluster.tasks.values()));
  const all = [...tasks.values()];
  return {
    ...visible,
    tasks,
    services: byKey(world, cluster.services),
    instances: byKey(world, cluster.instances),
    runningTasks: all.filter((task) => task.lastStatus === 'RUNNING').length,
    pendingTasks: all.filter(isPending).length,
  };
}

export function seenTaskSet(world: World, taskSet: TaskSetRecord): TaskSetRecord | undefined {
  const visible = seen(world, taskSet);
  if (visible === undefined || world.lagMs === 0) return visible;
  return { ...visible, tasks: seenTasks(world, taskSet.service.cluster, (task) => task.taskSet === taskSet) };
}

function seenDeployment(world: World, deployment: DeploymentRecord): DeploymentRecord {
  const tasks = seenTasks(world, deployment.service.cluster, (task) => task.deployment === deployment);
  return { ...(seen(world, deployment) ?? deployment), tasks };
}

export function seenService(world: World, service: ServiceRecord): ServiceRecord | undefined {
  const visible = seen(world, service);
  if (visible === undefined || world.lagMs === 0) return visible;
  const taskSets = new Map<string, TaskSetRecord>();
  for (const [id, taskSet] of service.taskSets) {
    const item = seenTaskSet(world, taskSet);
    if (item !== undefined) taskSets.set(id, item);
  }
  return {
    ...visible,
    tasks: seenTasks(world, service.cluster, (task) => task.service === service),
    deployments: visible.deployments.map((deployment) => seenDeployment(world, deployment)),
    taskSets,
  };
}

export function seenInstance(world: World, instance: InstanceRecord): InstanceRecord | undefined {
  const visible = seen(world, instance);
  if (visible === undefined || world.lagMs === 0) return visible;
  const tasks = seenTasks(world, instance.cluster, (task) => task.instance === instance);
  return Object.assign(visible.copy(), { ...roomBeside(visible.registered, tasks), tasks });
}
