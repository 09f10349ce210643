import { TARGETS } from '../support/scheduling-world.ts';

export type Call = readonly [operation: string, input: object];

/** A call that breaks one rule, the nearest that passes, and what AWS says of the former. */
export interface CallExample {
  readonly refused: Call;
  readonly passes: Call;
  /** What is done first, in both cases. */
  readonly before?: readonly Call[];
  readonly text: string;
  readonly code?: string;
}

const ROLE = 'arn:aws:iam::123456789012:role/x';
const PORTS = [{ containerPort: 80, name: 'http' }];
const SIZE = { requiresCompatibilities: ['FARGATE'], networkMode: 'awsvpc', cpu: '256', memory: '512' };
const awsvpc = (more: object = {}) => ({
  networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], ...more } },
});
const FARGATE = { launchType: 'FARGATE', ...awsvpc() };
const FULL = ['FARGATE', 'FARGATE_SPOT'];

function define(family: string, more: object): Call {
  const container = { name: 'app', image: 'i', memory: 64, portMappings: PORTS };
  return ['RegisterTaskDefinition', { family, containerDefinitions: [container], ...more }];
}

function service(serviceName: string, more: object): Call {
  return ['CreateService', { serviceName, desiredCount: 0, ...more }];
}

/** What all examples find in place. */
export const CALLS: readonly Call[] = [
  define('ec2', {}),
  define('eni', { networkMode: 'awsvpc' }),
  define('fargate', SIZE),
  define('role', { ...SIZE, taskRoleArn: ROLE }),
  service('on-ec2', { taskDefinition: 'ec2' }),
  service('on-fargate', { taskDefinition: 'fargate', ...FARGATE }),
  service('daemon', { taskDefinition: 'ec2', schedulingStrategy: 'DAEMON', desiredCount: undefined }),
  service('outside', { deploymentController: { type: 'EXTERNAL' } }),
];

const run = (more: object): Call => ['RunTask', { taskDefinition: 'ec2', ...more }];
const runFargate = (more: object): Call => ['RunTask', { taskDefinition: 'fargate', ...FARGATE, ...more }];
const create = (more: object): Call => service('new', { taskDefinition: 'ec2', ...more });
const createFargate = (more: object): Call => service('new', { taskDefinition: 'fargate', ...FARGATE, ...more });
const update = (name: string, more: object): Call => ['UpdateService', { service: name, ...more }];
const taskSet = (more: object): Call => ['CreateTaskSet', { service: 'outside', taskDefinition: 'ec2', ...more }];
const daemon = (more: object): Call =>
  service('new', { taskDefinition: 'ec2', schedulingStrategy: 'DAEMON', desiredCount: undefined, ...more });

const spot = (...weights: readonly object[]) => ({
  launchType: undefined,
  capacityProviderStrategy: weights.map((item, at) => ({ capacityProvider: FULL[at], ...item })),
});

const BOTH = 'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.';
const PLATFORM = 'The platform version must be null when specifying an EC2 launch type.';
const PLACEMENT = 'Placement constraints and strategies are not supported with FARGATE.';
const BINPACK = "binpack field 'disk' is invalid.";
const placing = (type: string, field?: string) => ({ placementStrategy: [{ type, field }] });
const DISTINCT = { placementConstraints: [{ type: 'distinctInstance', expression: 'attribute:x exists' }] };

