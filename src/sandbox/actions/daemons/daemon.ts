import type {
  CreateDaemonRequest,
  CreateDaemonResponse,
  DaemonDeploymentConfiguration,
  DeleteDaemonRequest,
  DeleteDaemonResponse,
  DescribeDaemonRequest,
  DescribeDaemonResponse,
  ListDaemonsRequest,
  ListDaemonsResponse,
  UpdateDaemonRequest,
  UpdateDaemonResponse,
} from '@aws-sdk/client-ecs';
import { EcsError, invalidParameter } from '../../checks/ecs-errors.ts';
import { checkName } from '../../checks/input-limits.ts';
import { PAGE_OF_100, paginateRecords } from '../../checks/paging.ts';
import { requireDaemonTaskDefinition } from '../../daemons/daemon-task-definitions.ts';
import { deployDaemon, latestDeployment, removeDaemon } from '../../daemons/deploy-daemon.ts';
import { capacityProviderName, checkCapacityProviders, FARGATE_PROVIDERS } from '../../instances/capacity-strategy.ts';
import type { ClusterRecord } from '../../model/cluster-record.ts';
import type { DaemonRecord } from '../../model/daemon-records.ts';
import type { World } from '../../model/world.ts';
import { renderDaemon } from '../../render/daemon.ts';
import { daemonArn, parseArn } from '../../store/arns.ts';
import { once } from '../../store/client-tokens.ts';
import { allSeen, change, seen } from '../../store/eventual-consistency.ts';
import { requireCluster } from '../../store/find-record.ts';
import { newRecord } from '../../store/new-record.ts';
import { checkTags } from '../../store/tags.ts';
import { type Input, toSeconds, type Wire } from '../../util/wire-types.ts';
import type { Action } from '../action.ts';

function checkProviders(world: World, cluster: ClusterRecord, references: readonly string[]): string[] {
  if (references.length === 0) throw invalidParameter('CapacityProviderArns cannot be empty.');
  const names = checkCapacityProviders(world, cluster.name, references);
  if (names.some((name) => FARGATE_PROVIDERS.includes(name))) {
    throw invalidParameter('Daemons are not supported on Fargate capacity providers.');
  }
  return names;
}

function checkConfiguration(
  given: Wire<DaemonDeploymentConfiguration> | undefined,
): Wire<DaemonDeploymentConfiguration> {
  const { drainPercent = 10, bakeTimeInMinutes = 0, alarms } = given ?? {};
  if (drainPercent < 0 || drainPercent > 100) throw invalidParameter('drainPercent must be between 0.0 and 100.0.');
  if (bakeTimeInMinutes < 0) throw invalidParameter('bakeTimeInMinutes must not be negative.');
  return { drainPercent, bakeTimeInMinutes, alarms: alarms ?? { alarmNames: [], enable: false } };
}

/** A daemon that is not deleted, by its ARN. */
function requireDaemon(world: World, arn: string): DaemonRecord {
  if (parseArn(arn)?.type !== 'daemon') throw invalidParameter('Invalid identifier: Unexpected ARN format.');
  const daemon = world.daemons.get(arn);
  if (daemon === undefined || daemon.status === 'DELETED') {
    throw new EcsError('DaemonNotFoundException', 'The specified daemon was not found.');
  }
  return daemon;
}

function create(world: World, cluster: ClusterRecord, input: Input<CreateDaemonRequest>): DaemonRecord {
  const name = checkName(input.daemonName, 'Daemon name');
  const arn = daemonArn(world, cluster.name, name);
  const taskDefinition = requireDaemonTaskDefinition(world, input.daemonTaskDefinitionArn);
  const capacityProviders = checkProviders(world, cluster, input.capacityProviderArns);
  const present = world.daemons.get(arn);
  if (present !== undefined && present.status !== 'DELETED') {
    throw invalidParameter('A daemon with the specified name already exists in the cluster.');
  }
  const daemon: DaemonRecord = {
    kind: 'daemon',
    ...newRecord(world),
    arn,
    name,
    cluster,
    status: 'ACTIVE',
    updatedAt: world.clock.now(),
    tags: checkTags(input.tags),
    configuration: checkConfiguration(input.deploymentConfiguration),
    revisions: new Map(),
    deployments: new Map(),
    wanted: undefined,
    lastGood: undefined,
    isHalted: false,
    tasks: new Map(),
    heldUntil: 0,
    failedStarts: 0,
    wake: undefined,
  };
  world.daemons.delete(arn);
  world.daemons.set(arn, daemon);
  deployDaemon(world, daemon, {
    taskDefinition,
    capacityProviders,
    propagateTags: input.propagateTags ?? 'NONE',
    enableECSManagedTags: input.enableECSManagedTags ?? false,
    enableExecuteCommand: input.enableExecuteCommand ?? false,
    critical: input.critical ?? true,
  });
  return daemon;
}

