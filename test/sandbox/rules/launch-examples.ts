import {
  awsvpc,
  type CallExample,
  create,
  createFargate,
  placing,
  run,
  runFargate,
  spot,
  taskSet,
  update,
} from './launch-calls.ts';

const BOTH = 'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.';
const PLATFORM = 'The platform version must be null when specifying an EC2 launch type.';
const PLACEMENT = 'Placement constraints and strategies are not supported with FARGATE.';
const BINPACK = "binpack field 'disk' is invalid.";
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
  'network-subnets-many': {
    refused: runFargate(awsvpc({ subnets: Array.from({ length: 17 }, (_, index) => `subnet-${index}`) })),
    passes: runFargate(awsvpc({ subnets: Array.from({ length: 16 }, (_, index) => `subnet-${index}`) })),
    text: 'subnets can have at most 16 items.',
  },
  'network-groups-many': {
    refused: runFargate(awsvpc({ securityGroups: Array.from({ length: 6 }, (_, index) => `sg-${index}`) })),
    passes: runFargate(awsvpc({ securityGroups: Array.from({ length: 5 }, (_, index) => `sg-${index}`) })),
    text: 'securityGroups can have at most 5 items.',
  },
  'network-subnet-unknown (RunTask)': {
    refused: runFargate(awsvpc({ subnets: ['subnet-1', ''] })),
    passes: runFargate(awsvpc({ subnets: ['subnet-1', 'subnet-2'] })),
    text: "Error retrieving subnet information for []: The subnet ID '' does not exist (ErrorCode: InvalidSubnetID.NotFound)",
  },
  'network-subnet-unknown (CreateService)': {
    refused: create({ taskDefinition: 'eni', ...awsvpc({ subnets: ['birdzview'] }) }),
    passes: create({ taskDefinition: 'eni', ...awsvpc() }),
    text: "Error retrieving subnet information for [birdzview]: The subnet ID 'birdzview' does not exist (ErrorCode: InvalidSubnetID.NotFound)",
  },
  'network-group-unknown': {
    refused: runFargate(awsvpc({ securityGroups: ['default'] })),
    passes: runFargate(awsvpc({ securityGroups: ['sg-1'] })),
    text: "Error retrieving security group information for [default]: The security group 'default' does not exist (ErrorCode: InvalidGroup.NotFound)",
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
  ...Object.fromEntries(
    ['cpu', 'memory', 'memoryReservation'].map((member) => [
      `overrides-negative-${member}`,
      {
        refused: runFargate(over({ [member]: -1 })),
        passes: runFargate(over({ [member]: member === 'cpu' ? 0 : 64 })),
        text: `Invalid setting for container 'app'. '${member}' must not be negative.`,
      },
    ]),
  ),
  'overrides-container-memory': {
    refused: runFargate(over({ memory: 513 })),
    passes: runFargate(over({ memory: 512 })),
    text: "The 'memory' setting for container 'app' is greater than for the task.",
  },
};
