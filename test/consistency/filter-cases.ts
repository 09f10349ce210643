import type { ListOperation } from '../../src/ecs/core/list-operations.ts';
import { settingName } from '../support/graph-input.ts';
import {
  ASG,
  type Call,
  capacityProvider,
  DAEMON_CONTAINERS,
  daemon,
  gateway,
  instance,
  type Names,
  ON_FARGATE,
  ROLE,
  service,
} from './write-cases.ts';

/** A write through the gateway that changes what ECS's filter lets through, and what the list shows at once. */
export interface FilterCase {
  readonly list: ListOperation;
  /** The members of the list's input that filter. */
  readonly filters: readonly string[];
  readonly what: string;
  /** Calls ECS past the gateway, before reads are late. */
  readonly prepare?: (call: Call, name: string) => Promise<Names | undefined>;
  readonly write: (through: (selection?: string) => Call, names: Names) => Promise<object>;
  /** The lists, with the item of each that is there, or is not. */
  readonly shows: (names: Names) => readonly (readonly [field: string, item: object, isThere: boolean])[];
}

const BASE = 'clusters: ["base"]';
const instances = (filter: string) => `containerInstances(${BASE}, first: 1000, filter: ${JSON.stringify(filter)})`;
const put = (through: (selection?: string) => Call, { arn }: Names, value: string, name = 'stack') =>
  through()('PutAttributes', { cluster: 'base', attributes: [{ name, value, targetId: arn }] });
const withStack = async (call: Call) => {
  const made = await instance(call);
  await call('PutAttributes', { cluster: 'base', attributes: [{ name: 'stack', value: 'blue', targetId: made.arn }] });
  return made;
};
const revisionOf = async (call: Call, family: string) => {
  await call('RegisterTaskDefinition', { family, containerDefinitions: [{ name: 'a', image: 'b', memory: 64 }] });
  return { name: family };
};
const connected = { enabled: true, namespace: 'internal' };
const FAMILIES = 'taskDefinitionFamilies(first: 1000';

