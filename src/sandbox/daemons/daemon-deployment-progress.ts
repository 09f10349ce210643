import type { DaemonDeploymentRecord, DaemonRecord } from '../model/daemon-records.ts';
import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { World } from '../model/world.ts';
import { change } from '../store/eventual-consistency.ts';
import { isUp, isWanted } from '../store/task-statuses.ts';
import { dueAction } from '../time/due-action.ts';
import { wakeDaemon } from '../wakeups/wake-daemons.ts';
import { ringing } from './daemon-instances.ts';
import { isOngoing, stopDeployment } from './deploy-daemon.ts';

const KEEP_MS = 3600_000;

/** PENDING ends with the scheduler's first look at the deployment. */
export function startDeployment(world: World, deployment: DaemonDeploymentRecord): void {
  if (deployment.status !== 'PENDING') return;
  change(world, deployment, { status: 'IN_PROGRESS', startedAt: world.clock.now() });
}

/** Returns to the last revision that was rolled out in full; without one, everything stays as it is. */
function fail(world: World, deployment: DaemonDeploymentRecord, reason: string): void {
  const { daemon } = deployment;
  const now = world.clock.now();
  if (deployment.rollback !== undefined) {
    change(world, deployment, { status: 'ROLLBACK_FAILED', statusReason: reason, finishedAt: now });
    change(world, daemon, { isHalted: true });
  } else if (daemon.lastGood === undefined) {
    stopDeployment(world, deployment, reason);
    change(world, daemon, { isHalted: true });
  } else {
    const rollback = { reason, startedAt: now, revision: daemon.lastGood };
    const breaker = { ...deployment.breaker, failureCount: 0 };
    change(world, deployment, { status: 'ROLLBACK_IN_PROGRESS', statusReason: reason, rollback, breaker });
    change(world, daemon, { wanted: daemon.lastGood, heldUntil: 0, failedStarts: 0 });
  }
}

/** Whether the deployment fails now because of its circuit breaker or alarms; applies the consequences. */
export function checkFailure(world: World, deployment: DaemonDeploymentRecord): boolean {
  const { breaker, alarms } = deployment;
  const { failureCount = 0, threshold = 0 } = breaker;
  if (!isOngoing(deployment)) return false;
  if (breaker.status !== 'DISABLED' && failureCount >= threshold) {
    change(world, deployment, { breaker: { ...breaker, status: 'TRIGGERED' } });
    fail(world, deployment, 'Daemon deployment circuit breaker: tasks failed to start.');
    return true;
  }
  const names = alarms.status === 'MONITORING' ? ringing(world, alarms.alarmNames) : [];
  if (names.length === 0) return false;
  change(world, deployment, { alarms: { ...alarms, status: 'TRIGGERED', triggeredAlarmNames: names } });
  fail(world, deployment, `Daemon deployment alarm detected: ${names.join(', ')}.`);
  return true;
}

/** Whether every instance runs the wanted revision and no other task of the daemon is left. */
function isDone(daemon: DaemonRecord, instances: readonly InstanceRecord[]): boolean {
  const running = new Set<InstanceRecord | undefined>();
  for (const [task, revision] of daemon.tasks) {
    const { instance } = task;
    if (revision === daemon.wanted && task.lastStatus === 'RUNNING' && isWanted(task)) running.add(instance);
    else if (isUp(task) && instance !== undefined && instances.includes(instance)) return false;
  }
  return instances.every((instance) => running.has(instance));
}

/** Completes the deployment once all instances have run the target for the bake time. */
export function settleDeployment(
  world: World,
  deployment: DaemonDeploymentRecord,
  instances: readonly InstanceRecord[],
): void {
  const { daemon, rollback } = deployment;
  if (!isOngoing(deployment)) return;
  const now = world.clock.now();
  if (!isDone(daemon, instances)) {
    if (deployment.doneAt !== undefined) change(world, deployment, { doneAt: undefined });
    return;
  }
  const doneAt = deployment.doneAt ?? now;
  if (deployment.doneAt === undefined) change(world, deployment, { doneAt });
  const bakedAt = doneAt + (rollback === undefined ? (deployment.configuration.bakeTimeInMinutes ?? 0) * 60_000 : 0);
  if (now < bakedAt) {
    wakeDaemon(world, daemon, bakedAt);
    return;
  }
  const { breaker, alarms } = deployment;
  change(world, deployment, {
    status: rollback === undefined ? 'SUCCESSFUL' : 'ROLLBACK_SUCCESSFUL',
    statusReason: rollback === undefined ? 'Deployment completed successfully.' : deployment.statusReason,
    finishedAt: now,
    breaker: breaker.status === 'MONITORING' ? { ...breaker, status: 'MONITORING_COMPLETE' } : breaker,
    alarms: alarms.status === 'MONITORING' ? { ...alarms, status: 'MONITORING_COMPLETE' } : alarms,
  });
  change(world, daemon, { lastGood: daemon.wanted });
}

/** Removes the daemon once its last task is gone. */
export function settleDeletion(world: World, deployment: DaemonDeploymentRecord): void {
  const { daemon } = deployment;
  if (daemon.tasks.size > 0) return;
  const now = world.clock.now();
  change(world, deployment, { status: 'SUCCESSFUL', finishedAt: now });
  change(world, daemon, { status: 'DELETED', updatedAt: now });
  world.clock.after(KEEP_MS, forgetDaemon, world, daemon);
}

const forgetDaemon = dueAction('daemon.forget', (world: World, daemon: DaemonRecord) => {
  if (world.daemons.get(daemon.arn) === daemon) world.daemons.delete(daemon.arn);
});
