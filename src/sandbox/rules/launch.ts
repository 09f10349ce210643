import type {
  AvailabilityZoneRebalancing,
  CapacityProviderStrategyItem,
  DeploymentConfiguration,
  DeploymentControllerType,
  GatewayConnector,
  LoadBalancer,
  NetworkConfiguration,
  PlacementConstraint,
  PlacementStrategy,
  SchedulingStrategy,
  ServiceConnectConfiguration,
  ServiceRegistry,
  TaskDefinition,
  TaskOverride,
  VpcLatticeConfiguration,
} from '@aws-sdk/client-ecs';
import type { Input, Wire } from '../util/wire-types.ts';
import type { Rule } from './rule.ts';

export type Operation = 'RunTask' | 'StartTask' | 'CreateService' | 'UpdateService' | 'CreateTaskSet';

type Either<T> = Input<T> | Wire<T>;

/** The settings with which a call wants to start tasks: the input for the rules of all five operations. */
export interface Launch {
  readonly operation: Operation;
  readonly definition: Wire<TaskDefinition> | undefined;
  /** By the launch type, or by a strategy of Fargate's providers. */
  readonly isFargate: boolean;
  readonly launchType?: string | undefined;
  readonly capacityProviderStrategy?: readonly Either<CapacityProviderStrategyItem>[] | undefined;
  readonly networkConfiguration?: Either<NetworkConfiguration> | undefined;
  readonly platformVersion?: string | undefined;
  readonly placementConstraints?: readonly Either<PlacementConstraint>[] | undefined;
  readonly placementStrategy?: readonly Either<PlacementStrategy>[] | undefined;
}

/** The same of RunTask and StartTask. */
export interface TaskLaunch extends Launch {
  readonly overrides?: Either<TaskOverride> | undefined;
  readonly group?: string | undefined;
}

/** The same of services and task sets. Of an update, what the service has for whatever the call leaves out. */
export interface ServiceLaunch extends Launch {
  readonly controller: DeploymentControllerType;
  readonly scheduling: SchedulingStrategy;
  readonly desiredCount?: number | undefined;
  readonly role?: string | undefined;
  readonly loadBalancers?: readonly Either<LoadBalancer>[] | undefined;
  readonly vpcLatticeConfigurations?: readonly Either<VpcLatticeConfiguration>[] | undefined;
  readonly serviceRegistries?: readonly Either<ServiceRegistry>[] | undefined;
  readonly serviceConnectConfiguration?: Either<ServiceConnectConfiguration> | undefined;
  /** The namespace that the cluster gives to services that name none. */
  readonly defaultNamespace?: string | undefined;
  /** Of an update only those that the call gives: an association may have ended since the service has others. */
  readonly gatewayConnectors?: readonly Either<GatewayConnector>[] | undefined;
  /** Whether a gateway has an ACTIVE association with the cluster. */
  readonly hasGateway: boolean;
  readonly enableExecuteCommand?: boolean | undefined;
  /** The next three members are set only if the call gives them. */
  readonly deploymentConfiguration?: Either<DeploymentConfiguration> | undefined;
  readonly healthCheckGracePeriodSeconds?: number | undefined;
  readonly availabilityZoneRebalancing?: AvailabilityZoneRebalancing | undefined;
}

/** A rule of them: nearly all answer with an InvalidParameterException. */
export function launchRule<L extends Launch>(
  name: string,
  source: string,
  fault: (launch: L) => string | undefined,
): Rule<L> {
  return { name, code: 'InvalidParameterException', source, fault };
}

export function isAwsvpcLaunch({ definition }: Launch): boolean {
  return definition?.networkMode === 'awsvpc';
}

/** The ports of a definition that have names. */
export function namedPorts({ definition }: Launch): readonly string[] {
  const mappings = (definition?.containerDefinitions ?? []).flatMap((container) => container.portMappings ?? []);
  return mappings.flatMap(({ name }) => name ?? []);
}
