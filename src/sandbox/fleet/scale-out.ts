import { registerInstance } from '../instances/instance-lifecycle.ts';
import type { Fleet } from '../model/instances/fleet-record.ts';
import type { World } from '../model/world.ts';
import { dueAction } from '../time/due-action.ts';
import { instancesOfFleet, waitingFor } from './fleets.ts';
import {
  countFor,
  findInstanceType,
  type InstanceType,
  lackOf,
  largestType,
  type Size,
  smallestFor,
} from './instance-types.ts';

const ZONES = ['a', 'b', 'c'];

function tagOf({ provider }: Fleet, key: string): string | undefined {
  return provider.tags.find((tag) => tag.key === key)?.value;
}

/** An Auto Scaling group may have a fixed instance type; otherwise the type is chosen to fit. */
function givenType(fleet: Fleet): InstanceType | undefined {
  return findInstanceType(tagOf(fleet, 'sandbox.instance-type'));
}

/** The resource that a fleet would always lack for a task, if any. */
export function lackOfFleet(fleet: Fleet, size: Size): string | undefined {
  const type = givenType(fleet) ?? largestType();
  return type === undefined ? undefined : lackOf(type, size);
}

function mostInstances(fleet: Fleet): number {
  const given = Number(tagOf(fleet, 'sandbox.max-size') ?? '100');
  return Number.isInteger(given) && given >= 0 ? given : 100;
}

/** Makes a fleet grow for its waiting tasks, after AWS's reaction time. */
export function requestCapacity(world: World, fleet: Fleet): void {
  if (fleet.scaleOut !== undefined || fleet.launching > 0) return;
  fleet.scaleOut = world.clock.after(world.random.around(world.timings.scaleOut), scaleOut, world, fleet);
}

const scaleOut = dueAction('fleet.scaleOut', (world: World, fleet: Fleet) => {
  fleet.scaleOut = undefined;
  launch(world, fleet);
});

function launch(world: World, fleet: Fleet): void {
  const demands = waitingFor(world, fleet).map((task) => task.demand);
  // Tasks that could never run must not keep the others waiting.
  const fitting = demands.filter((demand) => lackOfFleet(fleet, demand) === undefined);
  const type = givenType(fleet) ?? smallestFor(fitting);
  if (type === undefined) return;
  const scaling = fleet.provider.autoScalingGroupProvider?.managedScaling;
  const { minimumScalingStepSize = 1, maximumScalingStepSize = 10_000, targetCapacity = 100 } = scaling ?? {};
  const needed = Math.ceil((countFor(type, fitting) * 100) / Math.max(1, targetCapacity));
  const step = Math.min(maximumScalingStepSize, Math.max(minimumScalingStepSize, needed));
  const count = Math.min(needed === 0 ? 0 : step, mostInstances(fleet) - instancesOfFleet(fleet).length);
  if (count <= 0) return;
  fleet.launching = count;
  world.clock.after(world.random.around(world.timings.instanceBoot), boot, world, { fleet, count, type });
}

interface Boot {
  readonly fleet: Fleet;
  readonly count: number;
  readonly type: InstanceType;
}

const boot = dueAction('fleet.boot', (world: World, { fleet, count, type }: Boot) => {
  fleet.launching = 0;
  for (let index = 0; index < count; index += 1) register(world, fleet, type);
});

/** The zone with the fewest instances of the fleet. */
function zoneFor(world: World, fleet: Fleet): string {
  const zones = ZONES.map((zone) => `${world.region}${zone}`).filter((zone) => !world.lostZones.has(zone));
  const count = (zone: string): number =>
    instancesOfFleet(fleet).filter((instance) => instance.availabilityZone === zone).length;
  return zones.reduce((best, zone) => (count(zone) < count(best) ? zone : best), zones[0] ?? `${world.region}a`);
}

function gpuIds(world: World, count: number): string[] {
  return Array.from({ length: count }, () => `GPU-${world.random.uuid()}`);
}

function register(world: World, fleet: Fleet, type: InstanceType): void {
  const { cluster, provider } = fleet;
  if (cluster.status !== 'ACTIVE' || provider.status !== 'ACTIVE') return;
  const identity = {
    instanceId: `i-${world.random.hex(17)}`,
    availabilityZone: zoneFor(world, fleet),
    instanceType: type.name,
  };
  const input = {
    instanceIdentityDocument: JSON.stringify(identity),
    totalResources: [
      { name: 'CPU', type: 'INTEGER', integerValue: type.cpu },
      { name: 'MEMORY', type: 'INTEGER', integerValue: type.memory },
      ...(type.gpus === 0 ? [] : [{ name: 'GPU', type: 'STRINGSET', stringSetValue: gpuIds(world, type.gpus) }]),
    ],
    attributes: [{ name: 'sandbox.capacity-provider', value: provider.name }],
  };
  registerInstance(world, cluster, input, [], true);
}
