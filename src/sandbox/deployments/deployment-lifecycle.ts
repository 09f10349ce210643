import { emitCompleted } from '../events/service-events.ts';
import type { DeploymentRecord } from '../model/services/deployment-record.ts';
import { planStages, shiftsTraffic } from '../model/services/deployment-stages.ts';
import { createHolds } from '../model/services/launch-holds.ts';
import type { ServiceDeploymentRecord } from '../model/services/service-deployment-record.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { ServiceRevisionRecord } from '../model/services/service-revision-record.ts';
import type { ServiceSpec } from '../model/services/service-spec.ts';
import type { TaskSetRecord } from '../model/services/task-set-record.ts';
import { TaskList } from '../model/tasks/task-list.ts';
import type { World } from '../model/world.ts';
import { serviceDeploymentArn, serviceRevisionArn } from '../store/arns.ts';
import { change } from '../store/eventual-consistency.ts';
import { newRecord } from '../store/new-record.ts';
import { dueAction } from '../time/due-action.ts';
import { wakeService } from '../wakeups/wake-services.ts';
import { failureThreshold } from './circuit-breaker.ts';
import { armAlarms, isOngoing } from './deployment-alarms.ts';
import { closeHooks } from './lifecycle-hooks.ts';

/** AWS's text in ListServiceDeployments (recordings of 2026-01 and 2026-02). */
const SUPERSEDED = 'Replaced by a new service deployment.';
const KEEP_SERVICE_DEPLOYMENTS_MS = 90 * 24 * 3600_000;

/** A revision has the number of the deployment that introduces it: `ecs-svc/N` deploys revision N. */
function createRevision(
  world: World,
  service: ServiceRecord,
  spec: ServiceSpec,
  deploymentId: string,
): ServiceRevisionRecord {
  const id = deploymentId.slice(deploymentId.indexOf('/') + 1);
  const arn = serviceRevisionArn(world, service.cluster.name, service.name, id);
  const serving = servingRevision(service);
  const takesTurns = serving !== undefined && shiftsTraffic(service.spec.deploymentConfiguration);
  const revision: ServiceRevisionRecord = {
    kind: 'serviceRevision',
    ...newRecord(world),
    id,
    arn,
    service,
    spec,
    usesAlternate: takesTurns ? !serving.usesAlternate : (serving?.usesAlternate ?? false),
  };
  service.revisions.set(arn, revision);
  return revision;
}

/** The revision that serves requests now: of the latest completed deployment, else of the one with most tasks. */
function servingRevision(service: ServiceRecord): ServiceRevisionRecord | undefined {
  const [most] = [...service.deployments].sort((a, b) => b.tasks.size - a.tasks.size);
  return (service.lastCompleted ?? most)?.revision;
}

function createServiceDeployment(
  world: World,
  service: ServiceRecord,
  target: ServiceRevisionRecord,
): ServiceDeploymentRecord {
  const id = world.random.token(21);
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
    servingRevision: servingRevision(service),
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
    plan: planStages(deploymentConfiguration, service.deployments.length),
    step: -1,
    stepSince: world.clock.now(),
    stepDoneAt: undefined,
    traffic: shiftsTraffic(deploymentConfiguration) ? { production: 0, test: 0 } : undefined,
    hooks: [],
    bakeUntil: undefined,
  };
  service.serviceDeployments.set(arn, record);
  world.clock.after(KEEP_SERVICE_DEPLOYMENTS_MS, forgetServiceDeployment, world, record);
  return record;
}

const forgetServiceDeployment = dueAction('serviceDeployment.forget', (_: World, record: ServiceDeploymentRecord) => {
  record.service.serviceDeployments.delete(record.arn);
});

/** Stops a service deployment. It is STOPPED shortly afterwards. A rollback that is interrupted has failed. */
export function requestStop(world: World, record: ServiceDeploymentRecord, statusReason: string): void {
  if (!isOngoing(record) || record.status === 'STOP_REQUESTED') return;
  const now = world.clock.now();
  const ending = { statusReason, hooks: closeHooks(record.hooks), updatedAt: now };
  if (record.status === 'ROLLBACK_IN_PROGRESS') {
    change(world, record, { ...ending, status: 'ROLLBACK_FAILED', finishedAt: now });
    return;
  }
  if (record.status === 'ROLLBACK_REQUESTED') {
    change(world, record, { ...ending, status: 'STOPPED', stoppedAt: now });
    return;
  }
  change(world, record, { ...ending, status: 'STOP_REQUESTED', startedAt: record.startedAt ?? now });
  world.clock.after(world.timings.schedulerReaction, endStopped, world, record);
}

const endStopped = dueAction('serviceDeployment.stopped', (world: World, record: ServiceDeploymentRecord) => {
  const at = world.clock.now();
  const isSuperseded = record.statusReason === SUPERSEDED;
  change(world, record, {
    status: 'STOPPED',
    stoppedAt: at,
    updatedAt: at,
    ...(isSuperseded ? { finishedAt: at } : {}),
  });
});