export const createDaemon: Action<CreateDaemonRequest, CreateDaemonResponse> = (world, input) => {
  const cluster = requireCluster(world, input.clusterArn);
  if ((input.clientToken?.length ?? 0) > 36) throw invalidParameter('clientToken must be at most 36 characters long.');
  const daemon = once(world, {
    operation: 'CreateDaemon',
    cluster: cluster.name,
    token: input.clientToken,
    input,
    run: () => create(world, cluster, input),
    replay: (first) => (first.status === 'ACTIVE' ? first : undefined),
    conflict: () => invalidParameter('Creation of daemon was not idempotent.'),
  });
  return {
    daemonArn: daemon.arn,
    status: 'ACTIVE',
    createdAt: toSeconds(daemon.bornAt),
    deploymentArn: latestDeployment(daemon)?.arn,
  };
};

/** Omitted members stay unchanged. */
export const updateDaemon: Action<UpdateDaemonRequest, UpdateDaemonResponse> = (world, input) => {
  const daemon = requireDaemon(world, input.daemonArn);
  const { wanted } = daemon;
  if (daemon.status !== 'ACTIVE') {
    throw new EcsError('DaemonNotActiveException', 'The specified daemon is not active.');
  }
  const options = {
    taskDefinition: requireDaemonTaskDefinition(world, input.daemonTaskDefinitionArn),
    capacityProviders: checkProviders(world, daemon.cluster, input.capacityProviderArns),
    propagateTags: input.propagateTags ?? wanted?.propagateTags ?? 'NONE',
    enableECSManagedTags: input.enableECSManagedTags ?? wanted?.enableECSManagedTags ?? false,
    enableExecuteCommand: input.enableExecuteCommand ?? wanted?.enableExecuteCommand ?? false,
    critical: input.critical ?? wanted?.critical ?? true,
  };
  const configuration = checkConfiguration({ ...daemon.configuration, ...input.deploymentConfiguration });
  change(world, daemon, { configuration, updatedAt: world.clock.now() });
  const deployment = deployDaemon(world, daemon, options);
  return {
    daemonArn: daemon.arn,
    status: 'ACTIVE',
    createdAt: toSeconds(daemon.bornAt),
    updatedAt: toSeconds(daemon.updatedAt),
    deploymentArn: deployment.arn,
  };
};

export const deleteDaemon: Action<DeleteDaemonRequest, DeleteDaemonResponse> = (world, input) => {
  const daemon = requireDaemon(world, input.daemonArn);
  if (daemon.status !== 'ACTIVE' || daemon.wanted === undefined) {
    throw new EcsError('DaemonNotActiveException', 'The specified daemon is not active.');
  }
  change(world, daemon, { status: 'DELETE_IN_PROGRESS', updatedAt: world.clock.now() });
  const deployment = removeDaemon(world, daemon, daemon.wanted);
  return {
    daemonArn: daemon.arn,
    status: 'DELETE_IN_PROGRESS',
    createdAt: toSeconds(daemon.bornAt),
    updatedAt: toSeconds(daemon.updatedAt),
    deploymentArn: deployment.arn,
  };
};

export const describeDaemon: Action<DescribeDaemonRequest, DescribeDaemonResponse> = (world, input) => {
  const visible = seen(world, requireDaemon(world, input.daemonArn));
  if (visible === undefined) throw new EcsError('DaemonNotFoundException', 'The specified daemon was not found.');
  return { daemon: renderDaemon(world, visible) };
};

export const listDaemons: Action<ListDaemonsRequest, ListDaemonsResponse> = (world, input) => {
  const cluster = requireCluster(world, input.clusterArn);
  const names = input.capacityProviderArns?.map(capacityProviderName);
  const listed = [...allSeen(world, world.daemons.values())].filter(
    (daemon) =>
      daemon.status !== 'DELETED' &&
      daemon.cluster === cluster &&
      (names === undefined || names.some((name) => daemon.wanted?.capacityProviders.includes(name))),
  );
  const { items, ...next } = paginateRecords('ListDaemons', input, PAGE_OF_100, listed);
  const summaries = items.map((daemon) => ({
    daemonArn: daemon.arn,
    status: daemon.status === 'DELETED' ? ('DELETE_IN_PROGRESS' as const) : daemon.status,
    createdAt: toSeconds(daemon.bornAt),
    updatedAt: toSeconds(daemon.updatedAt),
  }));
  return { daemonSummariesList: summaries, ...next };
};
