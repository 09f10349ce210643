import { describe, expect, it } from 'vitest';
import { Hub } from '../../../src/live/hub/hub.ts';
import { FakeTimers } from '../../support/time/fake-timers.ts';
import { breathe, Counter, collect, EPOCH, short } from '../support/live-support.ts';
import { createMemorySharing } from '../support/memory-sharing.ts';

const CONFIRM_MS = 5_000;
const PACE = { tickMs: 1_000, activeMostTicks: 2, quietMostTicks: 8 };

/** Two replicas that follow the same topics, in virtual time. The first one polls. */
function createReplicas() {
  const timers = new FakeTimers();
  const sharing = createMemorySharing();
  const hubs = [0, 1].map(
    () =>
      new Hub<object>({
        timers,
        openSession: () => ({}),
        now: () => EPOCH + timers.monotonic(),
        describeError: (error) => ({ code: 'X', message: String(error), retryable: true }),
        pace: PACE,
        confirmMs: CONFIRM_MS,
        random: () => 0.5,
        sharing: sharing(),
      }),
  );
  const settle = async () => {
    await breathe();
    for (const hub of hubs) await hub.settled();
    await breathe();
  };
  return {
    hubs,
    timers,
    pass: (ms: number) => timers.pass(ms, settle),
    dispose: () => hubs.forEach((hub) => void hub.dispose()),
  };
}

describe('a time-out at a replica that does not poll', () => {
  const counterOf = () => new Counter('counter', { confirms: new Set(['SUCCEEDED']) });

  /** Followers at both replicas that end after ten seconds; what they received, and when. */
  async function follow(change: (counter: Counter, pass: (ms: number) => Promise<void>) => Promise<void>) {
    const { hubs, timers, pass, dispose } = createReplicas();
    const counter = counterOf();
    const streams = hubs.map((hub) => collect(hub.follow(counter.topic(), { timeoutMs: 10_000 })));
    const endedAt: (number | undefined)[] = [undefined, undefined];
    const run = async (ms: number) => {
      for (let passed = 0; passed < ms; passed += 250) {
        await pass(250);
        for (const [index, { isDone }] of streams.entries()) if (isDone) endedAt[index] ??= timers.monotonic();
      }
    };
    await run(1_000);
    expect(streams.map(({ events }) => short(events))).toEqual([['SNAPSHOT 0'], ['SNAPSHOT 0']]);
    await change(counter, run);
    const outcomes = streams.map(({ events }) => events.map(({ type, body, outcome }) => `${type} ${body} ${outcome}`));
    dispose();
    return { outcomes, endedAt, reads: counter.reads };
  }

  it('ends the stream at the same time and with the same outcome as at the one that polls', async () => {
    const { outcomes, endedAt } = await follow(async (_, run) => run(14_000));
    const expected = ['SNAPSHOT 0 null', 'ENDED 0 TIMED_OUT'];
    expect(outcomes).toEqual([expected, expected]);
    expect(Math.abs((endedAt[0] ?? 0) - (endedAt[1] ?? 0))).toBeLessThanOrEqual(PACE.tickMs);
    expect(endedAt[1]).toBeLessThanOrEqual(10_000 + 2 * PACE.tickMs);
  });

  it('waits for the confirmation of an outcome that the other replica has found in time', async () => {
    const { outcomes, endedAt } = await follow(async (counter, run) => {
      await run(7_000);
      counter.value = -1;
      await run(10_000);
    });
    const expected = ['SNAPSHOT 0 null', 'ENDED -1 SUCCEEDED'];
    expect(outcomes).toEqual([expected, expected]);
    expect(endedAt[0]).toBeGreaterThan(10_000 + PACE.tickMs);
    expect(Math.abs((endedAt[0] ?? 0) - (endedAt[1] ?? 0))).toBeLessThanOrEqual(PACE.tickMs);
  });

  it('waits no longer than some seconds when the other replica has found an outcome and does not confirm it', async () => {
    const { outcomes, endedAt } = await follow(async (counter, run) => {
      await run(7_000);
      counter.value = -1;
      await run(2_500);
      counter.error = new Error('ECS is away');
      await run(20_000);
    });
    expect(outcomes[1]).toEqual(['SNAPSHOT 0 null', 'DEGRADED 0 null', 'ENDED 0 TIMED_OUT']);
    expect(endedAt[1]).toBeGreaterThan(10_000 + 2 * PACE.tickMs);
    expect(endedAt[1]).toBeLessThanOrEqual(9_500 + 2 * CONFIRM_MS + 2 * PACE.tickMs);
  });

  it('ends with TIMED_OUT when a later poll does not find the outcome again', async () => {
    const { outcomes, endedAt } = await follow(async (counter, run) => {
      await run(7_000);
      counter.value = -1;
      await run(2_500);
      counter.value = 0;
      await run(10_000);
    });
    const expected = ['SNAPSHOT 0 null', 'ENDED 0 TIMED_OUT'];
    expect(outcomes).toEqual([expected, expected]);
    expect(Math.abs((endedAt[0] ?? 0) - (endedAt[1] ?? 0))).toBeLessThanOrEqual(PACE.tickMs);
  });
});
