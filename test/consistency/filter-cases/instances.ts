import { type Call, instance, type Names } from '../write-cases.ts';
import { BASE, type FilterCase } from './filter-case.ts';

const instances = (filter: string) => `containerInstances(${BASE}, first: 1000, filter: ${JSON.stringify(filter)})`;
const put = (through: (selection?: string) => Call, { arn }: Names, value: string, name = 'stack') =>
  through()('PutAttributes', { cluster: 'base', attributes: [{ name, value, targetId: arn }] });
const withStack = async (call: Call) => {
  const made = await instance(call);
  await call('PutAttributes', { cluster: 'base', attributes: [{ name: 'stack', value: 'blue', targetId: made.arn }] });
  return made;
};

export const INSTANCE_FILTERS: readonly FilterCase[] = [
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
];
