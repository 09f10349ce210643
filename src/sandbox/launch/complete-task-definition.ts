import type {
  Compatibility,
  ContainerDefinition,
  PortMapping,
  RegisterTaskDefinitionRequest,
  TaskDefinition,
} from '@aws-sdk/client-ecs';
import { clientError } from '../checks/ecs-errors.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import { readRecipe } from '../model/tasks/container-recipe.ts';
import { Containers } from '../model/tasks/containers.ts';
import type { Input, Wire } from '../util/wire-types.ts';
import { demandOf, parseSize } from './resource-demand.ts';

type Registration = Omit<Input<RegisterTaskDefinitionRequest>, 'tags'>;
type Container = Input<ContainerDefinition>;

const FAMILY = /^[a-zA-Z0-9_-]{1,255}$/;
/** Not documented as an API limit for all; the quota that AWS lists for a task definition. */
const MAX_CONTAINERS = 10;
/** AWS: on Fargate, in seconds. */
const MOST_STOP_TIMEOUT = 120;

/** CPU units to the MiB that Fargate offers with them: [least, most, step]. */
const FARGATE_SIZES: Readonly<Record<number, readonly [number, number, number]>> = {
  256: [512, 2048, 512],
  512: [1024, 4096, 1024],
  1024: [2048, 8192, 1024],
  2048: [4096, 16384, 1024],
  4096: [8192, 30720, 1024],
  8192: [16384, 61440, 4096],
  16384: [32768, 122880, 8192],
};

function fitsFargate(cpu: number | undefined, memory: number | undefined): boolean {
  if (cpu === undefined || memory === undefined) return false;
  const [least, most, step] = FARGATE_SIZES[cpu] ?? [];
  if (least === undefined || most === undefined || step === undefined) return false;
  // The smallest size offers 512, 1024 and 2048 only.
  if (cpu === 256) return memory === 512 || memory === 1024 || memory === 2048;
  return memory >= least && memory <= most && (memory - least) % step === 0;
}

function checkContainer(container: Container, hasTaskMemory: boolean): void {
  const { name, image, memory, memoryReservation } = container;
  if (name === undefined || name === '') throw clientError('Container.name should not be null or empty.');
  if (!FAMILY.test(name)) throw clientError('Container.name contains invalid characters.');
  if (image === undefined || image === '') throw clientError('Container.image should not be null or empty.');
  if (!hasTaskMemory && memory === undefined && memoryReservation === undefined) {
    throw clientError(
      `Invalid setting for container '${name}'. At least one of 'memory' or 'memoryReservation' must be specified.`,
    );
  }
  if (memory !== undefined && memoryReservation !== undefined && memory < memoryReservation) {
    throw clientError(`Invalid setting for container '${name}'. 'memory' must not be below 'memoryReservation'.`);
  }
}

function checkContainers(containers: readonly Container[], hasTaskMemory: boolean): void {
  if (containers.length === 0) throw clientError('Container list cannot be empty.');
  if (containers.length > MAX_CONTAINERS) throw clientError('Too many containers in the task definition.');
  for (const container of containers) checkContainer(container, hasTaskMemory);
  const names = new Set(containers.map((container) => container.name));
  if (names.size < containers.length) throw clientError('Container names must be unique.');
  if (containers.every((container) => container.essential === false)) {
    throw clientError('At least one container must be marked as essential.');
  }
  for (const { name, dependsOn } of containers) {
    for (const dependency of dependsOn ?? []) {
      if (!names.has(dependency.containerName)) {
        throw clientError(`Container '${name}' depends on a container that is not there: ${dependency.containerName}.`);
      }
    }
  }
}

function checkFargate(registration: Registration, cpu: number | undefined, memory: number | undefined): void {
  if (!registration.requiresCompatibilities?.includes('FARGATE')) return;
  if (registration.networkMode !== 'awsvpc') throw clientError('Fargate only supports network mode ‘awsvpc’.');
  if (cpu === undefined) throw clientError("Fargate requires that 'cpu' be defined at the task level.");
  if (memory === undefined) throw clientError("Fargate requires that 'memory' be defined at the task level.");
  const slow = registration.containerDefinitions.find(({ stopTimeout = 0 }) => stopTimeout > MOST_STOP_TIMEOUT);
  if (slow !== undefined) throw clientError(`The stopTimeout must be at most ${MOST_STOP_TIMEOUT} seconds on Fargate.`);
  if (!fitsFargate(cpu, memory)) {
    throw clientError(`No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory.`);
  }
}

