const BASE = 'arn:aws:ecs:eu-west-1:123456789012';

/** ARNs of one thing of each kind (two revisions: the older and the newer). */
export const ARNS = {
  Cluster: `${BASE}:cluster/prod`,
  Service: `${BASE}:service/prod/web`,
  Task: `${BASE}:task/prod/0123456789abcdef0123456789abcdef`,
  ContainerInstance: `${BASE}:container-instance/prod/fedcba9876543210fedcba9876543210`,
  TaskDefinition: `${BASE}:task-definition/web:2`,
  CapacityProvider: `${BASE}:capacity-provider/spot`,
  ServiceDeployment: `${BASE}:service-deployment/prod/web/aB1cD2eF3gH4iJ5k`,
  ServiceRevision: `${BASE}:service-revision/prod/web/2222222222222222222`,
  TaskSet: `${BASE}:task-set/prod/web/ecs-svc/2222222222222222222`,
  Daemon: `${BASE}:daemon/prod/monitoring`,
  DaemonDeployment: `${BASE}:daemon-deployment/prod/monitoring/xY9zA8bC7dE6fG5h`,
  DaemonRevision: `${BASE}:daemon-revision/prod/monitoring/4980306466373577095`,
  DaemonTaskDefinition: `${BASE}:daemon-task-definition/agent:1`,
  ExpressGatewayService: `${BASE}:service/prod/web`,
  Gateway: `${BASE}:gateway/edge/a1b2c3d4e5f6478890abcdef12345678`,
  GatewayRoute: `${BASE}:gateway-route/edge/a1b2c3d4e5f6478890abcdef12345678/f0e1d2c3b4a5968778695a4b3c2d1e0f`,
} as const;

export const OLD_TASK_DEFINITION = `${BASE}:task-definition/web:1`;
export const OLD_REVISION = `${BASE}:service-revision/prod/web/1111111111111111111`;
export const IMAGE = 'registry.example:5000/shop/web:7';
export const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf';

const clusterArn = ARNS.Cluster;
const serviceArn = ARNS.Service;
/** The service, with a newer and an older deployment. */
export const SERVICE = {
  serviceArn,
  serviceName: 'web',
  launchType: 'EC2',
  clusterArn,
  status: 'ACTIVE',
  taskDefinition: ARNS.TaskDefinition,
  resourceManagementType: 'ECS',
  deployments: [
    { id: 'ecs-svc/2222222222222222222', status: 'PRIMARY', taskDefinition: ARNS.TaskDefinition },
    { id: 'ecs-svc/1111111111111111111', status: 'ACTIVE', taskDefinition: OLD_TASK_DEFINITION },
  ],
  taskSets: [
    {
      id: 'ecs-svc/2222222222222222222',
      taskSetArn: ARNS.TaskSet,
      clusterArn,
      serviceArn,
      taskDefinition: ARNS.TaskDefinition,
    },
  ],
  currentServiceDeployment: ARNS.ServiceDeployment,
  currentServiceRevisions: [{ arn: ARNS.ServiceRevision }, { arn: OLD_REVISION }],
};
/** A task of the newer deployment. */
export const TASK = {
  taskArn: ARNS.Task,
  clusterArn,
  group: 'service:web',
  startedBy: 'ecs-svc/2222222222222222222',
  containerInstanceArn: ARNS.ContainerInstance,
  taskDefinitionArn: ARNS.TaskDefinition,
  capacityProviderName: 'spot',
  containers: [{ name: 'web', image: IMAGE, imageDigest: 'sha256:abc' }],
};
const brief = {
  serviceDeploymentArn: ARNS.ServiceDeployment,
  serviceArn,
  clusterArn,
  targetServiceRevisionArn: ARNS.ServiceRevision,
  status: 'IN_PROGRESS',
  createdAt: 1_700_000_000,
};
const daemon = { daemonArn: ARNS.Daemon, status: 'ACTIVE', createdAt: 1_700_000_000 };
const daemonDeployment = { daemonDeploymentArn: ARNS.DaemonDeployment, clusterArn, status: 'SUCCESSFUL' };
const gateway = { gatewayArn: ARNS.Gateway, name: 'edge', status: 'ACTIVE' };
const route = { gatewayRouteArn: ARNS.GatewayRoute, serviceArn, serviceContainerPortName: 'http', status: 'ACTIVE' };
const express = { serviceArn, serviceName: 'web', cluster: 'prod', status: { statusCode: 'ACTIVE' } };
const tags = [{ key: 'team', value: 'shop' }];