/** Rules of all five operations; several of them are shown in more than one. */
export const OF_CALLS: Readonly<Record<string, CallExample>> = {
  'launch-type-and-strategy (RunTask)': {
    refused: runFargate({ ...spot({}), launchType: 'FARGATE' }),
    passes: runFargate(spot({})),
    text: BOTH,
  },
  'launch-type-and-strategy (CreateService)': {
    refused: createFargate({ ...spot({}), launchType: 'FARGATE' }),
    passes: createFargate(spot({})),
    text: BOTH,
  },
  'strategy-bases': {
    refused: createFargate(spot({ base: 1, weight: 1 }, { base: 1 })),
    passes: createFargate(spot({ base: 1, weight: 1 }, { base: 0 })),
    text: 'There are multiple capacity providers in the specified capacity provider strategy with a base value defined.',
  },
  'strategy-weights': {
    refused: runFargate(spot({ weight: 0 }, { weight: 0 })),
    passes: runFargate(spot({ weight: 0 }, { weight: 1 })),
    text: 'There are no capacity providers in the capacity provider strategy with a weight value greater than zero.',
  },
  'fargate-compatible (RunTask)': {
    refused: run({ launchType: 'FARGATE' }),
    passes: runFargate({}),
    text: 'Task definition does not support launch_type FARGATE.',
  },
  'fargate-compatible (UpdateService)': {
    refused: update('on-fargate', { taskDefinition: 'ec2' }),
    passes: update('on-fargate', { taskDefinition: 'role' }),
    text: 'Task definition does not support launch_type FARGATE.',
  },
  'network-missing': {
    refused: create({ taskDefinition: 'eni' }),
    passes: create({ taskDefinition: 'eni', ...awsvpc() }),
    text: "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
  },
  'network-not-awsvpc': {
    refused: create({ ...awsvpc() }),
    passes: create({}),
    text: 'Network Configuration is not valid for the given networkMode of this task definition.',
  },
  'network-subnets': {
    refused: runFargate(awsvpc({ subnets: [] })),
    passes: runFargate(awsvpc()),
    text: 'subnets can not be empty.',
  },
  'public-ip': {
    refused: create({ taskDefinition: 'eni', ...awsvpc({ assignPublicIp: 'ENABLED' }) }),
    passes: create({ taskDefinition: 'eni', ...awsvpc({ assignPublicIp: 'DISABLED' }) }),
    text: 'Assign public IP is not supported for this launch type.',
  },
  'platform-version (RunTask)': {
    refused: run({ platformVersion: '1.4.0' }),
    passes: runFargate({ platformVersion: '1.4.0' }),
    text: PLATFORM,
  },
  'platform-version (CreateService)': {
    refused: create({ platformVersion: 'LATEST' }),
    passes: createFargate({ platformVersion: 'LATEST' }),
    text: PLATFORM,
  },
  'platform-version (UpdateService)': {
    refused: update('on-ec2', { platformVersion: 'LATEST' }),
    passes: update('on-fargate', { platformVersion: 'LATEST' }),
    text: PLATFORM,
  },
  'platform-version (CreateTaskSet)': {
    refused: taskSet({ platformVersion: 'LATEST' }),
    passes: taskSet({}),
    text: PLATFORM,
  },
  'constraints-too-many': {
    refused: run({ placementConstraints: Array(11).fill({ type: 'distinctInstance' }) }),
    passes: run({ placementConstraints: Array(10).fill({ type: 'distinctInstance' }) }),
    text: 'Maximum number of constraints is 10.',
  },
  'strategies-too-many': {
    refused: create({ placementStrategy: Array(6).fill({ type: 'random' }) }),
    passes: create({ placementStrategy: Array(5).fill({ type: 'random' }) }),
    text: 'Maximum number of strategies is 5.',
  },
  'binpack-field (RunTask)': {
    refused: run(placing('binpack', 'disk')),
    passes: run(placing('binpack', 'cpu')),
    text: BINPACK,
  },
  'binpack-field (UpdateService)': {
    refused: update('on-ec2', placing('binpack', 'disk')),
    passes: update('on-ec2', placing('binpack', 'memory')),
    text: BINPACK,
  },
  'random-field': {
    refused: create(placing('random', 'host')),
    passes: create(placing('random')),
    text: 'random field should not be specified.',
  },
  'distinct-expression': {
    refused: run(DISTINCT),
    passes: run({ placementConstraints: [{ type: 'distinctInstance' }] }),
    text: 'distinctInstance expression should not be specified.',
  },
  'fargate-placement (RunTask)': {
    refused: runFargate(placing('random')),
    passes: runFargate({ placementStrategy: [] }),
    text: PLACEMENT,
    code: 'ClientException',
  },
  'fargate-placement (CreateService)': {
    refused: createFargate({ placementConstraints: [{ type: 'distinctInstance' }] }),
    passes: createFargate({ placementConstraints: [] }),
    text: PLACEMENT,
    code: 'ClientException',
  },
};

const over = (containerOverride: object, more: object = {}) => ({
  overrides: { containerOverrides: [{ name: 'app', ...containerOverride }], ...more },
});

export const OF_TASKS: Readonly<Record<string, CallExample>> = {
  'group-namespace': {
    refused: run({ group: 'service:web' }),
    passes: run({ group: 'web' }),
    text: 'Invalid namespace for group.',
  },
  'overrides-size': {
    refused: run(over({ command: ['x'.repeat(8192)] })),
    passes: run(over({ command: ['x'.repeat(8000)] })),
    text: 'Container Overrides length must be at most 8192',
  },
  'overrides-container': {
    refused: run(over({ name: 'other' })),
    passes: run(over({ name: 'app' })),
    text: 'Override for container named other is not a container in the TaskDefinition.',
  },
  'overrides-cpu': {
    refused: run(over({}, { cpu: 'much' })),
    passes: run(over({}, { cpu: '1 vCPU' })),
    text: "Invalid 'cpu' setting for task.",
  },
  'overrides-memory': {
    refused: run(over({}, { memory: 'much' })),
    passes: run(over({}, { memory: '1 GB' })),
    text: "Invalid 'memory' setting for task.",
  },
  'overrides-fargate-size': {
    refused: runFargate(over({}, { cpu: '300' })),
    passes: runFargate(over({}, { cpu: '512', memory: '1024' })),
    text: 'No Fargate configuration exists for given values: 300 CPU, 512 memory.',
  },
  'overrides-container-memory': {
    refused: runFargate(over({ memory: 513 })),
    passes: runFargate(over({ memory: 512 })),
    text: "The 'memory' setting for container 'app' is greater than for the task.",
  },
};

