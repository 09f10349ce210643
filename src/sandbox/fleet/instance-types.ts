import type { Demand } from '../instances/room.ts';

export interface InstanceType {
  readonly name: string;
  readonly cpu: number;
  /** What the agent registers, in MiB: less than the machine has. */
  readonly memory: number;
}

/** What the sandbox can launch, smallest first. */
const TYPES: readonly InstanceType[] = [
  { name: 't3.medium', cpu: 2048, memory: 3884 },
  { name: 'm6i.large', cpu: 2048, memory: 7764 },
  { name: 'm6i.xlarge', cpu: 4096, memory: 15736 },
  { name: 'm6i.2xlarge', cpu: 8192, memory: 31680 },
  { name: 'm6i.4xlarge', cpu: 16384, memory: 63568 },
  { name: 'm6i.12xlarge', cpu: 49152, memory: 191120 },
];

export function findInstanceType(name: string | undefined): InstanceType | undefined {
  return TYPES.find((type) => type.name === name);
}

/** The smallest that holds each of the tasks; undefined when none does. */
export function smallestFor(demands: readonly Demand[]): InstanceType | undefined {
  return TYPES.find((type) =>
    demands.every((demand) => demand.cpu <= type.cpu && demand.memory <= type.memory && demand.gpu === 0),
  );
}

/** How many instances of a type the tasks fill, put in one after the other where there is room. */
export function countFor(type: InstanceType, demands: readonly Demand[]): number {
  const bins: { cpu: number; memory: number }[] = [];
  for (const { cpu, memory } of demands) {
    const bin = bins.find((item) => item.cpu >= cpu && item.memory >= memory);
    if (bin === undefined) bins.push({ cpu: type.cpu - cpu, memory: type.memory - memory });
    else {
      bin.cpu -= cpu;
      bin.memory -= memory;
    }
  }
  return bins.length;
}
