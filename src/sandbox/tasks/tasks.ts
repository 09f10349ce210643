import { occupy, release } from '../instances/resources.ts';
import { announce, change } from '../records/consistency.ts';
import { isPending, PENDING } from '../records/statuses.ts';
import { wakeService, wakeStarved } from '../services/wake.ts';
import type { ClusterRecord, TaskRecord, World } from '../state.ts';

/** Puts a new task into the world and every index that knows it. */
export function addTask(world: World, task: TaskRecord): void {
  const { cluster, service, deployment, taskSet, instance, taskDefinition } = task;
  cluster.tasks.set(task.id, task);
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

/** Changes a task, its version and, with its status, whatever counts it. The patch is the callee's to keep. */
export function changeTask(world: World, task: TaskRecord, patch: Partial<TaskRecord>): void {
  const { cluster, service, lastStatus, desiredStatus, healthStatus } = task;
  patch.version = task.version + 1;
  change(world, task, patch);
  const hasMoved = task.lastStatus !== lastStatus && !(isPending(task) && PENDING.has(lastStatus));
  if (hasMoved) {
    cluster.pendingTasks -= Number(PENDING.has(lastStatus));
    cluster.runningTasks += Number(task.lastStatus === 'RUNNING') - Number(lastStatus === 'RUNNING');
    if (task.lastStatus === 'STOPPED') retire(world, task);
  }
  // The scheduler does not tell one step on the way up from the next.
  const isNews = hasMoved || task.desiredStatus !== desiredStatus || task.healthStatus !== healthStatus;
  if (service !== undefined && isNews) wakeService(world, service);
}

/** A stopped task gives back what it held, and stays to be looked at for a while. */
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
  }
  world.clock.call(world.timings.keepStopped, forget, cluster, task);
}

function forget(cluster: ClusterRecord, task: TaskRecord): void {
  cluster.tasks.delete(task.id);
}