function completePort(mapping: Input<PortMapping>, networkMode: string): Wire<PortMapping> {
  const hostPort = networkMode === 'bridge' ? (mapping.hostPort ?? 0) : (mapping.hostPort ?? mapping.containerPort);
  return { ...mapping, ...(hostPort === undefined ? {} : { hostPort }), protocol: mapping.protocol ?? 'tcp' };
}

function completeContainer(container: Container, networkMode: string): Wire<ContainerDefinition> {
  return {
    ...container,
    cpu: container.cpu ?? 0,
    portMappings: (container.portMappings ?? []).map((mapping) => completePort(mapping, networkMode)),
    essential: container.essential ?? true,
    environment: container.environment ?? [],
    mountPoints: container.mountPoints ?? [],
    volumesFrom: container.volumesFrom ?? [],
    systemControls: container.systemControls ?? [],
  };
}

/** The capabilities that an instance must have registered; a small part of what the agent knows. */
function requiredAttributes(registration: Registration): Wire<TaskDefinition['requiresAttributes']> {
  const names = ['com.amazonaws.ecs.capability.docker-remote-api.1.18'];
  if (registration.networkMode === 'awsvpc') names.push('ecs.capability.task-eni');
  if (registration.taskRoleArn !== undefined) names.push('com.amazonaws.ecs.capability.task-iam-role');
  const drivers = registration.containerDefinitions.map((container) => container.logConfiguration?.logDriver);
  if (drivers.includes('awslogs')) names.push('com.amazonaws.ecs.capability.logging-driver.awslogs');
  return names.map((name) => ({ name }));
}

/** What the record of a new task definition keeps of it, and works out of it once for all its tasks. */
export function readDefinition(definition: Wire<TaskDefinition>) {
  const recipes = (definition.containerDefinitions ?? []).map(readRecipe);
  return {
    definition,
    recipes,
    isChecked: recipes.some((recipe) => recipe.isChecked),
    containers: Containers.from(recipes),
    demand: demandOf(definition),
    status: 'ACTIVE',
    deregisteredAt: undefined,
    deleteRequestedAt: undefined,
    services: new Set<ServiceRecord>(),
    liveTasks: 0,
  };
}

/** Checks a registration and fills in what AWS fills in. The revision and its dates are not yet part of it. */
export function completeTaskDefinition(registration: Registration): Wire<TaskDefinition> {
  const { family, networkMode, containerDefinitions } = registration;
  if (!FAMILY.test(family)) throw clientError('Family contains invalid characters.');
  const cpu = parseSize(registration.cpu, 'vcpu');
  const memory = parseSize(registration.memory, 'gb');
  if (registration.cpu !== undefined && cpu === undefined) throw clientError("Invalid 'cpu' setting for task.");
  if (registration.memory !== undefined && memory === undefined)
    throw clientError("Invalid 'memory' setting for task.");
  checkContainers(containerDefinitions, memory !== undefined);
  checkFargate(registration, cpu, memory);
  const compatibilities: Compatibility[] =
    networkMode === 'awsvpc' ? (fitsFargate(cpu, memory) ? ['EC2', 'FARGATE'] : ['EC2']) : ['EXTERNAL', 'EC2'];
  return {
    ...registration,
    containerDefinitions: containerDefinitions.map((item) => completeContainer(item, networkMode ?? 'bridge')),
    ...(cpu === undefined ? {} : { cpu: String(cpu) }),
    ...(memory === undefined ? {} : { memory: String(memory) }),
    volumes: registration.volumes ?? [],
    placementConstraints: registration.placementConstraints ?? [],
    requiresAttributes: requiredAttributes(registration),
    compatibilities,
  };
}
