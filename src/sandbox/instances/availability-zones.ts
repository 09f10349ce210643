import type { NetworkConfiguration } from '@aws-sdk/client-ecs';
import type { ClusterRecord } from '../model/cluster-record.ts';
import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { DeploymentRecord } from '../model/services/deployment-record.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { TaskSetRecord } from '../model/services/task-set-record.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { some } from '../store/task-scan.ts';
import { isWanted } from '../store/task-statuses.ts';
import type { Wire } from '../util/wire-types.ts';

const ZONES = ['a', 'b', 'c'];

/** The zone of a subnet. It follows from the last digit of the id, so that it never changes. */
export function zoneOfSubnet(world: World, subnet: string | undefined): string {
  const known = world.subnetZones.get(subnet ?? '');
  if (known !== undefined) return known;
  const last = Number.parseInt(subnet?.slice(-1) ?? '', 36);
  return `${world.region}${ZONES[Number.isNaN(last) ? 0 : last % ZONES.length] ?? 'a'}`;
}

function subnetsOf({ spec }: DeploymentRecord | TaskSetRecord): readonly string[] {
  return spec.networkConfiguration?.awsvpcConfiguration?.subnets ?? [];
}

/** The given subnets whose zones are not lost. */
export function openSubnets(world: World, network: Wire<NetworkConfiguration> | undefined): string[] {
  const subnets = network?.awsvpcConfiguration?.subnets ?? [];
  return subnets.filter((subnet) => !world.lostZones.has(zoneOfSubnet(world, subnet)));
}

/** Whether Fargate has a zone left to start a task in. Without subnets, any zone is possible. */
export function hasOpenZone(world: World, network: Wire<NetworkConfiguration> | undefined): boolean {
  const isAnywhere = (network?.awsvpcConfiguration?.subnets ?? []).length === 0;
  return world.lostZones.size === 0 || isAnywhere || openSubnets(world, network).length > 0;
}

function countByZone(tasks: Iterable<TaskRecord>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const task of tasks) {
    if (isWanted(task)) counts.set(task.availabilityZone, (counts.get(task.availabilityZone) ?? 0) + 1);
  }
  return counts;
}

/** Fargate spreads a service's tasks over the zones of its subnets: the next one goes to the zone with the fewest. */
export function createSubnets(
  world: World,
  owner: DeploymentRecord | TaskSetRecord,
  onlyZone: string | undefined,
): { next(): string | undefined; take(zone: string): void } {
  const counts = countByZone(owner.tasks);
  const subnets = openSubnets(world, owner.spec.networkConfiguration)
    .map((subnet) => ({ subnet, zone: zoneOfSubnet(world, subnet) }))
    .filter(({ zone }) => onlyZone === undefined || zone === onlyZone);
  return {
    next() {
      const fewest = Math.min(...subnets.map(({ zone }) => counts.get(zone) ?? 0));
      const best = subnets.filter(({ zone }) => (counts.get(zone) ?? 0) === fewest);
      return best[world.random.integer(Math.max(1, best.length))]?.subnet;
    },
    take: (zone) => void counts.set(zone, (counts.get(zone) ?? 0) + 1),
  };
}

/** Zones in which an instance could take a task. */
function zonesInUse({ zones }: ClusterRecord): string[] {
  const isOpen = (instance: InstanceRecord): boolean => instance.status === 'ACTIVE' && instance.agentConnected;
  return [...zones].flatMap(([zone, instances]) => (instances.some(isOpen) ? [zone] : []));
}

/** The number of a service's tasks in each possible zone, largest first. */
export function zoneCounts(world: World, service: ServiceRecord, deployment: DeploymentRecord): [string, number][] {
  const counts = countByZone(service.tasks);
  const isFargate = some(service.tasks, (task) => task.launchType === 'FARGATE');
  const zones = isFargate
    ? subnetsOf(deployment).map((subnet) => zoneOfSubnet(world, subnet))
    : zonesInUse(service.cluster);
  for (const zone of zones) if (!counts.has(zone) && !world.lostZones.has(zone)) counts.set(zone, 0);
  return [...counts].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1));
}