const EXEC = (verb: string) =>
  `The service couldn't be ${verb} because a valid taskRoleArn is not being used. Specify a valid task role in your task definition and try again.`;
const connect = (more: object, services: object[] = [{ portName: 'http' }]) => ({
  serviceConnectConfiguration: { enabled: true, namespace: 'internal', services, ...more },
});
const deploying = (deploymentConfiguration: object) => ({ deploymentConfiguration });
const BREAKER = deploying({ deploymentCircuitBreaker: { enable: true, rollback: true } });
const ASSOCIATED: readonly Call[] = [['AssociateGatewayWithCluster', { gateway: 'edge' }]];
const connecting = (...names: string[]) => ({ gatewayConnectors: names.map((portName) => ({ portName })) });

export const OF_SERVICES: Readonly<Record<string, CallExample>> = {
  'daemon-fargate': {
    refused: daemon({ taskDefinition: 'fargate', ...FARGATE }),
    passes: daemon({ taskDefinition: 'eni', ...awsvpc() }),
    text: 'The daemon scheduling strategy is not supported for AWS Fargate tasks.',
  },
  'daemon-desired-count (CreateService)': {
    refused: daemon({ desiredCount: 0 }),
    passes: daemon({}),
    text: 'The daemon scheduling strategy does not support a desired count for services.',
  },
  'daemon-desired-count (UpdateService)': {
    refused: update('daemon', { desiredCount: 1 }),
    passes: update('daemon', { taskDefinition: 'ec2' }),
    text: 'The daemon scheduling strategy does not support a desired count for services.',
  },
  'daemon-maximum': {
    refused: daemon(deploying({ maximumPercent: 101 })),
    passes: daemon(deploying({ maximumPercent: 100 })),
    text: 'The daemon scheduling strategy does not support values above 100 for maximumPercent.',
  },
  'daemon-placement': {
    refused: update('daemon', placing('random')),
    passes: update('daemon', { placementStrategy: [] }),
    text: 'The daemon scheduling strategy does not support placement strategies.',
  },
  'daemon-rebalancing': {
    refused: daemon({ availabilityZoneRebalancing: 'ENABLED' }),
    passes: daemon({ availabilityZoneRebalancing: 'DISABLED' }),
    text: 'Availability Zone Rebalancing does not support DAEMON services.',
  },
  'external-definition': {
    refused: create({ deploymentController: { type: 'EXTERNAL' } }),
    passes: create({ deploymentController: { type: 'EXTERNAL' }, taskDefinition: undefined }),
    text: 'TaskDefinition must be blank.',
  },
  'exec-without-role (CreateService)': {
    refused: createFargate({ enableExecuteCommand: true }),
    passes: createFargate({ enableExecuteCommand: true, taskDefinition: 'role' }),
    text: EXEC('created'),
  },
  'exec-without-role (UpdateService)': {
    refused: update('on-fargate', { enableExecuteCommand: true }),
    passes: update('on-ec2', { enableExecuteCommand: true }),
    text: EXEC('updated'),
  },
  'breaker-controller': {
    refused: create({ taskDefinition: undefined, deploymentController: { type: 'EXTERNAL' }, ...BREAKER }),
    passes: create(BREAKER),
    text: 'The deployment circuit breaker is not supported on services with a EXTERNAL deployment controller.',
  },
  'strategy-settings': {
    refused: create(deploying({ canaryConfiguration: { canaryPercent: 5 } })),
    passes: create(deploying({ strategy: 'ROLLING' })),
    text: 'canaryConfiguration is not supported for the ROLLING deployment strategy.',
  },
  'blue-green-bake': {
    refused: create(deploying({ strategy: 'BLUE_GREEN' })),
    passes: create(deploying({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0 })),
    text: 'bakeTimeInMinutes must be specified for the BLUE_GREEN deployment strategy.',
  },
  'connect-namespace': {
    refused: createFargate(connect({ namespace: undefined })),
    passes: createFargate(connect({})),
    text: 'Namespace is missing.',
  },
  'connect-port': {
    refused: update('on-fargate', connect({}, [{ portName: 'grpc' }])),
    passes: update('on-fargate', connect({})),
    text: 'portName(grpc) does not refer to any named PortMapping in the container definitions.',
  },
  'connect-aliases': {
    refused: createFargate(connect({}, [{ portName: 'http', clientAliases: [{ port: 80 }, { port: 81 }] }])),
    passes: createFargate(connect({}, [{ portName: 'http', clientAliases: [{ port: 80 }] }])),
    text: '2 clientAliases exceeds the max limit of 1.',
  },
  'connect-alias-name': {
    refused: createFargate(connect({}, [{ portName: 'http', clientAliases: [{ port: 80, dnsName: 'a_b' }] }])),
    passes: createFargate(connect({}, [{ portName: 'http', clientAliases: [{ port: 80, dnsName: 'a.b' }] }])),
    text: 'The DNS name that you provided is invalid.',
  },
  'gateway-connectors': {
    before: ASSOCIATED,
    refused: createFargate(connecting('http', 'http')),
    passes: createFargate(connecting('http')),
    text: 'gateway connectors can have at most 1 items.',
  },
  'gateway-network': {
    before: ASSOCIATED,
    refused: create(connecting('http')),
    passes: create({ taskDefinition: 'eni', ...awsvpc(), ...connecting('http') }),
    text: 'Gateway connectors are only supported in networkMode=awsvpc.',
  },
  'gateway-port': {
    before: ASSOCIATED,
    refused: update('on-fargate', connecting('grpc')),
    passes: update('on-fargate', connecting('http')),
    text: 'portName(grpc) does not refer to any named PortMapping in the container definitions.',
  },
  'gateway-association': {
    refused: createFargate(connecting('http')),
    passes: createFargate(connecting()),
    text: 'The cluster has no ACTIVE association with a gateway.',
  },
};

