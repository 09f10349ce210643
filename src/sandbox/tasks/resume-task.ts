import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { timingsOf } from '../store/timings-of.ts';
import type { DueAction } from '../time/due-action.ts';
import { next, plan } from '../wakeups/task-timers.ts';
import { passTarget } from './load-balancer-targets.ts';
import { deactivate, deprovision, endDeprovision, endExecution, stopAtOnce, terminate } from './stop-task.ts';
import { scheduleGrace, settleCheck } from './task-health.ts';
import { activate, endPull, scheduleIncidents, startPull, toPending } from './task-lifecycle.ts';

/**
 * Schedules what is left of the life of a task that was met on its way: the rest of its present step, as far as its
 * times show when that began, and the checks that have not passed yet.
 */
export function resumeTask(world: World, task: TaskRecord): void {
  if (task.desiredStatus === 'STOPPED') resumeStop(world, task);
  else resumeStart(world, task);
}

/** Schedules a step `duration` after the time at which the step before it began. */
function restOf(
  world: World,
  task: TaskRecord,
  since: number | undefined,
  duration: number,
  step: DueAction<World, TaskRecord>,
): void {
  const now = world.clock.now();
  next(world, task, Math.max(0, (since ?? now) + world.random.around(duration) - now), step);
}

function resumeStart(world: World, task: TaskRecord): void {
  const timings = timingsOf(world, task);
  const isFargate = task.launchType === 'FARGATE';
  const provision = isFargate ? timings.provisionFargate : timings.provisionEc2;
  const accept = isFargate ? timings.acceptFargate : timings.accept;
  switch (task.lastStatus) {
    case 'PROVISIONING':
      restOf(world, task, task.bornAt, provision, toPending);
      break;
    case 'PENDING': {
      const { pullStartedAt } = task;
      // Only a task with an ENI, or on Fargate, was PROVISIONING before.
      const isProvisioned = isFargate || task.attachments.length > 0;
      if (pullStartedAt !== undefined)
        restOf(world, task, pullStartedAt, isFargate ? timings.pullFargate : timings.pullEc2, endPull);
      else restOf(world, task, task.bornAt + (isProvisioned ? provision : 0), accept, startPull);
      break;
    }
    case 'ACTIVATING':
      restOf(world, task, task.pullStoppedAt, timings.activate, activate);
      break;
    default:
      resumeChecks(world, task);
  }
}

function resumeChecks(world: World, task: TaskRecord): void {
  const { firstHealthy, targetHealthy } = timingsOf(world, task);
  const { startedAt = world.clock.now(), taskDefinition, containers, target } = task;
  const until = (duration: number) => Math.max(0, startedAt + duration - world.clock.now());
  for (const { recipe, healthStatus } of containers.all) {
    if (!taskDefinition.isChecked || !recipe.isChecked || healthStatus !== 'UNKNOWN') continue;
    plan(world, task, until(firstHealthy), settleCheck, { task, name: recipe.name, health: 'HEALTHY' });
  }
  if (target?.health === 'initial') plan(world, task, until(targetHealthy), passTarget, task);
  scheduleGrace(world, task);
  if (task.taskDefinition.recipes.some(({ fate }) => fate.exitAfter !== undefined)) scheduleIncidents(world, task);
}

function resumeStop(world: World, task: TaskRecord): void {
  const timings = timingsOf(world, task);
  const { lastStatus, executionStoppedAt, stoppingAt } = task;
  if (lastStatus === 'RUNNING') restOf(world, task, undefined, timings.agentNotices, deactivate);
  else if (lastStatus === 'DEACTIVATING') restOf(world, task, undefined, timings.deactivate, terminate);
  else if (lastStatus === 'STOPPING') restOf(world, task, stoppingAt, stopAtOnce(world, task), endExecution);
  else if (lastStatus === 'DEPROVISIONING')
    restOf(world, task, executionStoppedAt ?? stoppingAt, timings.deprovision, endDeprovision);
  else restOf(world, task, undefined, timings.agentNotices, deprovision);
}
