import type {
  ServiceDeployment,
  ServiceDeploymentBrief,
  ServiceRevision,
  ServiceRevisionSummary,
} from '@aws-sdk/client-ecs';
import { failureThreshold } from '../deployments/circuit-breaker.ts';
import { renderHook } from '../deployments/lifecycle-hooks.ts';
import { resolvedPlatform } from '../launch/platform-version.ts';
import type { ServiceDeploymentRecord } from '../model/services/service-deployment-record.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { ServiceRevisionRecord } from '../model/services/service-revision-record.ts';
import { targetGroupOf } from '../tasks/load-balancer-targets.ts';
import { toOptionalSeconds, toSeconds, type Wire } from '../util/wire-types.ts';
import { countTasks } from './count.ts';

/** Target percentages of traffic for a revision; undefined if no traffic is shifted. */
function weightsOf(record: ServiceDeploymentRecord, revision: ServiceRevisionRecord): Wire<ServiceRevisionSummary> {
  const { traffic, targetRevision, servingRevision } = record;
  if (traffic === undefined) return {};
  const share = (target: number): number =>
    revision === targetRevision ? target : revision === servingRevision ? Math.round((100 - target) * 10) / 10 : 0;
  // Test traffic can only go to the target revision.
  const test = revision === targetRevision ? traffic.test : 0;
  return { requestedProductionTrafficWeight: share(traffic.production), requestedTestTrafficWeight: test };
}

function renderSummary(
  record: ServiceDeploymentRecord,
  revision: ServiceRevisionRecord,
  service: ServiceRecord,
): Wire<ServiceRevisionSummary> {
  const deployment = service.deployments.find((candidate) => candidate.revision === revision);
  const counts = countTasks(deployment?.tasks ?? []);
  return {
    arn: revision.arn,
    requestedTaskCount: deployment?.desiredCount ?? 0,
    runningTaskCount: counts.running,
    pendingTaskCount: counts.pending,
    ...weightsOf(record, revision),
  };
}

/** A service deployment in wire format. Its counts are the service's at the time that the read sees. */
export function renderServiceDeployment(
  record: ServiceDeploymentRecord,
  service: ServiceRecord = record.service,
): Wire<ServiceDeployment> {
  const { rollback, breaker } = record;
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
    // Absent, not empty, for a first deployment: the AWS CLI's monitor of Express services checks its presence.
    sourceServiceRevisions:
      record.sourceRevisions.length === 0
        ? undefined
        : record.sourceRevisions.map((revision) => renderSummary(record, revision, service)),
    targetServiceRevision: renderSummary(record, record.targetRevision, service),
    status: record.status,
    statusReason: record.statusReason,
    // The SDK's type lacks one of the stages.
    lifecycleStage: record.plan[record.step]?.stage as Wire<ServiceDeployment>['lifecycleStage'],
    lifecycleHookDetails: record.hooks.map(renderHook),
    deploymentConfiguration: record.deploymentConfiguration,
    rollback:
      rollback === undefined
        ? undefined
        : {
            reason: rollback.reason,
            startedAt: toSeconds(rollback.startedAt),
            serviceRevisionArn: rollback.revision.arn,
          },
    // The threshold follows the service's desired count while the breaker monitors.
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

/** The target group of a revision, if it could have had another. */
function resolved({
  spec,
  usesAlternate,
}: ServiceRevisionRecord): Pick<Wire<ServiceRevision>, 'resolvedConfiguration'> {
  const loadBalancers = spec.loadBalancers.flatMap((balancer) => {
    const { advancedConfiguration: advanced } = balancer;
    if (advanced === undefined) return [];
    const targetGroupArn = targetGroupOf(balancer, usesAlternate);
    return [{ targetGroupArn, productionListenerRule: advanced.productionListenerRule }];
  });
  return loadBalancers.length > 0 ? { resolvedConfiguration: { loadBalancers } } : {};
}

/** The images of a revision, with digests once its first task has pulled them. */
function imagesOf(record: ServiceRevisionRecord): Wire<ServiceRevision>['containerImages'] {
  const { spec, service } = record;
  const deployment = service.deployments.find((candidate) => candidate.revision === record);
  const isResolved = deployment === undefined || deployment.hasRun;
  return spec.taskDefinition?.recipes.map(({ name, definition, imageDigest }) => ({
    containerName: name,
    image: definition.image,
    imageDigest: isResolved ? imageDigest : undefined,
  }));
}

export function renderServiceRevision(record: ServiceRevisionRecord): Wire<ServiceRevision> {
  const { spec, service } = record;
  return {
    serviceRevisionArn: record.arn,
    serviceArn: service.arn,
    clusterArn: service.cluster.arn,
    taskDefinition: spec.taskDefinition?.arn,
    capacityProviderStrategy: spec.capacityProviderStrategy,
    launchType: spec.launchType,
    platformVersion: resolvedPlatform(spec),
    platformFamily: spec.platformFamily,
    loadBalancers: spec.loadBalancers,
    serviceRegistries: spec.serviceRegistries,
    networkConfiguration: spec.networkConfiguration,
    containerImages: imagesOf(record),
    guardDutyEnabled: false,
    serviceConnectConfiguration: spec.serviceConnectConfiguration,
    volumeConfigurations: spec.volumeConfigurations,
    createdAt: toSeconds(record.bornAt),
    vpcLatticeConfigurations: spec.vpcLatticeConfigurations,
    gatewayConnectors: spec.gatewayConnectors,
    monitoring: spec.monitoring,
    ...resolved(record),
  };
}
