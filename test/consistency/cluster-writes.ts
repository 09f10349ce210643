import { ASG, capacityProvider, cluster, has, hasNot, instance, list, type WriteCase } from './write-cases.ts';

const managed = (targetCapacity: number) => ({ managedScaling: { status: 'ENABLED', targetCapacity } });
const attribute = (names: { readonly arn?: string }, value: string) => ({
  cluster: 'base',
  attributes: [{ name: 'stack', value, targetId: names.arn }],
});
const attributes = (arn: string | undefined) =>
  `{ containerInstance(containerInstance: "${arn}") { attributes { name value } } }`;
const STACK = 'attributes(clusters: ["base"], attributeName: "stack", first: 1000)';

/** Writes of clusters, capacity providers, container instances and their attributes. */
export const CLUSTER_WRITES: readonly WriteCase[] = [
  {
    operation: 'CreateCluster',
    input: () => ({ clusterName: 'created', settings: [{ name: 'containerInsights', value: 'enabled' }] }),
    shows: {
      cluster: () => [
        '{ cluster(cluster: "created") { status settings { value } } }',
        { cluster: { status: 'ACTIVE', settings: [{ value: 'enabled' }] } },
      ],
      clusters: () => [list('clusters(first: 1000)', 'clusterName'), has({ clusterName: 'created' })],
    },
  },
  {
    operation: 'UpdateCluster',
    prepare: cluster,
    before: async (call, { name }) => {
      await call('PutClusterCapacityProviders', {
        cluster: name,
        capacityProviders: ['FARGATE'],
        defaultCapacityProviderStrategy: [],
      });
      return undefined;
    },
    input: ({ name }) => ({ cluster: name, settings: [{ name: 'containerInsights', value: 'enabled' }] }),
    shows: {
      'cluster, with the writes before it': ({ name }) => [
        `{ cluster(cluster: "${name}") { settings { value } capacityProviderNames } }`,
        { cluster: { settings: [{ value: 'enabled' }], capacityProviderNames: ['FARGATE'] } },
      ],
    },
  },
  {
    operation: 'UpdateClusterSettings',
    prepare: cluster,
    input: ({ name }) => ({ cluster: name, settings: [{ name: 'containerInsights', value: 'enabled' }] }),
    shows: {
      cluster: ({ name }) => [
        `{ cluster(cluster: "${name}") { settings { value } } }`,
        { cluster: { settings: [{ value: 'enabled' }] } },
      ],
    },
  },
  {
    operation: 'PutClusterCapacityProviders',
    prepare: cluster,
    before: async (call, { name }) => {
      await call('UpdateClusterSettings', {
        cluster: name,
        settings: [{ name: 'containerInsights', value: 'enabled' }],
      });
      return undefined;
    },
    input: ({ name }) => ({ cluster: name, capacityProviders: ['FARGATE'], defaultCapacityProviderStrategy: [] }),
    shows: {
      'cluster, with the writes before it': ({ name }) => [
        `{ cluster(cluster: "${name}") { capacityProviderNames settings { value } } }`,
        { cluster: { capacityProviderNames: ['FARGATE'], settings: [{ value: 'enabled' }] } },
      ],
    },
  },
  {
    operation: 'DeleteCluster',
    prepare: cluster,
    input: ({ name }) => ({ cluster: name }),
    shows: {
      cluster: ({ name }) => [`{ cluster(cluster: "${name}") { status } }`, { cluster: { status: 'INACTIVE' } }],
      clusters: ({ name }) => [list('clusters(first: 1000)', 'clusterName'), hasNot({ clusterName: name })],
    },
  },
  {
    operation: 'CreateCapacityProvider',
    input: () => ({ name: 'made', autoScalingGroupProvider: { autoScalingGroupArn: ASG } }),
    shows: {
      capacityProvider: () => [
        '{ capacityProvider(capacityProvider: "made") { status } }',
        { capacityProvider: { status: 'ACTIVE' } },
      ],
      capacityProviders: () => [list('capacityProviders', 'name'), has({ name: 'made' })],
    },
  },
  {
    operation: 'UpdateCapacityProvider',
    prepare: capacityProvider,
    input: ({ name }) => ({ name, autoScalingGroupProvider: managed(60) }),
    shows: {
      capacityProvider: ({ name }) => [
        `{ capacityProvider(capacityProvider: "${name}") { autoScalingGroupProvider { managedScaling { targetCapacity } } } }`,
        { capacityProvider: { autoScalingGroupProvider: { managedScaling: { targetCapacity: 60 } } } },
      ],
      capacityProviders: ({ name }) => [
        list('capacityProviders', 'name autoScalingGroupProvider { managedScaling { targetCapacity } }'),
        has({ name, autoScalingGroupProvider: { managedScaling: { targetCapacity: 60 } } }),
      ],
    },
  },
  {
    operation: 'DeleteCapacityProvider',
    prepare: capacityProvider,
    input: ({ name }) => ({ capacityProvider: name }),
    shows: {
      capacityProvider: ({ name }) => [
        `{ capacityProvider(capacityProvider: "${name}") { status } }`,
        { capacityProvider: { status: 'DEPROVISIONING' } },
      ],
      'capacityProviders, with its status': ({ name }) => [
        list('capacityProviders', 'name status'),
        has({ name, status: 'DEPROVISIONING' }),
      ],
    },
  },
  {
    operation: 'RegisterContainerInstance',
    input: () => ({ cluster: 'base' }),
    payload: 'containerInstance { containerInstanceArn }',
    shows: {
      containerInstance: ({ containerInstanceArn: arn }) => [
        `{ containerInstance(containerInstance: "${arn}") { status } }`,
        { containerInstance: { status: 'ACTIVE' } },
      ],
      containerInstances: ({ containerInstanceArn }) => [
        list('containerInstances(clusters: ["base"])', 'containerInstanceArn'),
        has({ containerInstanceArn }),
      ],
    },
  },
  {
    operation: 'UpdateContainerInstancesState',
    prepare: instance,
    input: ({ arn }) => ({ cluster: 'base', containerInstances: [arn], status: 'DRAINING' }),
    shows: {
      containerInstance: ({ arn }) => [
        `{ containerInstance(containerInstance: "${arn}") { status } }`,
        { containerInstance: { status: 'DRAINING' } },
      ],
      containerInstances: ({ arn }) => [
        list('containerInstances(clusters: ["base"], status: DRAINING)', 'containerInstanceArn'),
        has({ containerInstanceArn: arn }),
      ],
    },
  },
  {
    operation: 'UpdateContainerAgent',
    prepare: async (call) => {
      const versionInfo = { agentVersion: '1.60.0', agentHash: 'a', dockerVersion: 'DockerVersion: 20' };
      const output = await call('RegisterContainerInstance', { cluster: 'base', versionInfo });
      return { arn: String((output.containerInstance as { containerInstanceArn: string }).containerInstanceArn) };
    },
    input: ({ arn }) => ({ cluster: 'base', containerInstance: arn }),
    shows: {
      containerInstance: ({ arn }) => [
        `{ containerInstance(containerInstance: "${arn}") { agentUpdateStatus } }`,
        { containerInstance: { agentUpdateStatus: 'PENDING' } },
      ],
    },
  },
  {
    operation: 'DeregisterContainerInstance',
    prepare: instance,
    input: ({ arn }) => ({ cluster: 'base', containerInstance: arn }),
    shows: {
      containerInstance: ({ arn }) => [
        `{ containerInstance(containerInstance: "${arn}") { status } }`,
        { containerInstance: { status: 'INACTIVE' } },
      ],
      containerInstances: ({ arn }) => [
        list('containerInstances(clusters: ["base"])', 'containerInstanceArn'),
        hasNot({ containerInstanceArn: arn }),
      ],
    },
  },
  {
    operation: 'PutAttributes',
    prepare: instance,
    input: (names) => attribute(names, 'blue'),
    shows: {
      attributes: ({ arn }) => [list(STACK, 'targetId value'), has({ targetId: arn, value: 'blue' })],
      'containerInstance { attributes }': ({ arn }) => [
        attributes(arn),
        { containerInstance: { attributes: expectAmong({ name: 'stack', value: 'blue' }) } },
      ],
    },
  },
  {
    operation: 'DeleteAttributes',
    prepare: async (call) => {
      const made = await instance(call);
      await call('PutAttributes', attribute(made, 'blue'));
      return made;
    },
    input: ({ arn }) => ({ cluster: 'base', attributes: [{ name: 'stack', targetId: arn }] }),
    shows: {
      attributes: ({ arn }) => [list(STACK, 'targetId'), hasNot({ targetId: arn })],
      'containerInstance { attributes }': ({ arn }) => [
        attributes(arn),
        { containerInstance: { attributes: expectNotAmong({ name: 'stack', value: 'blue' }) } },
      ],
    },
  },
];

function expectAmong(item: object) {
  return { among: item };
}

function expectNotAmong(item: object) {
  return { notAmong: item };
}
