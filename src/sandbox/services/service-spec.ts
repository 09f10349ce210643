import type { CreateServiceRequest, CreateTaskSetRequest, SchedulingStrategy } from '@aws-sdk/client-ecs';
import { invalidParameter } from '../checks/ecs-errors.ts';
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
import type { Operation, ServiceLaunch } from '../rules/launch.ts';
import { enforce } from '../rules/rule.ts';
import { SERVICE_RULES } from '../rules/service-rules.ts';
import { requireActiveTaskDefinition } from '../store/find-record.ts';
import { checkLattice, checkServiceConnect } from '../tasks/service-connect.ts';
import type { Input } from '../util/wire-types.ts';
import { rebalancingOf } from './az-rebalancing-rules.ts';

/** Expressions are parsed now, so that the caller sees the error. */
export function checkExpressions(constraints: Input<CreateServiceRequest>['placementConstraints'] = []): void {
  for (const { type, expression } of constraints) if (type === 'memberOf') parseQuery(expression ?? '');
}

type Asked = Omit<ServiceLaunch, 'defaultNamespace' | 'hasGateway'>;

/** Asks the rules of a service or task set, with what they have to know of its cluster. */
export function enforceServiceRules(world: World, cluster: ClusterRecord, asked: Asked): void {
  const hasGateway = [...world.gateways.values()].some(({ associations }) => associations.get(cluster) === 'ACTIVE');
  enforce(SERVICE_RULES, { ...asked, hasGateway, defaultNamespace: cluster.serviceConnectDefaults?.namespace });
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
  checkServiceConnect(cluster, spec.serviceConnectConfiguration);
  checkLattice(taskDefinition, spec.vpcLatticeConfigurations);
}

/** The capacity provider strategy of tasks: the given one, or the cluster's default. */
function strategyOf(
  cluster: ClusterRecord,
  input: Input<CreateServiceRequest>,
): ServiceSpec['capacityProviderStrategy'] {
  const { capacityProviderStrategy: given, launchType } = input;
  if (given !== undefined && given.length > 0) {
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
  operation: Operation = 'CreateService',
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
  const isFargate = onFargate || launchType === 'FARGATE';
  const definition = taskDefinition?.definition;
  enforceServiceRules(world, cluster, { ...input, operation, definition, isFargate, controller, scheduling });
  checkExpressions(input.placementConstraints);
  if (taskDefinition !== undefined) checkAttached(cluster, taskDefinition, input, isFargate);
  const deploymentConfiguration = completeConfiguration(input.deploymentConfiguration, scheduling);
  const { loadBalancers = [], placementConstraints = [], placementStrategy = [] } = input;
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
    'CreateTaskSet',
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
