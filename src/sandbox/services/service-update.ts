import type { UpdateServiceRequest } from '@aws-sdk/client-ecs';
import { invalidParameter } from '../checks/ecs-errors.ts';
import { checkShiftable, completeConfiguration } from '../deployments/deployment-configuration.ts';
import { checkStrategy, checkUsable, launchTypeOf } from '../instances/capacity-strategy.ts';
import { platformFor } from '../launch/platform-version.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { ServiceSpec } from '../model/services/service-spec.ts';
import type { World } from '../model/world.ts';
import { requireActiveTaskDefinition } from '../store/find-record.ts';
import type { Input } from '../util/wire-types.ts';
import { rebalancingOf } from './az-rebalancing-rules.ts';
import { controllerOf } from './deployment-controllers.ts';
import { checkAttached, checkExpressions, completeStrategy, enforceServiceRules } from './service-spec.ts';

/**
 * Members whose change makes ECS deploy, beside the task definition; other changes take effect without a deployment.
 */
const TRIGGERS = [
  'networkConfiguration',
  'platformVersion',
  'loadBalancers',
  'serviceRegistries',
  'serviceConnectConfiguration',
  'volumeConfigurations',
  'vpcLatticeConfigurations',
  'gatewayConnectors',
  'monitoring',
] as const satisfies readonly (keyof ServiceSpec & keyof UpdateServiceRequest)[];

function isEqual(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

export function triggersDeployment(before: ServiceSpec, after: ServiceSpec): boolean {
  const hasChanged = (key: (typeof TRIGGERS)[number]): boolean => !isEqual(before[key], after[key]);
  return before.taskDefinition !== after.taskDefinition || TRIGGERS.some(hasChanged);
}

/** Members that UpdateService copies unchecked if given. */
const PLAIN = [
  ...TRIGGERS,
  'placementConstraints',
  'placementStrategy',
  'healthCheckGracePeriodSeconds',
  'enableECSManagedTags',
  'propagateTags',
  'enableExecuteCommand',
  'availabilityZoneRebalancing',
] as const satisfies readonly (keyof ServiceSpec & keyof UpdateServiceRequest)[];

function given<T extends object, K extends keyof T>(input: T, keys: readonly K[]): Partial<Pick<T, K>> {
  const picked: Partial<Pick<T, K>> = {};
  for (const key of keys) if (input[key] !== undefined) picked[key] = input[key];
  return picked;
}

/** The launch type of a service that drops its strategy: that of its creation, or the one that the strategy used. */
function launchTypeWithout(world: World, { createdLaunchType, spec }: ServiceRecord): ServiceSpec['launchType'] {
  return createdLaunchType ?? launchTypeOf(world, spec.capacityProviderStrategy?.[0]?.capacityProvider);
}

/** The changes of an update to deployments. An update that keeps the strategy keeps its bake time. */
function askedConfiguration(
  { deploymentConfiguration: before }: ServiceSpec,
  { deploymentConfiguration: asked }: Input<UpdateServiceRequest>,
): ServiceSpec['deploymentConfiguration'] | undefined {
  if (asked === undefined) return undefined;
  const strategy = asked.strategy ?? before.strategy;
  const kept = strategy === before.strategy ? { bakeTimeInMinutes: before.bakeTimeInMinutes } : {};
  return { ...kept, ...asked, strategy };
}

/** The service's configuration with an update applied. */
export function changedSpec(world: World, service: ServiceRecord, input: Input<UpdateServiceRequest>): ServiceSpec {
  const { spec, schedulingStrategy } = service;
  checkExpressions(input.placementConstraints);
  const taskDefinition =
    input.taskDefinition === undefined ? spec.taskDefinition : requireActiveTaskDefinition(world, input.taskDefinition);
  const changed = { ...spec, ...given(input, PLAIN), taskDefinition } as ServiceSpec;
  if (input.placementStrategy !== undefined) changed.placementStrategy = completeStrategy(input.placementStrategy);
  if (input.capacityProviderStrategy !== undefined) {
    const strategy = checkUsable(checkStrategy(input.capacityProviderStrategy, service.cluster.capacityProviders));
    if (!isEqual(strategy, spec.capacityProviderStrategy ?? []) && input.forceNewDeployment !== true) {
      throw invalidParameter(
        'When switching from launch type to capacity provider strategy on an existing service, or making a change to a capacity provider strategy on a service that is already using one, you must force a new deployment.',
      );
    }
    changed.capacityProviderStrategy = strategy.length > 0 ? strategy : undefined;
    changed.launchType = strategy.length > 0 ? undefined : launchTypeWithout(world, service);
  }
  if (input.deploymentConfiguration !== undefined) {
    const merged = { ...spec.deploymentConfiguration, ...input.deploymentConfiguration };
    changed.deploymentConfiguration = completeConfiguration(merged, schedulingStrategy);
  }
  const controller = input.deploymentController?.type ?? controllerOf(service);
  const onFargate = changed.capacityProviderStrategy?.some((item) => item.capacityProvider?.startsWith('FARGATE'));
  const isFargate = onFargate === true || changed.launchType === 'FARGATE';
  enforceServiceRules(world, service.cluster, {
    ...changed,
    operation: 'UpdateService',
    definition: taskDefinition?.definition,
    isFargate,
    controller,
    scheduling: schedulingStrategy,
    launchType: undefined,
    desiredCount: input.desiredCount,
    platformVersion: input.platformVersion,
    gatewayConnectors: input.gatewayConnectors,
    placementStrategy: input.placementStrategy ?? changed.placementStrategy,
    deploymentConfiguration: askedConfiguration(spec, input),
    healthCheckGracePeriodSeconds: input.healthCheckGracePeriodSeconds,
    availabilityZoneRebalancing: input.availabilityZoneRebalancing,
  });
  checkShiftable(changed.deploymentConfiguration, changed.loadBalancers);
  changed.availabilityZoneRebalancing = rebalancingOf(
    input.availabilityZoneRebalancing,
    spec.availabilityZoneRebalancing,
    changed,
    schedulingStrategy,
    controller,
  );
  Object.assign(changed, platformFor(taskDefinition, isFargate, changed.platformVersion));
  if (taskDefinition !== undefined) checkAttached(service.cluster, taskDefinition, changed, isFargate);
  else if (controller === 'ECS') {
    throw invalidParameter('TaskDefinition can not be blank.');
  }
  return changed;
}
