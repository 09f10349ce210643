import type {
  ServiceDeployment,
  ServiceDeploymentBrief,
  ServiceRevision,
  ServiceRevisionSummary,
} from '@aws-sdk/client-ecs';
import { failureThreshold } from '../breaker.ts';
import type { ServiceDeploymentRecord, ServiceRevisionRecord } from '../state.ts';
import { toOptionalSeconds, toSeconds, type Wire } from '../types.ts';
import { countTasks } from './service.ts';

function renderSummary(revision: ServiceRevisionRecord): Wire<ServiceRevisionSummary> {
  const deployment = revision.service.deployments.find((candidate) => candidate.revision === revision);
  const counts = countTasks(deployment?.tasks ?? []);
  return {
    arn: revision.arn,
    requestedTaskCount: deployment?.desiredCount ?? 0,
    runningTaskCount: counts.running,
    pendingTaskCount: counts.pending,
  };
}

export function renderServiceDeployment(record: ServiceDeploymentRecord): Wire<ServiceDeployment> {
  const { rollback, breaker, service } = record;
  const { deploymentCircuitBreaker } = record.deploymentConfiguration;
  const isWatching = breaker.status === 'MONITORING';
  return {
    serviceDeploymentArn: record.arn,
    serviceArn: service.arn,
    clusterArn: service.cluster.arn,
    createdAt: toSeconds(record.bornAt),
    startedAt: toOptionalSeconds(record.startedAt),
    finishedAt: toOptionalSeconds(record.finishedAt),
    stoppedAt: toOptionalSeconds(record.stoppedAt),
    updatedAt: toSeconds(record.updatedAt),
    sourceServiceRevisions: record.sourceRevisions.map(renderSummary),
    targetServiceRevision: renderSummary(record.targetRevision),
    status: record.status,
    statusReason: record.statusReason,
    lifecycleStage: record.lifecycleStage as Wire<ServiceDeployment>['lifecycleStage'],
    deploymentConfiguration: record.deploymentConfiguration,
    rollback:
      rollback === undefined
        ? undefined
        : {
            reason: rollback.reason,
            startedAt: toSeconds(rollback.startedAt),
            serviceRevisionArn: rollback.revision.arn,
          },
    // The threshold follows the service's desired count for as long as the breaker watches.
    deploymentCircuitBreaker: {
      ...breaker,
      threshold: isWatching ? failureThreshold(deploymentCircuitBreaker, service.desiredCount) : breaker.threshold,
    },
    alarms: record.alarms,
  };
}

export function renderServiceDeploymentBrief(record: ServiceDeploymentRecord): Wire<ServiceDeploymentBrief> {
  return {
    serviceDeploymentArn: record.arn,
    serviceArn: record.service.arn,
    clusterArn: record.service.cluster.arn,
    startedAt: toOptionalSeconds(record.startedAt),
    createdAt: toSeconds(record.bornAt),
    finishedAt: toOptionalSeconds(record.finishedAt),
    targetServiceRevisionArn: record.targetRevision.arn,
    status: record.status,
    statusReason: record.statusReason,
  };
}

export function renderServiceRevision(record: ServiceRevisionRecord): Wire<ServiceRevision> {
  const { spec, service } = record;
  const containers = spec.taskDefinition?.definition.containerDefinitions ?? [];
  return {
    serviceRevisionArn: record.arn,
    serviceArn: service.arn,
    clusterArn: service.cluster.arn,
    taskDefinition: spec.taskDefinition?.arn,
    capacityProviderStrategy: spec.capacityProviderStrategy,
    launchType: spec.launchType,
    platformVersion: spec.platformVersion,
    platformFamily: spec.platformFamily,
    loadBalancers: spec.loadBalancers,
    serviceRegistries: spec.serviceRegistries,
    networkConfiguration: spec.networkConfiguration,
    containerImages: containers.map(({ name, image }) => ({ containerName: name, image })),
    guardDutyEnabled: false,
    serviceConnectConfiguration: spec.serviceConnectConfiguration,
    volumeConfigurations: spec.volumeConfigurations,
    createdAt: toSeconds(record.bornAt),
    vpcLatticeConfigurations: spec.vpcLatticeConfigurations,
    gatewayConnectors: spec.gatewayConnectors,
    monitoring: spec.monitoring,
  };
}
