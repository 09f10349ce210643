import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Hub } from '../../../src/live/hub/hub.ts';
import { FakeTimers } from '../../support/time/fake-timers.ts';
import { breathe, Counter, collect, EPOCH, short } from '../support/live-support.ts';
import { createMemorySharing, Reach } from '../support/memory-sharing.ts';

describe('a follower that resumes while other replicas cannot be reached', () => {
  let timers: FakeTimers;
  let reach: Reach;
  let hubs: readonly [Hub<object>, Hub<object>];
  let counter: Counter;
  let cursor: string;

  const settle = async () => {
    await breathe();
    for (const hub of hubs) await hub.settled();
    await breathe();
  };
  const pass = (ms: number) => timers.pass(ms, settle);
  const resume = () => {
    const follower = hubs[1].follow(counter.topic(), { after: cursor });
    return Object.assign(collect(follower), { leave: () => follower.return() });
  };

  /** The first replica polls and has sent events; the second follows nothing and loses the others. */
  beforeEach(async () => {
    timers = new FakeTimers();
    reach = new Reach();
    const sharing = createMemorySharing();
    const open = (by?: Reach) =>
      new Hub<object>({
        timers,
        openSession: () => ({}),
        now: () => EPOCH + timers.monotonic(),
        describeError: (error) => ({ code: 'X', message: String(error), retryable: true }),
        pace: { tickMs: 1_000, activeMostTicks: 2, quietMostTicks: 8 },
        random: () => 0.5,
        sharing: sharing(by),
      });
    hubs = [open(), open(reach)];
    counter = new Counter();
    const { events } = collect(hubs[0].follow(counter.topic()));
    await pass(1_000);
    for (counter.value = 1; counter.value < 3; counter.value += 1) await pass(2_000);
    expect(short(events)).toEqual(['SNAPSHOT 0', 'CHANGED 1', 'CHANGED 2']);
    cursor = events[0]?.cursor ?? '';
    counter.value = 2;
    reach.isAway = true;
  });
  afterEach(() => hubs.forEach((hub) => void hub.dispose()));

  it('waits some seconds for them, and then misses nothing', async () => {
    const reads = counter.reads;
    const [one, two] = [resume(), resume()];
    await pass(4_000);
    expect([one.events, two.events]).toEqual([[], []]);
    reach.isAway = false;
    await pass(200);
    for (const { events } of [one, two]) expect(short(events)).toEqual(['CHANGED 1', 'CHANGED 2']);
    counter.value = 4;
    await pass(2_000);
    expect(short(one.events)).toEqual(['CHANGED 1', 'CHANGED 2', 'CHANGED 4']);
    // Only the first replica polls, every two seconds.
    expect(counter.reads - reads).toBeLessThanOrEqual(4);
  });

  it('waits too where another follower has gone on without them, until its topic has joined them again', async () => {
    const alone = collect(hubs[1].follow(counter.topic()));
    await pass(500);
    expect(short(alone.events)).toEqual(['SNAPSHOT 2']);
    const { events } = resume();
    await pass(1_000);
    expect(events).toEqual([]);
    reach.isAway = false;
    await pass(1_000);
    expect(short(events)).toEqual(['CHANGED 1', 'CHANGED 2']);
  });

  it('begins with RESYNC when they stay away, however many wait', async () => {
    const streams = [resume(), resume(), resume()];
    await pass(4_900);
    expect(streams.map(({ events }) => events)).toEqual([[], [], []]);
    await pass(1_200);
    for (const { events } of streams) expect(short(events)).toEqual(['RESYNC 2']);
  });

  it('is not waited for after it has left', async () => {
    const stream = resume();
    await pass(1_000);
    await stream.leave();
    await pass(200);
    expect([stream.isDone, hubs[1].isIdle, hubs[1].followers]).toEqual([true, true, 0]);
  });

  it('is one without a cursor, which begins at once', async () => {
    const { events } = collect(hubs[1].follow(counter.topic()));
    await pass(500);
    expect(short(events)).toEqual(['SNAPSHOT 2']);
  });
});
