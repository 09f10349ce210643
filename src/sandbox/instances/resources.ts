import type { PlatformDevice, Resource } from '@aws-sdk/client-ecs';
import { change } from '../records/consistency.ts';
import type { InstanceRecord, TaskRecord, World } from '../state.ts';
import type { Wire } from '../types.ts';
import type { Demand, Resources } from './room.ts';

/** What the agent and ssh keep for themselves. */
const RESERVED_TCP_PORTS = [22, 2375, 2376, 51678, 51679];
const DEFAULT_CPU = 2048;
const DEFAULT_MEMORY = 3884;

function integer(resources: Wire<Resource>[], name: string, fallback: number): number {
  return resources.find((resource) => resource.name === name)?.integerValue ?? fallback;
}

function strings(resources: Wire<Resource>[], name: string): string[] | undefined {
  return resources.find((resource) => resource.name === name)?.stringSetValue;
}

/** The resources with which an instance registers; those it leaves out are those of a t3.medium. */
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

/** Why there is no room, in the words of `failures[].reason`. */
export type Shortage = 'RESOURCE:CPU' | 'RESOURCE:MEMORY' | 'RESOURCE:PORTS' | 'RESOURCE:GPU' | 'RESOURCE:ENI';

/** AWS: so many ports of an instance can be reserved at a time, with those that it keeps for itself. */
const MOST_PORTS = 100;

function lacksPorts({ registered, usedTcpPorts, usedUdpPorts }: InstanceRecord, demand: Demand): boolean {
  const wanted = demand.tcpPorts.length + demand.udpPorts.length;
  const used = usedTcpPorts.size + usedUdpPorts.size;
  const reserved = registered.reservedTcpPorts.length + registered.reservedUdpPorts.length;
  return wanted > 0 && reserved + used + wanted > MOST_PORTS;
}

function clashes(ports: readonly number[], used: ReadonlySet<number>, reserved: readonly number[]): boolean {
  return ports.some((port) => used.has(port) || reserved.includes(port));
}

/** Task ENIs by the size of the instance; one more is its own. AWS's table, by its last word only. */
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
const ENIS_WITH_TRUNK = 120;

function eniLimit(instance: InstanceRecord): number {
  const trunk = instance.attributes.some((attribute) => attribute.name === 'ecs.awsvpc-trunk-id');
  if (trunk) return ENIS_WITH_TRUNK;
  const type = instance.attributes.find((attribute) => attribute.name === 'ecs.instance-type')?.value ?? '';
  return ENIS_BY_SIZE.get(type.split('.')[1] ?? '') ?? ENIS_OTHERWISE;
}

/** The first thing of which an instance has too little, or nothing. */
export function shortage(instance: InstanceRecord, demand: Demand): Shortage | undefined {
  const { registered } = instance;
  if (registered.cpu - instance.usedCpu < demand.cpu) return 'RESOURCE:CPU';
  if (registered.memory - instance.usedMemory < demand.memory) return 'RESOURCE:MEMORY';
  if (registered.gpuIds.length - instance.usedGpuIds.size < demand.gpu) return 'RESOURCE:GPU';
  if (clashes(demand.tcpPorts, instance.usedTcpPorts, registered.reservedTcpPorts)) return 'RESOURCE:PORTS';
  if (clashes(demand.udpPorts, instance.usedUdpPorts, registered.reservedUdpPorts)) return 'RESOURCE:PORTS';
  if (lacksPorts(instance, demand)) return 'RESOURCE:PORTS';
  if (demand.enis > 0 && instance.usedEnis + demand.enis > eniLimit(instance)) return 'RESOURCE:ENI';
  return undefined;
}

type Used = Pick<
  InstanceRecord,
  'usedCpu' | 'usedMemory' | 'usedGpuIds' | 'usedEnis' | 'usedTcpPorts' | 'usedUdpPorts'
>;

type Holder = Pick<TaskRecord, 'demand' | 'gpuIds'>;

function used(by: Used, { demand, gpuIds }: Holder, sign: 1 | -1): Used {
  const taken = <T>(present: ReadonlySet<T>, own: readonly T[]): ReadonlySet<T> => {
    if (own.length === 0) return present;
    return new Set(sign > 0 ? [...present, ...own] : [...present].filter((item) => !own.includes(item)));
  };
  return {
    usedCpu: by.usedCpu + sign * demand.cpu,
    usedMemory: by.usedMemory + sign * demand.memory,
    usedGpuIds: taken(by.usedGpuIds, gpuIds),
    usedEnis: by.usedEnis + sign * demand.enis,
    usedTcpPorts: taken(by.usedTcpPorts, demand.tcpPorts),
    usedUdpPorts: taken(by.usedUdpPorts, demand.udpPorts),
  };
}

/** What is used of an instance by these tasks and nothing else. */
export function usedBy(tasks: Iterable<TaskRecord>): Used {
  let sum: Used = {
    usedCpu: 0,
    usedMemory: 0,
    usedGpuIds: new Set(),
    usedEnis: 0,
    usedTcpPorts: new Set(),
    usedUdpPorts: new Set(),
  };
  for (const task of tasks) sum = used(sum, task, 1);
  return sum;
}

/** Spelled out, as a spread takes several times as long, and this happens twice in each task's life. */
function changeUsed(world: World, instance: InstanceRecord, by: Used): void {
  change(world, instance, {
    version: instance.version + 1,
    usedCpu: by.usedCpu,
    usedMemory: by.usedMemory,
    usedGpuIds: by.usedGpuIds,
    usedEnis: by.usedEnis,
    usedTcpPorts: by.usedTcpPorts,
    usedUdpPorts: by.usedUdpPorts,
  });
}

/** A task has come to an instance and takes what it needs: of GPUs the first that are free, in the instance's order. */
export function occupy(world: World, instance: InstanceRecord, task: TaskRecord): void {
  const { gpu } = task.demand;
  if (gpu > 0) {
    const free = instance.registered.gpuIds.filter((id) => !instance.usedGpuIds.has(id));
    task.gpuIds = free.slice(0, gpu);
  }
  changeUsed(world, instance, used(instance, task, 1));
}

/** A task is gone from an instance and gives back what it had. */
export function release(world: World, instance: InstanceRecord, task: TaskRecord): void {
  changeUsed(world, instance, used(instance, task, -1));
}
