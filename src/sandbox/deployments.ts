import { serviceDeploymentArn, serviceRevisionArn } from './arns.ts';
import { failureThreshold } from './breaker.ts';
import { change } from './consistency.ts';
import { newRecord } from './records.ts';
import { sayCompleted, sayFailed, sayRollingBack } from './service-events.ts';
import type {
  DeploymentRecord,
  ServiceDeploymentRecord,
  ServiceRecord,
  ServiceRevisionRecord,
  ServiceSpec,
  World,
} from './state.ts';
import { wakeService } from './wake.ts';

const KEEP_SERVICE_DEPLOYMENTS_MS = 90 * 24 * 3600_000;

function createRevision(world: World, service: ServiceRecord): ServiceRevisionRecord {
  const id = world.random.digits(19);
  const arn = serviceRevisionArn(world, service.cluster.name, service.name, id);
  const revision: ServiceRevisionRecord = {
    kind: 'serviceRevision',
    ...newRecord(world),
    id,
    arn,
    service,
    spec: service.spec,
  };
  service.revisions.set(arn, revision);
  return revision;
}

function createServiceDeployment(
  world: World,
  service: ServiceRecord,
  target: ServiceRevisionRecord,
): ServiceDeploymentRecord {
  const id = world.random.hex(20);
  const arn = serviceDeploymentArn(world, service.cluster.name, service.name, id);
  const { deploymentConfiguration } = service.spec;
  const breaker = deploymentConfiguration.deploymentCircuitBreaker;
  const alarms = deploymentConfiguration.alarms;
  const record: ServiceDeploymentRecord = {
    kind: 'serviceDeployment',
    ...newRecord(world),
    id,
    arn,
    service,
    targetRevision: target,
    sourceRevisions: service.deployments.map((deployment) => deployment.revision),
    deploymentConfiguration,
    status: 'PENDING',
    statusReason: undefined,
    startedAt: undefined,
    finishedAt: undefined,
    stoppedAt: undefined,
    updatedAt: world.clock.now(),
    breaker: {
      status: breaker?.enable ? 'MONITORING' : 'DISABLED',
      failureCount: 0,
      threshold: breaker?.enable ? failureThreshold(breaker, service.desiredCount) : 0,
    },
    alarms:
      alarms?.enable === true
        ? { status: 'MONITORING', alarmNames: alarms.alarmNames, triggeredAlarmNames: [] }
        : undefined,
    rollback: undefined,
    lifecycleStage: undefined,
  };
  service.serviceDeployments.set(arn, record);
  world.clock.after(KEEP_SERVICE_DEPLOYMENTS_MS, () => service.serviceDeployments.delete(arn));
  return record;
}

/** A newer deployment ends whatever was under way. */
function supersede(world: World, old: ServiceDeploymentRecord): void {
  if (old.finishedAt !== undefined || old.stoppedAt !== undefined) return;
  const now = world.clock.now();
  change(world, old, {
    status: 'STOP_REQUESTED',
    statusReason: 'A newer service deployment was started.',
    updatedAt: now,
    ...(old.startedAt === undefined ? { startedAt: now } : {}),
  });
  world.clock.after(world.timings.schedulerReaction, () => {
    const at = world.clock.now();
    if (old.status === 'STOP_REQUESTED') change(world, old, { status: 'STOPPED', stoppedAt: at, updatedAt: at });
  });
}

