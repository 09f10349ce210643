import type {
  DiscoverPollEndpointRequest,
  DiscoverPollEndpointResponse,
  SubmitAttachmentStateChangesRequest,
  SubmitAttachmentStateChangesResponse,
  SubmitContainerStateChangeRequest,
  SubmitContainerStateChangeResponse,
  SubmitTaskStateChangeRequest,
  SubmitTaskStateChangeResponse,
  UpdateContainerAgentRequest,
  UpdateContainerAgentResponse,
} from '@aws-sdk/client-ecs';
import { EcsError, invalidParameter } from '../../checks/ecs-errors.ts';
import { changeInstance, LATEST_AGENT } from '../../instances/instance-lifecycle.ts';
import type { ClusterRecord } from '../../model/cluster-record.ts';
import type { InstanceRecord } from '../../model/instances/instance-record.ts';
import type { TaskRecord } from '../../model/tasks/task-record.ts';
import type { World } from '../../model/world.ts';
import { renderContainerInstance } from '../../render/container-instance.ts';
import { findTask, requireCluster, requireInstance } from '../../store/find-record.ts';
import { attributeOf } from '../../store/instance-attributes.ts';
import { partitionOf } from '../../store/partitions.ts';
import { reportAttachments, reportContainer, reportTask } from '../../tasks/agent-reports.ts';
import { dueAction } from '../../time/due-action.ts';
import type { Action } from '../action.ts';

/** Returns endpoints that do not exist, for any cluster: the sandbox simulates the agents itself, and ECS models no error for an unknown one. */
export const discoverPollEndpoint: Action<DiscoverPollEndpointRequest, DiscoverPollEndpointResponse> = (
  world,
  input,
) => {
  const { zoneId } = input as { readonly zoneId?: string };
  return {
    endpoint: `https://ecs-a-1.${world.region}.${partitionOf(world.region).domain}/`,
    telemetryEndpoint: `https://ecs-t-1.${world.region}.${partitionOf(world.region).domain}/`,
    serviceConnectEndpoint: `https://ecs-sc.${world.region}.api.aws`,
    // A member that only the agent's own model has: it asks for it where it gives its zone.
    ...(zoneId === undefined ? {} : { systemLogsEndpoint: `https://ecs-sl-${zoneId}.${world.region}.api.aws` }),
  };
};

/** The task that an agent reports about; undefined if the report names none. */
function reported(world: World, cluster: ClusterRecord, reference: string | undefined): TaskRecord | undefined {
  if (reference === undefined) return undefined;
  const task = findTask(world, cluster, reference);
  if (task === undefined) throw invalidParameter('The referenced task was not found.');
  return task;
}

export const submitContainerStateChange: Action<
  SubmitContainerStateChangeRequest,
  SubmitContainerStateChangeResponse
> = (world, input) => {
  const task = reported(world, requireCluster(world, input.cluster), input.task);
  if (task !== undefined) reportContainer(world, task, input.containerName ?? '', input);
  return { acknowledgment: 'OK' };
};

export const submitTaskStateChange: Action<SubmitTaskStateChangeRequest, SubmitTaskStateChangeResponse> = (
  world,
  input,
) => {
  const task = reported(world, requireCluster(world, input.cluster), input.task);
  if (task !== undefined) reportTask(world, task, input);
  return { acknowledgment: 'OK' };
};

export const submitAttachmentStateChanges: Action<
  SubmitAttachmentStateChangesRequest,
  SubmitAttachmentStateChangesResponse
> = (world, input) => {
  reportAttachments(world, requireCluster(world, input.cluster), input.attachments);
  return { acknowledgment: 'OK' };
};

const UPDATE_STEPS = ['STAGING', 'STAGED', 'UPDATING', 'UPDATED'] as const;
/** AWS documents the steps, not their durations. */
const UPDATE_STEP_MS = 10_000;
/** A sandbox attribute: the agent update of this instance fails. */
const FAILS_ATTRIBUTE = 'sandbox.agent-update-fails';

/** Runs the steps one by one. An agent that is disconnected, or set to fail, ends in FAILED. */
function updateStep(world: World, instance: InstanceRecord, index: number): void {
  const status = UPDATE_STEPS[index];
  if (status === undefined || instance.status === 'INACTIVE') return;
  world.clock.after(UPDATE_STEP_MS, takeUpdateStep, world, { instance, index });
}

const takeUpdateStep = dueAction(
  'agent.updateStep',
  (world: World, { instance, index }: { readonly instance: InstanceRecord; readonly index: number }) => {
    const status = UPDATE_STEPS[index];
    const isMeantToFail = attributeOf(instance, FAILS_ATTRIBUTE) !== undefined;
    if (!instance.agentConnected || (isMeantToFail && status === 'UPDATED')) {
      changeInstance(world, instance, { agentUpdateStatus: 'FAILED' });
      return;
    }
    const versionInfo = { ...instance.versionInfo, agentVersion: LATEST_AGENT };
    changeInstance(world, instance, {
      agentUpdateStatus: status,
      ...(status === 'UPDATED' ? { versionInfo } : {}),
    });
    updateStep(world, instance, index + 1);
  },
);

export const updateContainerAgent: Action<UpdateContainerAgentRequest, UpdateContainerAgentResponse> = (
  world,
  input,
) => {
  const cluster = requireCluster(world, input.cluster);
  const instance = requireInstance(world, cluster, input.containerInstance);
  const { agentVersion } = instance.versionInfo;
  if (agentVersion === undefined) {
    throw new EcsError('MissingVersionException', 'Amazon ECS is unable to determine the current agent version.');
  }
  if (agentVersion === LATEST_AGENT) {
    throw new EcsError('NoUpdateAvailableException', 'There is no update available for your container agent.');
  }
  if (!['UPDATED', 'FAILED', undefined].includes(instance.agentUpdateStatus)) {
    throw new EcsError('UpdateInProgressException', 'There is already a current container agent update in progress.');
  }
  changeInstance(world, instance, { agentUpdateStatus: 'PENDING' });
  updateStep(world, instance, 0);
  return { containerInstance: renderContainerInstance(instance) };
};
