import { isDeepStrictEqual } from 'node:util';
import type {
  CreateClusterRequest,
  CreateClusterResponse,
  DeleteClusterRequest,
  DeleteClusterResponse,
  DescribeClustersRequest,
  DescribeClustersResponse,
  ListClustersRequest,
  ListClustersResponse,
  UpdateClusterRequest,
  UpdateClusterResponse,
  UpdateClusterSettingsRequest,
  UpdateClusterSettingsResponse,
} from '@aws-sdk/client-ecs';
import { EcsError, invalidParameter } from '../../checks/ecs-errors.ts';
import { checkBatch, checkName } from '../../checks/input-limits.ts';
import { PAGE_OF_100, paginateRecords } from '../../checks/paging.ts';
import { attachScalingPlans, refuseWhileUpdating } from '../../fleet/cluster-attachments.ts';
import { setAssociation } from '../../gateways/gateway-routes.ts';
import { checkCapacityProviders, checkStrategy } from '../../instances/capacity-strategy.ts';
import type { ClusterRecord } from '../../model/cluster-record.ts';
import type { World } from '../../model/world.ts';
import { renderCluster } from '../../render/cluster.ts';
import { effectiveSetting } from '../../store/account-settings.ts';
import { addCluster } from '../../store/add-cluster.ts';
import { clusterArn } from '../../store/arns.ts';
import { allSeen, change } from '../../store/eventual-consistency.ts';
import { clusterNameOf, DEFAULT_CLUSTER, requireCluster } from '../../store/find-record.ts';
import { seenCluster } from '../../store/stale-views.ts';
import { checkTags } from '../../store/tags.ts';
import { checkNamespace } from '../../tasks/service-connect.ts';
import { dueAction } from '../../time/due-action.ts';
import type { Input, Wire } from '../../util/wire-types.ts';
import type { Action } from '../action.ts';

const EVERYTHING = ['ATTACHMENTS', 'TAGS', 'SETTINGS', 'CONFIGURATIONS'];

function checkSettings(settings: Wire<CreateClusterRequest['settings']>): ClusterRecord['settings'] {
  for (const { value } of settings ?? []) {
    if (value === undefined || !['enabled', 'disabled', 'enhanced'].includes(value)) {
      throw invalidParameter(`Invalid cluster setting value: ${value}`);
    }
  }
  return settings ?? [];
}

/** Whether a repeated CreateCluster asks for nothing new. Parameters that it omits do not count. */
function isAsIs(present: ClusterRecord, given: Partial<ClusterRecord>): boolean {
  return isDeepStrictEqual({ ...given }, pick(present, Object.keys(given) as (keyof ClusterRecord)[]));
}

function pick<T extends object, K extends keyof T>(source: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.map((key) => [key, source[key]])) as Pick<T, K>;
}

/** The checked parameters of a new cluster; omitted members are absent. */
function givenFor(world: World, name: string, input: Input<CreateClusterRequest>): Partial<ClusterRecord> {
  const { settings, configuration, serviceConnectDefaults, defaultCapacityProviderStrategy: strategy, tags } = input;
  const capacityProviders = checkCapacityProviders(world, name, input.capacityProviders ?? []);
  checkNamespace(serviceConnectDefaults?.namespace);
  return {
    ...(settings === undefined ? {} : { settings: checkSettings(settings) }),
    ...(configuration === undefined ? {} : { configuration }),
    ...(serviceConnectDefaults === undefined ? {} : { serviceConnectDefaults }),
    ...(input.capacityProviders === undefined ? {} : { capacityProviders }),
    ...(strategy === undefined ? {} : { defaultCapacityProviderStrategy: checkStrategy(strategy, capacityProviders) }),
    ...(tags === undefined ? {} : { tags: checkTags(tags) }),
  };
}

/** Creating an existing cluster returns it, if it matches the call. */
export const createCluster: Action<CreateClusterRequest, CreateClusterResponse> = (world, input, caller) => {
  const name = checkName(input.clusterName ?? DEFAULT_CLUSTER, 'Cluster name');
  const given = givenFor(world, name, input);
  const present = world.clusters.get(name);
  if (present !== undefined && present.status !== 'INACTIVE') {
    if (isAsIs(present, given)) return { cluster: renderCluster(present, EVERYTHING) };
    throw invalidParameter(
      'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).',
    );
  }
  const insights = effectiveSetting(world, caller, 'containerInsights');
  const cluster = addCluster(world, {
    arn: clusterArn(world, name),
    name,
    settings: [{ name: 'containerInsights', value: insights }],
    ...given,
  });
  if (attachScalingPlans(world, cluster, cluster.capacityProviders, toActive)) cluster.status = 'PROVISIONING';
  return { cluster: renderCluster(cluster, EVERYTHING) };
};

