import type { Deployment, Service, TaskSet } from '@aws-sdk/client-ecs';
import { failureThreshold } from '../deployments/circuit-breaker.ts';
import type { ClusterRecord } from '../model/cluster-record.ts';
import type { DeploymentRecord } from '../model/services/deployment-record.ts';
import { createHolds } from '../model/services/launch-holds.ts';
import type { ServiceDeploymentRecord } from '../model/services/service-deployment-record.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { ServiceRevisionRecord } from '../model/services/service-revision-record.ts';
import type { ServiceSpec } from '../model/services/service-spec.ts';
import { TaskList } from '../model/tasks/task-list.ts';
import type { World } from '../model/world.ts';
import { addService } from '../scheduler/add-service.ts';
import { createTaskSet } from '../scheduler/task-sets.ts';
import { censusOf } from '../services/task-census.ts';
import { serviceDeploymentArn, serviceRevisionArn } from '../store/arns.ts';
import { findTaskDefinition } from '../store/find-record.ts';
import { newRecord } from '../store/new-record.ts';
import type { Wire } from '../util/wire-types.ts';
import { timeOf } from './cluster-state.ts';

/** Adds a service with its deployments or task sets, still without tasks. */
export function importService(world: World, cluster: ClusterRecord, shown: Service): void {
  const { serviceArn: arn = '', serviceName: name = '', status = 'ACTIVE', schedulingStrategy = 'REPLICA' } = shown;
  const desiredCount = shown.desiredCount ?? 0;
  const spec = specOf(world, shown);
  const service = addService(world, {
    bornAt: timeOf(shown.createdAt) ?? world.clock.now(),
    arn,
    name,
    cluster,
    createdBy: shown.createdBy ?? '',
    schedulingStrategy,
    deploymentController: shown.deploymentController ?? { type: 'ECS' },
    createdLaunchType: shown.launchType,
    roleArn: shown.roleArn,
    status,
    desiredCount,
    plannedCount: desiredCount,
    spec,
    tags: [],
  });
  service.deployments = newestFirst(shown.deployments ?? []).map((item) => importDeployment(world, service, item));
  for (const taskSet of shown.taskSets ?? []) importTaskSet(world, service, taskSet);
  service.lastCompleted = service.deployments.find(({ rolloutState }) => rolloutState === 'COMPLETED');
}

/** Restores the scheduler's memory of a service, once its tasks are there. */
export function settleService(world: World, service: ServiceRecord): void {
  for (const deployment of service.deployments) {
    const { healthy, hasStarted } = censusOf(world, deployment);
    deployment.healthyTasks = healthy;
    deployment.hasRun ||= hasStarted;
  }
}

/** The PRIMARY one, then the others by age. */
function newestFirst(deployments: readonly Deployment[]): Deployment[] {
  const time = ({ createdAt }: Deployment): number => timeOf(createdAt) ?? 0;
  const rank = ({ status }: Deployment): number => (status === 'PRIMARY' ? 0 : 1);
  return [...deployments].sort((a, b) => rank(a) - rank(b) || time(b) - time(a));
}

function specOf(world: World, shown: Service): ServiceSpec {
  const primary = shown.deployments?.find(({ status }) => status === 'PRIMARY');
  const { launchType, capacityProviderStrategy, placementConstraints = [], placementStrategy = [] } = shown;
  return {
    taskDefinition: findTaskDefinition(world, shown.taskDefinition ?? ''),
    launchType: capacityProviderStrategy?.length ? undefined : launchType,
    capacityProviderStrategy: capacityProviderStrategy?.length ? capacityProviderStrategy : undefined,
    platformVersion: shown.platformVersion,
    platformFamily: shown.platformFamily,
    deploymentConfiguration: shown.deploymentConfiguration ?? {},
    networkConfiguration: shown.networkConfiguration,
    loadBalancers: shown.loadBalancers ?? [],
    serviceRegistries: shown.serviceRegistries ?? [],
    serviceConnectConfiguration: primary?.serviceConnectConfiguration,
    volumeConfigurations: primary?.volumeConfigurations,
    vpcLatticeConfigurations: primary?.vpcLatticeConfigurations,
    placementConstraints,
    placementStrategy,
    healthCheckGracePeriodSeconds: shown.healthCheckGracePeriodSeconds,
    enableECSManagedTags: shown.enableECSManagedTags ?? false,
    propagateTags: shown.propagateTags ?? 'NONE',
    enableExecuteCommand: shown.enableExecuteCommand ?? false,
    availabilityZoneRebalancing: shown.availabilityZoneRebalancing ?? 'DISABLED',
    gatewayConnectors: undefined,
    monitoring: undefined,
  };
}

/** The service's configuration with what a deployment or task set has of its own. */
function ownSpec(world: World, service: ServiceRecord, shown: Deployment | TaskSet): ServiceSpec {
  const taskDefinition = findTaskDefinition(world, shown.taskDefinition ?? '') ?? service.spec.taskDefinition;
  const { launchType, capacityProviderStrategy, networkConfiguration, platformVersion } = shown;
  const hasStrategy = (capacityProviderStrategy?.length ?? 0) > 0;
  const isAsService =
    taskDefinition === service.spec.taskDefinition &&
    hasStrategy === (service.spec.capacityProviderStrategy !== undefined) &&
    JSON.stringify(networkConfiguration) === JSON.stringify(service.spec.networkConfiguration);
  // One object, as after an update, by which the scheduler knows that nothing has changed.
  if (isAsService) return service.spec;
  return {
    ...service.spec,
    taskDefinition,
    launchType: hasStrategy ? undefined : (launchType ?? service.spec.launchType),
    capacityProviderStrategy: hasStrategy ? capacityProviderStrategy : undefined,
    networkConfiguration: networkConfiguration ?? service.spec.networkConfiguration,
    platformVersion: platformVersion ?? service.spec.platformVersion,
  };
}

