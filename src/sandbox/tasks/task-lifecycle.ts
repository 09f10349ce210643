import { isManual } from '../instances/manual-agents.ts';
import type { ContainerRecipe } from '../model/tasks/container-recipe.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { beginChange } from '../store/eventual-consistency.ts';
import { timingsOf } from '../store/timings-of.ts';
import { type DueAction, dueAction } from '../time/due-action.ts';
import { next, plan } from '../wakeups/task-timers.ts';
import { changeTask, completeChange } from './add-task.ts';
import { startReady } from './play-containers.ts';
import { enterRunning } from './start-running.ts';
import { endContainer, failToStart } from './stop-task.ts';
import { failingVolume, withFailedVolume, withStage } from './task-attachments.ts';
import { scheduleHealth } from './task-health.ts';

/** AWS gives up a task that has not started by then (aws/containers-roadmap#2379). */
const LONGEST_START = 3 * 3600_000;

/** Schedules a step after about `delay`. */
function nextAbout(world: World, task: TaskRecord, delay: number, step: DueAction<World, TaskRecord>): void {
  next(world, task, world.random.around(delay), step);
}

/** PROVISIONING -> PENDING -> ACTIVATING -> RUNNING; the first only if there is an ENI or Fargate to wait for. */
export function beginTask(world: World, task: TaskRecord): void {
  const timings = timingsOf(world, task);
  if (task.lastStatus === 'PROVISIONING') {
    nextAbout(world, task, task.launchType === 'FARGATE' ? timings.provisionFargate : timings.provisionEc2, toPending);
  } else if (!isManual(task)) {
    nextAbout(world, task, timings.accept, startPull);
  }
}

function connect(world: World, task: TaskRecord): void {
  task.connectivity = 'CONNECTED';
  task.connectivityAt = world.clock.now();
}

export const toPending = dueAction('task.toPending', (world: World, task: TaskRecord) => {
  const before = beginChange(world, task);
  task.lastStatus = 'PENDING';
  task.attachments = withStage(task.attachments, 'ATTACHING');
  const isFargate = task.launchType === 'FARGATE';
  if (isFargate) connect(world, task);
  completeChange(world, task, before);
  const { accept, acceptFargate } = timingsOf(world, task);
  if (!isManual(task)) nextAbout(world, task, isFargate ? acceptFargate : accept, startPull);
});

export const startPull = dueAction('task.startPull', (world: World, task: TaskRecord) => {
  const failure = failingVolume(task.attachments);
  if (failure !== undefined) {
    changeTask(world, task, { attachments: withFailedVolume(task.attachments) });
    failToStart(world, task, '', failure);
    return;
  }
  const failed = task.taskDefinition.recipes.find(({ fate }) => fate.startError !== undefined);
  if (failed !== undefined) {
    failToStart(world, task, '', failed.fate.startError ?? '');
    return;
  }
  const before = beginChange(world, task);
  if (task.connectivity === undefined) connect(world, task);
  task.pullStartedAt = world.clock.now();
  task.attachments = withStage(task.attachments, 'ATTACHED');
  completeChange(world, task, before);
  const { pullEc2, pullFargate } = timingsOf(world, task);
  nextAbout(world, task, task.launchType === 'FARGATE' ? pullFargate : pullEc2, endPull);
});

export const endPull = dueAction('task.endPull', (world: World, task: TaskRecord) => {
  const { recipes } = task.taskDefinition;
  const failed = recipes.find(({ fate }) => fate.pullError !== undefined);
  if (failed !== undefined) {
    failToStart(world, task, failed.name, failed.fate.pullError ?? '');
    return;
  }
  const { isPlayed } = task.taskDefinition;
  const before = beginChange(world, task);
  if (!isPlayed) task.lastStatus = 'ACTIVATING';
  task.pullStoppedAt = world.clock.now();
  task.containers = task.containers.pulled;
  completeChange(world, task, before);
  if (isPlayed) {
    nextAbout(world, task, timingsOf(world, task).activate, startPlayed);
    return;
  }
  const delay = recipes.reduce((longest, { fate }) => Math.max(longest, fate.startDelay), 0);
  nextAbout(world, task, timingsOf(world, task).activate + delay, activate);
});

/** Containers with dependencies start one after the other, and the task stays PENDING until all have started. */
const startPlayed = dueAction('task.startFirst', (world: World, task: TaskRecord) => {
  next(world, task, LONGEST_START, giveUpStart);
  startReady(world, task);
});

const giveUpStart = dueAction('task.giveUpStart', (world: World, task: TaskRecord) => {
  failToStart(world, task, '', 'Task failed to start');
});

/** A container that exits at once stops its task before it is RUNNING; others start. */
export const activate = dueAction('task.activate', (world: World, task: TaskRecord) => {
  const crashing = task.taskDefinition.recipes.find(
    ({ fate, isEssential }) => fate.exitCode !== undefined && fate.exitAfter === undefined && isEssential,
  );
  if (crashing !== undefined) {
    endContainer(world, task, crashing.name, crashing.fate.exitCode ?? 1);
    return;
  }
  startRunning(world, task);
});

/** RUNNING and its consequences. If a client plays the agent, it reports what happens to the containers. */
export function startRunning(world: World, task: TaskRecord): void {
  enterRunning(world, task, task.containers.running);
  if (!isManual(task)) scheduleIncidents(world, task);
  scheduleHealth(world, task);
}

interface Exit {
  readonly task: TaskRecord;
  readonly name: string;
  readonly exitCode: number;
  readonly reason?: string;
}

const endPlanned = dueAction('task.endContainer', (world: World, { task, name, exitCode, reason }: Exit) => {
  endContainer(world, task, name, exitCode, reason);
});

/** Schedules what happens to the containers while they run. */
export function scheduleIncidents(world: World, task: TaskRecord): void {
  for (const recipe of task.taskDefinition.recipes) {
    const { exitAfter, exitCode, oomAfter } = recipe.fate;
    if (exitAfter !== undefined || exitCode !== undefined || oomAfter !== undefined) scheduleFate(world, task, recipe);
  }
}

function scheduleFate(world: World, task: TaskRecord, { name, fate }: ContainerRecipe): void {
  const { exitAfter, exitCode, oomAfter } = fate;
  // A task that was met on its way has run for a while.
  const ran = world.clock.now() - (task.startedAt ?? world.clock.now());
  if (exitAfter !== undefined)
    plan(world, task, Math.max(0, exitAfter - ran), endPlanned, { task, name, exitCode: exitCode ?? 0 });
  // Only a non-essential container reaches this with a code and no delay.
  else if (exitCode !== undefined) plan(world, task, 0, endPlanned, { task, name, exitCode });
  if (oomAfter !== undefined) {
    const reason = 'OutOfMemoryError: Container killed due to memory usage';
    plan(world, task, oomAfter, endPlanned, { task, name, exitCode: 137, reason });
  }
}
