import type {
  Attribute,
  EphemeralStorage,
  LaunchType,
  NetworkConfiguration,
  ServiceConnectConfiguration,
  TaskOverride,
} from '@aws-sdk/client-ecs';
import { beginTrail } from '../events/trail.ts';
import { waitForCapacity } from '../fleet/waiting.ts';
import { zoneOfSubnet } from '../instances/zones.ts';
import { taskArn } from '../records/arns.ts';
import { newRecord } from '../records/records.ts';
import type {
  ClusterRecord,
  DeploymentRecord,
  InstanceRecord,
  ServiceRecord,
  TaskDefinitionRecord,
  TaskRecord,
  TaskSetRecord,
  World,
} from '../state.ts';
import type { Tags, Wire } from '../types.ts';
import { Containers } from './containers.ts';
import { demandOf } from './demand.ts';
import { beginTask } from './lifecycle.ts';
import { createEni } from './network.ts';
import { platformVersionOf } from './platform.ts';
import { createProxy } from './service-connect.ts';
import { addTask } from './tasks.ts';
import { createVolumes, type VolumeConfiguration } from './volumes.ts';

/** Where one task goes. */
export interface Place {
  readonly launchType: LaunchType;
  readonly capacityProviderName?: string | undefined;
  /** Where it was placed; none on Fargate. */
  readonly instance?: InstanceRecord | undefined;
  /** The one of its subnets to be in; any, where none is given. */
  readonly subnet?: string | undefined;
  /** It found no room, and its capacity provider will grow. */
  readonly waits?: boolean;
}

/** What tasks that are started together have in common. */
export interface LaunchRequest {
  readonly cluster: ClusterRecord;
  readonly taskDefinition: TaskDefinitionRecord;
  readonly group: string;
  readonly startedBy?: string | undefined;
  readonly service?: ServiceRecord;
  readonly deployment?: DeploymentRecord | undefined;
  readonly taskSet?: TaskSetRecord | undefined;
  readonly platformVersion?: string | undefined;
  readonly networkConfiguration?: Wire<NetworkConfiguration> | undefined;
  /** What is attached beside its ENI. */
  readonly volumeConfigurations?: readonly VolumeConfiguration[] | undefined;
  readonly serviceConnect?: Wire<ServiceConnectConfiguration> | undefined;
  readonly overrides?: Wire<TaskOverride> | undefined;
  readonly enableExecuteCommand?: boolean | undefined;
  readonly tags?: Tags;
  readonly longArn?: boolean;
}

const FARGATE_STORAGE: Wire<EphemeralStorage> = { sizeInGiB: 20 };
// What is the same for most tasks is one value for all: nested values are never changed in place.
const ATTRIBUTES: Wire<Attribute>[] = [{ name: 'ecs.cpu-architecture', value: 'x86_64' }];
const NO_GPUS: readonly string[] = [];
const NO_OVERRIDES: Wire<TaskOverride> = { containerOverrides: [], inferenceAcceleratorOverrides: [] };

function platformFamily(taskDefinition: TaskDefinitionRecord): string {
  const family = taskDefinition.definition.runtimePlatform?.operatingSystemFamily ?? 'LINUX';
  return family === 'LINUX' ? 'Linux' : family;
}

function containersOf({ taskDefinition, overrides }: LaunchRequest): Containers {
  const changes = overrides?.containerOverrides ?? [];
  return changes.length === 0 ? taskDefinition.containers : Containers.from(taskDefinition.recipes, changes);
}

/** Makes a task out of a task definition, where placement has put it, and lets its life begin. */
export function launchTask(world: World, request: LaunchRequest, place: Place): TaskRecord {
  const { cluster, taskDefinition } = request;
  const { instance } = place;
  const { definition } = taskDefinition;
  const isFargate = place.launchType === 'FARGATE';
  const isAwsvpc = definition.networkMode === 'awsvpc';
  const id = request.longArn === false ? world.random.uuid() : world.random.hex(32);
  const arn = taskArn(world, cluster.name, id, request.longArn);
  const attachments = isAwsvpc ? [createEni(world, request.networkConfiguration, place.subnet)] : [];
  if (request.volumeConfigurations !== undefined)
    attachments.push(...createVolumes(world, request.volumeConfigurations));
  if (request.serviceConnect !== undefined) attachments.push(...createProxy(world, request.serviceConnect));
  const subnet = attachments[0]?.details?.find((detail) => detail.name === 'subnetId')?.value;
  const demand = request.overrides === undefined ? taskDefinition.demand : demandOf(definition, request.overrides);
  const { sequence, bornAt } = newRecord(world);
  // Spelled out, without a spread: so the engine lays out a task as one block, and copies it as one.
  const task: TaskRecord = {
    kind: 'task',
    sequence,
    bornAt,
    arn,
    id,
    cluster,
    taskDefinition,
    service: request.service,
    deployment: request.deployment,
    taskSet: request.taskSet,
    launchType: place.launchType,
    capacityProviderName: place.capacityProviderName,
    platformVersion: isFargate ? platformVersionOf(taskDefinition, request.platformVersion) : undefined,
    platformFamily: isFargate ? platformFamily(taskDefinition) : undefined,
    group: request.group,
    startedBy: request.startedBy,
    overrides: request.overrides ?? NO_OVERRIDES,
    cpu: String(demand.cpu),
    memory: String(demand.memory),
    enableExecuteCommand: request.enableExecuteCommand ?? false,
    ephemeralStorage: isFargate ? (definition.ephemeralStorage ?? FARGATE_STORAGE) : undefined,
    networkConfiguration: request.networkConfiguration,
    attributes: ATTRIBUTES,
    demand,
    instance,
    gpuIds: NO_GPUS,
    availabilityZone: instance?.availabilityZone ?? zoneOfSubnet(world, subnet),
    version: 1,
    lastStatus: attachments.length > 0 || isFargate || place.waits ? 'PROVISIONING' : 'PENDING',
    desiredStatus: 'RUNNING',
    healthStatus: 'UNKNOWN',
    target: undefined,
    containers: containersOf(request),
    attachments,
    connectivity: undefined,
    connectivityAt: undefined,
    pullStartedAt: undefined,
    pullStoppedAt: undefined,
    startedAt: undefined,
    stoppingAt: undefined,
    executionStoppedAt: undefined,
    stoppedAt: undefined,
    stopCode: undefined,
    stoppedReason: undefined,
    tags: request.tags ?? [],
    protectedUntil: undefined,
    step: undefined,
    incidents: [],
    trail: beginTrail(),
  };
  addTask(world, task);
  if (place.waits) waitForCapacity(world, task);
  else beginTask(world, task);
  return task;
}
