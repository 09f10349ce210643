import { waitForCapacity } from '../fleet/waiting-tasks.ts';
import { zoneOfSubnet } from '../instances/availability-zones.ts';
import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { TaskOrigin } from '../model/tasks/task-origin.ts';
import { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { freeGpus } from '../store/instance-resources.ts';
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

// Created once, because most tasks share it: nested values are never changed in place.
const NO_ATTACHMENTS: TaskRecord['attachments'] = [];

function createAttachments(world: World, origin: TaskOrigin, subnet: string | undefined): TaskRecord['attachments'] {
  const { taskDefinition, networkConfiguration, volumeConfigurations, serviceConnect } = origin;
  const isAwsvpc = taskDefinition.definition.networkMode === 'awsvpc';
  if (!isAwsvpc && volumeConfigurations === undefined && serviceConnect === undefined) return NO_ATTACHMENTS;
  return [
    ...(isAwsvpc ? [createEni(world, networkConfiguration, subnet)] : []),
    ...(volumeConfigurations === undefined ? [] : createVolumes(world, volumeConfigurations)),
    ...(serviceConnect === undefined ? [] : createProxy(world, serviceConnect)),
  ];
}

/** Creates a task at its place and starts its lifecycle. */
export function launchTask(world: World, origin: TaskOrigin, { instance, subnet, waits }: Place): TaskRecord {
  const seed = world.random.hexSeed(32);
  const attachments = createAttachments(world, origin, subnet);
  const subnetId = attachments[0]?.details?.find((detail) => detail.name === 'subnetId')?.value;
  const isProvisioned = attachments.length > 0 || origin.launchType === 'FARGATE' || waits === true;
  const gpuIds = instance === undefined ? origin.rest.gpuIds : freeGpus(instance, origin.demand);
  world.sequence += 1;
  const task = new TaskRecord({
    sequence: world.sequence,
    seed,
    origin,
    rest: gpuIds.length === 0 ? origin.rest : { ...origin.rest, gpuIds },
    lastStatus: isProvisioned ? 'PROVISIONING' : 'PENDING',
    instance,
    availabilityZone: instance?.availabilityZone ?? zoneOfSubnet(world, subnetId),
    containers: origin.containers,
    attachments,
  });
  addTask(world, task);
  if (waits) waitForCapacity(world, task);
  else beginTask(world, task);
  return task;
}
