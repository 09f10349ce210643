import type { ContainerDefinition, TaskDefinition, TaskOverride } from '@aws-sdk/client-ecs';
import type { Demand } from '../model/instances/instance-capacity.ts';
import { parseSize } from '../util/sizes.ts';
import type { Wire } from '../util/wire-types.ts';

type Containers = readonly Wire<ContainerDefinition>[];

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function memoryOf(container: Wire<ContainerDefinition>): number {
  return container.memoryReservation ?? container.memory ?? 0;
}

/** The number of GPUs that a container requests. */
export function gpusOf({ resourceRequirements = [] }: Pick<Wire<ContainerDefinition>, 'resourceRequirements'>): number {
  return sum(resourceRequirements.filter((item) => item.type === 'GPU').map((item) => Number(item.value) || 0));
}

/** MiB of a GPU that a container shares with others; undefined if it shares none. */
export function gpuMemoryOf({
  resourceRequirements = [],
}: Pick<Wire<ContainerDefinition>, 'resourceRequirements'>): number | undefined {
  return resourceRequirements.find(({ type }) => type === 'GPU')?.sharingStrategy?.nvidiaMps?.memory;
}

function shareOf(containers: Containers): Demand['gpuShare'] {
  const shares = containers.flatMap((container) => gpuMemoryOf(container) ?? []);
  return shares.length === 0 ? undefined : { memory: sum(shares), containers: shares.length };
}

function hostPorts(containers: Containers, protocol: 'tcp' | 'udp'): number[] {
  const mappings = containers.flatMap((container) => container.portMappings ?? []);
  return mappings
    .filter((mapping) => (mapping.protocol ?? 'tcp') === protocol)
    .map((mapping) => mapping.hostPort ?? 0)
    .filter((port) => port > 0);
}

function overridden(containers: Containers, overrides: Wire<TaskOverride> | undefined): Containers {
  const changes = overrides?.containerOverrides ?? [];
  if (changes.length === 0) return containers;
  return containers.map((container) => {
    const { cpu, memory, memoryReservation, resourceRequirements } =
      changes.find((candidate) => candidate.name === container.name) ?? {};
    return {
      ...container,
      ...(cpu === undefined ? {} : { cpu }),
      ...(memory === undefined ? {} : { memory }),
      ...(memoryReservation === undefined ? {} : { memoryReservation }),
      ...(resourceRequirements === undefined ? {} : { resourceRequirements }),
    };
  });
}

/** The resources of a task: the task's own size, else the sum over its containers. */
export function demandOf(definition: Wire<TaskDefinition>, overrides?: Wire<TaskOverride>): Demand {
  const containers = overridden(definition.containerDefinitions ?? [], overrides);
  const isAwsvpc = definition.networkMode === 'awsvpc';
  return {
    cpu: parseSize(overrides?.cpu ?? definition.cpu, 'vcpu') ?? sum(containers.map((container) => container.cpu ?? 0)),
    memory: parseSize(overrides?.memory ?? definition.memory, 'gb') ?? sum(containers.map(memoryOf)),
    gpu: sum(containers.map(gpusOf)),
    gpuShare: shareOf(containers),
    // A task with its own ENI uses no host ports.
    tcpPorts: isAwsvpc ? [] : hostPorts(containers, 'tcp'),
    udpPorts: isAwsvpc ? [] : hostPorts(containers, 'udp'),
    enis: isAwsvpc ? 1 : 0,
  };
}
