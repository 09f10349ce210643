import type {
  Attribute,
  EphemeralStorage,
  LaunchType,
  NetworkConfiguration,
  ServiceConnectConfiguration,
  TaskOverride,
} from '@aws-sdk/client-ecs';
import type { ClusterRecord } from '../model/cluster-record.ts';
import type { DeploymentRecord } from '../model/services/deployment-record.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { TaskSetRecord } from '../model/services/task-set-record.ts';
import type { TaskDefinitionRecord } from '../model/task-definition-record.ts';
import { Containers } from '../model/tasks/containers.ts';
import type { TaskOrigin, VolumeConfiguration } from '../model/tasks/task-origin.ts';
import type { World } from '../model/world.ts';
import { taskArn } from '../store/arns.ts';
import type { Tags, Wire } from '../util/wire-types.ts';
import { platformVersionOf } from './platform-version.ts';
import { demandOf } from './resource-demand.ts';

/** The input of a launch. */
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
  /** Volumes to attach. */
  readonly volumeConfigurations?: readonly VolumeConfiguration[] | undefined;
  readonly serviceConnect?: Wire<ServiceConnectConfiguration> | undefined;
  readonly overrides?: Wire<TaskOverride> | undefined;
  readonly enableExecuteCommand?: boolean | undefined;
  readonly tags?: Tags;
  readonly longArn?: boolean;
}

/** The place where tasks run: a launch type, through a capacity provider if there is one. */
export interface Slot {
  readonly launchType: LaunchType;
  readonly capacityProviderName?: string | undefined;
}

const FARGATE_STORAGE: Wire<EphemeralStorage> = { sizeInGiB: 20 };
const X86_64: Wire<Attribute>[] = [{ name: 'ecs.cpu-architecture', value: 'x86_64' }];
const ARM64: Wire<Attribute>[] = [{ name: 'ecs.cpu-architecture', value: 'arm64' }];
const NO_TAGS: Tags = [];
const NO_GPUS: readonly string[] = [];

function platformFamily(taskDefinition: TaskDefinitionRecord): string {
  const family = taskDefinition.definition.runtimePlatform?.operatingSystemFamily ?? 'LINUX';
  return family === 'LINUX' ? 'Linux' : family;
}

function containersOf({ taskDefinition, overrides }: LaunchRequest): Containers {
  const changes = overrides?.containerOverrides ?? [];
  return changes.length === 0 ? taskDefinition.containers : Containers.from(taskDefinition.recipes, changes);
}

/**
 * One entry for each container, even without a change (recordings of 2018 to 2025, of tasks with up to four
 * containers).
 */
function overridesOf({ taskDefinition, overrides }: LaunchRequest): Wire<TaskOverride> {
  const given = overrides?.containerOverrides ?? [];
  const containerOverrides = taskDefinition.recipes.map(
    ({ name }) => given.find((override) => override.name === name) ?? { name },
  );
  return { inferenceAcceleratorOverrides: [], ...overrides, containerOverrides };
}

export function createOrigin(
  world: World,
  request: LaunchRequest,
  { launchType, capacityProviderName }: Slot,
): TaskOrigin {
  const { cluster, taskDefinition, overrides, longArn = true } = request;
  const { definition } = taskDefinition;
  const isFargate = launchType === 'FARGATE';
  const demand = overrides === undefined ? taskDefinition.demand : demandOf(definition, overrides);
  return {
    bornAt: world.clock.now(),
    cluster,
    taskDefinition,
    service: request.service,
    launchType,
    capacityProviderName,
    platformVersion: isFargate ? platformVersionOf(taskDefinition, request.platformVersion) : undefined,
    platformFamily: isFargate ? platformFamily(taskDefinition) : undefined,
    group: request.group,
    startedBy: request.startedBy,
    overrides: overridesOf(request),
    cpu: String(demand.cpu),
    memory: String(demand.memory),
    demand,
    enableExecuteCommand: request.enableExecuteCommand ?? false,
    ephemeralStorage: isFargate
      ? (overrides?.ephemeralStorage ?? definition.ephemeralStorage ?? FARGATE_STORAGE)
      : undefined,
    networkConfiguration: request.networkConfiguration,
    volumeConfigurations: request.volumeConfigurations,
    serviceConnect: request.serviceConnect,
    attributes: definition.runtimePlatform?.cpuArchitecture === 'ARM64' ? ARM64 : X86_64,
    containers: containersOf(request),
    rest: {
      deployment: request.deployment,
      taskSet: request.taskSet,
      gpuIds: NO_GPUS,
      tags: request.tags ?? NO_TAGS,
      protectedUntil: undefined,
    },
    longArn,
    arnPrefix: taskArn(world, cluster.name, '', longArn),
  };
}
