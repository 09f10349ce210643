import { emitFailed, emitRollingBack } from '../events/service-events.ts';
import type { DeploymentRecord } from '../model/services/deployment-record.ts';
import { planRollback } from '../model/services/deployment-stages.ts';
import { createHolds } from '../model/services/launch-holds.ts';
import type { ServiceDeploymentRecord } from '../model/services/service-deployment-record.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { ServiceSpec } from '../model/services/service-spec.ts';
import type { World } from '../model/world.ts';
import { change } from '../store/eventual-consistency.ts';
import { wakeService } from '../wakeups/wake-services.ts';
import { requestStop } from './deployment-lifecycle.ts';
import { closeHooks } from './lifecycle-hooks.ts';

/** Why a deployment fails, and the texts for it. */
export interface Failure {
  /** The end of `Service deployment rolled back because ...`. */
  readonly because: string;
  /** The text of the service's event after `deployment failed: `, if it differs. */
  readonly event?: string;
  readonly rolloutStateReason?: string;
  /** The start of the `rolloutStateReason` of the restored deployment. */
  readonly by: string;
  readonly wantsRollback: boolean;
}

const NO_CANDIDATE = 'No rollback candidate was found to run the rollback.';

export function breakerFailure({ deploymentConfiguration }: ServiceDeploymentRecord): Failure {
  return {
    because: 'the circuit breaker threshold was exceeded.',
    event: 'tasks failed to start.',
    rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
    by: 'ECS deployment circuit breaker',
    wantsRollback: deploymentConfiguration.deploymentCircuitBreaker?.rollback === true,
  };
}

export function alarmFailure({ deploymentConfiguration }: ServiceDeploymentRecord, names: readonly string[]): Failure {
  return {
    because: `CloudWatch alarm(s) were detected in ALARM state: ${names.join(', ')}.`,
    event: 'alarm detected.',
    rolloutStateReason: 'ECS deployment failed: alarm detected.',
    by: 'ECS deployment alarm detected',
    wantsRollback: deploymentConfiguration.alarms?.rollback === true,
  };
}

/** A user's request, a failed hook, or a stage that took too long: these always roll back. */
export function plainFailure(because: string): Failure {
  return { because, by: 'ECS service deployment', wantsRollback: true };
}

/** The part of a service's spec that belongs to a service revision. The rest changes without a deployment. */
function deployedPart(spec: ServiceSpec): Partial<ServiceSpec> {
  const { taskDefinition, launchType, capacityProviderStrategy, networkConfiguration, loadBalancers } = spec;
  const { platformVersion, platformFamily, serviceRegistries, serviceConnectConfiguration } = spec;
  const { volumeConfigurations, vpcLatticeConfigurations, gatewayConnectors, monitoring } = spec;
  return {
    taskDefinition,
    launchType,
    capacityProviderStrategy,
    networkConfiguration,
    platformVersion,
    platformFamily,
    loadBalancers,
    serviceRegistries,
    serviceConnectConfiguration,
    volumeConfigurations,
    vpcLatticeConfigurations,
    gatewayConnectors,
    monitoring,
  };
}

/** Shifted traffic returns first; if old tasks had already stopped, they are started before that. */
function startRollback(world: World, record: ServiceDeploymentRecord): Partial<ServiceDeploymentRecord> {
  const wasCleaningUp = record.plan[record.step]?.stage === 'CLEAN_UP';
  const plan = record.traffic === undefined ? [] : planRollback(record.traffic);
  return {
    plan: wasCleaningUp ? [{ stage: 'SCALE_UP' }, ...plan] : plan,
    step: -1,
    stepSince: world.clock.now(),
    stepDoneAt: undefined,
    bakeUntil: undefined,
    hooks: closeHooks(record.hooks),
  };
}

/** Makes the latest completed deployment PRIMARY again, with its old id. False if no deployment has completed. */
function rollBack(world: World, service: ServiceRecord, failed: DeploymentRecord, by: string, reason: string): boolean {
  const now = world.clock.now();
  const target = service.lastCompleted;
  const record = failed.serviceDeployment;
  if (target === undefined || target === failed) return false;
  emitRollingBack(world, service, target);
  change(world, failed, {
    status: 'ACTIVE',
    // In staged deployments, the failed revision keeps its tasks until its traffic is gone.
    desiredCount: record.traffic === undefined ? 0 : failed.desiredCount,
    updatedAt: now,
  });
  change(world, target, {
    status: 'PRIMARY',
    desiredCount: service.desiredCount,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `${by}: rolling back to deploymentId ${target.id}.`,
    failedTasks: 0,
    healthyTasks: 0,
    isStuckEmitted: false,
    updatedAt: now,
    serviceDeployment: record,
  });
  change(world, record, {
    status: 'ROLLBACK_IN_PROGRESS',
    rollback: { reason, startedAt: now, revision: target.revision },
    updatedAt: now,
    ...startRollback(world, record),
  });
  Object.assign(target.holds, createHolds());
  const others = service.deployments.filter((deployment) => deployment !== target);
  const { taskDefinition } = service.spec;
  taskDefinition?.services.delete(service);
  target.spec.taskDefinition?.services.add(service);
  change(world, service, {
    deployments: [target, ...others],
    // The deployment is no rollback target again before it has completed anew.
    lastCompleted: undefined,
    spec: { ...service.spec, ...deployedPart(target.spec) },
  });
  wakeService(world, service);
  return true;
}

function giveUpRollback(world: World, record: ServiceDeploymentRecord, statusReason: string): void {
  const now = world.clock.now();
  change(world, record, { status: 'ROLLBACK_FAILED', statusReason, finishedAt: now, updatedAt: now });
}

/** Marks the deployment FAILED, so that it starts nothing more, and rolls it back if wanted and possible. */
export function failDeployment(
  world: World,
  service: ServiceRecord,
  deployment: DeploymentRecord,
  failure: Failure,
): void {
  const now = world.clock.now();
  const record = deployment.serviceDeployment;
  const rolledBack = `Service deployment rolled back because ${failure.because}`;
  const rolloutStateReason = failure.rolloutStateReason ?? rolledBack;
  change(world, deployment, { rolloutState: 'FAILED', rolloutStateReason, updatedAt: now });
  emitFailed(world, service, deployment, failure.event ?? rolledBack);
  wakeService(world, service);
  if (record.rollback !== undefined) {
    giveUpRollback(world, record, rolloutStateReason);
    return;
  }
  if (!failure.wantsRollback) {
    requestStop(world, record, `Service deployment stopped because ${failure.because}`);
    return;
  }
  change(world, record, { statusReason: rolledBack, updatedAt: now });
  if (rollBack(world, service, deployment, failure.by, rolloutStateReason)) return;
  const statusReason = `${rolledBack} ${NO_CANDIDATE}`;
  change(world, record, { status: 'STOPPED', statusReason, stoppedAt: now, updatedAt: now });
}

/** Marks the circuit breaker as triggered before its decision is applied. */
export function tripBreaker(world: World, record: ServiceDeploymentRecord): void {
  change(world, record, { breaker: { ...record.breaker, status: 'TRIGGERED' }, updatedAt: world.clock.now() });
}
