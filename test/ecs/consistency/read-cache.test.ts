import { describe, expect, it } from 'vitest';
import { Describer } from '../../../src/ecs/batching/describe-batcher.ts';
import { EcsMemory } from '../../../src/ecs/consistency/read-cache.ts';
import { TtlMap } from '../../../src/ecs/consistency/ttl-map.ts';
import type { CallContext } from '../../../src/ecs/core/call-context.ts';
import type { Caller } from '../../../src/ecs/core/ecs-port.ts';
import type { OperationName } from '../../../src/ecs/core/operations.ts';
import { callContext } from '../../support/ecs/call-context.ts';
import { FakeTimers } from '../../support/time/fake-timers.ts';

const scope = { account: 'default', region: 'eu-west-1' };
const arn = (type: string, name: string) => `arn:aws:ecs:eu-west-1:123456789012:${type}/${name}`;
const TASK = arn('task', 'prod/a');
const SERVICE = arn('service', 'prod/web');
const REVISION = arn('task-definition', 'web:4');
const never = { $metadata: {} };

/** An ECS that answers Describe calls with what `things` holds, and a describer with memory in front of it. */
function start(ttlMs = 1_000) {
  const timers = new FakeTimers();
  const memory = new EcsMemory({ ttlMs }, timers);
  const things = new Map<string, object>();
  const asked: string[][] = [];
  const caller = {
    async call(operation: OperationName, input: Record<string, string[] & string>) {
      const member = { DescribeTasks: 'tasks', DescribeServices: 'services', DescribeClusters: 'clusters' };
      const name = member[operation as keyof typeof member] ?? 'taskDefinition';
      const ids = [input[name] ?? []].flat();
      asked.push(ids);
      await new Promise(setImmediate);
      const items = ids.flatMap((id) => things.get(id) ?? []);
      return name === 'taskDefinition' ? { taskDefinition: items[0] } : { [name]: items };
    },
  };
  const describer = new Describer(caller as unknown as Caller, memory);
  const task = (context: Partial<CallContext> = {}, include: string[] = []) =>
    describer.load({ kind: 'Task', id: TASK, cluster: 'prod', include }, callContext(context));
  const service = (include: string[] = []) =>
    describer.load({ kind: 'Service', id: SERVICE, cluster: 'prod', include }, callContext());
  const revision = (contentOnly: boolean, id = REVISION) =>
    describer.load({ kind: 'TaskDefinition', id, include: [], contentOnly }, callContext());
  return { timers, memory, things, asked, describer, task, service, revision };
}