/** The answers of an ECS with one resource of each kind. */
export const ANSWERS: Readonly<Record<string, (input: Readonly<Record<string, unknown>>) => object>> = {
  DescribeCapacityProviders: () => ({
    capacityProviders: [{ capacityProviderArn: ARNS.CapacityProvider, name: 'spot', cluster: 'prod' }],
  }),
  DescribeClusters: () => ({ clusters: [{ clusterArn, clusterName: 'prod', capacityProviders: ['spot'] }] }),
  DescribeContainerInstances: () => ({
    containerInstances: [{ containerInstanceArn: ARNS.ContainerInstance, capacityProviderName: 'spot', version: 1 }],
  }),
  DescribeDaemon: () => ({ daemon: { ...daemon, clusterArn, deploymentArn: ARNS.DaemonDeployment } }),
  DescribeDaemonDeployments: () => ({ daemonDeployments: [daemonDeployment] }),
  DescribeDaemonRevisions: () => ({
    daemonRevisions: [
      {
        daemonRevisionArn: ARNS.DaemonRevision,
        daemonArn: ARNS.Daemon,
        clusterArn,
        daemonTaskDefinitionArn: ARNS.DaemonTaskDefinition,
      },
    ],
  }),
  DescribeDaemonTaskDefinition: () => ({
    daemonTaskDefinition: { daemonTaskDefinitionArn: ARNS.DaemonTaskDefinition, family: 'agent', revision: 1 },
  }),
  DescribeExpressGatewayService: () => ({ service: express }),
  DescribeGateway: () => ({ gateway }),
  DescribeGatewayResources: () => ({
    gatewayResources: { gatewayArn: ARNS.Gateway, resources: { hostSharedAlb: [{ securityGroup: 'sg-1' }] } },
  }),
  DescribeGatewayRoute: () => ({ gatewayRoute: { ...route, serviceUrl: 'https://web.example' } }),
  DescribeServiceDeployments: () => ({
    serviceDeployments: [
      {
        ...brief,
        sourceServiceRevisions: [{ arn: OLD_REVISION }],
        targetServiceRevision: { arn: ARNS.ServiceRevision },
      },
    ],
  }),
  DescribeServiceRevisions: ({ serviceRevisionArns }) => ({
    serviceRevisions: (serviceRevisionArns as string[]).map((arn) => ({
      serviceRevisionArn: arn,
      serviceArn,
      clusterArn,
      taskDefinition: arn === OLD_REVISION ? OLD_TASK_DEFINITION : ARNS.TaskDefinition,
    })),
  }),
  DescribeServices: () => ({ services: [SERVICE] }),
  DescribeTaskDefinition: ({ taskDefinition }) => {
    const isOld = String(taskDefinition).endsWith(':1');
    return {
      taskDefinition: {
        taskDefinitionArn: isOld ? OLD_TASK_DEFINITION : ARNS.TaskDefinition,
        family: 'web',
        revision: isOld ? 1 : 2,
        containerDefinitions: [
          { name: 'web', image: IMAGE, secrets: [{ name: 'DB', valueFrom: `${SECRET}:password::` }] },
        ],
      },
    };
  },
  DescribeTaskSets: () => ({ taskSets: SERVICE.taskSets }),
  DescribeTasks: () => ({ tasks: [TASK] }),
  DiscoverPollEndpoint: () => ({ endpoint: 'https://ecs-a-1.example' }),
  GetTaskProtection: () => ({ protectedTasks: [{ taskArn: ARNS.Task, protectionEnabled: true }] }),
  ListAccountSettings: () => ({ settings: [{ name: 'awsvpcTrunking', value: 'enabled' }] }),
  ListAttributes: () => ({ attributes: [{ name: 'stack', value: 'blue', targetId: ARNS.ContainerInstance }] }),
  ListClusters: () => ({ clusterArns: [clusterArn] }),
  ListContainerInstances: () => ({ containerInstanceArns: [ARNS.ContainerInstance] }),
  ListDaemonDeployments: () => ({ daemonDeployments: [{ ...daemonDeployment, daemonArn: ARNS.Daemon }] }),
  ListDaemonTaskDefinitions: () => ({ daemonTaskDefinitions: [{ arn: ARNS.DaemonTaskDefinition, status: 'ACTIVE' }] }),
  ListDaemons: () => ({ daemonSummariesList: [daemon] }),
  ListGatewayClusterAssociations: () => ({
    gatewayClusterAssociations: [{ gatewayArn: ARNS.Gateway, clusterArn, status: 'ACTIVE' }],
  }),
  ListGatewayRoutes: () => ({ gatewayRoutes: [{ ...route, gatewayArn: ARNS.Gateway, clusterArn }] }),
  ListGateways: () => ({ gateways: [gateway] }),
  ListServiceDeployments: () => ({ serviceDeployments: [brief] }),
  ListServices: () => ({ serviceArns: [serviceArn] }),
  ListServicesByNamespace: () => ({ serviceArns: [serviceArn] }),
  ListTagsForResource: () => ({ tags }),
  ListTaskDefinitionFamilies: () => ({ families: ['web'] }),
  ListTaskDefinitions: () => ({ taskDefinitionArns: [ARNS.TaskDefinition] }),
  ListTasks: () => ({ taskArns: [ARNS.Task] }),
  TagResource: () => ({}),
  UntagResource: () => ({}),
  UpdateExpressGatewayService: () => ({ service: { ...express, targetConfiguration: { cpu: '256' } } }),
};
