import type {
  CapacityProvider,
  CreateCapacityProviderRequest,
  CreateCapacityProviderResponse,
  DeleteCapacityProviderRequest,
  DeleteCapacityProviderResponse,
  DescribeCapacityProvidersRequest,
  DescribeCapacityProvidersResponse,
  PutClusterCapacityProvidersRequest,
  PutClusterCapacityProvidersResponse,
  UpdateCapacityProviderRequest,
  UpdateCapacityProviderResponse,
} from '@aws-sdk/client-ecs';
import { clientError, EcsError, invalidParameter } from '../../checks/ecs-errors.ts';
import { checkName } from '../../checks/input-limits.ts';
import { paginate } from '../../checks/paging.ts';
import { attachScalingPlans, refuseWhileUpdating } from '../../fleet/cluster-attachments.ts';
import {
  capacityProviderName,
  checkCapacityProviders,
  checkStrategy,
  FARGATE_PROVIDERS,
} from '../../instances/capacity-strategy.ts';
import type { CapacityProviderRecord } from '../../model/instances/capacity-provider-record.ts';
import type { World } from '../../model/world.ts';
import { renderCluster } from '../../render/cluster.ts';
import { capacityProviderArn } from '../../store/arns.ts';
import { allSeen, change } from '../../store/eventual-consistency.ts';
import { requireCluster } from '../../store/find-record.ts';
import { newRecord } from '../../store/new-record.ts';
import { checkTags } from '../../store/tags.ts';
import { dueAction } from '../../time/due-action.ts';
import type { Wire } from '../../util/wire-types.ts';
import type { Action } from '../action.ts';

/** Managed scaling with AWS's defaults. */
const MANAGED_SCALING = {
  status: 'DISABLED',
  targetCapacity: 100,
  minimumScalingStepSize: 1,
  maximumScalingStepSize: 10000,
  instanceWarmupPeriod: 300,
} as const;

function render(provider: CapacityProviderRecord, include: readonly string[]): Wire<CapacityProvider> {
  return {
    capacityProviderArn: provider.arn,
    name: provider.name,
    cluster: provider.cluster,
    status: provider.status as Wire<CapacityProvider>['status'],
    type: provider.type as Wire<CapacityProvider>['type'],
    autoScalingGroupProvider: provider.autoScalingGroupProvider,
    managedInstancesProvider: provider.managedInstancesProvider,
    updateStatus: provider.updateStatus as Wire<CapacityProvider>['updateStatus'],
    updateStatusReason: provider.updateStatusReason,
    tags: include.includes('TAGS') ? provider.tags : [],
  };
}

function builtin(world: World, name: string): Wire<CapacityProvider> {
  const type = name as Wire<CapacityProvider>['type'];
  return { capacityProviderArn: capacityProviderArn(world, name), name, status: 'ACTIVE', type, tags: [] };
}

export const createCapacityProvider: Action<CreateCapacityProviderRequest, CreateCapacityProviderResponse> = (
  world,
  input,
) => {
  const name = checkName(input.name, 'Capacity provider name');
  if (/^(aws|ecs|fargate)/i.test(name)) {
    throw invalidParameter('The capacity provider name cannot start with aws, ecs or fargate.');
  }
  if (world.capacityProviders.has(name)) {
    throw invalidParameter('A capacity provider with the specified name already exists.');
  }
  const { autoScalingGroupProvider, managedInstancesProvider } = input;
  if ((autoScalingGroupProvider === undefined) === (managedInstancesProvider === undefined)) {
    throw invalidParameter('Specify either an Auto Scaling group provider or a Managed Instances provider.');
  }
  const provider: CapacityProviderRecord = {
    kind: 'capacityProvider',
    ...newRecord(world),
    arn: capacityProviderArn(world, name),
    name,
    type: managedInstancesProvider === undefined ? 'EC2_AUTOSCALING' : 'MANAGED_INSTANCES',
    cluster: input.cluster === undefined ? undefined : requireCluster(world, input.cluster).name,
    status: 'ACTIVE',
    autoScalingGroupProvider:
      autoScalingGroupProvider === undefined
        ? undefined
        : {
            ...autoScalingGroupProvider,
            managedScaling: { ...MANAGED_SCALING, ...autoScalingGroupProvider.managedScaling },
            managedTerminationProtection: autoScalingGroupProvider.managedTerminationProtection ?? 'DISABLED',
            managedDraining: autoScalingGroupProvider.managedDraining ?? 'ENABLED',
          },
    managedInstancesProvider,
    updateStatus: 'CREATE_COMPLETE',
    updateStatusReason: undefined,
    tags: checkTags(input.tags),
  };
  world.capacityProviders.set(name, provider);
  return { capacityProvider: render(provider, ['TAGS']) };
};

