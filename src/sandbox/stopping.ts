import type { Container, TaskStopCode } from '@aws-sdk/client-ecs';
import { isManual } from './agents.ts';
import { withStage } from './attachments.ts';
import { containerDefinition, isEssential } from './containers.ts';
import { clearPlans, next } from './plans.ts';
import type { TaskRecord, World } from './state.ts';
import { isPending } from './statuses.ts';
import { deregisterTarget } from './targets.ts';
import { changeTask } from './tasks.ts';
import type { Wire } from './types.ts';

/** 128 + SIGKILL: how a container ends that does not end by itself. */
const KILLED = 137;

/** Tells a task to stop. One that already stops keeps the reason that it has. */
export function stopTask(world: World, task: TaskRecord, stopCode: TaskStopCode, stoppedReason: string): void {
  if (task.desiredStatus === 'STOPPED') return;
  clearPlans(world, task);
  const wasRunning = task.lastStatus === 'RUNNING';
  changeTask(world, task, { desiredStatus: 'STOPPED', stopCode, stoppedReason });
  // An agent that somebody plays has to stop by itself what it was given and has not come to run.
  if (!wasRunning && task.lastStatus !== 'PROVISIONING' && isManual(task)) return;
  const { agentNotices } = world.timings;
  next(world, task, world.random.around(agentNotices), wasRunning ? deactivate : deprovision);
}

/** DEACTIVATING, while targets are deregistered; tasks without any pass at once. */
function deactivate(world: World, task: TaskRecord): void {
  if (task.target === undefined) {
    terminate(world, task);
    return;
  }
  changeTask(world, task, { lastStatus: 'DEACTIVATING' });
  deregisterTarget(world, task);
  next(world, task, world.random.around(world.timings.deactivate), terminate);
}

function stopTimeoutOf(world: World, task: TaskRecord, container: string): number {
  const seconds = containerDefinition(task, container)?.stopTimeout;
  return seconds === undefined ? world.timings.stopTimeout : seconds * 1000;
}

/** STOPPING: SIGTERM is sent; who ignores it is killed after its stopTimeout. */
function terminate(world: World, task: TaskRecord): void {
  changeTask(world, task, { lastStatus: 'STOPPING', stoppingAt: world.clock.now() });
  if (isManual(task)) return;
  const running = task.containers.filter((container) => container.lastStatus === 'RUNNING');
  const durations = running.map(({ name = '' }) =>
    task.taskDefinition.fates.get(name)?.ignoresSigterm
      ? stopTimeoutOf(world, task, name)
      : Math.min(world.timings.exitOnSigterm, stopTimeoutOf(world, task, name)),
  );
  next(world, task, Math.max(0, ...durations), endExecution);
}

function endExecution(world: World, task: TaskRecord): void {
  const containers = task.containers.map((container): Wire<Container> => {
    if (container.lastStatus !== 'RUNNING') return { ...container, lastStatus: 'STOPPED' };
    const ignored = task.taskDefinition.fates.get(container.name ?? '')?.ignoresSigterm ?? false;
    return { ...container, lastStatus: 'STOPPED', exitCode: ignored ? KILLED : 0 };
  });
  changeTask(world, task, { executionStoppedAt: world.clock.now(), containers });
  deprovision(world, task);
}

/** DEPROVISIONING, where an ENI goes or Fargate cleans up; else straight to STOPPED. */
function deprovision(world: World, task: TaskRecord): void {
  if (task.attachments.length === 0 && task.launchType !== 'FARGATE') {
    finish(world, task);
    return;
  }
  changeTask(world, task, {
    lastStatus: 'DEPROVISIONING',
    attachments: withStage(task.attachments, 'DETACHING'),
    stoppingAt: task.stoppingAt ?? world.clock.now(),
  });
  next(world, task, world.random.around(world.timings.deprovision), finish);
}

function finish(world: World, task: TaskRecord): void {
  const now = world.clock.now();
  changeTask(world, task, {
    lastStatus: 'STOPPED',
    stoppedAt: now,
    stoppingAt: task.stoppingAt ?? now,
    attachments: withStage(task.attachments, 'DELETED'),
    healthStatus: 'UNKNOWN',
    containers: allStopped(task.containers),
  });
}

function allStopped(containers: Wire<Container>[]): Wire<Container>[] {
  if (containers.every((container) => container.lastStatus === 'STOPPED')) return containers;
  return containers.map((container) => ({ ...container, lastStatus: 'STOPPED' }));
}

/** The agent says that all of a task has ended, told to or not. */
export function endTask(world: World, task: TaskRecord, reason?: string, executionStoppedAt?: number): void {
  if (task.lastStatus === 'STOPPED' || task.lastStatus === 'DEPROVISIONING') return;
  clearPlans(world, task);
  const now = world.clock.now();
  const hasRun = task.startedAt !== undefined || task.containers.some((container) => container.exitCode !== undefined);
  const stopCode: TaskStopCode = hasRun ? 'EssentialContainerExited' : 'TaskFailedToStart';
  const stoppedReason = reason ?? (hasRun ? 'Essential container in task exited' : 'Task failed to start');
  changeTask(world, task, {
    desiredStatus: 'STOPPED',
    stoppingAt: task.stoppingAt ?? now,
    executionStoppedAt: executionStoppedAt ?? now,
    containers: allStopped(task.containers),
    ...(task.desiredStatus === 'STOPPED' ? {} : { stopCode, stoppedReason }),
  });
  deregisterTarget(world, task);
  deprovision(world, task);
}

/** What the task ran on is gone: there is nothing left that could be told to stop. */
export function killTask(world: World, task: TaskRecord, stopCode: TaskStopCode, stoppedReason: string): void {
  if (task.lastStatus === 'STOPPED') return;
  clearPlans(world, task);
  deregisterTarget(world, task);
  const now = world.clock.now();
  const isTold = task.desiredStatus === 'STOPPED';
  changeTask(world, task, {
    desiredStatus: 'STOPPED',
    stoppingAt: task.stoppingAt ?? now,
    executionStoppedAt: task.executionStoppedAt ?? now,
    ...(isTold ? {} : { stopCode, stoppedReason }),
  });
  finish(world, task);
}

/** The task never comes to run: its image cannot be had, or something else fails before its containers start. */
export function failToStart(world: World, task: TaskRecord, container: string, reason: string): void {
  clearPlans(world, task);
  changeTask(world, task, {
    desiredStatus: 'STOPPED',
    stopCode: 'TaskFailedToStart',
    stoppedReason: reason,
    executionStoppedAt: world.clock.now(),
    containers: task.containers.map((item) => (item.name === container ? { ...item, reason } : item)),
  });
  deprovision(world, task);
}

/** A container exits by itself. An essential one takes the task with it. */
export function endContainer(world: World, task: TaskRecord, name: string, exitCode: number, reason?: string): void {
  if (task.desiredStatus === 'STOPPED') return;
  const containers = task.containers.map((item) =>
    item.name === name
      ? { ...item, lastStatus: 'STOPPED', exitCode, ...(reason === undefined ? {} : { reason }) }
      : item,
  );
  if (!isEssential(task, name)) {
    changeTask(world, task, { containers });
    return;
  }
  clearPlans(world, task);
  const wasPending = isPending(task);
  changeTask(world, task, {
    desiredStatus: 'STOPPED',
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    containers,
  });
  if (wasPending) {
    changeTask(world, task, { executionStoppedAt: world.clock.now() });
    deprovision(world, task);
  } else {
    terminate(world, task);
  }
}
