import { settingName } from '../../support/operations/graph-input.ts';
import { ASG, capacityProvider, daemon, gateway, ROLE } from '../write-cases.ts';
import type { FilterCase } from './filter-case.ts';

export const OTHER_FILTERS: readonly FilterCase[] = [
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
