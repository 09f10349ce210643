import { describe, expect, it } from 'vitest';
import type { OperationName } from '../../../src/ecs/core/operations.ts';
import { Demand } from '../../../src/ecs/core/shared-priority.ts';
import { Pacer } from '../../../src/ecs/pacing/pacer.ts';
import { FakeTimers } from '../../support/time/fake-timers.ts';

const signal = new AbortController().signal;

interface Sent {
  readonly caller: string;
  readonly at: number;
  readonly waitedMs: number;
}

function start() {
  const timers = new FakeTimers();
  const pacer = new Pacer(1, timers);
  const sent: Sent[] = [];
  const ask = (caller: string, count = 1, operation: OperationName = 'DescribeTasks', demand?: Demand) => {
    const since = timers.monotonic();
    for (let i = 0; i < count; i += 1) {
      void pacer.take(operation, { lane: 'query', signal, caller, demand }).then(() => {
        sent.push({ caller, at: timers.monotonic(), waitedMs: timers.monotonic() - since });
      });
    }
  };
  const of = (caller: string) => sent.filter((each) => each.caller === caller);
  return { timers, pacer, sent, ask, of };
}

describe('principals in one rate bucket', () => {
  it('take turns: one that comes behind a thousand calls of another waits for one token', async () => {
    const { timers, ask, of } = start();
    ask('greedy', 1_000);
    await timers.pass(0);
    // DescribeTasks: a burst of 100, then 20 a second.
    expect(of('greedy')).toHaveLength(100);
    ask('modest');
    await timers.pass(51);
    expect(of('modest')).toHaveLength(1);
    ask('modest', 10);
    await timers.pass(1_000);
    expect(of('modest').length).toBeGreaterThanOrEqual(10);
  });

  it('leave others a part: a modest one waits for nothing beside a greedy one', async () => {
    const { timers, ask, of } = start();
    ask('modest');
    ask('greedy', 10_000);
    await timers.pass(30_000);
    const before = of('modest').length;
    // Four calls a second are a fifth of the bucket; room for twice as many is left.
    for (let i = 0; i < 240; i += 1) {
      ask('modest');
      await timers.pass(250);
    }
    const waits = of('modest')
      .slice(before)
      .map(({ waitedMs }) => waitedMs);
    expect([waits.length, Math.max(...waits)]).toEqual([240, 0]);
    // The greedy one uses the rest, and all but a tenth when the modest one makes few calls.
    const callsIn = (from: number, to: number) => of('greedy').filter(({ at }) => at > from && at <= to).length;
    expect(callsIn(31_000, 91_000)).toBeGreaterThanOrEqual(0.97 * 0.6 * 20 * 60);
    for (let i = 0; i < 30; i += 1) {
      ask('modest');
      await timers.pass(10_000);
    }
    expect(callsIn(200_000, 380_000)).toBeGreaterThanOrEqual(0.95 * 0.9 * 20 * 180);
  });

  it('use all of it alone, as soon as others have been away for a minute', async () => {
    const { timers, ask, of } = start();
    ask('modest');
    ask('greedy', 100_000);
    await timers.pass(61_000);
    const before = of('greedy').length;
    await timers.pass(10_000);
    expect(of('greedy').length - before).toBeGreaterThanOrEqual(199);
  });

  it('of several greedy ones each get the same', async () => {
    const { timers, ask, of } = start();
    for (const caller of ['a', 'b', 'c']) ask(caller, 5_000);
    await timers.pass(60_000);
    const counts = ['a', 'b', 'c'].map((caller) => of(caller).length);
    // The first one was alone with the burst.
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(100);
    await timers.pass(60_000);
    const [a = 0, b = 0, c = 0] = ['a', 'b', 'c'].map((caller, i) => of(caller).length - (counts[i] ?? 0));
    expect(Math.max(a, b, c) - Math.min(a, b, c)).toBeLessThanOrEqual(2);
  });

  it('are served for a shared call in the turn of the one that waits least', async () => {
    const { timers, pacer, ask, of } = start();
    ask('greedy', 1_000);
    await timers.pass(0);
    const demand = new Demand();
    demand.add({ lane: 'query', caller: 'greedy' });
    ask('shared', 1, 'DescribeTasks', demand);
    await timers.pass(200);
    expect(of('shared')).toEqual([]);
    demand.add({ lane: 'query', caller: 'modest' });
    await timers.pass(101);
    expect(of('shared')).toHaveLength(1);
    expect(pacer.levels().find(({ bucket }) => bucket === 'clusterResourceRead')?.waiting ?? 0).toBeGreaterThan(0);
  });

  it('get the wait of their own turn in the answer', async () => {
    const { timers, pacer, ask } = start();
    ask('greedy', 1_000);
    await timers.pass(0);
    const take = (caller: string) => pacer.take('DescribeTasks', { lane: 'query', signal, caller, deadline: 1_000 });
    await expect(take('greedy')).rejects.toMatchObject({ code: 'UPSTREAM_BUDGET' });
    const modest = take('modest');
    await timers.pass(150);
    await modest;
  });
});
