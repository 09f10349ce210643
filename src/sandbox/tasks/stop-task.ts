import type { TaskStopCode } from '@aws-sdk/client-ecs';
import { isManual } from '../instances/manual-agents.ts';
import type { ContainerRecipe } from '../model/tasks/container-recipe.ts';
import type { TaskEnd, TaskPatch, TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { beginChange } from '../store/eventual-consistency.ts';
import { isPending } from '../store/task-statuses.ts';
import { timingsOf } from '../store/timings-of.ts';
import { dueAction } from '../time/due-action.ts';
import type { Timings } from '../time/timings.ts';
import { clearPlans, next, plan } from '../wakeups/task-timers.ts';
import { changeTask, completeChange } from './add-task.ts';
import { stopTimes } from './container-order.ts';
import { deregisterTarget } from './load-balancer-targets.ts';
import { withStage } from './task-attachments.ts';

/** The stoppedReason of tasks whose host AWS retires, from its task maintenance page. */
export const RETIRED = 'ECS is performing maintenance on the underlying infrastructure hosting the task';

/** Stops a task. A task that is already stopping keeps its reason. */
export function stopTask(world: World, task: TaskRecord, stopCode: TaskStopCode, stoppedReason: string): void {
  stopTaskWith(world, task, { stopCode, stoppedReason });
}

/** The same with a reason that many tasks share. */
export function stopTaskWith(world: World, task: TaskRecord, end: TaskEnd): void {
  if (task.desiredStatus === 'STOPPED') return;
  clearPlans(world, task);
  const wasRunning = task.lastStatus === 'RUNNING';
  const before = beginChange(world, task);
  task.desiredStatus = 'STOPPED';
  task.end = end;
  completeChange(world, task, before);
  // A client that plays the agent must itself stop tasks that it was given and that do not run yet.
  if (!wasRunning && task.lastStatus !== 'PROVISIONING' && isManual(task)) return;
  const { agentNotices } = timingsOf(world, task);
  const first = wasRunning ? deactivate : hasRunning(task) ? terminate : deprovision;
  next(world, task, world.random.around(agentNotices), first);
}

/** DEACTIVATING while targets are deregistered; tasks without targets pass at once. */
export const deactivate = dueAction('task.deactivate', (world: World, task: TaskRecord) => {
  if (task.target === undefined) {
    terminate(world, task);
    return;
  }
  changeTask(world, task, { lastStatus: 'DEACTIVATING' });
  deregisterTarget(world, task);
  next(world, task, world.random.around(timingsOf(world, task).deactivate), terminate);
});

/** How long a container takes to end after it is stopped. */
function timeToExit(timings: Timings, { definition, fate }: ContainerRecipe): number {
  const { stopTimeout } = definition;
  const most = stopTimeout === undefined ? timings.stopTimeout : stopTimeout * 1000;
  return fate.ignoresSigterm ? most : Math.min(timings.exitOnSigterm, most);
}

/** STOPPING: SIGTERM is sent; containers that ignore it are killed after their stopTimeout. */
export const terminate = dueAction('task.terminate', (world: World, task: TaskRecord) => {
  const before = beginChange(world, task);
  task.lastStatus = 'STOPPING';
  task.stoppingAt = world.clock.now();
  completeChange(world, task, before);
  if (isManual(task)) return;
  next(world, task, task.taskDefinition.isPlayed ? stopInOrder(world, task) : stopAtOnce(world, task), endExecution);
});

export function stopAtOnce(world: World, task: TaskRecord): number {
  const timings = timingsOf(world, task);
  let longest = 0;
  for (const { lastStatus, recipe } of task.containers.all) {
    if (lastStatus === 'RUNNING') longest = Math.max(longest, timeToExit(timings, recipe));
  }
  return longest;
}

/** The reverse of the start order (API ContainerDefinition.dependsOn). */
function stopInOrder(world: World, task: TaskRecord): number {
  const ends = stopTimes(task.containers, (recipe) => timeToExit(timingsOf(world, task), recipe));
  const longest = Math.max(0, ...ends.values());
  for (const [name, end] of ends) if (end < longest) plan(world, task, end, exitOnStop, { task, name });
  return longest;
}

const exitOnStop = dueAction(
  'task.exitOnStop',
  (world: World, { task, name }: { readonly task: TaskRecord; readonly name: string }) => {
    changeTask(world, task, { containers: task.containers.exitedOf(name) });
  },
);

/** Whether containers run that must be stopped: they may run before their task is RUNNING. */
function hasRunning({ taskDefinition, containers }: TaskRecord): boolean {
  return taskDefinition.isPlayed && containers.all.some(({ lastStatus }) => lastStatus === 'RUNNING');
}

/** Cleans up what was started for a task that never ran. */
function abandon(world: World, task: TaskRecord): void {
  if (hasRunning(task)) terminate(world, task);
  else deprovision(world, task);
}

export const endExecution = dueAction('task.endExecution', (world: World, task: TaskRecord) => {
  const ended = { executionStoppedAt: world.clock.now(), containers: task.containers.exited };
  if (!needsCleanUp(task)) {
    finish(world, task, ended);
    return;
  }
  changeTask(world, task, ended);
  deprovision(world, task);
});

/** Whether an ENI or volumes must be removed, or Fargate cleans up. */
function needsCleanUp(task: TaskRecord): boolean {
  return task.attachments.length > 0 || task.launchType === 'FARGATE';
}

/** DEPROVISIONING if something must be cleaned up; else straight to STOPPED. */
export const deprovision = dueAction('task.deprovision', (world: World, task: TaskRecord) => {
  if (!needsCleanUp(task)) {
    finish(world, task);
    return;
  }
  changeTask(world, task, {
    lastStatus: 'DEPROVISIONING',
    attachments: withStage(task.attachments, 'DETACHING'),
    stoppingAt: task.stoppingAt ?? world.clock.now(),
  });
  next(world, task, world.random.around(timingsOf(world, task).deprovision), endDeprovision);
});

/** STOPPED, with everything else that became known at the same time. */
function finish(world: World, task: TaskRecord, ended?: Pick<TaskRecord, 'executionStoppedAt' | 'containers'>): void {
  const now = world.clock.now();
  const before = beginChange(world, task);
  if (ended !== undefined) task.executionStoppedAt = ended.executionStoppedAt;
  task.containers = (ended ?? task).containers.stopped;
  task.lastStatus = 'STOPPED';
  task.stoppedAt = now;
  task.stoppingAt ??= now;
  task.attachments = withStage(task.attachments, 'DELETED');
  task.healthStatus = 'UNKNOWN';
  // A stopped task is kept for an hour, and nothing is due for it any more.
  task.step = undefined;
  completeChange(world, task, before);
}

export const endDeprovision = dueAction('task.finish', (world: World, task: TaskRecord) => finish(world, task));

/** The whole task has ended. A task that was being stopped keeps its reason. */
function ended(world: World, task: TaskRecord, stopCode: TaskStopCode, stoppedReason: string): TaskPatch {
  const now = world.clock.now();
  return {
    end: task.desiredStatus === 'STOPPED' ? task.end : { stopCode, stoppedReason },
    desiredStatus: 'STOPPED',
    stoppingAt: task.stoppingAt ?? now,
    executionStoppedAt: task.executionStoppedAt ?? now,
  };
}

/** The agent reports that the whole task has ended, on request or not. */
export function endTask(world: World, task: TaskRecord, reason?: string, executionStoppedAt?: number): void {
  if (task.lastStatus === 'STOPPED' || task.lastStatus === 'DEPROVISIONING') return;
  clearPlans(world, task);
  const hasRun = task.startedAt !== undefined || task.containers.all.some(({ exitCode }) => exitCode !== undefined);
  const stopCode: TaskStopCode = hasRun ? 'EssentialContainerExited' : 'TaskFailedToStart';
  const stoppedReason = reason ?? (hasRun ? 'Essential container in task exited' : 'Task failed to start');
  changeTask(world, task, {
    ...ended(world, task, stopCode, stoppedReason),
    executionStoppedAt: executionStoppedAt ?? world.clock.now(),
    containers: task.containers.stopped,
  });
  deregisterTarget(world, task);
  deprovision(world, task);
}

/** The task's host is gone: nothing is left to stop. */
export function killTask(world: World, task: TaskRecord, stopCode: TaskStopCode, stoppedReason: string): void {
  if (task.lastStatus === 'STOPPED') return;
  clearPlans(world, task);
  deregisterTarget(world, task);
  changeTask(world, task, ended(world, task, stopCode, stoppedReason));
  finish(world, task);
}

/** The task never runs: its image cannot be pulled, or something else fails before its containers start. */
export function failToStart(world: World, task: TaskRecord, container: string, reason: string): void {
  clearPlans(world, task);
  changeTask(world, task, {
    desiredStatus: 'STOPPED',
    end: { stopCode: 'TaskFailedToStart', stoppedReason: reason },
    executionStoppedAt: world.clock.now(),
    containers: task.containers.with(container, { reason }),
  });
  abandon(world, task);
}

/** The exit code of a container that is stopped before it was started (aws/amazon-ecs-agent#3218). */
const NEVER_RAN = 143;

/**
 * A container can never start, because a dependency did not reach the awaited state. An essential one stops the task.
 */
export function giveUpContainer(world: World, task: TaskRecord, name: string, reason: string): void {
  if (task.desiredStatus === 'STOPPED') return;
  const containers = task.containers.with(name, { lastStatus: 'STOPPED', exitCode: NEVER_RAN, reason });
  changeTask(world, task, { containers });
  if (task.containers.find(name)?.recipe.isEssential === true) failToStart(world, task, name, reason);
}

const ESSENTIAL_EXITED: TaskEnd = {
  stopCode: 'EssentialContainerExited',
  stoppedReason: 'Essential container in task exited',
};

/** A container exits on its own. An essential one stops the task. */
export function endContainer(world: World, task: TaskRecord, name: string, exitCode: number, reason?: string): void {
  if (task.desiredStatus === 'STOPPED') return;
  const because = reason === undefined ? {} : { reason };
  const containers = task.containers.with(name, { lastStatus: 'STOPPED', exitCode, ...because });
  if (task.containers.find(name)?.recipe.isEssential === false) {
    changeTask(world, task, { containers });
    return;
  }
  clearPlans(world, task);
  const wasPending = isPending(task);
  changeTask(world, task, { desiredStatus: 'STOPPED', end: ESSENTIAL_EXITED, containers });
  if (wasPending && !hasRunning(task)) {
    changeTask(world, task, { executionStoppedAt: world.clock.now() });
    deprovision(world, task);
  } else {
    terminate(world, task);
  }
}
