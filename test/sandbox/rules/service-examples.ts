import { TARGETS } from '../support/scheduling-world.ts';
import {
  awsvpc,
  type Call,
  type CallExample,
  create,
  createFargate,
  daemon,
  FARGATE,
  placing,
  ROLE,
  taskSet,
  update,
} from './launch-calls.ts';

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
  'percents-both-100': {
    refused: create(deploying({ minimumHealthyPercent: 100, maximumPercent: 100 })),
    passes: create(deploying({ minimumHealthyPercent: 99, maximumPercent: 100 })),
    text: 'Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments',
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
