import type {
  CreateServiceRequest,
  CreateTaskSetRequest,
  NetworkConfiguration,
  SchedulingStrategy,
} from '@aws-sdk/client-ecs';
import { clientError, invalidParameter } from '../checks/ecs-errors.ts';
import { checkShiftable, completeConfiguration } from '../deployments/deployment-configuration.ts';
import { checkStrategy, checkUsable } from '../instances/capacity-strategy.ts';
import { checkPlatform, platformFor } from '../launch/platform-version.ts';
import { checkVolumes } from '../launch/task-volumes.ts';
import type { ClusterRecord } from '../model/cluster-record.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { ServiceSpec } from '../model/services/service-spec.ts';
import type { TaskDefinitionRecord } from '../model/task-definition-record.ts';
import type { World } from '../model/world.ts';
import { parseQuery } from '../query/parse.ts';
import { requireActiveTaskDefinition } from '../store/find-record.ts';
import { checkLattice, checkServiceConnect } from '../tasks/service-connect.ts';
import type { Input, Wire } from '../util/wire-types.ts';
import { rebalancingOf } from './az-rebalancing-rules.ts';

/** Expressions are parsed now, so that the caller sees the error. */
export function checkPlacement(
  constraints: Input<CreateServiceRequest>['placementConstraints'],
  strategy: Input<CreateServiceRequest>['placementStrategy'],
): void {
  if ((constraints?.length ?? 0) > 10) throw invalidParameter('At most 10 placement constraints are allowed.');
  if ((strategy?.length ?? 0) > 5) throw invalidParameter('At most 5 placement strategies are allowed.');
  for (const { type, expression } of constraints ?? []) {
    if (type === 'memberOf') parseQuery(expression ?? '');
    else if (type !== 'distinctInstance') throw invalidParameter(`Invalid placement constraint type: ${type}`);
  }
  for (const { type, field } of strategy ?? []) {
    if (type !== 'random' && type !== 'spread' && type !== 'binpack') {
      throw invalidParameter(`Invalid placement strategy type: ${type}`);
    }
    if (type === 'binpack' && !/^(cpu|memory)$/i.test(field ?? '')) {
      throw invalidParameter('The binpack strategy needs cpu or memory as its field.');
    }
  }
}

