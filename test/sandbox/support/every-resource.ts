import type { Backend } from '../../../src/sandbox/backend/backend.ts';

const CALLER = { principalArn: 'arn:aws:iam::123456789012:root' };
const NETWORK = { awsvpcConfiguration: { subnets: ['subnet-1', 'subnet-2'] } };
const MINUTE = 60_000;

export interface Read {
  readonly operation: string;
  readonly input: object;
}

interface Answers {
  readonly cluster?: { clusterArn: string };
  readonly containerInstance?: { containerInstanceArn: string };
  readonly tasks?: { taskArn: string }[];
  readonly service?: { serviceArn: string };
  readonly taskSet?: { taskSetArn: string };
  readonly taskArns?: string[];
  readonly daemonArn?: string;
  readonly deploymentArn?: string;
  readonly gatewayRoutes?: { gatewayRouteArn: string }[];
  readonly serviceDeployments?: { serviceDeploymentArn: string; targetServiceRevisionArn: string }[];
  readonly daemonDeployments?: { targetDaemonRevisionArn: string }[];
}

/** A world that has at least one of each kind of resource, and a read of each of them. */
export function buildEverything(backend: Backend): { reads: Read[] } {
  const call = (operation: string, input: object): Answers =>
    backend.call('eu-west-1', CALLER, operation, input) as Answers;
  const cluster = 'main';
  call('CreateCluster', { clusterName: cluster, configuration: {}, tags: [{ key: 'a', value: 'b' }] });
  const asg = 'arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:1:autoScalingGroupName/own';
  const managedScaling = { status: 'ENABLED' };
  const autoScalingGroupProvider = { autoScalingGroupArn: asg, managedScaling };
  call('CreateCapacityProvider', { name: 'main', autoScalingGroupProvider });
  const providers = ['main', 'FARGATE'];
  call('PutClusterCapacityProviders', { cluster, capacityProviders: providers, defaultCapacityProviderStrategy: [] });
  const portMappings = [{ containerPort: 80, name: 'http' }];
  const container = { name: 'main', image: 'web:1', memory: 128, portMappings };
  call('RegisterTaskDefinition', { family: 'web', containerDefinitions: [container] });
  const size = { cpu: '256', memory: '512', networkMode: 'awsvpc', requiresCompatibilities: ['FARGATE'] };
  call('RegisterTaskDefinition', { family: 'fargate', containerDefinitions: [container], ...size });
  const attributes = [{ name: 'sandbox.capacity-provider', value: 'main' }];
  const { containerInstance } = call('RegisterContainerInstance', { cluster, attributes });
  call('CreateGateway', {
    name: 'main',
    infrastructureRoleArn: 'arn:aws:iam::123456789012:role/x',
    configuration: { hostSharedAlb: {} },
  });
  call('AssociateGatewayWithCluster', { gateway: 'main', cluster });
  call('CreateService', {
    cluster,
    serviceName: 'main',
    taskDefinition: 'fargate',
    desiredCount: 1,
    launchType: 'FARGATE',
    networkConfiguration: NETWORK,
    gatewayConnectors: [{ portName: 'http' }],
    serviceConnectConfiguration: { enabled: true, namespace: 'internal', services: [{ portName: 'http' }] },
  });
  const volumes = [{ name: 'data', configuredAtLaunch: true }];
  const mounting = { ...container, mountPoints: [{ sourceVolume: 'data', containerPath: '/data' }] };
  call('RegisterTaskDefinition', { family: 'stateful', containerDefinitions: [mounting], volumes, ...size });
  const managedEBSVolume = { roleArn: 'arn:aws:iam::123456789012:role/x', sizeInGiB: 10 };
  const onFargate = { cluster, launchType: 'FARGATE', networkConfiguration: NETWORK };
  const volumeConfigurations = [{ name: 'data', managedEBSVolume }];
  call('RunTask', { ...onFargate, taskDefinition: 'stateful', volumeConfigurations });
  const manual = call('RegisterContainerInstance', {
    cluster,
    attributes: [{ name: 'sandbox.agent', value: 'manual' }],
  });
  const containerInstances = [manual.containerInstance?.containerInstanceArn];
  const started = call('StartTask', { cluster, containerInstances, taskDefinition: 'web' });
  call('SubmitTaskStateChange', { cluster, task: started.tasks?.[0]?.taskArn, status: 'RUNNING' });
  const controlled = { serviceName: 'sets', deploymentController: { type: 'EXTERNAL' }, desiredCount: 1 };
  const sets = call('CreateService', { cluster, ...controlled });
  call('CreateTaskSet', { cluster, service: 'sets', taskDefinition: 'web', scale: { value: 100, unit: 'PERCENT' } });
  const express = call('CreateExpressGatewayService', {
    cluster,
    serviceName: 'express',
    infrastructureRoleArn: 'arn:aws:iam::123456789012:role/x',
    executionRoleArn: 'arn:aws:iam::123456789012:role/y',
    primaryContainer: { image: 'web:1' },
  });
  call('RegisterDaemonTaskDefinition', { family: 'main', containerDefinitions: [{ ...container, portMappings: [] }] });
  const daemon = call('CreateDaemon', {
    daemonName: 'main',
    clusterArn: cluster,
    daemonTaskDefinitionArn: 'main:1',
    capacityProviderArns: ['main'],
  });
  backend.clock.advance(5 * MINUTE);
  const { tasks = [] } = call('RunTask', { cluster, taskDefinition: 'web', count: 2, enableExecuteCommand: true });
  call('StopTask', { cluster, task: tasks[0]?.taskArn });
  backend.clock.advance(MINUTE);
  const { taskArns = [] } = call('ListTasks', { cluster });
  const { gatewayRoutes = [] } = call('ListGatewayRoutes', {});
  const { serviceDeployments = [] } = call('ListServiceDeployments', { cluster, service: 'express' });
  const { daemonDeployments = [] } = call('ListDaemonDeployments', { daemonArn: daemon.daemonArn });
  const everyTask = [...taskArns, tasks[0]?.taskArn];
  const daemonArn = daemon.daemonArn;
  return {
    reads: [
      ['DescribeCapacityProviders', { include: ['TAGS'] }],
      [
        'DescribeClusters',
        { clusters: [cluster, 'none'], include: ['ATTACHMENTS', 'CONFIGURATIONS', 'SETTINGS', 'STATISTICS', 'TAGS'] },
      ],
      [
        'DescribeContainerInstances',
        {
          cluster,
          containerInstances: [containerInstance?.containerInstanceArn],
          include: ['TAGS', 'CONTAINER_INSTANCE_HEALTH'],
        },
      ],
      ['DescribeDaemon', { daemonArn }],
      ['DescribeDaemonDeployments', { daemonDeploymentArns: [daemon.deploymentArn] }],
      [
        'DescribeDaemonRevisions',
        { daemonRevisionArns: daemonDeployments.map((item) => item.targetDaemonRevisionArn) },
      ],
      ['DescribeDaemonTaskDefinition', { daemonTaskDefinition: 'main' }],
      ['DescribeExpressGatewayService', { serviceArn: express.service?.serviceArn, include: ['TAGS'] }],
      ['DescribeGateway', { gateway: 'main' }],
      ['DescribeGatewayResources', { gateway: 'main' }],
      ['DescribeGatewayRoute', { gatewayRouteArn: gatewayRoutes[0]?.gatewayRouteArn }],
      [
        'DescribeServiceDeployments',
        { serviceDeploymentArns: serviceDeployments.map((item) => item.serviceDeploymentArn) },
      ],
      [
        'DescribeServiceRevisions',
        { serviceRevisionArns: serviceDeployments.map((item) => item.targetServiceRevisionArn) },
      ],
      ['DescribeServices', { cluster, services: ['main', 'sets', 'express', 'none'], include: ['TAGS'] }],
      ['DescribeTaskDefinition', { taskDefinition: 'fargate', include: ['TAGS'] }],
      ['DescribeTaskSets', { cluster, service: sets.service?.serviceArn, include: ['TAGS'] }],
      ['DescribeTasks', { cluster, tasks: everyTask, include: ['TAGS'] }],
      ['GetTaskProtection', { cluster }],
      ['ListAccountSettings', { effectiveSettings: true }],
      ['ListAttributes', { cluster, targetType: 'container-instance' }],
      ['ListClusters', {}],
      ['ListContainerInstances', { cluster }],
      ['ListDaemonDeployments', { daemonArn }],
      ['ListDaemonTaskDefinitions', {}],
      ['ListDaemons', { clusterArn: cluster }],
      ['ListGatewayClusterAssociations', {}],
      ['ListGatewayRoutes', {}],
      ['ListGateways', {}],
      ['ListServiceDeployments', { cluster, service: 'main' }],
      ['ListServices', { cluster }],
      ['ListServicesByNamespace', { namespace: 'none' }],
      ['ListTagsForResource', { resourceArn: `arn:aws:ecs:eu-west-1:123456789012:cluster/${cluster}` }],
      ['ListTaskDefinitionFamilies', {}],
      ['ListTaskDefinitions', {}],
      ['ListTasks', { cluster, daemonName: 'main' }],
    ].map(([operation, input]) => ({ operation, input }) as Read),
  };
}
