import type { PlatformDevice, Resource } from '@aws-sdk/client-ecs';
import type { Demand, Resources, Used } from '../model/instances/instance-capacity.ts';
import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import type { Wire } from '../util/wire-types.ts';
import { beginChange, endInstanceChange } from './eventual-consistency.ts';
import { gpusFor, withShare } from './gpus.ts';
import { attributeOf } from './instance-attributes.ts';

/** Ports that the agent and SSH reserve. */
const RESERVED_TCP_PORTS = [22, 2376, 2375, 51678, 51679];
const DEFAULT_CPU = 2048;
const DEFAULT_MEMORY = 3884;

function integer(resources: Wire<Resource>[], name: string, fallback: number): number {
  return resources.find((resource) => resource.name === name)?.integerValue ?? fallback;
}

function strings(resources: Wire<Resource>[], name: string): string[] | undefined {
  return resources.find((resource) => resource.name === name)?.stringSetValue;
}

/** The resources with which an instance registers; missing ones are those of a t3.medium. */
export function readResources(
  total: Wire<Resource>[] | undefined,
  devices: readonly Wire<PlatformDevice>[] = [],
): Resources {
  const resources = total ?? [];
  return {
    cpu: integer(resources, 'CPU', DEFAULT_CPU),
    memory: integer(resources, 'MEMORY', DEFAULT_MEMORY),
    gpuIds: strings(resources, 'GPU') ?? devices.filter(({ type }) => type === 'GPU').map(({ id }) => id ?? ''),
    reservedTcpPorts: strings(resources, 'PORTS')?.map(Number) ?? RESERVED_TCP_PORTS,
    reservedUdpPorts: strings(resources, 'PORTS_UDP')?.map(Number) ?? [],
  };
}

/** The lacking resource, in the words of `failures[].reason`. */
export type Shortage = 'RESOURCE:CPU' | 'RESOURCE:MEMORY' | 'RESOURCE:PORTS' | 'RESOURCE:GPU' | 'RESOURCE:ENI';

/** AWS: most reserved ports of an instance, including its own. */
const MOST_PORTS = 100;

function lacksPorts({ registered, used }: InstanceRecord, demand: Demand): boolean {
  const wanted = demand.tcpPorts.length + demand.udpPorts.length;
  const taken = used.tcpPorts.size + used.udpPorts.size;
  const reserved = registered.reservedTcpPorts.length + registered.reservedUdpPorts.length;
  return wanted > 0 && reserved + taken + wanted > MOST_PORTS;
}

function clashes(ports: readonly number[], used: ReadonlySet<number>, reserved: readonly number[]): boolean {
  return ports.some((port) => used.has(port) || reserved.includes(port));
}

/** Task ENIs by the size of the instance; one more is its own. AWS's table, reduced to the size suffix. */
const ENIS_BY_SIZE: ReadonlyMap<string, number> = new Map(
  Object.entries({
    nano: 1,
    micro: 1,
    small: 2,
    medium: 2,
    large: 2,
    xlarge: 3,
    '2xlarge': 3,
  }),
);
const ENIS_OTHERWISE = 7;
/** The same with a trunk (eni-trunking-supported-instance-types.md). */
const ENIS_WITH_TRUNK: ReadonlyMap<string, number> = new Map(
  Object.entries({
    medium: 10,
    large: 10,
    xlarge: 20,
    '2xlarge': 40,
    '4xlarge': 60,
    '8xlarge': 60,
    '9xlarge': 60,
    '12xlarge': 60,
  }),
);
const TRUNK_ENIS_OTHERWISE = 120;

function eniLimit(instance: InstanceRecord): number {
  const [, size = ''] = attributeOf(instance, 'ecs.instance-type')?.split('.') ?? [];
  const hasTrunk = attributeOf(instance, 'ecs.awsvpc-trunk-id') !== undefined;
  if (hasTrunk) return ENIS_WITH_TRUNK.get(size) ?? TRUNK_ENIS_OTHERWISE;
  return ENIS_BY_SIZE.get(size) ?? ENIS_OTHERWISE;
}

