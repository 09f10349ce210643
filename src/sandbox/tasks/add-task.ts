import type { TaskBefore, TaskPatch, TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { announce, beginChange, endTaskChange } from '../store/eventual-consistency.ts';
import { occupy, release } from '../store/instance-resources.ts';
import { isPending, isPendingStatus } from '../store/task-statuses.ts';
import { wakeLeavingDaemons, wakeService, wakeStarved } from '../wakeups/wake-services.ts';
import { isAnnounced } from './announced-change.ts';

/** Adds a new task to the world and every index. */
export function addTask(world: World, task: TaskRecord): void {
  const { cluster, service, deployment, taskSet, instance, taskDefinition } = task;
  cluster.tasks.add(task);
  cluster.pendingTasks += 1;
  taskDefinition.liveTasks += 1;
  service?.tasks.add(task);
  deployment?.tasks.add(task);
  taskSet?.tasks.add(task);
  if (instance !== undefined) {
    instance.tasks.add(task);
    occupy(world, instance, task);
  }
  if (service !== undefined) wakeService(world, service);
  announce(world, task);
}

/** Changes a task, gives it the next version if ECS announces the change, and updates all counts of its status. */
export function changeTask(world: World, task: TaskRecord, patch: TaskPatch): void {
  const before = beginChange(world, task);
  Object.assign(task, patch);
  completeChange(world, task, before);
}

/** The second half of a change whose first half is `beginChange`. */
export function completeChange(world: World, task: TaskRecord, before: TaskBefore): void {
  const { cluster, service } = task;
  const { lastStatus, desiredStatus, healthStatus } = before;
  if (isAnnounced(task, before)) task.version += 1;
  endTaskChange(world, task, before);
  const hasMoved = task.lastStatus !== lastStatus && !(isPending(task) && isPendingStatus(lastStatus));
  if (hasMoved) {
    cluster.pendingTasks -= Number(isPendingStatus(lastStatus));
    cluster.runningTasks += Number(task.lastStatus === 'RUNNING') - Number(lastStatus === 'RUNNING');
    if (task.lastStatus === 'STOPPED') retire(world, task);
  }
  // The scheduler does not distinguish the steps between PROVISIONING and RUNNING.
  const isReported = hasMoved || task.desiredStatus !== desiredStatus || task.healthStatus !== healthStatus;
  if (service !== undefined && isReported) wakeService(world, service);
}

/** A stopped task returns its resources and can be described for a while. */
function retire(world: World, task: TaskRecord): void {
  const { cluster, service, deployment, taskSet, instance, taskDefinition } = task;
  taskDefinition.liveTasks -= 1;
  deployment?.tasks.delete(task);
  taskSet?.tasks.delete(task);
  if (service !== undefined) {
    service.tasks.delete(task);
    service.ended.push(task);
  }
  if (instance !== undefined) {
    instance.tasks.delete(task);
    release(world, instance, task);
    wakeStarved(world, cluster);
    wakeLeavingDaemons(world, instance);
  }
  if (world.retiring.size > 0) world.retiring.delete(task);
  world.stopped.keep(world, task);
}
