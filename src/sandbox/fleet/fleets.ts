import type { ClusterRecord } from '../model/cluster-record.ts';
import { DAEMON_GROUP } from '../model/daemon-records.ts';
import type { CapacityProviderRecord } from '../model/instances/capacity-provider-record.ts';
import type { Fleet } from '../model/instances/fleet-record.ts';
import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';

/** A provider that launches and terminates instances itself. */
export function isManaged(provider: CapacityProviderRecord | undefined): provider is CapacityProviderRecord {
  if (provider?.status !== 'ACTIVE') return false;
  return (
    provider.type === 'MANAGED_INSTANCES' || provider.autoScalingGroupProvider?.managedScaling?.status === 'ENABLED'
  );
}

export function fleetOf(world: World, cluster: ClusterRecord, name: string | undefined): Fleet | undefined {
  const provider = world.capacityProviders.get(name ?? '');
  if (!isManaged(provider)) return undefined;
  const key = `${cluster.name} ${cluster.sequence} ${provider.name}`;
  const present = world.fleets.get(key);
  if (present !== undefined && present.provider === provider) return present;
  const fleet: Fleet = {
    cluster,
    provider,
    scaleOut: undefined,
    scaleIn: undefined,
    launching: 0,
    idleSince: new Map(),
  };
  world.fleets.set(key, fleet);
  return fleet;
}

export function instancesOfFleet({ cluster, provider }: Fleet): InstanceRecord[] {
  return [...cluster.instances.values()].filter(
    (instance) => instance.status !== 'INACTIVE' && instance.capacityProviderName === provider.name,
  );
}

/** Daemons do not keep an instance. */
export function isIdle(instance: InstanceRecord): boolean {
  const isDaemon = (task: TaskRecord): boolean =>
    task.group.startsWith(DAEMON_GROUP) || task.service?.schedulingStrategy === 'DAEMON';
  return [...instance.tasks].every(isDaemon);
}

export function waitingFor(world: World, { cluster, provider }: Fleet): TaskRecord[] {
  return [...world.waiting].filter((task) => task.cluster === cluster && task.capacityProviderName === provider.name);
}
