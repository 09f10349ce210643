import type {
  DaemonDeployment,
  DaemonDeploymentRevisionDetail,
  DaemonDetail,
  DaemonRevision,
  DaemonRevisionDetail,
  DaemonTaskDefinition,
} from '@aws-sdk/client-ecs';
import { countInstances } from '../daemons/daemon-instances.ts';
import { latestDeployment } from '../daemons/deploy-daemon.ts';
import type {
  DaemonDeploymentRecord,
  DaemonRecord,
  DaemonRevisionRecord,
  DaemonTaskDefinitionRecord,
} from '../model/daemon-records.ts';
import type { World } from '../model/world.ts';
import { capacityProviderArn } from '../store/arns.ts';
import { toOptionalSeconds, toSeconds, type Wire } from '../util/wire-types.ts';

export function renderDaemonTaskDefinition(record: DaemonTaskDefinitionRecord): Wire<DaemonTaskDefinition> {
  return {
    daemonTaskDefinitionArn: record.arn,
    ...record.definition,
    revision: record.revision,
    status: record.status,
    registeredAt: toSeconds(record.bornAt),
    deleteRequestedAt: toOptionalSeconds(record.deleteRequestedAt),
  };
}

function providersOf(world: World, revision: DaemonRevisionRecord) {
  return revision.capacityProviders.map((name) => ({
    arn: capacityProviderArn(world, name),
    counts: countInstances(revision.daemon, revision, name),
  }));
}

type Providers = ReturnType<typeof providersOf>;

function total(providers: Providers, count: keyof Providers[number]['counts']): number {
  return providers.reduce((sum, { counts }) => sum + counts[count], 0);
}

function revisionDetail(world: World, revision: DaemonRevisionRecord): Wire<DaemonRevisionDetail> {
  const providers = providersOf(world, revision);
  return {
    arn: revision.arn,
    capacityProviders: providers.map(({ arn, counts }) => ({
      arn,
      runningCount: counts.running,
      withoutDaemonCount: counts.without,
    })),
    totalRunningCount: total(providers, 'running'),
    totalWithoutDaemonCount: total(providers, 'without'),
  };
}

/** The revisions that have tasks, the wanted one first. */
function currentRevisions(daemon: DaemonRecord): DaemonRevisionRecord[] {
  const { wanted } = daemon;
  return [...new Set([...(wanted === undefined ? [] : [wanted]), ...daemon.tasks.values()])];
}

export function renderDaemon(world: World, daemon: DaemonRecord): Wire<DaemonDetail> {
  return {
    daemonArn: daemon.arn,
    clusterArn: daemon.cluster.arn,
    status: daemon.status === 'DELETED' ? 'DELETE_IN_PROGRESS' : daemon.status,
    currentRevisions: currentRevisions(daemon).map((revision) => revisionDetail(world, revision)),
    deploymentArn: latestDeployment(daemon)?.arn,
    createdAt: toSeconds(daemon.bornAt),
    updatedAt: toSeconds(daemon.updatedAt),
  };
}

export function renderDaemonRevision(revision: DaemonRevisionRecord): Wire<DaemonRevision> {
  const { template } = revision.taskDefinition;
  return {
    daemonRevisionArn: revision.arn,
    clusterArn: revision.daemon.cluster.arn,
    daemonArn: revision.daemon.arn,
    daemonTaskDefinitionArn: revision.taskDefinition.arn,
    createdAt: toSeconds(revision.bornAt),
    containerImages: template.recipes.map(({ name, definition, imageDigest }) => ({
      containerName: name,
      image: definition.image,
      imageDigest,
    })),
    propagateTags: revision.propagateTags,
    enableECSManagedTags: revision.enableECSManagedTags,
    enableExecuteCommand: revision.enableExecuteCommand,
    critical: revision.critical,
  };
}

function deploymentDetail(world: World, revision: DaemonRevisionRecord): Wire<DaemonDeploymentRevisionDetail> {
  const providers = providersOf(world, revision);
  return {
    arn: revision.arn,
    capacityProviders: providers.map(({ arn, counts }) => ({
      arn,
      runningInstanceCount: counts.running,
      withoutDaemonInstanceCount: counts.without,
      drainingInstanceCount: counts.draining,
    })),
    totalRunningInstanceCount: total(providers, 'running'),
    totalWithoutDaemonInstanceCount: total(providers, 'without'),
    totalDrainingInstanceCount: total(providers, 'draining'),
  };
}

export function renderDaemonDeployment(world: World, record: DaemonDeploymentRecord): Wire<DaemonDeployment> {
  const { rollback, target } = record;
  return {
    daemonDeploymentArn: record.arn,
    clusterArn: record.daemon.cluster.arn,
    status: record.status,
    statusReason: record.statusReason,
    targetDaemonRevision: deploymentDetail(world, target),
    sourceDaemonRevisions: record.sources.map((revision) => deploymentDetail(world, revision)),
    circuitBreaker: record.breaker,
    alarms: record.alarms,
    rollback:
      rollback === undefined
        ? undefined
        : {
            reason: rollback.reason,
            startedAt: toSeconds(rollback.startedAt),
            rollbackTargetDaemonRevisionArn: rollback.revision.arn,
            rollbackCapacityProviders: rollback.revision.capacityProviders.map((name) =>
              capacityProviderArn(world, name),
            ),
          },
    deploymentConfiguration: record.configuration,
    createdAt: toSeconds(record.bornAt),
    startedAt: toOptionalSeconds(record.startedAt),
    stoppedAt: toOptionalSeconds(record.stoppedAt),
    finishedAt: toOptionalSeconds(record.finishedAt),
  };
}
