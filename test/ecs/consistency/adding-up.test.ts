import type * as sdk from '@aws-sdk/client-ecs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EcsMemory } from '../../../src/ecs/consistency/read-cache.ts';
import type { Input, OperationName, Output } from '../../../src/ecs/core/operations.ts';

const scope = { account: 'default', region: 'eu-west-1' };
const arn = (type: string, name: string) => `arn:aws:ecs:eu-west-1:123456789012:${type}/${name}`;
const CLUSTER = arn('cluster', 'prod');
const SERVICE = arn('service', 'prod/web');
const at = (second: number) => new Date(1_700_000_000_000 + second * 1_000);

function start() {
  let now = 0;
  const timers = {
    monotonic: () => now,
    schedule: () => () => undefined,
    advance(ms: number) {
      now += ms;
    },
  };
  const memory = new EcsMemory({ ttlMs: 0 }, timers);
  return {
    memory,
    timers,
    wrote<Op extends OperationName>(operation: Op, input: Input<Op>, output: object = {}, second = 0) {
      memory.wrote(operation, input, scope, output as Output<Op>, at(second).getTime());
    },
    cluster: (read: sdk.Cluster | null) =>
      memory.correct({ kind: 'Cluster', id: 'prod', include: ['TAGS'] }, scope, read),
    service: (read: sdk.Service | null, include: string[] = []) =>
      memory.correct({ kind: 'Service', id: SERVICE, cluster: 'prod', include }, scope, read),
  };
}

