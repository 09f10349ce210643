import type { Demand } from '../model/instances/instance-capacity.ts';
import { GPU_MEMORY } from '../store/gpus.ts';

export interface InstanceType {
  readonly name: string;
  readonly cpu: number;
  /** MiB that the agent registers: less than the machine has. */
  readonly memory: number;
  readonly gpus: number;
}

/**
 * Instance types that the sandbox can launch, smallest first; types with GPUs last, so that they are used only if
 * needed.
 */
const TYPES: readonly InstanceType[] = [
  { name: 't3.medium', cpu: 2048, memory: 3884, gpus: 0 },
  { name: 'm6i.large', cpu: 2048, memory: 7764, gpus: 0 },
  { name: 'm6i.xlarge', cpu: 4096, memory: 15736, gpus: 0 },
  { name: 'm6i.2xlarge', cpu: 8192, memory: 31680, gpus: 0 },
  { name: 'm6i.4xlarge', cpu: 16384, memory: 63568, gpus: 0 },
  { name: 'm6i.12xlarge', cpu: 49152, memory: 191120, gpus: 0 },
  { name: 'g4dn.xlarge', cpu: 4096, memory: 15736, gpus: 1 },
  { name: 'g4dn.2xlarge', cpu: 8192, memory: 31680, gpus: 1 },
  { name: 'g4dn.4xlarge', cpu: 16384, memory: 63568, gpus: 1 },
  { name: 'g4dn.12xlarge', cpu: 49152, memory: 191120, gpus: 4 },
  { name: 'g4dn.metal', cpu: 98304, memory: 382856, gpus: 8 },
];

export function findInstanceType(name: string | undefined): InstanceType | undefined {
  return TYPES.find((type) => type.name === name);
}

export type Size = Pick<Demand, 'cpu' | 'memory' | 'gpu' | 'gpuShare'>;

/** How many GPUs a task takes, a share of one being a part of it. */
function gpusOf({ gpu, gpuShare }: Size): number {
  return gpuShare === undefined ? gpu : gpuShare.memory / GPU_MEMORY;
}

/** The resource that an empty instance of a type lacks for a task. */
export function lackOf(type: InstanceType, size: Size): string | undefined {
  const { cpu, memory, gpuShare } = size;
  if (gpusOf(size) > (gpuShare === undefined ? type.gpus : Math.min(1, type.gpus))) return 'RESOURCE:GPU';
  if (cpu > type.cpu) return 'RESOURCE:CPU';
  return memory > type.memory ? 'RESOURCE:MEMORY' : undefined;
}

/** The smallest type that holds each of the tasks; undefined if none does. */
export function smallestFor(sizes: readonly Size[]): InstanceType | undefined {
  return TYPES.find((type) => sizes.every((size) => lackOf(type, size) === undefined));
}

/** The type with the most capacity. */
export function largestType(): InstanceType | undefined {
  return TYPES.at(-1);
}

/** How many instances of a type the tasks fill, placed one after the other where they fit. */
export function countFor(type: InstanceType, sizes: readonly Size[]): number {
  const bins: { cpu: number; memory: number; gpus: number }[] = [];
  for (const size of sizes) {
    const { cpu, memory } = size;
    const gpu = gpusOf(size);
    const present = bins.find((item) => item.cpu >= cpu && item.memory >= memory && item.gpus >= gpu);
    const bin = present ?? { cpu: type.cpu, memory: type.memory, gpus: type.gpus };
    if (present === undefined) bins.push(bin);
    bin.cpu -= cpu;
    bin.memory -= memory;
    bin.gpus -= gpu;
  }
  return bins.length;
}