describe('EcsMemory', () => {
  it('answers from a recent reading, and counts it in the cost', async () => {
    const { timers, things, asked, task } = start();
    things.set(TASK, { taskArn: TASK, lastStatus: 'PENDING' });
    await task();
    things.set(TASK, { taskArn: TASK, lastStatus: 'RUNNING' });
    await timers.pass(999);
    const context = callContext();
    expect(await task(context)).toMatchObject({ lastStatus: 'PENDING' });
    expect(context.meter.read()).toMatchObject({ calls: 0, fromMemory: 1 });
    await timers.pass(1);
    expect(await task()).toMatchObject({ lastStatus: 'RUNNING' });
    expect(asked).toHaveLength(2);
  });

  it('bypasses the cache for fresh reads, for parts that were not requested, and with a TTL of 0', async () => {
    const { things, asked, task } = start();
    things.set(TASK, { taskArn: TASK });
    await task();
    await task({ fresh: true });
    await task({}, ['TAGS']);
    await task();
    expect(asked).toHaveLength(3);
    const off = start(0);
    off.things.set(TASK, { taskArn: TASK });
    await off.task();
    await off.task();
    expect(off.asked).toHaveLength(2);
  });

  it('does not remember that something is missing', async () => {
    const { things, task } = start();
    expect(await task()).toBeNull();
    things.set(TASK, { taskArn: TASK });
    expect(await task()).not.toBeNull();
  });

  it('forgets what a write touched, also what was being read meanwhile, and nothing of other clusters', async () => {
    const { memory, things, asked, task, service } = start();
    things.set(TASK, { taskArn: TASK });
    things.set(SERVICE, { serviceArn: SERVICE });
    await Promise.all([task(), service()]);
    memory.wrote('StopTask', { cluster: 'other', task: 'x' }, scope, never);
    await Promise.all([task(), service()]);
    expect(asked).toHaveLength(2);
    const early = task({ fresh: true });
    while (asked.length < 3) await new Promise(setImmediate);
    memory.wrote('UpdateService', { cluster: arn('cluster', 'prod'), service: 'web' }, scope);
    await Promise.all([early, task(), service()]);
    expect(asked).toHaveLength(5);
    await task();
    memory.wrote('CreateService', { serviceName: 'x' }, scope);
    await task();
    expect(asked).toHaveLength(6);
  });

  it('forgets a task set, which is in a service, with all else in the cluster', async () => {
    const { memory } = start();
    const home = 'prod/web';
    const request = { kind: 'TaskSet', id: arn('task-set', `${home}/s`), cluster: home, include: [] } as const;
    const key = memory.entityKey(request, scope);
    memory.wrote('UpdateService', { cluster: 'other', service: 'web' }, scope, never);
    expect(memory.entityKey(request, scope)).toBe(key);
    memory.wrote('UpdateServicePrimaryTaskSet', { cluster: 'prod', service: 'web', primaryTaskSet: 's' }, scope, never);
    expect(memory.entityKey(request, scope)).not.toBe(key);
  });

  it('keeps the content of a revision, but not its status, nor which revision is the latest', async () => {
    const { timers, memory, things, asked, revision } = start();
    things.set(REVISION, { taskDefinitionArn: REVISION, family: 'web', revision: 4, status: 'ACTIVE' });
    things.set('web', { taskDefinitionArn: REVISION, family: 'web', revision: 4, status: 'ACTIVE' });
    await revision(true);
    await revision(true, 'web');
    await timers.pass(60_000);
    expect(await revision(true)).toMatchObject({ family: 'web' });
    expect(asked).toHaveLength(2);
    await revision(false);
    await revision(true, 'web');
    expect(asked).toHaveLength(4);
    memory.wrote('UpdateService', { cluster: 'prod', service: 'web' }, scope);
    await revision(true);
    expect(asked).toHaveLength(4);
    memory.wrote('DeleteTaskDefinitions', { taskDefinitions: [REVISION] }, scope);
    await revision(true);
    expect(asked).toHaveLength(5);
  });
});

