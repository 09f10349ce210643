import { onDaemonDeployment } from '../daemons/daemon-events.ts';
import { type EventType, emitServiceAction, info } from '../events/service-action-events.ts';
import type { DaemonDeploymentRecord } from '../model/daemon-records.ts';
import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { DeploymentRecord } from '../model/services/deployment-record.ts';
import type { ServiceDeploymentRecord } from '../model/services/service-deployment-record.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import type { Before, WorldRecord } from '../model/world-record.ts';
import { eventTime } from '../util/event-time.ts';
import { onHooks } from './hook-events.ts';
import { INSTANCE_CHANGE, TASK_CHANGE } from './state-change-events.ts';

/** Records the events that EventBridge would receive for a change. */
export function observeForEvents(world: World, record: WorldRecord, before: Before | undefined): void {
  if (record.kind === 'task' || record.kind === 'containerInstance')
    onStateChange(world, record, before as Partial<TaskRecord | InstanceRecord> | undefined);
  else if (record.kind === 'service') onService(world, record, before as Partial<ServiceRecord> | undefined);
  else if (record.kind === 'deployment') onDeployment(world, record, before as Partial<DeploymentRecord> | undefined);
  else if (record.kind === 'daemonDeployment')
    onDaemonDeployment(world, record, before as Partial<DaemonDeploymentRecord> | undefined);
  else if (record.kind === 'serviceDeployment')
    onHooks(world, record, before as Partial<ServiceDeploymentRecord> | undefined);
}

/** EventBridge receives every change that raises the version of a task or instance, and new ones. */
function onStateChange(
  world: World,
  record: TaskRecord | InstanceRecord,
  before: Partial<typeof record> | undefined,
): void {
  if (before !== undefined && (before.version === undefined || before.version === record.version)) return;
  const at = world.clock.now();
  if (record.kind === 'task') world.events.addRow(TASK_CHANGE, record, at);
  else world.events.addRow(INSTANCE_CHANGE, record, at);
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