function createDeployment(
  world: World,
  service: ServiceRecord,
  own: Pick<DeploymentRecord, 'id' | 'spec' | 'revision' | 'serviceDeployment' | 'beginsAt' | 'desiredCount'>,
): DeploymentRecord {
  return {
    kind: 'deployment',
    ...newRecord(world),
    ...own,
    arn: own.id,
    service,
    status: 'PRIMARY',
    failedTasks: 0,
    hasRun: false,
    healthyTasks: 0,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment ${own.id} in progress.`,
    updatedAt: world.clock.now(),
    tasks: new TaskList(),
    census: undefined,
    holds: createHolds(),
    isStuckEmitted: false,
  };
}

/**
 * Starts the rollout of the service's current spec. Old deployments stay ACTIVE until their tasks are gone. The new one
 * wants no tasks before the scheduler first plans for it, as in recordings of CreateService and UpdateService and the
 * reads after them.
 */
export function beginDeployment(world: World, service: ServiceRecord): DeploymentRecord {
  const { spec } = service;
  const id = `ecs-svc/${world.random.digits(19)}`;
  const revision = createRevision(world, service, spec, id);
  const serviceDeployment = createServiceDeployment(world, service, revision);
  for (const old of service.deployments) {
    requestStop(world, old.serviceDeployment, SUPERSEDED);
    change(world, old, { status: 'ACTIVE' });
  }
  const [previous] = service.deployments;
  const now = world.clock.now();
  // Calls in quick succession do not postpone the plan.
  const beginsAt =
    previous !== undefined && previous.beginsAt > now ? previous.beginsAt : now + world.timings.firstLook;
  const own = { id, spec, revision, serviceDeployment, beginsAt, desiredCount: 0 };
  const deployment = createDeployment(world, service, own);
  change(world, service, { deployments: [deployment, ...service.deployments], steady: false });
  wakeService(world, service, beginsAt);
  return deployment;
}

/**
 * Whether the scheduler has planned for the newest deployment. The first plan abandons deployments that never
 * completed.
 */
export function hasBegun(world: World, service: ServiceRecord, primary: DeploymentRecord): boolean {
  if (primary.serviceDeployment.status !== 'PENDING') return true;
  const now = world.clock.now();
  if (primary.beginsAt > now) {
    wakeService(world, service, primary.beginsAt);
    return false;
  }
  for (const old of service.deployments.slice(1)) {
    change(world, old, { updatedAt: now, ...(old.rolloutState === 'COMPLETED' ? {} : { desiredCount: 0 }) });
  }
  startServiceDeployment(world, primary.serviceDeployment);
  return true;
}

/** The deployment that a task set becomes under ECS's own controller: a completed one, or one that is going away. */
export function deploymentOf(world: World, taskSet: TaskSetRecord): DeploymentRecord {
  const { id, spec, service } = taskSet;
  const revision = createRevision(world, service, spec, id);
  const serviceDeployment = createServiceDeployment(world, service, revision);
  // ECS has not deployed it, so it is not part of the history.
  service.serviceDeployments.delete(serviceDeployment.arn);
  const now = world.clock.now();
  change(world, serviceDeployment, { status: 'SUCCESSFUL', startedAt: now, finishedAt: now });
  const { desiredCount } = service;
  const own = { id, spec, revision, serviceDeployment, beginsAt: now, desiredCount };
  const deployment = createDeployment(world, service, own);
  change(
    world,
    deployment,
    taskSet.status === 'PRIMARY'
      ? { rolloutState: 'COMPLETED', rolloutStateReason: `ECS deployment ${id} completed.`, hasRun: true }
      : { status: 'ACTIVE', desiredCount: 0 },
  );
  return deployment;
}

/** PENDING ends when the scheduler first plans for it. */
function startServiceDeployment(world: World, record: ServiceDeploymentRecord): void {
  const now = world.clock.now();
  change(world, record, { status: 'IN_PROGRESS', startedAt: now, updatedAt: now });
  armAlarms(world, record);
}

/**
 * The new revision is complete. Other deployments leave the list, at once or, if clean-up was deferred, with their last
 * task.
 */
export function completeDeployment(world: World, service: ServiceRecord, deployment: DeploymentRecord): void {
  const now = world.clock.now();
  const record = deployment.serviceDeployment;
  const left = service.deployments.filter((old) => old !== deployment && old.tasks.size > 0);
  for (const old of service.deployments) {
    if (old === deployment) continue;
    change(world, old, left.includes(old) ? { desiredCount: 0 } : { status: 'INACTIVE' });
  }
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
    alarms:
      record.alarms?.status === 'MONITORING' ? { ...record.alarms, status: 'MONITORING_COMPLETE' } : record.alarms,
  });
  change(world, service, { deployments: [deployment, ...left], lastCompleted: deployment });
  emitCompleted(world, service, deployment);
}