describe('reads after a write', () => {
  const at = (seconds: number) => new Date(1_700_000_000_000 + seconds * 1_000);

  it('of a task believe the higher version', async () => {
    const { timers, memory, things, task } = start(0);
    const input = { cluster: 'prod', task: TASK };
    memory.wrote('StopTask', input, scope, {
      ...never,
      task: { taskArn: TASK, version: 3, desiredStatus: 'STOPPED' },
    });
    expect(await task()).toMatchObject({ version: 3 });
    things.set(TASK, { taskArn: TASK, version: 2, desiredStatus: 'RUNNING', healthStatus: 'HEALTHY' });
    expect(await task()).toMatchObject({ version: 3, desiredStatus: 'STOPPED', healthStatus: 'HEALTHY' });
    things.set(TASK, { taskArn: TASK, version: 4, desiredStatus: 'STOPPED', lastStatus: 'STOPPED' });
    expect(await task()).toMatchObject({ version: 4, lastStatus: 'STOPPED' });
    things.set(TASK, { taskArn: TASK, version: 2 });
    await timers.pass(30_000);
    expect(await task()).toMatchObject({ version: 2 });
  });

  it('of something just created find it, by ARN and by name; of something deleted do not', async () => {
    const { memory, describer, task } = start(0);
    const created = { taskArn: TASK, version: 1, lastStatus: 'PROVISIONING' };
    memory.wrote('RunTask', { cluster: 'prod', taskDefinition: 'web' }, scope, { ...never, tasks: [created] });
    expect(await task()).toEqual(created);
    const byId = { kind: 'Task' as const, id: 'a', include: [] };
    expect(await describer.load({ ...byId, cluster: arn('cluster', 'prod') }, callContext())).toEqual(created);
    expect(await describer.load({ ...byId, cluster: 'other' }, callContext())).toBeNull();
    const instance = { containerInstanceArn: arn('container-instance', 'prod/i'), version: 9, status: 'INACTIVE' };
    const input = { cluster: 'prod', containerInstance: 'i' };
    memory.wrote('DeregisterContainerInstance', input, scope, { ...never, containerInstance: instance });
    const kind = 'ContainerInstance';
    const request = { kind, id: instance.containerInstanceArn, cluster: 'prod', include: [] } as const;
    expect(memory.correct(request, scope, null)).toBeNull();
    expect(memory.correct(request, scope, { ...instance, status: 'ACTIVE' })).toMatchObject({ status: 'INACTIVE' });
  });

  it('of a service believe the newer deployment, then its date, then what was written', async () => {
    const { memory, things, service } = start(0);
    const deployment = (created: number, updated: number) => [
      { id: `d${created}`, status: 'PRIMARY', createdAt: at(created), updatedAt: at(updated) },
    ];
    const base = { serviceArn: SERVICE, serviceName: 'web', status: 'ACTIVE', createdAt: at(0) };
    const write = { ...base, desiredCount: 5, deployments: deployment(10, 20) };
    memory.wrote('UpdateService', { cluster: 'prod', service: 'web', desiredCount: 5 }, scope, {
      ...never,
      service: write,
    });
    const reading = async (thing: object) => {
      things.set(SERVICE, { ...base, desiredCount: 1, ...thing });
      return (await service())?.desiredCount;
    };
    // A late reading is of before the write; a rollback makes an older deployment primary again, and changes it.
    expect(await reading({ deployments: deployment(5, 9) })).toBe(5);
    expect(await reading({ deployments: deployment(5, 30) })).toBe(1);
    expect(await reading({ deployments: deployment(10, 19) })).toBe(5);
    expect(await reading({ deployments: deployment(10, 20) })).toBe(5);
    expect(await reading({ deployments: deployment(10, 21) })).toBe(1);
    expect(await reading({ deployments: deployment(11, 11) })).toBe(1);
    expect(await reading({ deployments: deployment(5, 5), createdAt: at(-9) })).toBe(5);
    expect(await reading({ deployments: deployment(5, 5), createdAt: at(9) })).toBe(1);
    memory.wrote('DeleteService', { cluster: 'prod', service: 'web' }, scope, {
      ...never,
      service: { ...write, status: 'DRAINING' },
    });
    things.set(SERVICE, { ...write, status: 'ACTIVE' });
    expect(await service()).toMatchObject({ status: 'DRAINING' });
  });

  it('of a cluster and its tags believe what was set, and leave the rest as read', () => {
    const { memory } = start(0);
    const CLUSTER = arn('cluster', 'prod');
    const request = { kind: 'Cluster' as const, id: 'prod', include: ['TAGS'] };
    const settings = [{ name: 'containerInsights' as const, value: 'enabled' }];
    memory.wrote('UpdateClusterSettings', { cluster: 'prod', settings }, scope, {
      ...never,
      cluster: { clusterArn: CLUSTER, clusterName: 'prod', settings, runningTasksCount: 1 },
    });
    memory.wrote('TagResource', { resourceArn: CLUSTER, tags: [{ key: 'a', value: '1' }] }, scope, never);
    memory.wrote('UntagResource', { resourceArn: CLUSTER, tagKeys: ['b'] }, scope, never);
    const tags = [
      { key: 'a', value: '0' },
      { key: 'b', value: '0' },
      { key: 'c', value: '0' },
    ];
    expect(memory.correct(request, scope, { clusterArn: CLUSTER, runningTasksCount: 7, tags })).toEqual({
      clusterArn: CLUSTER,
      runningTasksCount: 7,
      settings,
      tags: [
        { key: 'c', value: '0' },
        { key: 'a', value: '1' },
      ],
    });
  });

  it('of a task definition believe the later revision and the later status', () => {
    const { memory } = start(0);
    const registered = { taskDefinitionArn: REVISION, family: 'web', revision: 4, status: 'ACTIVE' as const };
    const input = { family: 'web', containerDefinitions: [] };
    memory.wrote('RegisterTaskDefinition', input, scope, { ...never, taskDefinition: registered });
    const request = { kind: 'TaskDefinition' as const, include: [] };
    expect(memory.correct({ ...request, id: 'web' }, scope, { ...registered, revision: 3 })?.revision).toBe(4);
    expect(memory.correct({ ...request, id: 'web' }, scope, { ...registered, revision: 5 })?.revision).toBe(5);
    expect(memory.correct({ ...request, id: REVISION }, scope, null)?.revision).toBe(4);
    const inactive = { ...registered, status: 'INACTIVE' as const };
    memory.wrote('DeregisterTaskDefinition', { taskDefinition: REVISION }, scope, {
      ...never,
      taskDefinition: inactive,
    });
    expect(memory.correct({ ...request, id: REVISION }, scope, registered)?.status).toBe('INACTIVE');
  });
});

