export type Call = readonly [operation: string, input: object];

/** A call that breaks one rule, the nearest that passes, and what AWS says of the former. */
export interface CallExample {
  readonly refused: Call;
  readonly passes: Call;
  /** The first calls, in both cases. */
  readonly before?: readonly Call[];
  readonly text: string;
  readonly code?: string;
}

export const ROLE = 'arn:aws:iam::123456789012:role/x';
const PORTS = [{ containerPort: 80, name: 'http' }];
const SIZE = { requiresCompatibilities: ['FARGATE'], networkMode: 'awsvpc', cpu: '256', memory: '512' };
export const awsvpc = (more: object = {}) => ({
  networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], ...more } },
});
export const FARGATE = { launchType: 'FARGATE', ...awsvpc() };
const FULL = ['FARGATE', 'FARGATE_SPOT'];

function define(family: string, more: object): Call {
  const container = { name: 'app', image: 'i', memory: 64, portMappings: PORTS };
  return ['RegisterTaskDefinition', { family, containerDefinitions: [container], ...more }];
}

export function service(serviceName: string, more: object): Call {
  return ['CreateService', { serviceName, desiredCount: 0, ...more }];
}

/** The resources that all examples need. */
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

export const run = (more: object): Call => ['RunTask', { taskDefinition: 'ec2', ...more }];
export const runFargate = (more: object): Call => ['RunTask', { taskDefinition: 'fargate', ...FARGATE, ...more }];
export const create = (more: object): Call => service('new', { taskDefinition: 'ec2', ...more });
export const createFargate = (more: object): Call => service('new', { taskDefinition: 'fargate', ...FARGATE, ...more });
export const update = (name: string, more: object): Call => ['UpdateService', { service: name, ...more }];
export const taskSet = (more: object): Call => [
  'CreateTaskSet',
  { service: 'outside', taskDefinition: 'ec2', ...more },
];
export const daemon = (more: object): Call =>
  service('new', { taskDefinition: 'ec2', schedulingStrategy: 'DAEMON', desiredCount: undefined, ...more });

export const spot = (...weights: readonly object[]) => ({
  launchType: undefined,
  capacityProviderStrategy: weights.map((item, at) => ({ capacityProvider: FULL[at], ...item })),
});
export const placing = (type: string, field?: string) => ({ placementStrategy: [{ type, field }] });
