import { onDaemonDeployment } from '../daemons/daemon-events.ts';
import { type EventType, emitServiceAction, info } from '../events/service-action-events.ts';
import type { DaemonDeploymentRecord } from '../model/daemon-records.ts';
import type { InstanceBefore, InstanceRecord } from '../model/instances/instance-record.ts';
import type { DeploymentRecord } from '../model/services/deployment-record.ts';
import type { ServiceDeploymentRecord } from '../model/services/service-deployment-record.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { TaskBefore, TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import type { PlainRecord } from '../model/world-record.ts';
import { eventTime } from '../util/event-time.ts';
import { onHooks } from './hook-events.ts';
import { INSTANCE_CHANGE, TASK_CHANGE } from './state-change-events.ts';

/** Records the events that EventBridge would receive for a change. */
export function observeForEvents(world: World, record: PlainRecord, before: Partial<PlainRecord> | undefined): void {
  if (record.kind === 'service') onService(world, record, before as Partial<ServiceRecord> | undefined);
  else if (record.kind === 'deployment') onDeployment(world, record, before as Partial<DeploymentRecord> | undefined);
  else if (record.kind === 'daemonDeployment')
    onDaemonDeployment(world, record, before as Partial<DaemonDeploymentRecord> | undefined);
  else if (record.kind === 'serviceDeployment')
    onHooks(world, record, before as Partial<ServiceDeploymentRecord> | undefined);
}

/** EventBridge receives every change that raises the version of a task, and new ones. */
export function observeTaskForEvents(world: World, task: TaskRecord, before: TaskBefore | undefined): void {
  if (before?.version !== task.version) world.events.addRow(TASK_CHANGE, task, world.clock.now());
}

/** The same for instances. */
export function observeInstanceForEvents(
  world: World,
  instance: InstanceRecord,
  before: InstanceBefore | undefined,
): void {
  if (before?.version !== instance.version) world.events.addRow(INSTANCE_CHANGE, instance, world.clock.now());
}

function onService(world: World, service: ServiceRecord, before: Partial<ServiceRecord> | undefined): void {
  const isScheduled = service.schedulingStrategy === 'DAEMON';
  if (isScheduled && before?.desiredCount !== undefined && before.desiredCount !== service.desiredCount) {
    emitServiceAction(world, service, info('SERVICE_DESIRED_COUNT_UPDATED', { desiredCount: service.desiredCount }));
  }
  const [primary] = service.deployments;
  if (primary !== undefined && before?.deployments !== undefined && before.deployments[0] !== primary)
    addDeployment(world, primary);
}

function onDeployment(world: World, deployment: DeploymentRecord, before: Partial<DeploymentRecord> | undefined): void {
  if (before?.rolloutState !== undefined && before.rolloutState !== deployment.rolloutState)
    addDeployment(world, deployment);
}

function addDeployment(world: World, deployment: DeploymentRecord): void {
  const at = world.clock.now();
  const { rolloutState, rolloutStateReason, id, service } = deployment;
  const eventType: EventType = rolloutState === 'FAILED' ? 'ERROR' : 'INFO';
  const eventName = `SERVICE_DEPLOYMENT_${rolloutState}`;
  const detail = {
    eventType,
    eventName,
    // Present in 2026 recordings, absent in 2021.
    clusterArn: service.cluster.arn,
    deploymentId: id,
    updatedAt: eventTime(at),
    reason: rolloutStateReason,
  };
  world.events.add({ at, detailType: 'ECS Deployment State Change', resources: [service.arn], detail: () => detail });
}
