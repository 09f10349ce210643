import type { Deployment, Service } from '@aws-sdk/client-ecs';
import { resolvedPlatform } from '../launch/platform-version.ts';
import type { DeploymentRecord } from '../model/services/deployment-record.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { ServiceSpec } from '../model/services/service-spec.ts';
import type { TaskSetRecord } from '../model/services/task-set-record.ts';
import { controllerOf } from '../services/deployment-controllers.ts';
import { serviceConnectResources } from '../tasks/service-connect.ts';
import { toSeconds, type Wire } from '../util/wire-types.ts';
import { type Counts, countTasks } from './count.ts';
import { renderTaskSet } from './task-set.ts';

/** The members that a deployment has in common with a task set that is shown as one. */
function commonTo(owner: DeploymentRecord | TaskSetRecord, counts: Counts): Wire<Deployment> {
  const { spec } = owner;
  return {
    id: owner.id,
    status: owner.status,
    taskDefinition: spec.taskDefinition?.arn,
    desiredCount: owner.desiredCount,
    pendingCount: counts.pending,
    runningCount: counts.running,
    createdAt: toSeconds(owner.bornAt),
    updatedAt: toSeconds(owner.updatedAt),
    platformVersion: spec.platformVersion,
    platformFamily: spec.platformFamily,
    networkConfiguration: spec.networkConfiguration,
  };
}

/** AWS does not show rollouts of services behind a Classic Load Balancer. */
function isBehindClassic({ loadBalancers }: ServiceSpec): boolean {
  return loadBalancers.some(({ loadBalancerName }) => loadBalancerName !== undefined);
}

function renderDeployment(deployment: DeploymentRecord, counts: Counts): Wire<Deployment> {
  const { spec, service, rolloutState, rolloutStateReason } = deployment;
  return {
    ...commonTo(deployment, counts),
    platformVersion: resolvedPlatform(spec),
    failedTasks: deployment.failedTasks,
    capacityProviderStrategy: spec.capacityProviderStrategy,
    launchType: spec.launchType,
    ...(isBehindClassic(spec) ? {} : { rolloutState, rolloutStateReason }),
    serviceConnectConfiguration: spec.serviceConnectConfiguration,
    serviceConnectResources: serviceConnectResources(spec.serviceConnectConfiguration, service.arn),
    volumeConfigurations: spec.volumeConfigurations,
    vpcLatticeConfigurations: spec.vpcLatticeConfigurations,
  };
}

/** A task set of a service that ECS handed to another controller, shown as a deployment without a rollout state. */
function renderAsDeployment(taskSet: TaskSetRecord): Wire<Deployment> {
  const { capacityProviderStrategy, launchType } = taskSet.spec;
  return { ...commonTo(taskSet, countTasks(taskSet.tasks)), failedTasks: 0, capacityProviderStrategy, launchType };
}

/** A service with task sets shows no deployments (a recording of 2024-03), unless ECS managed it before. */
function deploymentsBeside(
  { showsDeployments }: ServiceRecord,
  taskSets: readonly TaskSetRecord[],
): Wire<Deployment>[] | undefined {
  return showsDeployments ? taskSets.map(renderAsDeployment) : undefined;
}

/** Nor does it have a circuit breaker. */
function shownConfiguration({ spec, deploymentController }: ServiceRecord): Wire<Service>['deploymentConfiguration'] {
  if (deploymentController.type === 'ECS') return spec.deploymentConfiguration;
  const { deploymentCircuitBreaker: _breaker, ...rest } = spec.deploymentConfiguration;
  return rest;
}

function hasChecks({ loadBalancers, vpcLatticeConfigurations = [] }: ServiceSpec): boolean {
  return loadBalancers.length + vpcLatticeConfigurations.length > 0;
}

/** The answer of CreateService and UpdateService: `tags` is absent for a service without tags (recordings of 2026-04). */
export function renderChangedService(service: ServiceRecord): Wire<Service> {
  const { tags = [], ...rest } = renderService(service, ['TAGS']);
  return { ...rest, ...(tags.length > 0 ? { tags } : {}) };
}

/** A service in wire format. Its counts are those of its tasks at this time. */
export function renderService(service: ServiceRecord, include: readonly string[] = []): Wire<Service> {
  const { spec, cluster } = service;
  const [primary] = service.deployments;
  const own = service.deployments.map(({ tasks }) => countTasks(tasks));
  const counts = countTasks(service.tasks);
  const current = primary?.serviceDeployment;
  const isOngoing = current !== undefined && current.finishedAt === undefined && current.stoppedAt === undefined;
  const taskSets = controllerOf(service) === 'ECS' ? undefined : [...service.taskSets.values()];
  return {
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: cluster.arn,
    loadBalancers: spec.loadBalancers,
    serviceRegistries: spec.serviceRegistries,
    status: service.status,
    desiredCount: service.desiredCount,
    runningCount: counts.running,
    pendingCount: counts.pending,
    launchType: spec.launchType,
    capacityProviderStrategy: spec.capacityProviderStrategy,
    platformVersion: spec.platformVersion,
    platformFamily: spec.platformFamily,
    taskDefinition: spec.taskDefinition?.arn,
    deploymentConfiguration: shownConfiguration(service),
    taskSets: service.showsDeployments ? undefined : taskSets?.map((taskSet) => renderTaskSet(taskSet)),
    deployments:
      taskSets === undefined
        ? service.deployments.map((item, at) => renderDeployment(item, own[at] ?? counts))
        : deploymentsBeside(service, taskSets),
    roleArn: service.roleArn,
    events: service.events,
    createdAt: toSeconds(service.bornAt),
    currentServiceDeployment: isOngoing ? current.arn : undefined,
    currentServiceRevisions: service.deployments.map((deployment, at) => ({
      arn: deployment.revision.arn,
      requestedTaskCount: deployment.desiredCount,
      runningTaskCount: own[at]?.running,
      pendingTaskCount: own[at]?.pending,
    })),
    placementConstraints: spec.placementConstraints,
    placementStrategy: spec.placementStrategy,
    networkConfiguration: spec.networkConfiguration,
    // Only with something that checks (13 of 13 recordings, until 2023-10).
    healthCheckGracePeriodSeconds: hasChecks(spec) ? spec.healthCheckGracePeriodSeconds : undefined,
    schedulingStrategy: service.schedulingStrategy,
    deploymentController: service.deploymentController,
    tags: include.includes('TAGS') ? service.tags : undefined,
    createdBy: service.createdBy,
    enableECSManagedTags: spec.enableECSManagedTags,
    propagateTags: spec.propagateTags,
    enableExecuteCommand: spec.enableExecuteCommand,
    availabilityZoneRebalancing: spec.availabilityZoneRebalancing,
  };
}
