import { expect } from 'vitest';
import { cluster, container, FAILURES, fargate, onFargate, step, type WriteStep } from './step.ts';

/** One write of each kind about clusters, services and tasks, in an order in which each finds what it needs. */
export const SERVICES_STEPS: readonly WriteStep[] = [
  step(
    'CreateCluster',
    { clusterName: cluster, tags: [{ key: 'a', value: 'b' }] },
    '{ cluster { clusterArn status } }',
    {
      cluster: { status: 'ACTIVE' },
    },
    { keep: { cluster: 'cluster.clusterArn' } },
  ),
  step(
    'UpdateCluster',
    { cluster, settings: [{ name: 'CONTAINER_INSIGHTS', value: 'enabled' }] },
    '{ cluster { settings { name value } } }',
    {
      cluster: { settings: [{ value: 'enabled' }] },
    },
  ),
  step(
    'UpdateClusterSettings',
    { cluster, settings: [{ name: 'CONTAINER_INSIGHTS', value: 'disabled' }] },
    '{ cluster { settings { value } } }',
    {
      cluster: { settings: [{ value: 'disabled' }] },
    },
  ),
  step(
    'CreateCapacityProvider',
    {
      name: 'own',
      autoScalingGroupProvider: {
        autoScalingGroupArn: 'arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:1:autoScalingGroupName/own',
        managedScaling: { status: 'ENABLED' },
      },
    },
    '{ capacityProvider { name status } }',
    { capacityProvider: { name: 'own', status: 'ACTIVE' } },
    { calls: 2 },
  ),
  step(
    'UpdateCapacityProvider',
    { name: 'own', autoScalingGroupProvider: { managedScaling: { targetCapacity: 80 } } },
    '{ capacityProvider { name } }',
    {
      capacityProvider: { name: 'own' },
    },
  ),
  step(
    'PutClusterCapacityProviders',
    { cluster, capacityProviders: ['own', 'FARGATE'], defaultCapacityProviderStrategy: [] },
    '{ cluster { capacityProviders { name } } }',
    {
      cluster: { capacityProviders: [{ name: 'own' }, { name: 'FARGATE' }] },
    },
  ),
  step(
    'RegisterTaskDefinition',
    {
      family: 'web',
      containerDefinitions: [
        {
          ...container,
          environment: [
            { name: 'B', value: '1' },
            { name: 'A', value: '2' },
          ],
        },
      ],
      tags: [{ key: 'k', value: 'v' }],
    },
    '{ taskDefinition { family revision } tags { key } }',
    {
      taskDefinition: { family: 'web', revision: 1 },
      tags: [{ key: 'k' }],
    },
  ),
  step(
    'RegisterTaskDefinition',
    { family: 'fargate', containerDefinitions: [container], ...fargate },
    '{ taskDefinition { revision } }',
    {
      taskDefinition: { revision: 1 },
    },
  ),
  step(
    'RegisterTaskDefinition',
    { family: 'fargate', containerDefinitions: [container], ...fargate },
    '{ taskDefinition { revision } }',
    {
      taskDefinition: { revision: 2 },
    },
  ),
  step(
    'CreateService',
    { ...onFargate, serviceName: 'web', taskDefinition: 'fargate', desiredCount: 1 },
    '{ service { serviceName status } }',
    {
      service: { serviceName: 'web', status: 'ACTIVE' },
    },
    { calls: 2, minutes: 5 },
  ),
  step('UpdateService', { cluster, service: 'web', desiredCount: 2 }, '{ service { desiredCount } }', {
    service: { desiredCount: 2 },
  }),
  step(
    'UpdateService',
    { cluster, service: 'web', forceNewDeployment: true },
    '{ service { deployments { status } } }',
    {
      service: { deployments: [{ status: 'PRIMARY' }, { status: 'ACTIVE' }] },
    },
  ),
  step(
    'UpdateTaskProtection',
    (made) => ({ cluster, tasks: [made.task], protectionEnabled: true, expiresInMinutes: 30 }),
    `{ protectedTasks { protectionEnabled } ${FAILURES} }`,
    {
      protectedTasks: [{ protectionEnabled: true }],
      failures: [],
    },
  ),
  step(
    'RunTask',
    { ...onFargate, taskDefinition: 'fargate', startedBy: 'me', enableExecuteCommand: true },
    `{ tasks { taskArn startedBy } ${FAILURES} }`,
    {
      tasks: [{ startedBy: 'me' }],
      failures: [],
    },
    {
      calls: 2,
      keep: { run: 'tasks.0.taskArn' },
      minutes: 3,
    },
  ),
  step('StopTask', (made) => ({ cluster, task: made.run }), '{ task { desiredStatus } }', {
    task: { desiredStatus: 'STOPPED' },
  }),
  step(
    'StartTask',
    (made) => ({ cluster, containerInstances: [made.instance], taskDefinition: 'web', startedBy: 'me' }),
    `{ tasks { startedBy } ${FAILURES} }`,
    {
      tasks: [{ startedBy: 'me' }],
      failures: [],
    },
  ),
  step(
    'PutAttributes',
    (made) => ({ cluster, attributes: [{ name: 'stack', value: 'blue', targetId: made.instance }] }),
    '{ attributes { name value } }',
    {
      attributes: [{ name: 'stack', value: 'blue' }],
    },
  ),
  step(
    'DeleteAttributes',
    (made) => ({ cluster, attributes: [{ name: 'stack', targetId: made.instance }] }),
    '{ attributes { name } }',
    {
      attributes: [{ name: 'stack' }],
    },
  ),
  step(
    'UpdateContainerInstancesState',
    (made) => ({ cluster, containerInstances: [made.instance], status: 'DRAINING' }),
    `{ containerInstances { status } ${FAILURES} }`,
    {
      containerInstances: [{ status: 'DRAINING' }],
      failures: [],
    },
  ),
  step(
    'UpdateContainerAgent',
    (made) => ({ cluster, containerInstance: made.instance }),
    '{ containerInstance { agentUpdateStatus } }',
    { containerInstance: { agentUpdateStatus: 'PENDING' } },
  ),
  step(
    'DeregisterContainerInstance',
    (made) => ({ cluster, containerInstance: made.instance, force: true }),
    '{ containerInstance { status } }',
    {
      containerInstance: { status: 'INACTIVE' },
    },
  ),
  step(
    'TagResource',
    (made) => ({ resourceArn: made.cluster, tags: [{ key: 'team', value: 'web' }] }),
    '{ resource { __typename } }',
    {
      resource: { __typename: 'Cluster' },
    },
  ),
  step('UntagResource', (made) => ({ resourceArn: made.cluster, tagKeys: ['team'] }), '{ resource { __typename } }', {
    resource: { __typename: 'Cluster' },
  }),
  step('PutAccountSetting', { name: 'AWSVPC_TRUNKING', value: 'enabled' }, '{ setting { name value } }', {
    setting: { value: 'enabled' },
  }),
  step('DeleteAccountSetting', { name: 'AWSVPC_TRUNKING' }, '{ setting { name } }', {
    setting: { name: 'AWSVPC_TRUNKING' },
  }),
  step(
    'CreateTaskSet',
    { cluster, service: 'sets', taskDefinition: 'web', scale: { value: 100, unit: 'PERCENT' } },
    '{ taskSet { taskSetArn status } }',
    {
      taskSet: { status: 'ACTIVE' },
    },
    {
      calls: 2,
      keep: { taskSet: 'taskSet.taskSetArn' },
    },
  ),
  step(
    'UpdateTaskSet',
    (made) => ({ cluster, service: 'sets', taskSet: made.taskSet, scale: { value: 50, unit: 'PERCENT' } }),
    '{ taskSet { scale { value } } }',
    {
      taskSet: { scale: { value: 50 } },
    },
  ),
  step(
    'UpdateServicePrimaryTaskSet',
    (made) => ({ cluster, service: 'sets', primaryTaskSet: made.taskSet }),
    '{ taskSet { status } }',
    {
      taskSet: { status: 'PRIMARY' },
    },
  ),
  step(
    'CreateTaskSet',
    { cluster, service: 'sets', taskDefinition: 'web', scale: { value: 0, unit: 'PERCENT' } },
    '{ taskSet { taskSetArn } }',
    { taskSet: { taskSetArn: expect.any(String) } },
    { calls: 2, keep: { idle: 'taskSet.taskSetArn' } },
  ),
  step(
    'DeleteTaskSet',
    (made) => ({ cluster, service: 'sets', taskSet: made.idle }),
    '{ taskSet { status } }',
    {
      taskSet: { status: 'DRAINING' },
    },
    { calls: 2 },
  ),
  step(
    'ContinueServiceDeployment',
    (made) => ({ serviceDeploymentArn: made.paused, hookId: made.hook }),
    '{ serviceDeployment { serviceDeploymentArn } }',
    (made) => ({ serviceDeployment: { serviceDeploymentArn: made.paused } }),
  ),
  step(
    'StopServiceDeployment',
    (made) => ({ serviceDeploymentArn: made.deployment, stopType: 'ABORT' }),
    '{ serviceDeployment { serviceDeploymentArn } }',
    (made) => ({
      serviceDeployment: { serviceDeploymentArn: made.deployment },
    }),
  ),
  step(
    'DeleteService',
    { cluster, service: 'web', force: true },
    '{ service { status } }',
    { service: { status: 'DRAINING' } },
    { calls: 2 },
  ),
  step('DeregisterTaskDefinition', { taskDefinition: 'fargate:1' }, '{ taskDefinition { status } }', {
    taskDefinition: { status: 'INACTIVE' },
  }),
  step('DeleteTaskDefinitions', { taskDefinitions: ['fargate:1'] }, `{ taskDefinitions { status } ${FAILURES} }`, {
    taskDefinitions: [{ status: 'DELETE_IN_PROGRESS' }],
    failures: [],
  }),
];