function importDeployment(world: World, service: ServiceRecord, shown: Deployment): DeploymentRecord {
  const { id = '', status = 'PRIMARY', desiredCount = 0, failedTasks = 0, runningCount = 0 } = shown;
  const bornAt = timeOf(shown.createdAt) ?? world.clock.now();
  // Services behind a Classic Load Balancer show no state of their rollout.
  const rolloutState = shown.rolloutState ?? 'COMPLETED';
  const spec = ownSpec(world, service, shown);
  const number = id.slice(id.indexOf('/') + 1);
  const revision: ServiceRevisionRecord = {
    kind: 'serviceRevision',
    ...newRecord(world),
    bornAt,
    id: number,
    arn: serviceRevisionArn(world, service.cluster.name, service.name, number),
    service,
    spec,
    usesAlternate: false,
  };
  service.revisions.set(revision.arn, revision);
  const beginsAt = bornAt + world.timings.firstLook;
  const isAwaited = status === 'PRIMARY' && beginsAt > world.clock.now() && desiredCount + runningCount === 0;
  const serviceDeployment = importServiceDeployment(world, service, revision, shown, isAwaited);
  return {
    kind: 'deployment',
    ...newRecord(world),
    bornAt,
    arn: id,
    id,
    service,
    spec,
    revision,
    status,
    beginsAt,
    desiredCount,
    failedTasks,
    hasRun: runningCount > 0,
    healthyTasks: 0,
    rolloutState,
    rolloutStateReason: shown.rolloutStateReason ?? '',
    updatedAt: timeOf(shown.updatedAt) ?? bornAt,
    serviceDeployment,
    tasks: new TaskList(),
    census: undefined,
    holds: createHolds(),
    isStuckEmitted: false,
  };
}

/**
 * ECS shows the stages of a deployment only in its service deployment, and not what remains of them: one that is under
 * way goes on as a rolling one.
 */
function importServiceDeployment(
  world: World,
  service: ServiceRecord,
  revision: ServiceRevisionRecord,
  shown: Deployment,
  isAwaited: boolean,
): ServiceDeploymentRecord {
  const { rolloutState = 'COMPLETED', failedTasks = 0, status } = shown;
  const { deploymentConfiguration } = service.spec;
  const { deploymentCircuitBreaker: breaker, alarms } = deploymentConfiguration;
  const isOngoing = rolloutState === 'IN_PROGRESS' && status === 'PRIMARY';
  const at = timeOf(shown.updatedAt) ?? world.clock.now();
  const record: ServiceDeploymentRecord = {
    kind: 'serviceDeployment',
    ...newRecord(world),
    id: revision.id,
    arn: serviceDeploymentArn(world, service.cluster.name, service.name, revision.id),
    service,
    targetRevision: revision,
    sourceRevisions: [],
    servingRevision: undefined,
    deploymentConfiguration,
    status: statusOf(rolloutState, isOngoing, isAwaited),
    statusReason: undefined,
    startedAt: isAwaited ? undefined : timeOf(shown.createdAt),
    finishedAt: isOngoing ? undefined : at,
    stoppedAt: undefined,
    updatedAt: at,
    breaker: {
      status: breaker?.enable === true && isOngoing ? 'MONITORING' : 'DISABLED',
      failureCount: failedTasks,
      threshold: breaker?.enable === true ? failureThreshold(breaker, service.desiredCount) : 0,
    },
    alarms:
      alarms?.enable === true && isOngoing
        ? { status: 'MONITORING', alarmNames: alarms.alarmNames, triggeredAlarmNames: [] }
        : undefined,
    rollback: undefined,
    plan: [],
    step: -1,
    stepSince: world.clock.now(),
    stepDoneAt: undefined,
    traffic: undefined,
    hooks: [],
    bakeUntil: undefined,
  };
  service.serviceDeployments.set(record.arn, record);
  return record;
}

function statusOf(rolloutState: string, isOngoing: boolean, isAwaited: boolean): ServiceDeploymentRecord['status'] {
  if (isAwaited) return 'PENDING';
  if (isOngoing) return 'IN_PROGRESS';
  return rolloutState === 'COMPLETED' ? 'SUCCESSFUL' : 'STOPPED';
}

function importTaskSet(world: World, service: ServiceRecord, shown: TaskSet): void {
  const { value = 100, unit = 'PERCENT' } = shown.scale ?? {};
  const spec = ownSpec(world, service, shown);
  const taskSet = createTaskSet(world, service, {
    ...(shown.id === undefined ? {} : { id: shown.id }),
    spec: { ...spec, loadBalancers: (shown.loadBalancers as Wire<TaskSet>['loadBalancers']) ?? spec.loadBalancers },
    scale: { value, unit },
    status: shown.status ?? 'ACTIVE',
    externalId: shown.externalId,
    startedBy: shown.startedBy,
    tags: [],
  });
  taskSet.desiredCount = shown.computedDesiredCount ?? 0;
  taskSet.stabilityStatus = shown.stabilityStatus ?? 'STABILIZING';
}
