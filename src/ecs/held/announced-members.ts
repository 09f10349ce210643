import type { EntityKind } from '../core/describe-specs.ts';
import type { OperationName } from '../core/operations.ts';

/** Members that change without an event, or that no event holds. */
const NEVER: { readonly [Kind in EntityKind]?: readonly string[] } = {
  // `lastStartedAt` is a member of the agents in containers.
  Task: ['healthStatus', 'lastStartedAt', 'tags'],
  // Attributes are set without a new version, and a GPU's free memory changes without one.
  ContainerInstance: ['attributes', 'gpuDevices', 'healthStatus', 'tags'],
};

/** Members that no event holds, but that never change: one answer of ECS is enough. */
const ONCE: { readonly [Kind in EntityKind]?: readonly string[] } = {
  Task: ['fargateEphemeralStorage', 'inferenceAccelerators', 'platformFamily'],
  ContainerInstance: ['attachments', 'registeredAt'],
};

/** Members of a service that follow from the list of services and from its tasks. */
const OF_SERVICES = new Set(['clusterArn', 'pendingCount', 'runningCount', 'serviceArn', 'serviceName', 'status']);

/** Of those, the members of containers. */
const IN_CONTAINERS = ['healthStatus', 'lastStartedAt'];

/**
 * The members that will be read of a resource and that ECS does not announce by events, sorted.
 * @param members of the resource itself
 * @param nested members that are read of anything; absent means any
 */
export function unannouncedAmong(
  kind: EntityKind,
  members: ReadonlySet<string>,
  nested: ReadonlySet<string> | undefined,
): readonly string[] {
  // Little of a service is known without a call: all its other members count as one.
  if (kind === 'Service') return [...members].every((member) => OF_SERVICES.has(member)) ? [] : ['*'];
  const listed = [...(NEVER[kind] ?? []), ...(ONCE[kind] ?? [])];
  const isNested = (member: string) =>
    kind === 'Task' &&
    members.has('containers') &&
    IN_CONTAINERS.includes(member) &&
    (nested === undefined || nested.has(member));
  return listed.filter((member) => members.has(member) || isNested(member)).sort();
}

/** Whether all of these members never change, so that an answer of ECS stays right. */
export function areConstant(kind: EntityKind, unannounced: readonly string[]): boolean {
  return unannounced.every((member) => ONCE[kind]?.includes(member) === true);
}

/** Lists that are held, by the kind that they list, and their filters that only ECS can evaluate. */
export const HELD_LISTS = {
  ContainerInstance: { operation: 'ListContainerInstances', unheldFilters: ['filter'] },
  Service: {
    operation: 'ListServices',
    unheldFilters: ['launchType', 'resourceManagementType', 'schedulingStrategy'],
  },
  Task: { operation: 'ListTasks', unheldFilters: ['daemonName'] },
} as const satisfies { readonly [Kind in EntityKind]?: HeldList };

interface HeldList {
  readonly operation: OperationName;
  readonly unheldFilters: readonly string[];
}