/**
 * The capacity provider to change. Managed Instances belong to a cluster; a call that names another one does not find
 * them.
 */
function requireProvider(world: World, reference: string, cluster: string | undefined): CapacityProviderRecord {
  const name = capacityProviderName(reference);
  if (FARGATE_PROVIDERS.includes(name)) {
    throw invalidParameter('The FARGATE and FARGATE_SPOT capacity providers are reserved and cannot be changed.');
  }
  const provider = world.capacityProviders.get(name);
  const named = cluster === undefined ? undefined : requireCluster(world, cluster).name;
  const isElsewhere = named !== undefined && provider?.cluster !== undefined && provider.cluster !== named;
  if (provider === undefined || provider.status !== 'ACTIVE' || isElsewhere) {
    throw invalidParameter('The specified capacity provider was not found. Specify a valid name or ARN and try again.');
  }
  return provider;
}

export const updateCapacityProvider: Action<UpdateCapacityProviderRequest, UpdateCapacityProviderResponse> = (
  world,
  input,
) => {
  const provider = requireProvider(world, input.name, input.cluster);
  const { autoScalingGroupProvider, managedInstancesProvider } = provider;
  const { autoScalingGroupProvider: group, managedInstancesProvider: managed } = input;
  if (autoScalingGroupProvider !== undefined && group !== undefined) {
    const managedScaling = { ...autoScalingGroupProvider.managedScaling, ...group.managedScaling };
    update(world, provider, { autoScalingGroupProvider: { ...autoScalingGroupProvider, ...group, managedScaling } });
  } else if (managedInstancesProvider !== undefined && managed !== undefined) {
    const template = { ...managedInstancesProvider.instanceLaunchTemplate, ...managed.instanceLaunchTemplate };
    const merged = { ...managedInstancesProvider, ...managed, instanceLaunchTemplate: template };
    update(world, provider, { managedInstancesProvider: merged as CapacityProviderRecord['managedInstancesProvider'] });
  } else {
    throw invalidParameter('The update does not fit the type of the capacity provider.');
  }
  return { capacityProvider: render(provider, ['TAGS']) };
};

/** Duration of a change of a capacity provider (our choice). */
const CHANGE_MS = 5_000;

function update(world: World, provider: CapacityProviderRecord, patch: Partial<CapacityProviderRecord>): void {
  change(world, provider, { ...patch, updateStatus: 'UPDATE_IN_PROGRESS' });
  world.clock.after(CHANGE_MS, completeUpdate, world, provider);
}

const completeUpdate = dueAction(
  'capacityProvider.completeUpdate',
  (world: World, provider: CapacityProviderRecord) => {
    if (provider.updateStatus === 'UPDATE_IN_PROGRESS') change(world, provider, { updateStatus: 'UPDATE_COMPLETE' });
  },
);

const completeDeletion = dueAction(
  'capacityProvider.completeDeletion',
  (world: World, provider: CapacityProviderRecord) => {
    change(world, provider, { status: 'INACTIVE', updateStatus: 'DELETE_COMPLETE' });
    if (world.capacityProviders.get(provider.name) === provider) world.capacityProviders.delete(provider.name);
  },
);

