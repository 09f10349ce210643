import type { DaemonDeploymentRecord, DaemonRecord, DaemonRevisionRecord } from '../model/daemon-records.ts';
import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { eventTime } from '../util/event-time.ts';
import { latestDeployment } from './deploy-daemon.ts';

/** A daemon's deployment was created or changed its status. */
export function onDaemonDeployment(
  world: World,
  deployment: DaemonDeploymentRecord,
  before: Partial<DaemonDeploymentRecord> | undefined,
): void {
  if (before !== undefined && (before.status === undefined || before.status === deployment.status)) return;
  const at = world.clock.now();
  const { daemon, target, status, statusReason } = deployment;
  const detail = {
    eventType: status === 'ROLLBACK_FAILED' ? 'ERROR' : 'INFO',
    eventName: `DAEMON_DEPLOYMENT_${status}`,
    clusterArn: daemon.cluster.arn,
    daemonArn: daemon.arn,
    daemonDeploymentArn: deployment.arn,
    targetDaemonRevisionArn: target.arn,
    updatedAt: eventTime(at),
    ...(statusReason === undefined ? {} : { reason: statusReason }),
  };
  const detailType = 'ECS Daemon Deployment State Change';
  world.events.add({ at, detailType, resources: [daemon.arn], detail: () => detail });
}

function emitDaemonImpaired(
  world: World,
  revision: DaemonRevisionRecord,
  instance: InstanceRecord | undefined,
  task: TaskRecord | undefined,
  why: { readonly failureType: string; readonly reason: string },
): void {
  const at = world.clock.now();
  const { daemon, taskDefinition } = revision;
  const detail = {
    eventType: 'WARNING',
    eventName: 'DAEMON_TASK_START_IMPAIRED',
    clusterArn: daemon.cluster.arn,
    containerInstanceArn: instance?.arn,
    taskArn: task?.arn,
    daemonRevisionArn: revision.arn,
    capacityProviderName: instance?.capacityProviderName,
    daemonArn: daemon.arn,
    daemonTaskDefinitionArn: taskDefinition.arn,
    failureType: why.failureType,
    createdAt: eventTime(at),
    reason: why.reason,
  };
  const resources = task === undefined ? [] : [task.arn];
  world.events.add({ at, detailType: 'ECS Daemon Service Action', resources, detail: () => detail });
}

/** A daemon's task stopped before it ran. */
export function emitDaemonFailedStart(world: World, revision: DaemonRevisionRecord, task: TaskRecord): void {
  const reason = `Task failed to reach RUNNING status: ${task.stoppedReason ?? 'unknown'}`;
  emitDaemonImpaired(world, revision, task.instance, task, { failureType: 'TASK_FAILED_TO_RUN', reason });
}

const LACKS: Readonly<Record<string, string>> = {
  'RESOURCE:CPU': 'insufficient CPU',
  'RESOURCE:MEMORY': 'insufficient memory',
  'RESOURCE:PORTS': 'a required port is in use',
  'RESOURCE:GPU': 'insufficient GPU',
  'RESOURCE:ENI': 'insufficient network interfaces',
};

/** An instance has no room for a daemon's task. */
export function emitDaemonNoRoom(world: World, daemon: DaemonRecord, instance: InstanceRecord, shortage: string): void {
  const revision = daemon.wanted ?? latestDeployment(daemon)?.target;
  if (revision === undefined) return;
  const reason = `${shortage} - Unable to place daemon task on container instance: ${LACKS[shortage] ?? shortage}`;
  emitDaemonImpaired(world, revision, instance, undefined, { failureType: 'TASK_CREATION_FAILED', reason });
}
