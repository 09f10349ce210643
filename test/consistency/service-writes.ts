import {
  express,
  expressInput,
  has,
  hasNot,
  list,
  ON_FARGATE,
  service,
  taskSets,
  type WriteCase,
} from './write-cases.ts';

const SERVICES = 'services(clusters: ["base"], first: 1000)';
const inService = (name: string | undefined, fields: string) =>
  `{ service(cluster: "base", service: "${name}") { ${fields} } }`;
const sets = (name: string | undefined) =>
  `{ taskSets(cluster: "base", service: "${name}") { nodes { taskSetArn status } } }`;

/** Writes of services, Express services and task sets. */
export const SERVICE_WRITES: readonly WriteCase[] = [
  {
    operation: 'CreateService',
    input: () => ({
      cluster: 'base',
      serviceName: 'created',
      desiredCount: 0,
      ...ON_FARGATE,
      tags: [{ key: 'env', value: 'test' }],
    }),
    payload: 'service { serviceArn currentServiceDeployment { serviceDeploymentArn } }',
    shows: {
      tags: ({ serviceArn }) => [`{ tags(resourceArn: "${serviceArn}") { value } }`, { tags: [{ value: 'test' }] }],
      service: () => [
        inService('created', 'status tags { value }'),
        { service: { status: 'ACTIVE', tags: [{ value: 'test' }] } },
      ],
      services: () => [list(SERVICES, 'serviceName'), has({ serviceName: 'created' })],
      serviceDeployments: ({ serviceDeploymentArn }) => [
        list('serviceDeployments(cluster: "base", service: "created")', 'serviceDeploymentArn'),
        has({ serviceDeploymentArn }),
      ],
    },
  },
  {
    operation: 'UpdateService',
    prepare: service,
    before: async (call, { name }) => {
      await call('UpdateService', { cluster: 'base', service: name, desiredCount: 2 });
      return undefined;
    },
    input: ({ name }) => ({ cluster: 'base', service: name, forceNewDeployment: true }),
    payload: 'service { currentServiceDeployment { serviceDeploymentArn } }',
    shows: {
      'service, with the writes before it': ({ name, serviceDeploymentArn }) => [
        inService(name, 'desiredCount currentServiceDeployment { serviceDeploymentArn }'),
        { service: { desiredCount: 2, currentServiceDeployment: { serviceDeploymentArn } } },
      ],
      serviceDeployments: ({ name, serviceDeploymentArn }) => [
        list(`serviceDeployments(cluster: "base", service: "${name}")`, 'serviceDeploymentArn'),
        has({ serviceDeploymentArn }),
      ],
    },
  },
  {
    operation: 'DeleteService',
    prepare: service,
    input: ({ name }) => ({ cluster: 'base', service: name, force: true }),
    shows: {
      service: ({ name }) => [inService(name, 'status'), { service: { status: 'DRAINING' } }],
      services: ({ name }) => [list(SERVICES, 'serviceName'), hasNot({ serviceName: name })],
    },
  },
  {
    operation: 'CreateExpressGatewayService',
    input: () => expressInput('express-created'),
    payload: 'service { serviceArn }',
    shows: {
      expressGatewayService: ({ serviceArn }) => [
        `{ expressGatewayService(serviceArn: "${serviceArn}") { serviceName status { statusCode } } }`,
        { expressGatewayService: { serviceName: 'express-created', status: { statusCode: 'ACTIVE' } } },
      ],
      service: ({ serviceArn }) => [
        `{ service(service: "${serviceArn}") { status serviceName } }`,
        { service: { status: 'ACTIVE', serviceName: 'express-created' } },
      ],
      services: ({ serviceArn }) => [list(SERVICES, 'serviceArn'), has({ serviceArn })],
    },
    note: 'As an ordinary service it has its names, status and cluster until ECS shows the rest.',
  },
  {
    operation: 'UpdateExpressGatewayService',
    prepare: express,
    input: ({ arn }) => ({ serviceArn: arn, cpu: '512', memory: '1024' }),
    payload: 'service { updatedAt }',
    shows: {
      expressGatewayService: ({ arn, updatedAt }) => [
        `{ expressGatewayService(serviceArn: "${arn}") { updatedAt } }`,
        { expressGatewayService: { updatedAt } },
      ],
    },
    note: 'The configuration itself follows with its deployment.',
  },
  {
    operation: 'DeleteExpressGatewayService',
    prepare: express,
    input: ({ arn }) => ({ serviceArn: arn }),
    shows: {
      expressGatewayService: ({ arn }) => [
        `{ expressGatewayService(serviceArn: "${arn}") { status { statusCode } } }`,
        { expressGatewayService: { status: { statusCode: 'DRAINING' } } },
      ],
      service: ({ name }) => [inService(name, 'status'), { service: { status: 'DRAINING' } }],
      services: ({ name }) => [list(SERVICES, 'serviceName'), hasNot({ serviceName: name })],
    },
  },
  {
    operation: 'CreateTaskSet',
    prepare: (call, name) => taskSets(call, name, 0),
    input: ({ name }) => ({ cluster: 'base', service: name, taskDefinition: 'plain' }),
    payload: 'taskSet { taskSetArn id }',
    shows: {
      taskSets: ({ name, taskSetArn }) => [sets(name), { taskSets: { nodes: [{ taskSetArn, status: 'ACTIVE' }] } }],
      'service { taskSets }': ({ name, taskSetArn }) => [
        inService(name, 'taskSets { taskSetArn }'),
        { service: { taskSets: [{ taskSetArn }] } },
      ],
      node: ({ id }) => [`{ node(id: "${id}") { ... on TaskSet { status } } }`, { node: { status: 'ACTIVE' } }],
    },
  },
  {
    operation: 'UpdateTaskSet',
    prepare: (call, name) => taskSets(call, name, 1),
    input: ({ name, first }) => ({
      cluster: 'base',
      service: name,
      taskSet: first,
      scale: { value: 25, unit: 'PERCENT' },
    }),
    shows: {
      taskSets: ({ name }) => [
        `{ taskSets(cluster: "base", service: "${name}") { nodes { scale { value } } } }`,
        { taskSets: { nodes: [{ scale: { value: 25 } }] } },
      ],
      'service { taskSets }': ({ name }) => [
        inService(name, 'taskSets { scale { value } }'),
        { service: { taskSets: [{ scale: { value: 25 } }] } },
      ],
    },
  },
  {
    operation: 'UpdateServicePrimaryTaskSet',
    prepare: (call, name) => taskSets(call, name, 2),
    input: ({ name, second }) => ({ cluster: 'base', service: name, primaryTaskSet: second }),
    shows: {
      taskSets: ({ name, first }) => [
        list(`taskSets(cluster: "base", service: "${name}")`, 'taskSetArn status'),
        has({ taskSetArn: first, status: 'ACTIVE' }),
      ],
      'service { taskSets }': ({ name, first, second }) => [
        inService(name, 'taskSets { taskSetArn status }'),
        {
          service: {
            taskSets: [
              { taskSetArn: first, status: 'ACTIVE' },
              { taskSetArn: second, status: 'PRIMARY' },
            ],
          },
        },
      ],
    },
  },
  {
    operation: 'DeleteTaskSet',
    prepare: (call, name) => taskSets(call, name, 1),
    input: ({ name, first }) => ({ cluster: 'base', service: name, taskSet: first, force: true }),
    shows: {
      taskSets: ({ name, first }) => [sets(name), { taskSets: { nodes: [{ taskSetArn: first, status: 'DRAINING' }] } }],
      'service { taskSets }': ({ name }) => [
        inService(name, 'taskSets { status }'),
        { service: { taskSets: [{ status: 'DRAINING' }] } },
      ],
    },
  },
  {
    operation: 'StopServiceDeployment',
    input: () => ({}),
    shows: {},
    note: 'ECS answers with the ARN alone: the deployment shows it when ECS does.',
  },
  {
    operation: 'ContinueServiceDeployment',
    input: () => ({}),
    shows: {},
    note: 'ECS answers with the ARN alone: the deployment shows it when ECS does.',
  },
];