export const deleteCapacityProvider: Action<DeleteCapacityProviderRequest, DeleteCapacityProviderResponse> = (
  world,
  input,
) => {
  const provider = requireProvider(world, input.capacityProvider, input.cluster);
  const isInUse = [...world.clusters.values()].some(
    (cluster) => cluster.status !== 'INACTIVE' && cluster.capacityProviders.includes(provider.name),
  );
  if (isInUse) {
    throw clientError('The specified capacity provider is in use and cannot be removed.');
  }
  change(world, provider, { status: 'DEPROVISIONING', updateStatus: 'DELETE_IN_PROGRESS' });
  world.clock.after(CHANGE_MS, completeDeletion, world, provider);
  return { capacityProvider: render(provider, ['TAGS']) };
};

export const describeCapacityProviders: Action<DescribeCapacityProvidersRequest, DescribeCapacityProvidersResponse> = (
  world,
  input,
) => {
  const include = input.include ?? [];
  if (input.capacityProviders !== undefined && input.capacityProviders.length > 100) {
    throw invalidParameter('CapacityProviders cannot have more than 100 elements.');
  }
  const cluster = input.cluster === undefined ? undefined : requireCluster(world, input.cluster);
  const isWanted = (name: string): boolean =>
    cluster === undefined ||
    cluster.capacityProviders.includes(name) ||
    world.capacityProviders.get(name)?.cluster === cluster.name;
  const visible = [...allSeen(world, world.capacityProviders.values())];
  const own = new Map(visible.filter(({ name }) => isWanted(name)).map((item) => [item.name, item]));
  const builtins = FARGATE_PROVIDERS.filter(isWanted);
  const names = input.capacityProviders?.map(capacityProviderName) ?? [...builtins, ...own.keys()].sort();
  const failures: Wire<DescribeCapacityProvidersResponse>['failures'] = [];
  const found: Wire<CapacityProvider>[] = [];
  for (const name of new Set(names)) {
    const provider = own.get(name);
    if (builtins.includes(name)) found.push(builtin(world, name));
    else if (provider !== undefined) found.push(render(provider, include));
    else failures.push({ arn: capacityProviderArn(world, name), reason: 'MISSING' });
  }
  const key = (provider: Wire<CapacityProvider>): string => provider.name ?? '';
  const limits = { fallback: 10, max: 10 };
  const { items, ...next } =
    input.capacityProviders === undefined
      ? paginate('DescribeCapacityProviders', input, limits, found, key, (item, after) => key(item) > after)
      : { items: found };
  return { capacityProviders: items, failures, ...next };
};

export const putClusterCapacityProviders: Action<
  PutClusterCapacityProvidersRequest,
  PutClusterCapacityProvidersResponse
> = (world, input) => {
  const cluster = requireCluster(world, input.cluster);
  refuseWhileUpdating(cluster);
  const capacityProviders = checkCapacityProviders(world, cluster.name, input.capacityProviders);
  const inUse = [...cluster.services.values()]
    .filter((service) => service.status === 'ACTIVE')
    .flatMap((service) => service.spec.capacityProviderStrategy ?? [])
    .some((item) => !capacityProviders.includes(item.capacityProvider ?? ''));
  if (inUse) {
    throw new EcsError('ResourceInUseException', 'The specified capacity provider is in use and cannot be removed.');
  }
  change(world, cluster, {
    capacityProviders,
    defaultCapacityProviderStrategy: checkStrategy(input.defaultCapacityProviderStrategy, capacityProviders),
  });
  attachScalingPlans(world, cluster, capacityProviders);
  return { cluster: renderCluster(cluster, ['ATTACHMENTS', 'TAGS', 'SETTINGS', 'CONFIGURATIONS']) };
};
