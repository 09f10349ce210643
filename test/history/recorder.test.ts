import type { Service, ServiceDeployment, Task } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { membersOf } from '../../src/history/entries.ts';
import type { HistoryEntry, HistoryStore } from '../../src/history/history.ts';
import { Recorder } from '../../src/history/recorder.ts';
import { statisticsOf } from '../../src/history/statistics.ts';
import { FakeTimers } from '../support/time/fake-timers.ts';

const ARN = 'arn:aws:ecs:eu-west-1:123456789012';
const at = (second: number) => new Date(Date.parse('2026-11-22T10:00:00Z') + second * 1_000);

class ListStore implements HistoryStore {
  readonly written: HistoryEntry[][] = [];
  readonly pruned: number[] = [];
  failures = 0;

  record(entries: readonly HistoryEntry[]): void {
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error('disk full');
    }
    this.written.push([...entries]);
  }
  read(): readonly HistoryEntry[] {
    return this.written.flat();
  }
  count(): number {
    return this.written.flat().length;
  }
  prune(before: number): void {
    this.pruned.push(before);
  }
  close(): void {}
}

function recording() {
  const store = new ListStore();
  const timers = new FakeTimers();
  const errors: unknown[] = [];
  const recorder = new Recorder({
    store,
    timers,
    now: () => at(0).getTime(),
    maxAgeMs: 1_000,
    onFailure: (error) => errors.push(error),
  });
  return { store, timers, recorder, errors };
}

const stopped = (id: string, more: Partial<Task> = {}): Task => ({
  taskArn: `${ARN}:task/shop/${id}`,
  clusterArn: `${ARN}:cluster/shop`,
  group: 'service:web',
  lastStatus: 'STOPPED',
  stoppedAt: at(5),
  stoppedReason: 'Essential container in task exited',
  ...more,
});

describe('the recorder', () => {
  it('keeps stopped tasks without their overrides, and no others', async () => {
    const { recorder, store } = recording();
    const secret = { containerOverrides: [{ name: 'web', environment: [{ name: 'KEY', value: 'canary' }] }] };
    recorder.observe('Task', [
      stopped('a', { overrides: secret, containers: [{ name: 'web', exitCode: 137 }] }),
      stopped('b', { lastStatus: 'RUNNING' }),
    ]);
    await recorder.flush();
    const [entry] = store.written.flat();
    expect(store.count()).toBe(1);
    expect(entry).toMatchObject({
      key: `${ARN}:task/shop/a`,
      kind: 'TASK_STOPPED',
      at: at(5).getTime(),
      cluster: 'shop',
      serviceArn: `${ARN}:service/shop/web`,
    });
    expect(entry?.body).not.toContain('canary');
    expect(membersOf<Task>(entry as HistoryEntry)).toMatchObject({
      stoppedAt: at(5),
      containers: [{ name: 'web', exitCode: 137 }],
    });
  });

  it('finds the service of a task whose ARN has the old format', async () => {
    const { recorder, store } = recording();
    recorder.observe('Task', [stopped('x', { taskArn: `${ARN}:task/x` })]);
    await recorder.flush();
    expect(store.written.flat()[0]?.serviceArn).toBe(`${ARN}:service/web`);
  });

  it('keeps deployments that ended', async () => {
    const { recorder, store } = recording();
    const deployment: ServiceDeployment = {
      serviceDeploymentArn: 'd',
      serviceArn: 's',
      clusterArn: `${ARN}:cluster/shop`,
      status: 'SUCCESSFUL',
      finishedAt: at(9),
    };
    recorder.observe('ServiceDeployment', [
      deployment,
      { ...deployment, serviceDeploymentArn: 'e', status: 'IN_PROGRESS' },
    ]);
    await recorder.flush();
    expect(store.read().map(({ key, at: time }) => [key, time])).toEqual([['d', at(9).getTime()]]);
  });

  it('keeps each event once', async () => {
    const { recorder, store } = recording();
    const events = [3, 2, 1].map((second) => ({ id: `e${second}`, createdAt: at(second), message: 'steady' }));
    const service: Service = { serviceArn: 's', clusterArn: `${ARN}:cluster/shop`, events };
    recorder.observe('Service', [service]);
    await recorder.flush();
    recorder.observe('Service', [{ ...service, events: [{ id: 'e4', createdAt: at(4), message: 'new' }, ...events] }]);
    await recorder.flush();
    expect(
      store
        .read()
        .map(({ key }) => key)
        .sort(),
    ).toEqual(['e1', 'e2', 'e3', 'e4']);
  });

  it('writes within a second, and the same reading once', async () => {
    const { recorder, store, timers } = recording();
    recorder.observe('Task', [stopped('a')]);
    recorder.observe('Task', [stopped('a')]);
    await timers.pass(999);
    expect(store.count()).toBe(0);
    await timers.pass(1);
    await recorder.flush();
    expect(store.count()).toBe(1);
    recorder.observe('Task', [stopped('a')]);
    await recorder.flush();
    expect(store.written.length).toBe(1);
    recorder.observe('Task', [stopped('a', { containers: [{ name: 'web', exitCode: 1 }] })]);
    await recorder.flush();
    expect(store.written.length).toBe(2);
  });

  it('tries again after a failure, and loses nothing', async () => {
    const { recorder, store, timers, errors } = recording();
    store.failures = 1;
    recorder.observe('Task', [stopped('a')]);
    await recorder.flush();
    expect([store.count(), errors.length]).toEqual([0, 1]);
    recorder.observe('Task', [stopped('b')]);
    await timers.pass(5_000);
    await recorder.flush();
    expect(store.count()).toBe(2);
  });

  it('prunes at the start and every ten minutes, and writes the rest when it closes', async () => {
    const { recorder, store, timers } = recording();
    await timers.pass(0);
    await timers.pass(10 * 60_000);
    await recorder.flush();
    expect(store.pruned).toEqual([at(-1).getTime(), at(-1).getTime()]);
    recorder.observe('Task', [stopped('a')]);
    await recorder.close();
    expect(store.count()).toBe(1);
  });
});

describe('statistics', () => {
  const ended = (seconds: number, more: Partial<ServiceDeployment> = {}): HistoryEntry => ({
    key: String(seconds),
    kind: 'DEPLOYMENT_ENDED',
    at: at(seconds).getTime(),
    cluster: 'shop',
    serviceArn: 's',
    body: JSON.stringify({ status: 'SUCCESSFUL', startedAt: at(0), finishedAt: at(seconds), ...more }),
  });

  it('are empty without deployments', () => {
    expect(statisticsOf([])).toEqual({
      deploymentCount: 0,
      succeededCount: 0,
      successRate: null,
      medianDuration: null,
      p95Duration: null,
      usualFailure: null,
      since: null,
    });
  });

  it('count, and measure the successful ones', () => {
    const failed = { status: 'ROLLBACK_SUCCESSFUL', statusReason: 'tasks failed in ecs-svc/123.' } as const;
    const entries = [
      ...[40, 30, 20, 10].map((seconds) => ended(seconds)),
      ended(9, failed),
      ended(8, { ...failed, statusReason: 'tasks failed in ecs-svc/456.' }),
    ];
    expect(statisticsOf(entries)).toEqual({
      deploymentCount: 6,
      succeededCount: 4,
      successRate: 4 / 6,
      medianDuration: 20_000,
      p95Duration: 40_000,
      usualFailure: 'tasks failed in ....',
      since: at(8),
    });
  });
});
