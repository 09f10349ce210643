import type { HealthStatus } from '@aws-sdk/client-ecs';
import type { ContainerRecipe } from '../model/tasks/container-recipe.ts';
import type { ContainerState } from '../model/tasks/containers.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { changeQuietly } from '../store/eventual-consistency.ts';
import { isPending } from '../store/task-statuses.ts';
import { timingsOf } from '../store/timings-of.ts';
import { dueAction } from '../time/due-action.ts';
import { forgetPast, next, plan } from '../wakeups/task-timers.ts';
import { changeTask } from './add-task.ts';
import { readinessOf, timedOut, waitingFor } from './container-order.ts';
import { enterRunning } from './start-running.ts';
import { endContainer, giveUpContainer } from './stop-task.ts';
import { healthOf, scheduleGrace, setHealth } from './task-health.ts';

const OUT_OF_MEMORY = { exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' };

/**
 * An incident planned for a container that was started at a given time. It is ignored if the container has been
 * restarted since.
 */
interface Incident {
  readonly task: TaskRecord;
  readonly name: string;
  readonly startedAt: number;
}

interface Exit extends Incident {
  readonly exitCode: number;
  readonly reason: string | undefined;
}

interface Check extends Incident {
  readonly health: HealthStatus;
}

/** The container, if it has not been restarted since the incident was planned. */
function current({ task, name, startedAt }: Incident): ContainerState | undefined {
  const state = task.containers.find(name);
  return state?.startedAt === startedAt && state.lastStatus !== 'STOPPED' ? state : undefined;
}

function isRestarted({ recipe }: ContainerState, exitCode: number, ranFor: number): boolean {
  const { enabled, ignoredExitCodes = [], restartAttemptPeriod = 0 } = recipe.definition.restartPolicy ?? {};
  return enabled === true && !ignoredExitCodes.includes(exitCode) && ranFor >= restartAttemptPeriod * 1000;
}

/** A container exits on its own. With a restart policy it may start again, and its task does not notice. */
const exit = dueAction('task.exitPlayed', (world: World, incident: Exit) => {
  const state = current(incident);
  const { task, name, startedAt, exitCode, reason } = incident;
  if (state === undefined || task.desiredStatus === 'STOPPED') return;
  if (isRestarted(state, exitCode, world.clock.now() - startedAt)) {
    run(world, task, state.recipe);
    return;
  }
  endContainer(world, task, name, exitCode, reason);
  startReady(world, task);
});

const settle = dueAction('task.settlePlayedCheck', (world: World, incident: Check) => {
  const { task, name, health } = incident;
  if (current(incident) === undefined) return;
  setHealth(world, task, name, health);
  startReady(world, task);
});

function planFate(world: World, task: TaskRecord, { name, fate }: ContainerRecipe): void {
  const incident = { task, name, startedAt: world.clock.now() };
  const { exitAfter = fate.exitCode === undefined ? undefined : 0, exitCode = 0, oomAfter } = fate;
  if (exitAfter !== undefined) plan(world, task, exitAfter, exit, { ...incident, exitCode, reason: undefined });
  if (oomAfter !== undefined) plan(world, task, oomAfter, exit, { ...incident, ...OUT_OF_MEMORY });
}

function planChecks(world: World, task: TaskRecord, { name, definition, fate }: ContainerRecipe): void {
  if (definition.healthCheck === undefined) return;
  const {
    unhealthyAfter = Number.POSITIVE_INFINITY,
    healthyAfter: firstHealthy = timingsOf(world, task).firstHealthy,
  } = fate;
  const incident = { task, name, startedAt: world.clock.now() };
  if (unhealthyAfter > firstHealthy) plan(world, task, firstHealthy, settle, { ...incident, health: 'HEALTHY' });
  if (unhealthyAfter < Number.POSITIVE_INFINITY) {
    plan(world, task, unhealthyAfter, settle, { ...incident, health: 'UNHEALTHY' });
  }
}

/** The container starts to run, for the first time or again. */
function run(world: World, task: TaskRecord, recipe: ContainerRecipe): void {
  const { startTimeout } = recipe.definition;
  const startedAt = world.clock.now();
  const containers = task.containers.with(recipe.name, { lastStatus: 'RUNNING', healthStatus: 'UNKNOWN', startedAt });
  changeTask(world, task, { containers, healthStatus: healthOf(containers) });
  forgetPast(task);
  planFate(world, task, recipe);
  planChecks(world, task, recipe);
  if (startTimeout !== undefined && waitingFor(containers, recipe.name).length > 0) {
    plan(world, task, startTimeout * 1000, endWait, { task, name: recipe.name, startedAt });
  }
}

/** Ends the wait for a container that exceeded its startTimeout before it was complete or healthy. */
const endWait = dueAction('task.endWait', (world: World, incident: Incident) => {
  const dependency = current(incident);
  const { task, name } = incident;
  if (dependency === undefined) return;
  for (const target of waitingFor(task.containers, name)) {
    giveUpContainer(world, task, target.recipe.name, timedOut(dependency, target));
  }
  startReady(world, task);
});

const begin = dueAction('task.startPlayed', (world: World, { task, name }: Omit<Incident, 'startedAt'>) => {
  const recipe = task.containers.find(name)?.recipe;
  if (recipe !== undefined && task.desiredStatus === 'RUNNING') start(world, task, recipe);
});

/**
 * An essential container that exits at once stops its task; others run and unblock the containers that wait for them.
 */
function start(world: World, task: TaskRecord, recipe: ContainerRecipe): void {
  const { fate, isEssential, name } = recipe;
  if (isEssential && fate.exitCode !== undefined && fate.exitAfter === undefined) {
    endContainer(world, task, name, fate.exitCode);
    return;
  }
  run(world, task, recipe);
  startReady(world, task);
}

const activated = dueAction('task.activatePlayed', (world: World, task: TaskRecord) => {
  enterRunning(world, task, task.containers);
  scheduleGrace(world, task);
});

/**
 * Starts every container that no longer waits, and gives up the ones that wait in vain. The task is RUNNING when none
 * is left.
 */
export function startReady(world: World, task: TaskRecord): void {
  if (!isPending(task) || task.desiredStatus === 'STOPPED') return;
  for (const { recipe, lastStatus, isStarting } of task.containers.all) {
    if (lastStatus !== 'PENDING' || isStarting) continue;
    const state = task.containers.find(recipe.name);
    const readiness = state === undefined ? 'waits' : readinessOf(state, task.containers);
    if (readiness === 'waits') continue;
    if (readiness === 'ready' && recipe.fate.startDelay > 0) {
      changeQuietly(world, task, { containers: task.containers.with(recipe.name, { isStarting: true }) });
      plan(world, task, recipe.fate.startDelay, begin, { task, name: recipe.name });
      continue;
    }
    if (readiness === 'ready') {
      start(world, task, recipe);
      return;
    }
    giveUpContainer(world, task, recipe.name, readiness.failed);
    startReady(world, task);
    return;
  }
  if (task.lastStatus === 'ACTIVATING' || task.containers.all.some((state) => state.lastStatus === 'PENDING')) return;
  changeTask(world, task, { lastStatus: 'ACTIVATING' });
  next(world, task, world.random.around(timingsOf(world, task).activate), activated);
}
