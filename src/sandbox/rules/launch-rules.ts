import { isAwsvpcLaunch, type Launch, launchRule } from './launch.ts';
import type { Rule } from './rule.ts';

/** Also of a cluster's default strategy, where AWS looks at it. */
export const MANY_BASES =
  'There are multiple capacity providers in the specified capacity provider strategy with a base value defined.';
export const NO_WEIGHT =
  'There are no capacity providers in the capacity provider strategy with a weight value greater than zero.';
const MOST_CONSTRAINTS = 10;
const MOST_STRATEGIES = 5;
const MOST_SUBNETS = 16;
const MOST_GROUPS = 5;

function awsvpcOf({ networkConfiguration }: Launch) {
  return networkConfiguration?.awsvpcConfiguration;
}

function isPresent(list: readonly unknown[] | undefined): boolean {
  return list !== undefined && list.length > 0;
}

/** The rules for every operation that starts tasks. */
export const LAUNCH_RULES: readonly Rule<Launch>[] = [
  launchRule(
    'launch-type-and-strategy',
    'logs; cdk-preflight pf-ecs-service-launch-type-capacity-provider',
    (launch) =>
      launch.launchType !== undefined && isPresent(launch.capacityProviderStrategy)
        ? 'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.'
        : undefined,
  ),
  launchRule('strategy-bases', 'cdk-preflight pf-ecs-svc-capacity-provider-multiple-base', (launch) =>
    (launch.capacityProviderStrategy ?? []).filter(({ base = 0 }) => base > 0).length > 1 ? MANY_BASES : undefined,
  ),
  launchRule(
    'strategy-weights',
    'API CapacityProviderStrategyItem; cdk-preflight pf-ecs-svc-capacity-provider-zero-weight',
    (launch) => {
      const { capacityProviderStrategy: items = [] } = launch;
      return items.length > 1 && items.every(({ weight = 0 }) => weight === 0) ? NO_WEIGHT : undefined;
    },
  ),
  launchRule('fargate-compatible', 'logs (oranmoshai/ecsServiceRestart#2)', ({ isFargate, definition }) =>
    isFargate && definition !== undefined && !definition.compatibilities?.includes('FARGATE')
      ? 'Task definition does not support launch_type FARGATE.'
      : undefined,
  ),
  launchRule('network-missing', 'logs', (launch) =>
    isAwsvpcLaunch(launch) && awsvpcOf(launch) === undefined
      ? "Network Configuration must be provided when networkMode 'awsvpc' is specified."
      : undefined,
  ),
  launchRule('network-not-awsvpc', 'cdk-preflight pf-ecs-service-network-config-mode', (launch) =>
    launch.definition !== undefined && !isAwsvpcLaunch(launch) && launch.networkConfiguration !== undefined
      ? 'Network Configuration is not valid for the given networkMode of this task definition.'
      : undefined,
  ),
  launchRule('network-subnets', 'logs', (launch) =>
    awsvpcOf(launch)?.subnets?.length === 0 ? 'subnets can not be empty.' : undefined,
  ),
  launchRule('network-subnets-many', 'opensearch-project/opensearch-migrations#1430', (launch) =>
    (awsvpcOf(launch)?.subnets?.length ?? 0) > MOST_SUBNETS
      ? `subnets can have at most ${MOST_SUBNETS} items.`
      : undefined,
  ),
  launchRule('network-groups-many', 'API AwsVpcConfiguration; text after that of subnets', (launch) =>
    (awsvpcOf(launch)?.securityGroups?.length ?? 0) > MOST_GROUPS
      ? `securityGroups can have at most ${MOST_GROUPS} items.`
      : undefined,
  ),
  launchRule('network-subnet-unknown', 'eddmann/serverless-fargate#20: EC2 knows no other ids', (launch) => {
    const unknown = awsvpcOf(launch)?.subnets?.find((id) => !id.startsWith('subnet-'));
    return unknown === undefined
      ? undefined
      : `Error retrieving subnet information for [${unknown}]: The subnet ID '${unknown}' does not exist (ErrorCode: InvalidSubnetID.NotFound)`;
  }),
  launchRule('network-group-unknown', 'getmoto/moto#5484 for EC2; text after that of subnets', (launch) => {
    const unknown = awsvpcOf(launch)?.securityGroups?.find((id) => !id.startsWith('sg-'));
    return unknown === undefined
      ? undefined
      : `Error retrieving security group information for [${unknown}]: The security group '${unknown}' does not exist (ErrorCode: InvalidGroup.NotFound)`;
  }),
  launchRule('public-ip', 'logs; API AwsVpcConfiguration', (launch) =>
    !launch.isFargate && awsvpcOf(launch)?.assignPublicIp === 'ENABLED'
      ? 'Assign public IP is not supported for this launch type.'
      : undefined,
  ),
  launchRule(
    'platform-version',
    'aws/amazon-ecs-cli#1040, apache/airflow#41824; cdk-preflight pf-ecs-taskset-platform-version-ec2',
    (launch) =>
      !launch.isFargate && launch.platformVersion !== undefined
        ? 'The platform version must be null when specifying an EC2 launch type.'
        : undefined,
  ),
  launchRule('constraints-too-many', 'API RunTask, CreateService; choice of text', ({ placementConstraints }) =>
    (placementConstraints?.length ?? 0) > MOST_CONSTRAINTS
      ? `Maximum number of constraints is ${MOST_CONSTRAINTS}.`
      : undefined,
  ),
  launchRule('strategies-too-many', 'cdk-preflight pf-ecs-svc-placement-strategies-max6', ({ placementStrategy }) =>
    (placementStrategy?.length ?? 0) > MOST_STRATEGIES
      ? `Maximum number of strategies is ${MOST_STRATEGIES}.`
      : undefined,
  ),
  launchRule('binpack-field', 'cdk-preflight pf-ecs-svc-binpack-field', ({ placementStrategy = [] }) => {
    const wrong = placementStrategy.find(
      ({ type, field }) => type === 'binpack' && !/^(cpu|memory)$/i.test(field ?? ''),
    );
    return wrong && `binpack field '${wrong.field ?? ''}' is invalid.`;
  }),
  launchRule('random-field', 'cdk-preflight pf-ecs-svc-random-with-field', ({ placementStrategy = [] }) =>
    placementStrategy.some(({ type, field }) => type === 'random' && field !== undefined)
      ? 'random field should not be specified.'
      : undefined,
  ),
  launchRule('distinct-expression', 'API PlacementConstraint; choice of text', ({ placementConstraints = [] }) =>
    placementConstraints.some(({ type, expression }) => type === 'distinctInstance' && expression !== undefined)
      ? 'distinctInstance expression should not be specified.'
      : undefined,
  ),
  {
    name: 'fargate-placement',
    code: 'ClientException',
    source: 'logs; cdk-preflight pf-ecs-service-fargate-placement',
    fault: ({ isFargate, placementConstraints, placementStrategy }) =>
      isFargate && (isPresent(placementConstraints) || isPresent(placementStrategy))
        ? 'Placement constraints and strategies are not supported with FARGATE.'
        : undefined,
  },
];
