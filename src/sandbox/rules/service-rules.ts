import { isAwsvpcLaunch, launchRule, namedPorts, type ServiceLaunch } from './launch.ts';
import { LAUNCH_RULES } from './launch-rules.ts';
import { LOAD_BALANCER_RULES } from './load-balancer-rules.ts';
import type { Rule } from './rule.ts';

const DNS_NAME = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i;

function isDaemon({ scheduling }: ServiceLaunch): boolean {
  return scheduling === 'DAEMON';
}

function connectServices({ serviceConnectConfiguration: connect }: ServiceLaunch) {
  return connect?.enabled === true ? (connect.services ?? []) : [];
}

const DAEMON_RULES: readonly Rule<ServiceLaunch>[] = [
  launchRule('daemon-fargate', 'ecs_service-options.md; logs', (launch) =>
    isDaemon(launch) && launch.isFargate
      ? 'The daemon scheduling strategy is not supported for AWS Fargate tasks.'
      : undefined,
  ),
  launchRule('daemon-desired-count', 'cdk-preflight pf-ecs-service-daemon-desired-count', (launch) =>
    isDaemon(launch) && launch.desiredCount !== undefined
      ? 'The daemon scheduling strategy does not support a desired count for services.'
      : undefined,
  ),
  launchRule('daemon-maximum', 'cdk-preflight pf-ecs-svc-daemon-max-percent', (launch) =>
    isDaemon(launch) && (launch.deploymentConfiguration?.maximumPercent ?? 100) > 100
      ? 'The daemon scheduling strategy does not support values above 100 for maximumPercent.'
      : undefined,
  ),
  launchRule('daemon-placement', 'cdk-preflight pf-ecs-svc-daemon-with-placement-strategies', (launch) =>
    isDaemon(launch) && (launch.placementStrategy?.length ?? 0) > 0
      ? 'The daemon scheduling strategy does not support placement strategies.'
      : undefined,
  ),
  launchRule('daemon-rebalancing', 'cdk-preflight pf-ecs-svc-az-rebalancing-with-daemon', (launch) =>
    isDaemon(launch) && launch.availabilityZoneRebalancing === 'ENABLED'
      ? 'Availability Zone Rebalancing does not support DAEMON services.'
      : undefined,
  ),
];

const CONNECT_RULES: readonly Rule<ServiceLaunch>[] = [
  launchRule('connect-namespace', 'cdk-preflight pf-ecs-svc-connect-without-namespace', (launch) => {
    const { serviceConnectConfiguration: connect, defaultNamespace } = launch;
    return connect?.enabled === true && connect.namespace === undefined && defaultNamespace === undefined
      ? 'Namespace is missing.'
      : undefined;
  }),
  launchRule('connect-port', 'cdk-preflight pf-ecs-svc-connect-port-name-missing; logs', (launch) => {
    if (launch.definition === undefined) return undefined;
    const missing = connectServices(launch).find(({ portName = '' }) => !namedPorts(launch).includes(portName));
    return (
      missing && `portName(${missing.portName}) does not refer to any named PortMapping in the container definitions.`
    );
  }),
  launchRule('connect-aliases', 'cdk-preflight pf-ecs-svc-connect-client-aliases-max', (launch) => {
    const many = connectServices(launch).find(({ clientAliases = [] }) => clientAliases.length > 1);
    return many && `${many.clientAliases?.length} clientAliases exceeds the max limit of 1.`;
  }),
  launchRule('connect-alias-name', 'cdk-preflight pf-ecs-svc-connect-client-alias-dns-name', (launch) =>
    connectServices(launch).some(({ clientAliases = [] }) =>
      clientAliases.some(({ dnsName = 'a' }) => !DNS_NAME.test(dnsName)),
    )
      ? 'The DNS name that you provided is invalid.'
      : undefined,
  ),
];

const GUIDE = 'connect a service to a gateway (guide of 2026), API GatewayConnector; choice of text';