/** Checks that a task definition can run where it is meant to. */
export function checkFit(
  taskDefinition: TaskDefinitionRecord,
  launchType: string | undefined,
  networkConfiguration: Wire<NetworkConfiguration> | undefined,
): void {
  const { definition } = taskDefinition;
  if (launchType === 'FARGATE' && !definition.compatibilities?.includes('FARGATE')) {
    throw invalidParameter('Task definition does not support launch_type FARGATE.');
  }
  if (definition.networkMode === 'awsvpc' && networkConfiguration?.awsvpcConfiguration === undefined) {
    throw invalidParameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  if (definition.networkMode !== 'awsvpc' && networkConfiguration !== undefined) {
    throw invalidParameter('Network Configuration is not valid for the given networkMode of this task definition.');
  }
  const subnets = networkConfiguration?.awsvpcConfiguration?.subnets;
  if (subnets !== undefined && subnets.length === 0) throw invalidParameter('subnets can not be empty.');
}

/** Checks that the task definition has the containers and ports of the load balancers. */
export function checkTargets(
  taskDefinition: TaskDefinitionRecord,
  loadBalancers: Input<CreateServiceRequest>['loadBalancers'],
): void {
  for (const { containerName, containerPort } of loadBalancers ?? []) {
    const container = taskDefinition.definition.containerDefinitions?.find((item) => item.name === containerName);
    if (container === undefined) {
      throw invalidParameter(`The container ${containerName} does not exist in the task definition.`);
    }
    if (!container.portMappings?.some((mapping) => mapping.containerPort === containerPort)) {
      throw invalidParameter(`The container ${containerName} did not have a container port ${containerPort} defined.`);
    }
  }
}

/** Platform, volumes, Service Connect and VPC Lattice: each requires something of the task definition. */
export function checkAttached(
  cluster: ClusterRecord,
  taskDefinition: TaskDefinitionRecord,
  spec: Partial<
    Pick<
      ServiceSpec,
      'platformVersion' | 'volumeConfigurations' | 'serviceConnectConfiguration' | 'vpcLatticeConfigurations'
    >
  >,
  isFargate: boolean,
): void {
  if (isFargate) checkPlatform(taskDefinition, spec.platformVersion);
  checkVolumes(taskDefinition, spec.volumeConfigurations, isFargate);
  checkServiceConnect(cluster, taskDefinition, spec.serviceConnectConfiguration);
  checkLattice(taskDefinition, spec.vpcLatticeConfigurations);
}

/** The capacity provider strategy of tasks: the given one, or the cluster's default. */
function strategyOf(
  cluster: ClusterRecord,
  input: Input<CreateServiceRequest>,
): ServiceSpec['capacityProviderStrategy'] {
  const { capacityProviderStrategy: given, launchType } = input;
  if (given !== undefined && given.length > 0) {
    if (launchType !== undefined) {
      throw invalidParameter('Specifying both a launch type and capacity provider strategy is not supported.');
    }
    return checkUsable(checkStrategy(given, cluster.capacityProviders));
  }
  const byDefault = cluster.defaultCapacityProviderStrategy;
  return launchType === undefined && byDefault.length > 0 ? checkUsable(byDefault) : undefined;
}

/** The configuration of a new service, checked and completed with AWS's defaults. */
export function createSpec(
  world: World,
  cluster: ClusterRecord,
  input: Input<CreateServiceRequest>,
  scheduling: SchedulingStrategy,
): ServiceSpec {
  const controller = input.deploymentController?.type ?? 'ECS';
  if (input.taskDefinition === undefined && controller === 'ECS') {
    throw invalidParameter('TaskDefinition can not be blank.');
  }
  const taskDefinition =
    input.taskDefinition === undefined ? undefined : requireActiveTaskDefinition(world, input.taskDefinition);
  const capacityProviderStrategy = strategyOf(cluster, input);
  const onFargate = capacityProviderStrategy?.some((item) => item.capacityProvider?.startsWith('FARGATE')) ?? false;
  const launchType = capacityProviderStrategy === undefined ? (input.launchType ?? 'EC2') : undefined;
  if (taskDefinition !== undefined) {
    checkFit(taskDefinition, onFargate ? 'FARGATE' : launchType, input.networkConfiguration);
    checkAttached(cluster, taskDefinition, input, onFargate || launchType === 'FARGATE');
    checkTargets(taskDefinition, input.loadBalancers);
  }
  checkPlacement(input.placementConstraints, input.placementStrategy);
  const isFargate = onFargate || launchType === 'FARGATE';
  if (isFargate && (input.placementConstraints?.length ?? 0) + (input.placementStrategy?.length ?? 0) > 0) {
    throw clientError('Placement constraints and strategies are not supported with FARGATE.');
  }
  if (isFargate && scheduling === 'DAEMON') {
    throw invalidParameter('The daemon scheduling strategy is not supported for AWS Fargate tasks.');
  }
  const deploymentConfiguration = completeConfiguration(input.deploymentConfiguration, scheduling);
  const { loadBalancers = [], placementConstraints = [], placementStrategy = [] } = input;
  if (scheduling === 'DAEMON' && placementStrategy.length > 0) {
    throw invalidParameter('The daemon scheduling strategy does not support placement strategies.');
  }
  checkShiftable(deploymentConfiguration, loadBalancers);
  const placement = { placementConstraints, placementStrategy: completeStrategy(placementStrategy) };
  return {
    taskDefinition,
    launchType,
    capacityProviderStrategy,
    ...platformFor(taskDefinition, isFargate, input.platformVersion),
    deploymentConfiguration,
    networkConfiguration: input.networkConfiguration,
    loadBalancers,
    serviceRegistries: input.serviceRegistries ?? [],
    serviceConnectConfiguration: input.serviceConnectConfiguration,
    volumeConfigurations: input.volumeConfigurations,
    vpcLatticeConfigurations: input.vpcLatticeConfigurations,
    ...placement,
    healthCheckGracePeriodSeconds: input.healthCheckGracePeriodSeconds ?? 0,
    enableECSManagedTags: input.enableECSManagedTags ?? false,
    propagateTags: input.propagateTags ?? 'NONE',
    enableExecuteCommand: input.enableExecuteCommand ?? false,
    availabilityZoneRebalancing: rebalancingOf(
      input.availabilityZoneRebalancing,
      'ENABLED',
      { deploymentConfiguration, ...placement, loadBalancers },
      scheduling,
      controller,
    ),
    gatewayConnectors: input.gatewayConnectors,
    monitoring: input.monitoring,
  };
}

/** The configuration of a task set: its own members, and the service's for the rest. */
export function createTaskSetSpec(
  world: World,
  service: ServiceRecord,
  input: Input<CreateTaskSetRequest>,
): ServiceSpec {
  const { taskDefinition, networkConfiguration, loadBalancers, serviceRegistries, launchType } = input;
  const own = createSpec(
    world,
    service.cluster,
    {
      serviceName: service.name,
      deploymentController: { type: 'EXTERNAL' },
      taskDefinition,
      networkConfiguration,
      loadBalancers,
      serviceRegistries,
      launchType,
      capacityProviderStrategy: input.capacityProviderStrategy,
      platformVersion: input.platformVersion,
    },
    'REPLICA',
  );
  return {
    ...service.spec,
    taskDefinition: own.taskDefinition,
    networkConfiguration: own.networkConfiguration,
    loadBalancers: own.loadBalancers,
    serviceRegistries: own.serviceRegistries,
    launchType: own.launchType,
    capacityProviderStrategy: own.capacityProviderStrategy,
    platformVersion: own.platformVersion,
    platformFamily: own.platformFamily,
  };
}

/** AWS shows `host` as `instanceId`, and binpack fields in capitals. */
export function completeStrategy(strategy: ServiceSpec['placementStrategy']): ServiceSpec['placementStrategy'] {
  return strategy.map(({ type, field }) => {
    if (type === 'binpack' && field !== undefined) return { type, field: field.toUpperCase() };
    return { type, ...(field === undefined ? {} : { field: field === 'host' ? 'instanceId' : field }) };
  });
}