/** The first resource that an instance lacks; undefined if it has room. */
export function shortage(instance: InstanceRecord, demand: Demand): Shortage | undefined {
  if (instance.remainingCpu < demand.cpu) return 'RESOURCE:CPU';
  if (instance.remainingMemory < demand.memory) return 'RESOURCE:MEMORY';
  const { registered, used } = instance;
  const wantsGpu = demand.gpu > 0 || demand.gpuShare !== undefined;
  if (wantsGpu && gpusFor(instance, demand) === undefined) return 'RESOURCE:GPU';
  if (clashes(demand.tcpPorts, used.tcpPorts, registered.reservedTcpPorts)) return 'RESOURCE:PORTS';
  if (clashes(demand.udpPorts, used.udpPorts, registered.reservedUdpPorts)) return 'RESOURCE:PORTS';
  if (lacksPorts(instance, demand)) return 'RESOURCE:PORTS';
  if (demand.enis > 0 && used.enis + demand.enis > eniLimit(instance)) return 'RESOURCE:ENI';
  return undefined;
}

const NO_GPUS: readonly string[] = [];

const NOTHING: Used = { gpuIds: new Set(), gpuShares: new Map(), enis: 0, tcpPorts: new Set(), udpPorts: new Set() };

type Holder = Pick<TaskRecord, 'demand' | 'gpuIds'>;

function taken<T>(present: ReadonlySet<T>, own: readonly T[], sign: 1 | -1): ReadonlySet<T> {
  if (own.length === 0) return present;
  return new Set(sign > 0 ? [...present, ...own] : [...present].filter((item) => !own.includes(item)));
}

/** Most tasks take only CPU and memory. */
function plus(by: Used, { demand, gpuIds }: Holder, sign: 1 | -1): Used {
  const { enis, gpuShare, tcpPorts, udpPorts } = demand;
  const [shared = ''] = gpuIds;
  if (gpuIds.length + enis + tcpPorts.length + udpPorts.length === 0) return by;
  return {
    gpuIds: gpuShare === undefined ? taken(by.gpuIds, gpuIds, sign) : by.gpuIds,
    gpuShares: gpuShare === undefined ? by.gpuShares : withShare(by.gpuShares, shared, gpuShare, sign),
    enis: by.enis + sign * enis,
    tcpPorts: taken(by.tcpPorts, tcpPorts, sign),
    udpPorts: taken(by.udpPorts, udpPorts, sign),
  };
}

type Room = Pick<InstanceRecord, 'remainingCpu' | 'remainingMemory' | 'used'>;

/** Takes a task's resources from the room, or returns them. */
function take(room: Room, task: Holder, sign: 1 | -1): void {
  room.remainingCpu -= sign * task.demand.cpu;
  room.remainingMemory -= sign * task.demand.memory;
  room.used = plus(room.used, task, sign);
}

/** The room of an instance that has exactly these tasks. */
export function roomBeside(registered: Resources, tasks: Iterable<TaskRecord>): Room {
  const room: Room = { remainingCpu: registered.cpu, remainingMemory: registered.memory, used: NOTHING };
  for (const task of tasks) take(room, task, 1);
  return room;
}

/** The GPUs that a task gets: the first free ones, in the instance's order. */
export function freeGpus(instance: InstanceRecord, demand: Demand): readonly string[] {
  return gpusFor(instance, demand) ?? NO_GPUS;
}

function changeRoom(world: World, instance: InstanceRecord, task: TaskRecord, sign: 1 | -1): void {
  const before = beginChange(world, instance);
  instance.version += 1;
  take(instance, task, sign);
  endInstanceChange(world, instance, before);
}

/** A task arrives on an instance and takes its resources. */
export function occupy(world: World, instance: InstanceRecord, task: TaskRecord): void {
  changeRoom(world, instance, task, 1);
}

/** A task leaves an instance and returns its resources. */
export function release(world: World, instance: InstanceRecord, task: TaskRecord): void {
  changeRoom(world, instance, task, -1);
}
