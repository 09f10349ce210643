import type { Demand, GpuShare, Resources, Used } from '../model/instances/instance-capacity.ts';

/** MiB that containers can share of one GPU, of whatever kind: 15 GiB, about those of a T4 (a choice; agents report it, calls do not). */
export const GPU_MEMORY = 15_360;

type Gpus = { readonly registered: Resources; readonly used: Used };

const NONE: readonly string[] = [];

/** GPUs that no container has, not even a share of. */
export function idleGpus({ registered, used }: Gpus): readonly string[] {
  return registered.gpuIds.filter((id) => !used.gpuIds.has(id) && !used.gpuShares.has(id));
}

export function sharedMemory(used: Used, id: string): number {
  return used.gpuShares.get(id)?.memory ?? 0;
}

/** The GPU for a task that shares one: first those that are shared already. All its containers get the same. */
function gpuToShare({ registered, used }: Gpus, { memory }: GpuShare): string | undefined {
  const fits = (id: string): boolean => !used.gpuIds.has(id) && sharedMemory(used, id) + memory <= GPU_MEMORY;
  const fitting = registered.gpuIds.filter(fits);
  return fitting.find((id) => used.gpuShares.has(id)) ?? fitting[0];
}

/** Which GPUs a task is given: the first that are idle, in the instance's order, or the one that it shares. Undefined if it gets none. */
export function gpusFor(gpus: Gpus, { gpu, gpuShare }: Demand): readonly string[] | undefined {
  if (gpuShare !== undefined) {
    const id = gpuToShare(gpus, gpuShare);
    return id === undefined ? undefined : [id];
  }
  if (gpu === 0) return NONE;
  const idle = idleGpus(gpus);
  return idle.length < gpu ? undefined : idle.slice(0, gpu);
}

/** The shares of GPUs with one more, or one less. */
export function withShare(
  shares: Used['gpuShares'],
  id: string,
  { memory, containers }: GpuShare,
  sign: 1 | -1,
): Used['gpuShares'] {
  const before = shares.get(id) ?? { memory: 0, containers: 0 };
  const after = { memory: before.memory + sign * memory, containers: before.containers + sign * containers };
  const others = [...shares].filter(([other]) => other !== id);
  return new Map(after.containers > 0 ? [...others, [id, after]] : others);
}
