import { instance, ON_FARGATE, service } from '../write-cases.ts';
import { BASE, type FilterCase } from './filter-case.ts';

const connected = { enabled: true, namespace: 'internal' };

export const SERVICE_FILTERS: readonly FilterCase[] = [
  {
    list: 'ListTasks',
    filters: ['desiredStatus', 'family', 'launchType', 'startedBy'],
    what: 'a task is run',
    write: (through) =>
      through('tasks { taskArn }')('RunTask', { cluster: 'base', ...ON_FARGATE, startedBy: 'filter' }),
    shows: ({ taskArn }) => {
      const tasks = (filter: string) => `tasks(${BASE}, first: 1000, ${filter})`;
      return [
        [tasks('desiredStatus: RUNNING'), { taskArn }, true],
        [tasks('desiredStatus: STOPPED'), { taskArn }, false],
        [tasks('family: "web"'), { taskArn }, true],
        [tasks('family: "plain"'), { taskArn }, false],
        [tasks('launchType: FARGATE'), { taskArn }, true],
        [tasks('launchType: EC2'), { taskArn }, false],
        [tasks('startedBy: "filter"'), { taskArn }, true],
        [tasks('startedBy: "other"'), { taskArn }, false],
      ];
    },
  },
  {
    list: 'ListTasks',
    filters: ['containerInstance'],
    what: 'a task is started on an instance',
    prepare: async (call) => ({ arn: (await instance(call)).arn ?? '', other: (await instance(call)).arn ?? '' }),
    write: (through, { arn }) =>
      through('tasks { taskArn }')('StartTask', {
        cluster: 'base',
        taskDefinition: 'plain',
        containerInstances: [arn],
      }),
    shows: ({ arn, other, taskArn }) => [
      [`tasks(${BASE}, containerInstance: "${arn}")`, { taskArn }, true],
      [`tasks(${BASE}, containerInstance: "${other}")`, { taskArn }, false],
    ],
  },
  {
    list: 'ListTasks',
    filters: ['serviceName', 'desiredStatus', 'family'],
    what: 'a task of a service is stopped',
    prepare: async (call, name) => {
      await service(call, name, 1);
      return { name };
    },
    write: async (through, { name }) => {
      const { taskArns } = await through()('ListTasks', { cluster: 'base', serviceName: name });
      const [taskArn = ''] = taskArns as string[];
      await through()('StopTask', { cluster: 'base', task: taskArn });
      return { taskArn };
    },
    shows: ({ name, taskArn }) => {
      const tasks = (filter: string) => `tasks(${BASE}, first: 1000, ${filter})`;
      return [
        [tasks(`serviceName: "${name}"`), { taskArn }, false],
        [tasks(`serviceName: "${name}", desiredStatus: STOPPED`), { taskArn }, true],
        [tasks('family: "web"'), { taskArn }, false],
      ];
    },
  },
  {
    list: 'ListServices',
    filters: ['launchType', 'schedulingStrategy', 'resourceManagementType'],
    what: 'a service is created',
    write: (through) =>
      through('service { serviceArn }')('CreateService', {
        cluster: 'base',
        serviceName: 'filtered',
        desiredCount: 0,
        ...ON_FARGATE,
      }),
    shows: ({ serviceArn }) => {
      const services = (filter: string) => `services(${BASE}, first: 1000, ${filter})`;
      return [
        [services('launchType: FARGATE'), { serviceArn }, true],
        [services('launchType: EC2'), { serviceArn }, false],
        [services('schedulingStrategy: REPLICA'), { serviceArn }, true],
        [services('schedulingStrategy: DAEMON'), { serviceArn }, false],
        [services('resourceManagementType: ECS'), { serviceArn }, false],
        [services('resourceManagementType: CUSTOMER'), { serviceArn }, true],
      ];
    },
  },
  {
    list: 'ListServices',
    filters: ['launchType'],
    what: 'a service gets a capacity provider strategy',
    prepare: async (call, name) => {
      await call('PutClusterCapacityProviders', {
        cluster: 'base',
        capacityProviders: ['FARGATE'],
        defaultCapacityProviderStrategy: [],
      });
      return service(call, name);
    },
    write: (through, { name }) =>
      through()('UpdateService', {
        cluster: 'base',
        service: name,
        capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
        forceNewDeployment: true,
      }),
    shows: ({ arn }) => [
      [`services(${BASE}, first: 1000, launchType: FARGATE)`, { serviceArn: arn }, false],
      [`services(${BASE}, first: 1000)`, { serviceArn: arn }, true],
    ],
  },
  {
    list: 'ListServices',
    filters: ['launchType', 'schedulingStrategy'],
    what: 'a service is deleted',
    prepare: service,
    write: (through, { name }) => through()('DeleteService', { cluster: 'base', service: name, force: true }),
    shows: ({ arn }) => [
      [`services(${BASE}, first: 1000, launchType: FARGATE)`, { serviceArn: arn }, false],
      [`services(${BASE}, first: 1000, schedulingStrategy: REPLICA)`, { serviceArn: arn }, false],
    ],
  },
  {
    list: 'ListServicesByNamespace',
    filters: ['namespace'],
    what: 'a service is created in it, another updated, a third deleted',
    prepare: async (call, name) => {
      await service(call, `${name}-updated`);
      const deleted = await call('CreateService', {
        cluster: 'base',
        serviceName: `${name}-deleted`,
        desiredCount: 0,
        ...ON_FARGATE,
        serviceConnectConfiguration: connected,
      });
      return { name, deleted: String((deleted.service as { serviceArn: string }).serviceArn) };
    },
    write: async (through, { name }) => {
      const more = { serviceConnectConfiguration: connected };
      await through()('UpdateService', { cluster: 'base', service: `${name}-updated`, ...more });
      await through()('DeleteService', { cluster: 'base', service: `${name}-deleted` });
      const created = { serviceName: `${name}-created`, desiredCount: 0, ...ON_FARGATE, ...more };
      return through('service { serviceArn }')('CreateService', { cluster: 'base', ...created });
    },
    shows: ({ name, deleted }) => [
      ['servicesByNamespace(namespace: "internal", first: 1000)', { serviceName: `${name}-created` }, true],
      ['servicesByNamespace(namespace: "internal", first: 1000)', { serviceName: `${name}-updated` }, true],
      ['servicesByNamespace(namespace: "internal", first: 1000)', { serviceArn: deleted }, false],
      ['servicesByNamespace(namespace: "other", first: 1000)', { serviceName: `${name}-created` }, false],
    ],
  },
  {
    list: 'ListServiceDeployments',
    filters: ['status', 'createdAt'],
    what: 'a deployment begins',
    prepare: service,
    write: (through, { name }) =>
      through('service { currentServiceDeployment { serviceDeploymentArn } }')('UpdateService', {
        cluster: 'base',
        service: name,
        forceNewDeployment: true,
      }),
    shows: ({ name, serviceDeploymentArn }) => {
      const of = (filter: string) => `serviceDeployments(cluster: "base", service: "${name}", ${filter})`;
      return [
        [of('status: [PENDING]'), { serviceDeploymentArn }, true],
        [of('status: [SUCCESSFUL]'), { serviceDeploymentArn }, false],
      ];
    },
  },
];