describe('the latest revision of a family, after a write', () => {
  const revision = (number: number, status: 'ACTIVE' | 'INACTIVE' = 'ACTIVE') => ({
    taskDefinitionArn: arn('task-definition', `api:${number}`),
    family: 'api',
    revision: number,
    status,
  });
  const byFamily = { kind: 'TaskDefinition', id: 'api', include: [] } as const;
  const register = (memory: EcsMemory, number: number) =>
    memory.wrote('RegisterTaskDefinition', { family: 'api', containerDefinitions: [] }, scope, {
      ...never,
      taskDefinition: revision(number),
    });
  const deregister = (memory: EcsMemory, number: number) =>
    memory.wrote('DeregisterTaskDefinition', { taskDefinition: `api:${number}` }, scope, {
      ...never,
      taskDefinition: revision(number, 'INACTIVE'),
    });

  it('is the one before, when it was deregistered itself', () => {
    const { memory } = start(0);
    register(memory, 6);
    expect(memory.correct(byFamily, scope, revision(5))).toMatchObject({ revision: 6 });
    deregister(memory, 6);
    expect(memory.correct(byFamily, scope, revision(5))).toMatchObject({ revision: 5, status: 'ACTIVE' });
    expect(memory.correct(byFamily, scope, null)).toBeNull();
    // A late answer of ECS still reports its end.
    expect(memory.correct(byFamily, scope, revision(6))).toMatchObject({ revision: 6, status: 'INACTIVE' });
  });

  it('stays the latest, when another one was deregistered', () => {
    const { memory } = start(0);
    register(memory, 7);
    deregister(memory, 3);
    expect(memory.correct(byFamily, scope, revision(5))).toMatchObject({ revision: 7, status: 'ACTIVE' });
  });
});

describe('TtlMap', () => {
  it('holds a limited number, evicts the least used, and drops all when they expire', async () => {
    const timers = new FakeTimers();
    const map = new TtlMap<number>({ ttlMs: 1_000, most: 2 }, timers);
    map.put('a', 1);
    map.put('b', 2);
    expect(map.get('a')).toBe(1);
    map.put('c', 3);
    expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([1, undefined, 3]);
    await timers.pass(1_000);
    expect(map.size).toBe(0);
  });
});