const [TARGET] = TARGETS;
const balanced = (more: object = {}) => ({ loadBalancers: [{ ...TARGET, ...more }] });
const CLASSIC = { targetGroupArn: undefined, loadBalancerName: 'old' };
const CODE_DEPLOY = { deploymentController: { type: 'CODE_DEPLOY' } };

export const OF_BALANCERS: Readonly<Record<string, CallExample>> = {
  'external-balancers': {
    refused: create({ taskDefinition: undefined, deploymentController: { type: 'EXTERNAL' }, ...balanced() }),
    passes: create({ taskDefinition: undefined, deploymentController: { type: 'EXTERNAL' }, loadBalancers: [] }),
    text: 'LoadBalancers must be empty or null.',
  },
  'code-deploy-balancer': {
    refused: create({ ...CODE_DEPLOY }),
    passes: create({ ...CODE_DEPLOY, ...balanced() }),
    text: 'the service requires an Application Load Balancer or Network Load Balancer.',
  },
  'balancer-one-kind': {
    refused: create(balanced({ loadBalancerName: 'old' })),
    passes: create(balanced()),
    text: 'loadBalancerName and targetGroupArn cannot both be specified.',
  },
  'balancer-classic': {
    refused: createFargate(balanced(CLASSIC)),
    passes: create(balanced(CLASSIC)),
    text: 'Classic Load Balancers are not supported with Fargate.',
  },
  'balancer-container (CreateService)': {
    refused: create(balanced({ containerName: 'other' })),
    passes: create(balanced()),
    text: 'The container other does not exist in the task definition.',
  },
  'balancer-container (CreateTaskSet)': {
    refused: taskSet(balanced({ containerName: 'other' })),
    passes: taskSet(balanced()),
    text: 'The container other does not exist in the task definition.',
  },
  'balancer-port': {
    refused: update('on-ec2', balanced({ containerPort: 81 })),
    passes: update('on-ec2', balanced({ containerPort: 80 })),
    text: 'The container app did not have a container port 81 defined.',
  },
  registries: {
    refused: create({ serviceRegistries: [{ registryArn: 'arn:1' }, { registryArn: 'arn:2' }] }),
    passes: create({ serviceRegistries: [{ registryArn: 'arn:1' }] }),
    text: 'service registries can have at most 1 items.',
  },
  'role-service-linked': {
    refused: createFargate({ role: ROLE, ...balanced() }),
    passes: create({ role: ROLE, ...balanced() }),
    text: 'You cannot specify an IAM role for services that require a service linked role.',
  },
  'role-without-balancer': {
    refused: create({ role: ROLE }),
    passes: create({ role: ROLE, ...balanced() }),
    text: 'IAM roles are only valid for services configured to use load balancers.',
  },
  'grace-without-balancer': {
    refused: create({ healthCheckGracePeriodSeconds: 10 }),
    passes: create({ healthCheckGracePeriodSeconds: 10, ...balanced() }),
    text: 'Health check grace period is only valid for services configured to use load balancers',
  },
};