export const FILTER_CASES: readonly FilterCase[] = [
  {
    list: 'ListContainerInstances',
    filters: ['filter'],
    what: 'an attribute is set',
    prepare: instance,
    write: (through, names) => put(through, names, 'green'),
    shows: ({ arn }) => {
      const item = { containerInstanceArn: arn };
      return [
        [instances('attribute:stack == green'), item, true],
        [instances('attribute:stack exists'), item, true],
        [instances('attribute:stack in [red, "green"] and agentConnected == true'), item, true],
        [instances("attribute:stack =~ gr.* or attribute:stack == 'blue'"), item, true],
        [instances('not (attribute:stack !exists)'), item, true],
        [instances('attribute:stack == blue'), item, false],
        [instances('attribute:stack !exists'), item, false],
        [instances('attribute:stack != green'), item, false],
        [instances('attribute:stack == green && attribute:stack not_in [green]'), item, false],
      ];
    },
  },
  {
    list: 'ListContainerInstances',
    filters: ['filter'],
    what: 'an attribute is changed, and changed again',
    prepare: withStack,
    write: async (through, names) => {
      await put(through, names, 'green');
      return put(through, names, 'red');
    },
    shows: ({ arn }) => {
      const item = { containerInstanceArn: arn };
      return [
        [instances('attribute:stack == red'), item, true],
        [instances('attribute:stack == blue'), item, false],
        [instances('attribute:stack == green'), item, false],
      ];
    },
  },
  {
    list: 'ListContainerInstances',
    filters: ['filter'],
    what: 'an attribute is deleted',
    prepare: withStack,
    write: (through, { arn }) =>
      through()('DeleteAttributes', { cluster: 'base', attributes: [{ name: 'stack', targetId: arn }] }),
    shows: ({ arn }) => {
      const item = { containerInstanceArn: arn };
      return [
        [instances('attribute:stack exists'), item, false],
        [instances('attribute:stack == blue'), item, false],
        [instances('attribute:stack != blue'), item, true],
        [instances('!(attribute:stack == blue)'), item, true],
      ];
    },
  },
  {
    list: 'ListContainerInstances',
    filters: ['filter'],
    what: 'an instance is registered with an attribute',
    write: (through) =>
      through('containerInstance { containerInstanceArn ec2InstanceId }')('RegisterContainerInstance', {
        cluster: 'base',
        attributes: [{ name: 'rack', value: '12' }],
      }),
    shows: ({ containerInstanceArn, ec2InstanceId }) => [
      [instances('attribute:rack == 12'), { containerInstanceArn }, true],
      [instances('attribute:rack > 9 and attribute:rack <= 12.0'), { containerInstanceArn }, true],
      [instances(`ec2InstanceId == ${ec2InstanceId}`), { containerInstanceArn }, true],
      [instances('registeredAt >= 2020-01-01T00:00:00Z and runningTasksCount == 0'), { containerInstanceArn }, true],
      [instances('attribute:rack == 13'), { containerInstanceArn }, false],
    ],
  },
  {
    list: 'ListContainerInstances',
    filters: ['filter', 'status'],
    what: 'an instance with an attribute is set to DRAINING',
    prepare: withStack,
    write: (through, { arn }) =>
      through()('UpdateContainerInstancesState', { cluster: 'base', containerInstances: [arn], status: 'DRAINING' }),
    shows: ({ arn }) => {
      const item = { containerInstanceArn: arn };
      const draining = (filter: string) => instances(filter).replace(/\)$/, ', status: DRAINING)');
      return [
        [`containerInstances(${BASE}, first: 1000, status: DRAINING)`, item, true],
        [`containerInstances(${BASE}, first: 1000, status: ACTIVE)`, item, false],
        [draining('attribute:stack == blue'), item, true],
        [draining('attribute:stack == green'), item, false],
      ];
    },
  },
  {
    list: 'ListContainerInstances',
    filters: ['filter'],
    what: 'an instance with an attribute is deregistered',
    prepare: withStack,
    write: (through, { arn }) =>
      through()('DeregisterContainerInstance', { cluster: 'base', containerInstance: arn, force: true }),
    shows: ({ arn }) => [[instances('attribute:stack == blue'), { containerInstanceArn: arn }, false]],
  },
  {
    list: 'ListAttributes',
    filters: ['attributeName', 'attributeValue'],
    what: 'an attribute is changed',
    prepare: withStack,
    write: (through, names) => put(through, names, 'green'),
    shows: ({ arn }) => {
      const stack = (value: string) =>
        `attributes(${BASE}, targetType: CONTAINER_INSTANCE, attributeName: "stack", attributeValue: "${value}")`;
      return [
        [stack('green'), { targetId: arn }, true],
        [stack('blue'), { targetId: arn }, false],
      ];
    },
  },
  {
    list: 'ListAttributes',
    filters: ['targetType', 'attributeName'],
    what: 'an instance is registered with an attribute, another deregistered',
    prepare: withStack,
    write: async (through, { arn }) => {
      await through()('DeregisterContainerInstance', { cluster: 'base', containerInstance: arn, force: true });
      const attributes = [{ name: 'stack', value: 'new' }];
      return through('containerInstance { containerInstanceArn }')('RegisterContainerInstance', {
        cluster: 'base',
        attributes,
      });
    },
    shows: ({ arn, containerInstanceArn }) => {
      const stacks = `attributes(${BASE}, targetType: CONTAINER_INSTANCE, attributeName: "stack", first: 1000)`;
      return [
        [stacks, { targetId: containerInstanceArn }, true],
        [stacks, { targetId: arn }, false],
      ];
    },
  },
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
    list: 'ListTaskDefinitions',
    filters: ['familyPrefix', 'status', 'sort'],
    what: 'a revision is deregistered, and another registered',
    prepare: revisionOf,
    write: async (through, { name = '' }) => {
      await through()('DeregisterTaskDefinition', { taskDefinition: `${name}:1` });
      return revisionOf(through(), name);
    },
    shows: ({ name }) => {
      const revisions = (filter: string) => `taskDefinitions(family: "${name}"${filter})`;
      return [
        [revisions(''), { revision: 2 }, true],
        [revisions(', sort: DESC'), { revision: 2 }, true],
        [revisions(', status: ACTIVE'), { revision: 1 }, false],
        [revisions(', status: INACTIVE'), { revision: 1 }, true],
        [revisions(', status: INACTIVE'), { revision: 2 }, false],
      ];
    },
  },
  {
    list: 'ListTaskDefinitionFamilies',
    filters: ['familyPrefix', 'status'],
    what: 'the only revision is deregistered',
    prepare: revisionOf,
    write: (through, { name }) => through()('DeregisterTaskDefinition', { taskDefinition: `${name}:1` }),
    shows: ({ name }) => [
      [`${FAMILIES}, status: ACTIVE)`, { family: name }, false],
      [`${FAMILIES}, status: INACTIVE)`, { family: name }, true],
      [`${FAMILIES}, status: INACTIVE, familyPrefix: "${name?.slice(0, 8)}")`, { family: name }, true],
      [`${FAMILIES}, status: INACTIVE, familyPrefix: "other")`, { family: name }, false],
    ],
  },
  {
    list: 'ListTaskDefinitionFamilies',
    filters: ['status'],
    what: 'one of two revisions is deregistered',
    prepare: async (call, name) => {
      await revisionOf(call, name);
      return revisionOf(call, name);
    },
    write: (through, { name }) => through()('DeregisterTaskDefinition', { taskDefinition: `${name}:2` }),
    shows: ({ name }) => [
      [`${FAMILIES}, status: ACTIVE)`, { family: name }, true],
      [`${FAMILIES}, status: INACTIVE)`, { family: name }, false],
    ],
  },
  {
    list: 'ListTaskDefinitionFamilies',
    filters: ['status', 'familyPrefix'],
    what: 'an INACTIVE family gets a revision',
    prepare: async (call, name) => {
      await revisionOf(call, name);
      await call('DeregisterTaskDefinition', { taskDefinition: `${name}:1` });
      return { name };
    },
    write: (through, { name = '' }) => revisionOf(through(), name),
    shows: ({ name }) => [
      [`${FAMILIES}, status: ACTIVE)`, { family: name }, true],
      [`${FAMILIES}, status: INACTIVE)`, { family: name }, false],
      [`${FAMILIES}, familyPrefix: "${name}")`, { family: name }, true],
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
  {
    list: 'ListDaemons',
    filters: ['capacityProviderArns'],
    what: 'a daemon is created for a capacity provider',
    prepare: async (call, name) => ({
      cluster: String(
        ((await call('CreateCluster', { clusterName: name })).cluster as { clusterArn: string }).clusterArn,
      ),
      provider: (await capacityProvider(call, name)).name ?? '',
      name,
    }),
    write: (through, { name, cluster, provider }) =>
      through('daemonArn')('CreateDaemon', {
        daemonName: name,
        clusterArn: cluster,
        daemonTaskDefinitionArn: 'agent:1',
        capacityProviderArns: [provider],
      }),
    shows: ({ cluster, provider, daemonArn }) => [
      [`daemons(clusters: ["${cluster}"], capacityProviderArns: ["${provider}"])`, { daemonArn }, true],
      [`daemons(clusters: ["${cluster}"], capacityProviderArns: ["own"])`, { daemonArn }, false],
    ],
  },
  {
    list: 'ListDaemons',
    filters: ['capacityProviderArns'],
    what: 'a daemon moves to another capacity provider',
    prepare: async (call, name) => {
      await capacityProvider(call, name);
      return daemon(call, name);
    },
    write: (through, { arn, name }) =>
      through()('UpdateDaemon', {
        daemonArn: arn,
        daemonTaskDefinitionArn: 'agent:1',
        capacityProviderArns: [name],
      }),
    shows: ({ clusterArn, name, arn }) => [
      [`daemons(clusters: ["${clusterArn}"], capacityProviderArns: ["${name}"])`, { daemonArn: arn }, true],
      [`daemons(clusters: ["${clusterArn}"], capacityProviderArns: ["own"])`, { daemonArn: arn }, false],
    ],
  },
  {
    list: 'ListDaemonDeployments',
    filters: ['status'],
    what: 'a deployment begins',
    prepare: daemon,
    write: (through, { arn }) =>
      through('deploymentArn')('UpdateDaemon', {
        daemonArn: arn,
        daemonTaskDefinitionArn: 'agent:2',
        capacityProviderArns: ['own'],
      }),
    shows: ({ arn, deploymentArn }) => {
      const of = (status: string) => `daemonDeployments(daemonArn: "${arn}", status: [${status}])`;
      return [
        [of('PENDING'), { daemonDeploymentArn: deploymentArn }, true],
        [of('SUCCESSFUL'), { daemonDeploymentArn: deploymentArn }, false],
      ];
    },
  },
  {
    list: 'ListDaemonTaskDefinitions',
    filters: ['family', 'familyPrefix', 'revision', 'status'],
    what: 'a revision is registered',
    prepare: async (call, name) => {
      await call('RegisterDaemonTaskDefinition', { family: name, containerDefinitions: DAEMON_CONTAINERS });
      return { name };
    },
    write: (through, { name }) =>
      through()('RegisterDaemonTaskDefinition', { family: name, containerDefinitions: DAEMON_CONTAINERS }),
    shows: ({ name }) => {
      const of = (filter: string) => `daemonTaskDefinitions(${filter})`;
      return [
        [of(`family: "${name}"`), { revision: 2 }, true],
        [of(`familyPrefix: "${name}", status: ACTIVE`), { revision: 2 }, true],
        [of(`family: "${name}", revision: LAST_REGISTERED`), { revision: 2 }, true],
        [of(`family: "${name}", revision: LAST_REGISTERED`), { revision: 1 }, false],
        [of('family: "agent"'), { family: name }, false],
      ];
    },
  },
  {
    list: 'ListDaemonTaskDefinitions',
    filters: ['status'],
    what: 'a revision is deleted',
    prepare: async (call, name) => {
      await call('RegisterDaemonTaskDefinition', { family: name, containerDefinitions: DAEMON_CONTAINERS });
      return { name };
    },
    write: (through, { name }) => through()('DeleteDaemonTaskDefinition', { daemonTaskDefinition: `${name}:1` }),
    shows: ({ name }) => [
      [`daemonTaskDefinitions(family: "${name}")`, { revision: 1 }, false],
      [`daemonTaskDefinitions(family: "${name}", status: DELETE_IN_PROGRESS)`, { revision: 1 }, true],
      [`daemonTaskDefinitions(family: "${name}", status: ALL)`, { revision: 1 }, true],
    ],
  },
  {
    list: 'ListGateways',
    filters: ['names', 'status'],
    what: 'a gateway is created',
    write: (through) =>
      through('gatewayArn name')('CreateGateway', {
        name: 'filtered',
        infrastructureRoleArn: ROLE,
        configuration: { hostSharedAlb: {} },
      }),
    shows: ({ gatewayArn }) => [
      ['ecsGateways(names: ["filtered"])', { gatewayArn }, true],
      ['ecsGateways(names: ["other"])', { gatewayArn }, false],
      ['ecsGateways(status: [ACTIVE, UPDATE_COMPLETE])', { gatewayArn }, true],
      ['ecsGateways(status: [DELETED])', { gatewayArn }, false],
    ],
  },
  {
    list: 'ListGatewayClusterAssociations',
    filters: ['gateway', 'cluster', 'status'],
    what: 'a gateway is associated with a cluster',
    prepare: async (call, name) => {
      await call('CreateCluster', { clusterName: name });
      return gateway(call, name);
    },
    write: (through, { arn, name }) => through()('AssociateGatewayWithCluster', { gateway: arn, cluster: name }),
    shows: ({ arn, name }) => {
      const of = (filter: string) => `gatewayClusterAssociations(${filter})`;
      return [
        [of(`gateway: "${arn}"`), { gatewayArn: arn }, true],
        [of(`cluster: "${name}"`), { gatewayArn: arn }, true],
        [of('cluster: "base"'), { gatewayArn: arn }, false],
        [of(`gateway: "${arn}", status: [INACTIVE]`), { gatewayArn: arn }, false],
      ];
    },
  },
  {
    list: 'ListAccountSettings',
    filters: ['name', 'value', 'principalArn'],
    what: 'a setting is changed',
    write: (through) => through()('PutAccountSetting', { name: 'containerInsights', value: 'enhanced' }),
    shows: () => {
      const of = (filter: string) => `accountSettings(name: ${settingName('containerInsights')}${filter})`;
      return [
        [of(''), { value: 'enhanced' }, true],
        [of(', value: "enhanced"'), { value: 'enhanced' }, true],
        [of(', value: "disabled"'), { value: 'enhanced' }, false],
        [of(', principalArn: "arn:aws:iam::123456789012:role/other"'), { value: 'enhanced' }, false],
      ];
    },
  },
  {
    list: 'DescribeCapacityProviders',
    filters: ['capacityProviders', 'cluster'],
    what: 'a cluster gets and loses capacity providers',
    prepare: async (call, name) => {
      await capacityProvider(call, name);
      await call('CreateCluster', { clusterName: name, capacityProviders: ['FARGATE_SPOT'] });
      return { name };
    },
    write: (through, { name }) =>
      through()('PutClusterCapacityProviders', {
        cluster: name,
        capacityProviders: ['FARGATE', name],
        defaultCapacityProviderStrategy: [],
      }),
    shows: ({ name = '' }) => {
      const of = (filter: string) => `capacityProviders(${filter})`;
      return [
        [of(`cluster: "${name}"`), { name }, true],
        [of(`cluster: "${name}"`), { name: 'FARGATE' }, true],
        [of(`cluster: "${name}"`), { name: 'FARGATE_SPOT' }, false],
        [of(`cluster: "${name}", capacityProviders: ["${name}"]`), { name }, true],
        [of(`cluster: "${name}", capacityProviders: ["${name}"]`), { name: 'FARGATE' }, false],
        [of('cluster: "base"'), { name }, false],
      ];
    },
  },
  {
    list: 'DescribeCapacityProviders',
    filters: ['capacityProviders'],
    what: 'a capacity provider is created',
    write: (through) =>
      through()('CreateCapacityProvider', {
        name: 'filtered',
        autoScalingGroupProvider: { autoScalingGroupArn: ASG },
      }),
    shows: () => [
      ['capacityProviders(capacityProviders: ["filtered"])', { name: 'filtered' }, true],
      ['capacityProviders(capacityProviders: ["own"])', { name: 'filtered' }, false],
    ],
  },
];
