import type { Task } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { ClusterStore } from '../../../src/inventory/store/cluster-store.ts';
import type { Learned } from '../../../src/inventory/store/held-task.ts';
import { Interner } from '../../../src/inventory/store/interner.ts';

const CLUSTER = 'arn:aws:ecs:eu-west-1:123456789012:cluster/prod';
const ARN = 'arn:aws:ecs:eu-west-1:123456789012:task/prod/0123456789abcdef0123456789abcdef';
const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 10, 28);

function task(version: number, more: Task = {}): Task {
  return { taskArn: ARN, clusterArn: CLUSTER, version, lastStatus: 'RUNNING', desiredStatus: 'RUNNING', ...more };
}

const STOPPED: Task = { lastStatus: 'STOPPED', desiredStatus: 'STOPPED', stoppedAt: new Date(NOW) };
const event = (changedAt = NOW): Learned => ({ from: 'event', at: 0, changedAt });
const answer = (at = 0): Learned => ({ from: 'api', at });

function createStore() {
  return new ClusterStore(CLUSTER, new Interner());
}

describe('versions of a task', () => {
  it.each([
    ['a later event', 2, event(), 3, event(), 'applied', 3],
    ['the same event again', 3, event(), 3, event(), 'duplicate', 3],
    ['an earlier event', 3, event(), 2, event(), 'old', 3],
    ['an answer that lags behind the events', 3, event(), 2, answer(), 'old', 3],
    ['an answer that is ahead of the events', 3, event(), 4, answer(), 'applied', 4],
    ['an answer of the same version', 3, event(), 3, answer(), 'duplicate', 3],
  ] as const)('go up only: %s', (_case, had, from, version, learned, outcome, held) => {
    const store = createStore();
    store.putTask(task(had), from, NOW);
    expect(store.putTask(task(version), learned, NOW).outcome).toBe(outcome);
    expect(store.tasks.get(ARN)?.version).toBe(held);
  });

  it('may be skipped: the state is right, and the jump is counted', () => {
    const store = createStore();
    store.putTask(task(2), event(), NOW);
    expect(store.putTask(task(6, STOPPED), event(), NOW)).toEqual({ outcome: 'applied', jumped: 3 });
    expect(store.tasks.get(ARN)?.isStopped).toBe(true);
  });

  it('keep what events leave out, with the time of the answer that it is from', () => {
    const store = createStore();
    store.putTask(task(2, { healthStatus: 'HEALTHY', platformFamily: 'Linux' }), answer(7), NOW);
    store.putTask(task(3, { connectivity: 'CONNECTED' }), event(), NOW);
    const held = store.tasks.get(ARN);
    expect(held?.toTask(CLUSTER, [])).toMatchObject({
      version: 3,
      connectivity: 'CONNECTED',
      healthStatus: 'HEALTHY',
      platformFamily: 'Linux',
    });
    expect(held?.healthAt).toBe(7);
  });

  it('of a task that is gone do not bring it back, unless an answer of ECS shows it', () => {
    const store = createStore();
    store.putTask(task(4), event(), NOW);
    store.forget(ARN, 0);
    expect(store.putTask(task(4), event(), NOW).outcome).toBe('old');
    expect(store.putTask(task(3), answer(), NOW).outcome).toBe('old');
    expect(store.tasks.size).toBe(0);
    expect(store.putTask(task(4), answer(), NOW).outcome).toBe('applied');
    expect(store.tasks.size).toBe(1);
  });

  it('of an unknown task are taken at any number, but not if they are older than what is remembered', () => {
    const store = createStore();
    expect(store.putTask(task(5), event(NOW - 2 * HOUR), NOW).outcome).toBe('doubtful');
    expect(store.tasks.size).toBe(0);
    expect(store.putTask(task(5), event(NOW - HOUR), NOW).outcome).toBe('applied');
  });
});

describe('the tasks of a cluster', () => {
  it('are found by group and instance, wherever a version moves them', () => {
    const store = createStore();
    const instance = 'arn:aws:ecs:eu-west-1:123456789012:container-instance/prod/1';
    store.putTask(task(1, { group: 'service:web', lastStatus: 'PENDING' }), event(), NOW);
    store.putTask(task(2, { group: 'service:web', containerInstanceArn: instance }), event(), NOW);
    expect([...(store.ofGroup('service:web') ?? [])]).toEqual([ARN]);
    expect([...(store.onInstance(instance) ?? [])]).toEqual([ARN]);
    expect(store.countOn(instance)).toEqual({ running: 1, pending: 0 });
    expect(store.count()).toEqual({ running: 1, pending: 0 });
    store.forget(ARN, 0);
    expect([...(store.ofGroup('service:web') ?? [])]).toEqual([]);
    expect(store.order.read()).toEqual([]);
  });

  it('are forgotten an hour after they stopped, and recognised for two more', () => {
    const store = createStore();
    store.putTask(task(5, STOPPED), event(), NOW);
    store.prune(HOUR - 1, NOW + HOUR - 1);
    expect(store.tasks.size).toBe(1);
    store.prune(HOUR, NOW + HOUR);
    expect(store.tasks.size).toBe(0);
    expect(store.putTask(task(4), event(), NOW + HOUR).outcome).toBe('old');
    store.prune(3 * HOUR, NOW + 3 * HOUR);
    expect(store.putTask(task(4), event(NOW + HOUR + 1), NOW + 3 * HOUR).outcome).toBe('applied');
  });
});
