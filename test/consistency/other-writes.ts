import {
  cluster,
  DAEMON_CONTAINERS,
  daemon,
  gateway,
  has,
  hasNot,
  list,
  ROLE,
  service,
  type WriteCase,
} from './write-cases.ts';

const principalArn = 'arn:aws:iam::123456789012:role/ann';
const SETTINGS = `accountSettings(principalArn: "${principalArn}")`;
const inService = (name: string | undefined) =>
  `{ service(cluster: "base", service: "${name}") { tags { key value } } }`;
const tagsOf = (arn: string | undefined) => `{ tags(resourceArn: "${arn}") { key value } }`;
const ENV = { key: 'env', value: 'test' };
const OWNER = { key: 'owner', value: 'ann' };
const associations = (name: string | undefined) =>
  list(`gatewayClusterAssociations(gateway: "${name}")`, 'clusterArn status');

/** Writes of tags, account settings, daemons and gateways. */
export const OTHER_WRITES: readonly WriteCase[] = [
  {
    operation: 'TagResource',
    prepare: service,
    before: async (call, { arn }) => {
      await call('TagResource', { resourceArn: arn, tags: [ENV] });
      return undefined;
    },
    input: ({ arn }) => ({ resourceArn: arn, tags: [OWNER] }),
    shows: {
      'the field `tags`, with the writes before it': ({ name }) => [
        inService(name),
        { service: { tags: [ENV, OWNER] } },
      ],
      'tags, with the writes before it': ({ arn }) => [tagsOf(arn), { tags: [ENV, OWNER] }],
    },
  },
  {
    operation: 'UntagResource',
    prepare: async (call, name) => {
      const names = await service(call, name);
      await call('TagResource', { resourceArn: names.arn, tags: [ENV, OWNER] });
      return names;
    },
    input: ({ arn }) => ({ resourceArn: arn, tagKeys: ['env'] }),
    shows: {
      'the field `tags`': ({ name }) => [inService(name), { service: { tags: [OWNER] } }],
      tags: ({ arn }) => [tagsOf(arn), { tags: [OWNER] }],
    },
  },
  {
    operation: 'PutAccountSetting',
    input: () => ({ name: 'containerInsights', value: 'enabled', principalArn }),
    shows: {
      accountSettings: () => [list(SETTINGS, 'name value'), has({ name: 'CONTAINER_INSIGHTS', value: 'enabled' })],
    },
    note: '`effectiveSettings: true` shows it when ECS does.',
  },
  {
    operation: 'PutAccountSettingDefault',
    input: () => ({ name: 'awsvpcTrunking', value: 'enabled' }),
    shows: {
      'accountSettings of the root user': () => [
        list('accountSettings(principalArn: "arn:aws:iam::123456789012:root")', 'name value'),
        has({ name: 'AWSVPC_TRUNKING', value: 'enabled' }),
      ],
    },
    note: '`effectiveSettings: true` shows it when ECS does.',
  },
  {
    operation: 'DeleteAccountSetting',
    prepare: async (call) => {
      await call('PutAccountSetting', { name: 'tagResourceAuthorization', value: 'on', principalArn });
      return undefined;
    },
    input: () => ({ name: 'tagResourceAuthorization', principalArn }),
    shows: { accountSettings: () => [list(SETTINGS, 'name'), hasNot({ name: 'TAG_RESOURCE_AUTHORIZATION' })] },
    note: '`effectiveSettings: true` shows it when ECS does.',
  },
  {
    operation: 'RegisterDaemonTaskDefinition',
    input: () => ({ family: 'watcher', containerDefinitions: DAEMON_CONTAINERS }),
    payload: 'daemonTaskDefinitionArn',
    shows: {
      'daemonTaskDefinition, by its family too': () => [
        '{ daemonTaskDefinition(daemonTaskDefinition: "watcher") { revision status containerDefinitions { name } } }',
        { daemonTaskDefinition: { revision: 1, status: 'ACTIVE', containerDefinitions: [{ name: 'agent' }] } },
      ],
      daemonTaskDefinitions: ({ daemonTaskDefinitionArn }) => [
        list('daemonTaskDefinitions(family: "watcher")', 'daemonTaskDefinitionArn'),
        has({ daemonTaskDefinitionArn }),
      ],
    },
  },
  {
    operation: 'DeleteDaemonTaskDefinition',
    prepare: async (call, name) => {
      const output = await call('RegisterDaemonTaskDefinition', {
        family: name,
        containerDefinitions: DAEMON_CONTAINERS,
      });
      return { arn: String(output.daemonTaskDefinitionArn) };
    },
    input: ({ arn }) => ({ daemonTaskDefinition: arn }),
    shows: {
      daemonTaskDefinition: ({ arn }) => [
        `{ daemonTaskDefinition(daemonTaskDefinition: "${arn}") { status } }`,
        { daemonTaskDefinition: { status: 'DELETE_IN_PROGRESS' } },
      ],
      daemonTaskDefinitions: ({ arn }) => [
        list('daemonTaskDefinitions', 'daemonTaskDefinitionArn'),
        hasNot({ daemonTaskDefinitionArn: arn }),
      ],
    },
  },
  {
    operation: 'CreateDaemon',
    prepare: cluster,
    input: ({ arn }) => ({
      daemonName: 'created',
      clusterArn: arn,
      daemonTaskDefinitionArn: 'agent:1',
      capacityProviderArns: ['own'],
    }),
    payload: 'daemonArn deploymentArn',
    shows: {
      daemon: ({ daemonArn }) => [`{ daemon(daemonArn: "${daemonArn}") { status } }`, { daemon: { status: 'ACTIVE' } }],
      daemons: ({ arn, daemonArn }) => [list(`daemons(clusters: ["${arn}"])`, 'daemonArn'), has({ daemonArn })],
      daemonDeployments: ({ daemonArn, deploymentArn }) => [
        list(`daemonDeployments(daemonArn: "${daemonArn}")`, 'daemonDeploymentArn'),
        has({ daemonDeploymentArn: deploymentArn }),
      ],
    },
  },
  {
    operation: 'UpdateDaemon',
    prepare: daemon,
    input: ({ arn }) => ({ daemonArn: arn, daemonTaskDefinitionArn: 'agent:2', capacityProviderArns: ['own'] }),
    payload: 'deploymentArn updatedAt',
    shows: {
      daemon: ({ arn, deploymentArn, updatedAt }) => [
        `{ daemon(daemonArn: "${arn}") { deploymentArn updatedAt } }`,
        { daemon: { deploymentArn, updatedAt } },
      ],
      daemonDeployments: ({ arn, deploymentArn }) => [
        list(`daemonDeployments(daemonArn: "${arn}")`, 'daemonDeploymentArn'),
        has({ daemonDeploymentArn: deploymentArn }),
      ],
    },
  },
  {
    operation: 'DeleteDaemon',
    prepare: daemon,
    input: ({ arn }) => ({ daemonArn: arn }),
    shows: {
      daemon: ({ arn }) => [`{ daemon(daemonArn: "${arn}") { status } }`, { daemon: { status: 'DELETE_IN_PROGRESS' } }],
      'daemons, with its status': ({ clusterArn, arn }) => [
        list(`daemons(clusters: ["${clusterArn}"])`, 'daemonArn status'),
        has({ daemonArn: arn, status: 'DELETE_IN_PROGRESS' }),
      ],
    },
  },
  {
    operation: 'CreateGateway',
    input: () => ({ name: 'created', infrastructureRoleArn: ROLE, configuration: { hostSharedAlb: {} } }),
    payload: 'gatewayArn',
    shows: {
      gateway: () => [
        '{ ecsGateway(gateway: "created") { status infrastructureRoleArn } }',
        { ecsGateway: { status: 'ACTIVE', infrastructureRoleArn: ROLE } },
      ],
      gateways: () => [list('ecsGateways', 'name'), has({ name: 'created' })],
    },
  },
  {
    operation: 'UpdateGateway',
    prepare: gateway,
    input: ({ name }) => ({ gateway: name, deletionProtection: true }),
    shows: {
      gateway: ({ name }) => [
        `{ ecsGateway(gateway: "${name}") { deletionProtection } }`,
        { ecsGateway: { deletionProtection: true } },
      ],
    },
    note: 'Its status and configuration follow when ECS shows them.',
  },
  {
    operation: 'DeleteGateway',
    prepare: gateway,
    input: ({ name }) => ({ gateway: name }),
    shows: {
      gateway: ({ name }) => [`{ ecsGateway(gateway: "${name}") { status } }`, { ecsGateway: null }],
      gateways: ({ name }) => [list('ecsGateways', 'name'), hasNot({ name })],
    },
  },
  {
    operation: 'AssociateGatewayWithCluster',
    prepare: async (call, name) => ({
      ...(await cluster(call, name)),
      gatewayArn: (await gateway(call, name)).arn ?? '',
    }),
    input: ({ name }) => ({ gateway: name, cluster: name }),
    shows: {
      gatewayClusterAssociations: ({ name, arn }) => [
        list(`gatewayClusterAssociations(gateway: "${name}")`, 'clusterArn'),
        has({ clusterArn: arn }),
      ],
    },
  },
  {
    operation: 'DisassociateGatewayFromCluster',
    prepare: async (call, name) => {
      const names = { ...(await cluster(call, name)), gatewayArn: (await gateway(call, name)).arn ?? '' };
      await call('AssociateGatewayWithCluster', { gateway: name, cluster: name });
      return names;
    },
    input: ({ name }) => ({ gateway: name, cluster: name }),
    payload: 'status',
    shows: {
      gatewayClusterAssociations: ({ name, arn }) => [
        associations(name),
        hasNot({ clusterArn: arn, status: 'ACTIVE' }),
      ],
    },
  },
];