describe('writes that are still believed', () => {
  const MEMBERS = ['settings', 'configuration', 'serviceConnectDefaults', 'capacityProviders'] as const;
  type State = Readonly<Record<string, string>>;

  it('add up: a late reading of a cluster shows the present, whatever was written in which order', async () => {
    const write = fc.record({
      afterMs: fc.integer({ min: 0, max: 20_000 }),
      member: fc.constantFrom(...MEMBERS, 'tag a', 'tag b'),
      lagMs: fc.integer({ min: 0, max: 29_000 }),
    });
    fc.assert(
      fc.property(fc.array(write, { maxLength: 12 }), fc.boolean(), (writes, isCreated) => {
        const { timers, wrote, cluster } = start();
        const history: { since: number; state: State | null }[] = [];
        let state: State = {};
        const toCluster = ({ a, b, ...members }: State): sdk.Cluster => ({
          clusterArn: CLUSTER,
          clusterName: 'prod',
          status: 'ACTIVE',
          ...members,
          tags: Object.entries({ a, b }).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value }])),
        });
        const keep = (now: State | null) => history.push({ since: timers.monotonic(), state: now });
        keep(isCreated ? null : state);
        if (isCreated) {
          timers.advance(40_000);
          wrote('CreateCluster', { clusterName: 'prod' }, { cluster: toCluster(state) });
          keep(state);
        }
        for (const [index, { afterMs, member, lagMs }] of writes.entries()) {
          timers.advance(afterMs);
          const value = String(index);
          const [, tag] = member.split(' ');
          state = { ...state, [tag ?? member]: value };
          keep(state);
          if (tag !== undefined) wrote('TagResource', { resourceArn: CLUSTER, tags: [{ key: tag, value }] });
          else if (member === 'capacityProviders') {
            const input = { cluster: 'prod', capacityProviders: value, defaultCapacityProviderStrategy: [] } as unknown;
            wrote('PutClusterCapacityProviders', input as never, { cluster: toCluster(state) });
          } else wrote('UpdateCluster', { cluster: 'prod', [member]: value } as never, { cluster: toCluster(state) });
          const seen = history.findLast(({ since }) => since <= timers.monotonic() - lagMs) ?? history[0];
          const shown = cluster(seen?.state ? toCluster(seen.state) : null);
          const sorted = shown && {
            ...shown,
            tags: shown.tags?.toSorted((one, other) => ((one.key ?? '') < (other.key ?? '') ? -1 : 1)),
          };
          expect(sorted).toEqual(toCluster(state));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('are believed half a minute each, however much is written after them', () => {
    const { timers, wrote, cluster } = start();
    const settings = [{ name: 'containerInsights' as const, value: 'enabled' }];
    const written = { clusterArn: CLUSTER, clusterName: 'prod', settings, capacityProviders: ['FARGATE'] };
    wrote('UpdateClusterSettings', { cluster: 'prod', settings }, { cluster: written });
    wrote('TagResource', { resourceArn: CLUSTER, tags: [{ key: 'a', value: '1' }] });
    timers.advance(20_000);
    const capacity = { cluster: 'prod', capacityProviders: ['FARGATE'], defaultCapacityProviderStrategy: [] };
    wrote('PutClusterCapacityProviders', capacity, { cluster: written });
    wrote('TagResource', { resourceArn: CLUSTER, tags: [{ key: 'b', value: '1' }] });
    const read = { clusterArn: CLUSTER, clusterName: 'prod', status: 'ACTIVE' };
    const b = { key: 'b', value: '1' };
    expect(cluster(read)).toEqual({
      ...read,
      settings,
      capacityProviders: ['FARGATE'],
      tags: [{ key: 'a', value: '1' }, b],
    });
    timers.advance(11_000);
    expect(cluster(read)).toEqual({ ...read, capacityProviders: ['FARGATE'], tags: [b] });
    timers.advance(20_000);
    expect(cluster(read)).toEqual(read);
  });

  it('keep the creation’s answer until ECS shows the resource', () => {
    const { wrote, service } = start();
    const created = { serviceArn: SERVICE, serviceName: 'web', status: 'ACTIVE', createdAt: at(0), desiredCount: 1 };
    const tags = [{ key: 'env', value: 'test' }];
    wrote('CreateService', { cluster: 'prod', serviceName: 'web', tags }, { service: { ...created, tags } });
    wrote(
      'UpdateService',
      { cluster: 'prod', service: 'web', desiredCount: 2 },
      { service: { ...created, desiredCount: 2 } },
    );
    expect(service(null, ['TAGS'])).toEqual({ ...created, desiredCount: 2, tags });
  });

  it('do not hold back a service that was created with tags and has come on since', () => {
    const { wrote, service } = start();
    const created = {
      serviceArn: SERVICE,
      serviceName: 'web',
      status: 'ACTIVE',
      createdAt: at(0),
      desiredCount: 1,
      runningCount: 0,
    };
    const tags = [{ key: 'env', value: 'test' }];
    wrote(
      'CreateService',
      { cluster: 'prod', serviceName: 'web', desiredCount: 1, tags },
      { service: { ...created, tags } },
    );
    expect(service({ ...created, runningCount: 1 })).toEqual({ ...created, runningCount: 1 });
  });

  it('show what was created and deleted as deleted, until ECS has shown it and lost it', () => {
    const set = {
      taskSetArn: arn('task-set', 'prod/web/1'),
      id: '1',
      serviceArn: SERVICE,
      clusterArn: CLUSTER,
      createdAt: at(0),
    };
    const input = { cluster: 'prod', service: 'web', taskSet: '1' };
    const { memory, wrote } = start();
    const read = (item: sdk.TaskSet | null) =>
      memory.correct({ kind: 'TaskSet', id: set.taskSetArn, include: [] }, scope, item);
    wrote(
      'CreateTaskSet',
      { ...input, taskDefinition: 'web:1' },
      { taskSet: { ...set, status: 'ACTIVE', updatedAt: at(0) } },
    );
    wrote('DeleteTaskSet', input, { taskSet: { ...set, status: 'DRAINING', updatedAt: at(1) } }, 1);
    expect(read(null)).toMatchObject({ status: 'DRAINING' });
    expect(read({ ...set, status: 'ACTIVE', updatedAt: at(0) })).toMatchObject({ status: 'DRAINING' });
    expect(read(null)).toBeNull();
  });
});

describe('a write of the life before', () => {
  it.each([
    ['within the precision of the clock', 0.9, ['owner']],
    ['after it', 2, []],
  ])('of tags does not reach a service that was created %s', (_when, second, keys) => {
    const { wrote, service, memory } = start();
    wrote('TagResource', { resourceArn: SERVICE, tags: [{ key: 'owner', value: 'ann' }] }, {}, 0);
    const read = { serviceArn: SERVICE, status: 'ACTIVE', createdAt: at(second), tags: [] };
    expect(service(read, ['TAGS'])?.tags?.map(({ key }) => key)).toEqual(keys);
    const answer = memory.correctAnswer(
      'ListTagsForResource',
      { resourceArn: SERVICE },
      { tags: [], $metadata: {} },
      {
        scope,
        now: 0,
        bornAt: at(second).getTime(),
      },
    );
    expect(answer.tags?.map(({ key }) => key)).toEqual(keys);
  });

  it('of a cluster is forgotten where it is seen to have ended', () => {
    const { wrote, cluster } = start();
    const settings = [{ name: 'containerInsights' as const, value: 'enabled' }];
    wrote(
      'UpdateClusterSettings',
      { cluster: 'prod', settings },
      { cluster: { clusterArn: CLUSTER, clusterName: 'prod', settings } },
    );
    wrote('TagResource', { resourceArn: CLUSTER, tags: [{ key: 'a', value: '1' }] });
    const ended = { clusterArn: CLUSTER, clusterName: 'prod', status: 'INACTIVE' };
    expect(cluster(ended)).toEqual(ended);
    expect(cluster({ ...ended, status: 'ACTIVE' })).toEqual({ ...ended, status: 'ACTIVE' });
  });

  it('of attributes ends with the instance', () => {
    const { memory, wrote } = start();
    const containerInstanceArn = arn('container-instance', 'prod/a');
    const attributes = [{ name: 'stack', value: 'blue', targetId: containerInstanceArn }];
    wrote('PutAttributes', { cluster: 'prod', attributes }, { attributes });
    const list = { cluster: 'prod', targetType: 'container-instance' as const };
    expect(memory.recordsAdded('ListAttributes', list, scope)).toEqual(['a stack']);
    expect(memory.recordsAdded('ListAttributes', { ...list, attributeName: 'other' }, scope)).toEqual([]);
    expect(memory.recordsAdded('ListAttributes', { ...list, cluster: 'test' }, scope)).toEqual([]);
    wrote(
      'DeregisterContainerInstance',
      { cluster: 'prod', containerInstance: 'a' },
      { containerInstance: { containerInstanceArn, status: 'INACTIVE' } },
    );
    expect(memory.recordsAdded('ListAttributes', list, scope)).toEqual([]);
  });
});

describe('the protection of a task', () => {
  it("is believed until it ends by ECS's clock", () => {
    const { memory, wrote } = start();
    const taskArn = arn('task', 'prod/a');
    const protectedTasks = [{ taskArn, protectionEnabled: true, expirationDate: at(60) }];
    wrote(
      'UpdateTaskProtection',
      { cluster: 'prod', tasks: ['a'], protectionEnabled: true, expiresInMinutes: 1 },
      { protectedTasks },
    );
    const read = { protectedTasks: [{ taskArn, protectionEnabled: false }], $metadata: {} };
    const shown = (second: number) =>
      memory.correctAnswer('GetTaskProtection', { cluster: 'prod' }, read, { scope, now: at(second).getTime() })
        .protectedTasks;
    expect(shown(59)).toEqual(protectedTasks);
    expect(shown(60)).toEqual(read.protectedTasks);
  });
});
