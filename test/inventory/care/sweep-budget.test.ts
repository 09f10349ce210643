import { describe, expect, it } from 'vitest';
import { SweepBudget } from '../../../src/inventory/care/sweep-budget.ts';
import { FakeTimers } from '../../support/time/fake-timers.ts';

describe('the budget of verification', () => {
  it.each([
    ['DescribeTasks', 0.1, 20 * 0.1],
    ['ListServices', 0.1, 20 * 0.1],
    ['DescribeTasks', 0.025, 20 * 0.025],
  ] as const)('lets %s take a share of %d of its bucket, whatever asks at once', async (operation, share, aSecond) => {
    const timers = new FakeTimers();
    const budget = new SweepBudget(share, timers);
    let taken = 0;
    for (let call = 0; call < 500; call += 1)
      void budget.take(operation, new AbortController().signal).then(() => {
        taken += 1;
      });
    const seconds = 120;
    await timers.pass(seconds * 1_000);
    expect(taken).toBeGreaterThanOrEqual(seconds * aSecond);
    expect(taken).toBeLessThanOrEqual(seconds * aSecond + 1);
    expect(budget.waiting).toBe(500 - taken);
  });

  it('keeps buckets apart, and saves nothing up while nothing is verified', async () => {
    const timers = new FakeTimers();
    const budget = new SweepBudget(0.1, timers);
    const { signal } = new AbortController();
    await timers.pass(3_600_000);
    const taken: string[] = [];
    for (const operation of ['DescribeTasks', 'DescribeTasks', 'ListServices', 'DescribeContainerInstances'] as const)
      void budget.take(operation, signal).then(() => taken.push(operation));
    await timers.pass(1);
    expect(taken).toEqual(['DescribeTasks', 'ListServices']);
    await timers.pass(1_000);
    expect(taken).toEqual(['DescribeTasks', 'ListServices', 'DescribeTasks', 'DescribeContainerInstances']);
  });

  it('ends the waits of a verification that is given up', async () => {
    const timers = new FakeTimers();
    const budget = new SweepBudget(0.1, timers);
    const controller = new AbortController();
    await budget.take('DescribeTasks', controller.signal);
    const waiting = budget.take('DescribeTasks', controller.signal);
    controller.abort(new Error('closed'));
    await expect(waiting).rejects.toThrow('closed');
    expect([budget.waiting, timers.pending]).toEqual([0, 0]);
  });
});