const toActive = dueAction('cluster.toActive', (world: World, cluster: ClusterRecord) => {
  change(world, cluster, { status: 'ACTIVE' });
});

export const describeClusters: Action<DescribeClustersRequest, DescribeClustersResponse> = (world, input) => {
  // No names and an empty list both mean `default`.
  const references = input.clusters?.length ? input.clusters : [DEFAULT_CLUSTER];
  checkBatch(references, 100, 'clusters');
  const clusters: Wire<DescribeClustersResponse>['clusters'] = [];
  const failures: Wire<DescribeClustersResponse>['failures'] = [];
  for (const reference of new Set(references)) {
    const name = clusterNameOf(world, reference);
    const cluster = world.clusters.get(name);
    const visible = cluster === undefined ? undefined : seenCluster(world, cluster);
    if (visible === undefined) failures.push({ arn: clusterArn(world, name), reason: 'MISSING' });
    else clusters.push(renderCluster(visible, input.include ?? []));
  }
  return { clusters, failures };
};

export const listClusters: Action<ListClustersRequest, ListClustersResponse> = (world, input) => {
  const active = [...allSeen(world, world.clusters.values())].filter((cluster) => cluster.status !== 'INACTIVE');
  const { items, ...next } = paginateRecords('ListClusters', input, PAGE_OF_100, active);
  return { clusterArns: items.map((cluster) => cluster.arn), ...next };
};

export const updateCluster: Action<UpdateClusterRequest, UpdateClusterResponse> = (world, input) => {
  const cluster = requireCluster(world, input.cluster);
  checkNamespace(input.serviceConnectDefaults?.namespace);
  change(world, cluster, {
    ...(input.settings === undefined ? {} : { settings: checkSettings(input.settings) }),
    ...(input.configuration === undefined ? {} : { configuration: input.configuration }),
    ...(input.serviceConnectDefaults === undefined ? {} : { serviceConnectDefaults: input.serviceConnectDefaults }),
  });
  return { cluster: renderCluster(cluster, EVERYTHING) };
};

export const updateClusterSettings: Action<UpdateClusterSettingsRequest, UpdateClusterSettingsResponse> = (
  world,
  input,
) => {
  const cluster = requireCluster(world, input.cluster);
  change(world, cluster, { settings: checkSettings(input.settings) });
  return { cluster: renderCluster(cluster, EVERYTHING) };
};

function refuseWhileUsed(world: World, cluster: ClusterRecord): void {
  const instances = [...cluster.instances.values()];
  if (instances.some((instance) => instance.status !== 'INACTIVE')) {
    throw new EcsError(
      'ClusterContainsContainerInstancesException',
      'The Cluster cannot be deleted while Container Instances are active or draining.',
    );
  }
  if ([...cluster.services.values()].some((service) => service.status === 'ACTIVE')) {
    throw new EcsError('ClusterContainsServicesException', 'The Cluster cannot be deleted while Services are active.');
  }
  if ([...world.daemons.values()].some((daemon) => daemon.cluster === cluster && daemon.status !== 'DELETED')) {
    throw new EcsError('ClusterContainsServicesException', 'The Cluster cannot be deleted while Daemons are active.');
  }
  if ([...cluster.tasks.values()].some((task) => task.lastStatus !== 'STOPPED')) {
    throw new EcsError('ClusterContainsTasksException', 'The Cluster cannot be deleted while Tasks are active.');
  }
  if ([...world.capacityProviders.values()].some((provider) => provider.cluster === cluster.name)) {
    throw new EcsError(
      'ClusterContainsCapacityProviderException',
      'The Cluster cannot be deleted while it contains capacity providers.',
    );
  }
}

const forgetCluster = dueAction('cluster.forget', (world: World, cluster: ClusterRecord) => {
  if (world.clusters.get(cluster.name) === cluster) world.clusters.delete(cluster.name);
});

const endCluster = dueAction('cluster.end', (world: World, cluster: ClusterRecord) => {
  change(world, cluster, { status: 'INACTIVE' });
  for (const gateway of world.gateways.values()) {
    if (gateway.associations.has(cluster)) setAssociation(world, gateway, cluster, 'DISASSOCIATING');
  }
  world.clock.after(world.timings.keepInactiveCluster, forgetCluster, world, cluster);
});

export const deleteCluster: Action<DeleteClusterRequest, DeleteClusterResponse> = (world, input) => {
  const cluster = requireCluster(world, input.cluster);
  refuseWhileUsed(world, cluster);
  refuseWhileUpdating(cluster);
  if (attachScalingPlans(world, cluster, [], endCluster)) change(world, cluster, { status: 'DEPROVISIONING' });
  else endCluster(world, cluster);
  return { cluster: renderCluster(cluster, EVERYTHING) };
};