/** Starts the rollout of what the service's spec says now. Old deployments stay ACTIVE until their tasks are gone. */
export function beginDeployment(world: World, service: ServiceRecord): DeploymentRecord {
  const revision = createRevision(world, service);
  const serviceDeployment = createServiceDeployment(world, service, revision);
  const id = `ecs-svc/${world.random.digits(19)}`;
  for (const old of service.deployments) {
    supersede(world, old.serviceDeployment);
    // What never completed is not kept up; what did still is, as far as the new one does not yet stand in for it.
    const kept = old.rolloutState === 'COMPLETED' ? old.desiredCount : 0;
    change(world, old, { status: 'ACTIVE', desiredCount: kept, updatedAt: world.clock.now() });
  }
  const deployment: DeploymentRecord = {
    kind: 'deployment',
    ...newRecord(world),
    arn: id,
    id,
    service,
    spec: service.spec,
    revision,
    status: 'PRIMARY',
    desiredCount: service.desiredCount,
    failedTasks: 0,
    hasRun: false,
    healthyTasks: 0,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment ${id} in progress.`,
    updatedAt: world.clock.now(),
    serviceDeployment,
    tasks: new Set(),
    stuckSaid: false,
  };
  service.failedStarts = 0;
  service.failedPlacements = 0;
  service.heldUntil = 0;
  change(world, service, { deployments: [deployment, ...service.deployments], steady: false });
  wakeService(world, service);
  return deployment;
}

/** PENDING ends when the scheduler first looks at it. */
export function startServiceDeployment(world: World, record: ServiceDeploymentRecord): void {
  if (record.status !== 'PENDING') return;
  const now = world.clock.now();
  change(world, record, { status: 'IN_PROGRESS', startedAt: now, updatedAt: now });
}

/** All wanted tasks are there and healthy, and no other deployment has any left. */
export function completeDeployment(world: World, service: ServiceRecord, deployment: DeploymentRecord): void {
  const now = world.clock.now();
  const record = deployment.serviceDeployment;
  for (const old of service.deployments) if (old !== deployment) change(world, old, { status: 'INACTIVE' });
  change(world, deployment, {
    rolloutState: 'COMPLETED',
    rolloutStateReason: `ECS deployment ${deployment.id} completed.`,
    failedTasks: 0,
    updatedAt: now,
  });
  change(world, record, {
    status: record.rollback === undefined ? 'SUCCESSFUL' : 'ROLLBACK_SUCCESSFUL',
    finishedAt: now,
    updatedAt: now,
    breaker:
      record.breaker.status === 'MONITORING' ? { ...record.breaker, status: 'MONITORING_COMPLETE' } : record.breaker,
  });
  change(world, service, { deployments: [deployment], lastCompleted: deployment });
  sayCompleted(world, service, deployment);
}

/** What a deployment brought with it; the rest of a service's spec is changed without one. */
function deployedPart(spec: ServiceSpec): Partial<ServiceSpec> {
  const { taskDefinition, networkConfiguration, platformVersion, platformFamily, loadBalancers } = spec;
  const { serviceRegistries, serviceConnectConfiguration, volumeConfigurations, vpcLatticeConfigurations } = spec;
  return {
    taskDefinition,
    networkConfiguration,
    platformVersion,
    platformFamily,
    loadBalancers,
    serviceRegistries,
    serviceConnectConfiguration,
    volumeConfigurations,
    vpcLatticeConfigurations,
  };
}

/** Makes the latest completed deployment PRIMARY again, under its old id. False when there is none to go back to. */
export function rollBack(world: World, service: ServiceRecord, failed: DeploymentRecord, reason: string): boolean {
  const now = world.clock.now();
  const target = service.lastCompleted;
  const record = failed.serviceDeployment;
  if (target === undefined || target === failed) return false;
  sayRollingBack(world, service, target);
  change(world, failed, {
    status: 'ACTIVE',
    desiredCount: 0,
    rolloutStateReason: `ECS deployment circuit breaker: rolling back to deploymentId ${target.id}.`,
    updatedAt: now,
  });
  change(world, target, {
    status: 'PRIMARY',
    desiredCount: service.desiredCount,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment ${target.id} in progress.`,
    failedTasks: 0,
    healthyTasks: 0,
    stuckSaid: false,
    updatedAt: now,
    serviceDeployment: record,
  });
  change(world, record, {
    status: 'ROLLBACK_IN_PROGRESS',
    rollback: { reason, startedAt: now, revision: target.revision },
    updatedAt: now,
  });
  service.failedStarts = 0;
  service.heldUntil = 0;
  const others = service.deployments.filter((deployment) => deployment !== target);
  change(world, service, {
    deployments: [target, ...others],
    // Not to be gone back to again before it has completed anew.
    lastCompleted: undefined,
    spec: { ...service.spec, ...deployedPart(target.spec) },
    desiredCount: service.desiredCount,
  });
  wakeService(world, service);
  return true;
}

/** The circuit breaker fires: the deployment is FAILED, starts nothing more, and is rolled back where that is wanted. */
export function failDeployment(world: World, service: ServiceRecord, deployment: DeploymentRecord): void {
  const now = world.clock.now();
  const record = deployment.serviceDeployment;
  const reason = 'ECS deployment circuit breaker: tasks failed to start.';
  change(world, deployment, { rolloutState: 'FAILED', rolloutStateReason: reason, updatedAt: now });
  sayFailed(world, service, deployment);
  const breaker = { ...record.breaker, status: 'TRIGGERED' as const };
  if (record.rollback !== undefined) {
    change(world, record, {
      status: 'ROLLBACK_FAILED',
      statusReason: reason,
      finishedAt: now,
      updatedAt: now,
      breaker,
    });
    return;
  }
  change(world, record, { breaker, statusReason: reason, updatedAt: now });
  const wantsRollback = record.deploymentConfiguration.deploymentCircuitBreaker?.rollback === true;
  if (wantsRollback && rollBack(world, service, deployment, reason)) return;
  change(world, record, { status: 'STOPPED', stoppedAt: now, updatedAt: now });
}
