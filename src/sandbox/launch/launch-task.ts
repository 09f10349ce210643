import { waitForCapacity } from '../fleet/waiting-tasks.ts';
import { zoneOfSubnet } from '../instances/availability-zones.ts';
import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { TaskOrigin } from '../model/tasks/task-origin.ts';
import { TaskRecord } from '../model/tasks/task-record.ts';
import { TaskState } from '../model/tasks/task-state.ts';
import type { World } from '../model/world.ts';
import { freeGpus } from '../store/instance-resources.ts';
import { newRecord } from '../store/new-record.ts';
import { addTask } from '../tasks/add-task.ts';
import { createProxy } from '../tasks/service-connect.ts';
import { beginTask } from '../tasks/task-lifecycle.ts';
import { createEni } from './task-network.ts';
import { createVolumes } from './task-volumes.ts';

/** The place of one task. */
export interface Place {
  /** The chosen instance; undefined on Fargate. */
  readonly instance?: InstanceRecord | undefined;
  /** The subnet to use; undefined means any. */
  readonly subnet?: string | undefined;
  /** Whether it found no room and waits for its capacity provider to grow. */
  readonly waits?: boolean;
}

// Values that most tasks share are created once: nested values are never changed in place.
const NO_GPUS: readonly string[] = [];
const NO_ATTACHMENTS: TaskState['attachments'] = [];

function createAttachments(world: World, origin: TaskOrigin, subnet: string | undefined): TaskState['attachments'] {
  const { taskDefinition, networkConfiguration, volumeConfigurations, serviceConnect } = origin;
  const isAwsvpc = taskDefinition.definition.networkMode === 'awsvpc';
  if (!isAwsvpc && volumeConfigurations === undefined && serviceConnect === undefined) return NO_ATTACHMENTS;
  return [
    ...(isAwsvpc ? [createEni(world, networkConfiguration, subnet)] : []),
    ...(volumeConfigurations === undefined ? [] : createVolumes(world, volumeConfigurations)),
    ...(serviceConnect === undefined ? [] : createProxy(world, serviceConnect)),
  ];
}

function firstState(world: World, origin: TaskOrigin, { instance, subnet, waits }: Place): TaskState {
  const attachments = createAttachments(world, origin, subnet);
  const subnetId = attachments[0]?.details?.find((detail) => detail.name === 'subnetId')?.value;
  const isProvisioned = attachments.length > 0 || origin.launchType === 'FARGATE' || waits === true;
  return new TaskState({
    lastStatus: isProvisioned ? 'PROVISIONING' : 'PENDING',
    desiredStatus: 'RUNNING',
    healthStatus: 'UNKNOWN',
    startedAt: undefined,
    target: undefined,
    deployment: origin.deployment,
    taskSet: origin.taskSet,
    instance,
    gpuIds: instance === undefined ? NO_GPUS : freeGpus(instance, origin.demand),
    availabilityZone: instance?.availabilityZone ?? zoneOfSubnet(world, subnetId),
    version: 1,
    containers: origin.containers,
    attachments,
    connectivity: undefined,
    connectivityAt: undefined,
    pullStartedAt: undefined,
    pullStoppedAt: undefined,
    stoppingAt: undefined,
    executionStoppedAt: undefined,
    stoppedAt: undefined,
    stopCode: undefined,
    stoppedReason: undefined,
    tags: origin.tags,
    protectedUntil: undefined,
  });
}

/** Creates a task at its place and starts its lifecycle. */
export function launchTask(world: World, origin: TaskOrigin, place: Place): TaskRecord {
  const id = origin.longArn ? world.random.hex(32) : world.random.uuid();
  const state = firstState(world, origin, place);
  const { sequence, bornAt } = newRecord(world);
  const task = new TaskRecord({ sequence, bornAt, id, origin, state });
  addTask(world, task);
  if (place.waits) waitForCapacity(world, task);
  else beginTask(world, task);
  return task;
}