const GATEWAY_RULES: readonly Rule<ServiceLaunch>[] = [
  launchRule('gateway-connectors', GUIDE, ({ gatewayConnectors = [] }) =>
    gatewayConnectors.length > 1 ? 'gateway connectors can have at most 1 items.' : undefined,
  ),
  launchRule('gateway-network', GUIDE, (launch) =>
    (launch.gatewayConnectors?.length ?? 0) > 0 && launch.definition !== undefined && !isAwsvpcLaunch(launch)
      ? 'Gateway connectors are only supported in networkMode=awsvpc.'
      : undefined,
  ),
  launchRule('gateway-port', GUIDE, (launch) => {
    if (launch.definition === undefined) return undefined;
    const missing = launch.gatewayConnectors?.find(({ portName }) => !namedPorts(launch).includes(portName ?? ''));
    return (
      missing && `portName(${missing.portName}) does not refer to any named PortMapping in the container definitions.`
    );
  }),
  launchRule('gateway-association', GUIDE, (launch) =>
    (launch.gatewayConnectors?.length ?? 0) > 0 && !launch.hasGateway
      ? 'The cluster has no ACTIVE association with a gateway.'
      : undefined,
  ),
];

/** The rules of services and task sets. */
export const SERVICE_RULES: readonly Rule<ServiceLaunch>[] = [
  ...LAUNCH_RULES,
  ...DAEMON_RULES,
  launchRule('external-definition', 'cdk-preflight pf-ecs-svc-external-with-taskdef', (launch) =>
    launch.operation === 'CreateService' && launch.controller === 'EXTERNAL' && launch.definition !== undefined
      ? 'TaskDefinition must be blank.'
      : undefined,
  ),
  launchRule(
    'exec-without-role',
    'logs of four projects; on Fargate only (Ansible has it without a role on instances)',
    (launch) => {
      const { enableExecuteCommand, isFargate, definition, operation } = launch;
      const verb = operation === 'UpdateService' ? 'updated' : 'created';
      return enableExecuteCommand === true &&
        isFargate &&
        definition !== undefined &&
        definition.taskRoleArn === undefined
        ? `The service couldn't be ${verb} because a valid taskRoleArn is not being used. Specify a valid task role in your task definition and try again.`
        : undefined;
    },
  ),
  launchRule(
    'breaker-controller',
    'cdk-preflight pf-ecs-svc-circuit-breaker-with-code-deploy; choice of text',
    (launch) =>
      launch.controller !== 'ECS' && launch.deploymentConfiguration?.deploymentCircuitBreaker?.enable === true
        ? `The deployment circuit breaker is not supported on services with a ${launch.controller} deployment controller.`
        : undefined,
  ),
  launchRule(
    'strategy-settings',
    'API DeploymentConfiguration; choice of text',
    ({ deploymentConfiguration: given }) => {
      const { strategy = 'ROLLING', linearConfiguration, canaryConfiguration } = given ?? {};
      const wrong =
        (linearConfiguration !== undefined && strategy !== 'LINEAR' && 'linearConfiguration') ||
        (canaryConfiguration !== undefined && strategy !== 'CANARY' && 'canaryConfiguration');
      return wrong ? `${wrong} is not supported for the ${strategy} deployment strategy.` : undefined;
    },
  ),
  launchRule('percents-both-100', 'cdk-preflight pf-ecs-svc-min-healthy-over-max-percent', (launch) => {
    const { minimumHealthyPercent, maximumPercent } = launch.deploymentConfiguration ?? {};
    return launch.operation === 'CreateService' &&
      !isDaemon(launch) &&
      minimumHealthyPercent === 100 &&
      maximumPercent === 100
      ? 'Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments'
      : undefined;
  }),
  launchRule(
    'blue-green-bake',
    'API DeploymentConfiguration.bakeTimeInMinutes; choice of text',
    ({ deploymentConfiguration: given }) =>
      given?.strategy === 'BLUE_GREEN' && given.bakeTimeInMinutes === undefined
        ? 'bakeTimeInMinutes must be specified for the BLUE_GREEN deployment strategy.'
        : undefined,
  ),
  ...LOAD_BALANCER_RULES,
  ...CONNECT_RULES,
  ...GATEWAY_RULES,
];
