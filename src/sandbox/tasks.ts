import { announce, change } from './consistency.ts';
import { occupy, release } from './resources.ts';
import type { TaskRecord, World } from './state.ts';
import { isPending } from './statuses.ts';
import { wakeService, wakeStarved } from './wake.ts';

/** Puts a new task into the world and every index that knows it. */
export function addTask(world: World, task: TaskRecord): void {
  const { cluster, service, deployment, taskSet, instance, taskDefinition } = task;
  cluster.tasks.set(task.id, task);
  cluster.pendingTasks += 1;
  taskDefinition.usedBy.add(task);
  service?.tasks.add(task);
  deployment?.tasks.add(task);
  taskSet?.tasks.add(task);
  if (instance !== undefined) {
    instance.tasks.add(task);
    occupy(instance, task.demand);
    change(world, instance, { version: instance.version + 1 });
  }
  if (service !== undefined) wakeService(world, service);
  announce(world, task);
}

/** Changes a task, its version and, with its status, whatever counts it. */
export function changeTask(world: World, task: TaskRecord, patch: Partial<TaskRecord>): void {
  const { cluster, service } = task;
  const wasPending = isPending(task);
  const wasRunning = task.lastStatus === 'RUNNING';
  const wasStopped = task.lastStatus === 'STOPPED';
  change(world, task, { ...patch, version: task.version + 1 });
  cluster.pendingTasks += Number(isPending(task)) - Number(wasPending);
  cluster.runningTasks += Number(task.lastStatus === 'RUNNING') - Number(wasRunning);
  if (task.lastStatus === 'STOPPED' && !wasStopped) retire(world, task);
  if (service !== undefined) wakeService(world, service);
}

/** A stopped task gives back what it held, and stays to be looked at for a while. */
function retire(world: World, task: TaskRecord): void {
  const { cluster, service, deployment, taskSet, instance, taskDefinition } = task;
  taskDefinition.usedBy.delete(task);
  deployment?.tasks.delete(task);
  taskSet?.tasks.delete(task);
  if (service !== undefined) {
    service.tasks.delete(task);
    service.ended.push(task);
  }
  if (instance !== undefined) {
    instance.tasks.delete(task);
    release(instance, task.demand);
    change(world, instance, { version: instance.version + 1 });
    wakeStarved(world, cluster);
  }
  world.clock.after(world.timings.keepStopped, () => cluster.tasks.delete(task.id));
}
