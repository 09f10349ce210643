import { createHash } from 'node:crypto';
import type { Container, ManagedAgent } from '@aws-sdk/client-ecs';
import { gpuMemoryOf, gpusOf } from '../launch/resource-demand.ts';
import { networkBindingsOf, networkInterfacesOf } from '../launch/task-network.ts';
import type { ContainerState } from '../model/tasks/containers.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import { containerArn } from '../store/arns.ts';
import { uuidFrom } from '../util/random.ts';
import { toOptionalSeconds, type Wire } from '../util/wire-types.ts';

/**
 * The ids of a container are computed deterministically from its task's id when they are read: most containers are
 * never looked at.
 */
function idsOf(task: TaskRecord, container: string): { readonly uuid: string; readonly runtimeId: string } {
  const hex = createHash('sha512').update(`${task.id}/${container}`).digest('hex');
  const uuid = uuidFrom(hex);
  if (task.launchType !== 'FARGATE') return { uuid, runtimeId: hex.slice(64) };
  // Fargate names a container by its task and a number of up to ten digits, which ECS Exec's target contains.
  return { uuid, runtimeId: `${task.id}-${Number.parseInt(hex.slice(64, 72), 16)}` };
}

/** With execute command enabled, each container also has the agent that takes the commands. */
function managedAgentsOf(task: TaskRecord, state: ContainerState): Wire<ManagedAgent>[] | undefined {
  if (!task.enableExecuteCommand) return state.managedAgents;
  const { lastStatus } = state;
  const lastStartedAt = lastStatus === 'RUNNING' ? toOptionalSeconds(task.startedAt) : undefined;
  return state.managedAgents ?? [{ name: 'ExecuteCommandAgent', lastStatus, lastStartedAt }];
}

function requirementsOf({ override, recipe }: ContainerState) {
  return override?.resourceRequirements === undefined ? recipe.definition : override;
}

function gpuCount(state: ContainerState): number {
  return gpusOf(requirementsOf(state));
}

function isSharing(state: ContainerState): boolean {
  return gpuMemoryOf(requirementsOf(state)) !== undefined;
}

/** The container's share of the task's GPUs, assigned in the order of the containers. */
function gpuIdsOf(task: TaskRecord, state: ContainerState): string[] | undefined {
  if (task.demand.gpuShare !== undefined) return isSharing(state) ? [...task.gpuIds] : undefined;
  const count = task.gpuIds.length === 0 ? 0 : gpuCount(state);
  if (count === 0) return undefined;
  const { all } = task.containers;
  const at = all.findIndex((item) => item.recipe === state.recipe);
  const before = all.slice(0, at).reduce((total, item) => total + gpuCount(item), 0);
  return task.gpuIds.slice(before, before + count);
}

/** A container in wire format. JSON omits undefined members. */
export function renderContainer(task: TaskRecord, state: ContainerState): Wire<Container> {
  const { override, recipe } = state;
  const { name, definition } = recipe;
  const memory = override?.memory ?? definition.memory;
  const reservation = override?.memoryReservation ?? definition.memoryReservation;
  const { uuid, runtimeId } = idsOf(task, name);
  const isConnected = state.isPulled || task.startedAt !== undefined;
  return {
    containerArn: containerArn(task.cluster.arn, task.id, uuid),
    taskArn: task.arn,
    name,
    image: definition.image,
    imageDigest: state.imageDigest ?? (state.isPulled ? recipe.imageDigest : undefined),
    runtimeId: state.runtimeId ?? (state.isPulled ? runtimeId : undefined),
    lastStatus: state.lastStatus,
    exitCode: state.exitCode,
    reason: state.reason,
    networkBindings:
      state.networkBindings ?? (task.startedAt === undefined ? undefined : networkBindingsOf(task, recipe)),
    networkInterfaces: isConnected ? networkInterfacesOf(task.attachments) : [],
    healthStatus: state.healthStatus,
    managedAgents: managedAgentsOf(task, state),
    cpu: String(override?.cpu ?? definition.cpu ?? 0),
    memory: memory === undefined ? undefined : String(memory),
    memoryReservation: reservation === undefined ? undefined : String(reservation),
    gpuIds: gpuIdsOf(task, state),
  };
}
