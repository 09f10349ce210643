import type { Task } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { SteadyTasks } from '../../../src/live/core/steady-tasks.ts';
import type { EntityLoader } from '../../../src/loaders/entity-loader.ts';

const T0 = Date.parse('2026-03-01T12:00:00Z');

/** Rounds over some tasks, each of which is listed as one to run unless its status says otherwise. */
class Rounds {
  #now = 0;
  readonly #steady = new SteadyTasks({ now: () => T0 + this.#now, monotonic: () => this.#now });
  readonly tasks = new Map<string, Task>();
  #known: Task[] = [];

  add(count: number, more: Partial<Task> = {}): string[] {
    return Array.from({ length: count }, () => {
      const taskArn = `task-${this.tasks.size}`;
      const startedAt = new Date(T0 - 600_000);
      const task: Task = { taskArn, lastStatus: 'RUNNING', desiredStatus: 'RUNNING', healthStatus: 'HEALTHY' };
      this.tasks.set(taskArn, { ...task, startedAt, ...more });
      return taskArn;
    });
  }

  /** The tasks described in a round, this long after the previous one. */
  async next(afterMs = 2_000, doubted: readonly string[] = []): Promise<string[]> {
    this.#now += afterMs;
    const described = new Set<string>();
    const load = async ({ id }: { readonly id: string }) => {
      described.add(id);
      return { ...this.tasks.get(id), taskArn: id };
    };
    const round = this.#steady.round({ load } as unknown as EntityLoader<'Task'>);
    round.expect('prod', this.#known);
    await new Promise(setImmediate);
    const before = new Map(this.#known.map((task) => [task.taskArn, task]));
    const looks = [...this.tasks.keys()].map(async (id) => {
      const known = before.get(id);
      if (known !== undefined && round.mayRest(known)) return known;
      const task = await load({ id });
      round.wasRead(task);
      return task;
    });
    this.#known = await Promise.all(looks);
    round.doubt(this.#known.filter(({ taskArn = '' }) => doubted.includes(taskArn)));
    return [...described];
  }
}

describe('tasks that run steadily', () => {
  it('are described in each round where one call does that for all', async () => {
    const rounds = new Rounds();
    rounds.add(90);
    for (let i = 0; i < 3; i += 1) expect(await rounds.next()).toHaveLength(90);
  });

  it('are described in turns, one call in each round, each at least once a minute', async () => {
    const rounds = new Rounds();
    const arns = rounds.add(1_000);
    expect(await rounds.next()).toHaveLength(1_000);
    const last = new Map(arns.map((arn) => [arn, 0]));
    for (let i = 1; i <= 40; i += 1) {
      const described = await rounds.next();
      expect(described).toHaveLength(90);
      for (const arn of described) {
        expect(i - (last.get(arn) ?? 0)).toBeLessThanOrEqual(12);
        last.set(arn, i);
      }
    }
    expect(Math.min(...last.values())).toBeGreaterThan(28);
  });

  it('are all described when they were not for a minute', async () => {
    const rounds = new Rounds();
    rounds.add(1_000);
    await rounds.next();
    await rounds.next();
    expect(await rounds.next(58_000)).toHaveLength(990);
    expect(await rounds.next(60_000)).toHaveLength(1_000);
  });
});

describe('described in each round', () => {
  it.each<[string, Partial<Task>]>([
    ['what is starting', { lastStatus: 'PENDING', startedAt: undefined }],
    ['what is to stop', { desiredStatus: 'STOPPED' }],
    ['what is unhealthy', { healthStatus: 'UNHEALTHY' }],
    ['what may yet become healthy', { healthStatus: 'UNKNOWN', startedAt: new Date(T0) }],
    ['what has a check that says nothing yet', { healthStatus: 'UNKNOWN', containers: [{ healthStatus: 'HEALTHY' }] }],
    ['what is on its way out', { lastStatus: 'DEPROVISIONING', desiredStatus: 'STOPPED' }],
  ])('is %s, and as many others as the last call has room for', async (_name, more) => {
    const rounds = new Rounds();
    rounds.add(500);
    const moving = rounds.add(150, more as Partial<Task>);
    await rounds.next();
    for (let i = 0; i < 3; i += 1) {
      const described = await rounds.next();
      expect(described).toEqual(expect.arrayContaining(moving));
      expect(described).toHaveLength(190);
    }
  });

  it('is not what has no health check, once it has run for a while', async () => {
    const rounds = new Rounds();
    rounds.add(500, { healthStatus: 'UNKNOWN' });
    await rounds.next();
    expect(await rounds.next()).toHaveLength(90);
  });

  it('is not what had stopped and is listed no more', async () => {
    const rounds = new Rounds();
    const running = rounds.add(5);
    const stopped = rounds.add(3, { lastStatus: 'STOPPED', desiredStatus: 'STOPPED' });
    await rounds.next();
    for (const arn of stopped) rounds.tasks.delete(arn);
    expect(await rounds.next()).toEqual(running);
  });

  it('covers tasks that were never seen, and differences from the service’s count', async () => {
    const rounds = new Rounds();
    const arns = rounds.add(500);
    await rounds.next();
    const doubted = arns.slice(0, 5);
    const fresh = rounds.add(7);
    const described = await rounds.next(2_000, doubted);
    expect(described).toEqual(expect.arrayContaining(fresh));
    expect(described).toHaveLength(97);
    expect(await rounds.next()).toEqual(expect.arrayContaining(doubted));
  });
});
