import { describe, expect, it } from 'vitest';
import type { BucketName, OperationName } from '../../../src/ecs/core/operations.ts';
import type { Lane } from '../../../src/ecs/core/shared-priority.ts';
import { lotSize } from '../../../src/ecs/pacing/lot-size.ts';
import { Pacer } from '../../../src/ecs/pacing/pacer.ts';
import type { Lot, LotRequest, SharedTokens } from '../../../src/ecs/pacing/shared-tokens.ts';
import { FakeTimers } from '../../support/time/fake-timers.ts';

const never = new AbortController().signal;

/** The buckets as Redis keeps them, on virtual time. */
class Buckets {
  readonly timers = new FakeTimers();
  readonly replicas: number;
  calls = 0;
  part = 1;
  state: 'there' | 'away' | 'silent' = 'there';
  readonly #levels = new Map<BucketName, { n: number; p: number; at: number; factor: number; lowered: number }>();
  readonly #listeners: (() => void)[] = [];

  constructor(replicas: number) {
    this.replicas = replicas;
  }

  back(): void {
    this.state = 'there';
    for (const listener of this.#listeners) listener();
  }

  forget(): void {
    this.#levels.clear();
  }

  /** One replica's view. */
  view(): SharedTokens {
    const buckets = this;
    return {
      get isAway() {
        return buckets.state === 'away';
      },
      get part() {
        return buckets.part;
      },
      replicas: this.replicas,
      take: (bucket, wanted) => this.#take(bucket, wanted),
      onBack: (listener) => this.#listeners.push(listener),
    };
  }

  async #take(bucket: BucketName, wanted: LotRequest): Promise<Lot> {
    if (this.state === 'silent') {
      await new Promise<void>((resolve) => void this.timers.schedule(250, resolve));
    }
    if (this.state !== 'there') throw new Error('no answer');
    this.calls += 1;
    const { capacity, rate, ahead, mostAhead, used, throttledAgoMs } = wanted;
    const now = this.timers.monotonic();
    const before = this.#levels.get(bucket) ?? { n: capacity, p: capacity / 2, at: now, factor: 1, lowered: -1 };
    const seconds = (now - before.at) / 1_000;
    let { lowered } = before;
    let factor = Math.min(1, before.factor + seconds * 0.05);
    let n = Math.min(Math.max(1, capacity * factor), before.n + seconds * rate * factor) - used;
    let p = Math.min(Math.max(1, (capacity * factor) / 2), before.p + (seconds * rate * factor) / 2) - used / 2;
    if (throttledAgoMs !== undefined) {
      [n, p] = [Math.min(n, 0), Math.min(p, 0)];
      if (now - throttledAgoMs > lowered) [lowered, factor] = [now, factor * 0.7];
    }
    const most = (want: number, level: number, part: number) =>
      Math.max(
        0,
        Math.min(want, Math.floor(Math.max(0, level) + Math.ceil(ahead * part)), Math.floor(level + mostAhead * part)),
      );
    const tokens = most(wanted.tokens, n, 1);
    const polls = most(wanted.polls, p, 0.5);
    this.#levels.set(bucket, { n: n - tokens, p: p - polls, at: now, factor, lowered });
    return { tokens, polls, level: n, pollLevel: p, factor };
  }
}

/** Numbers from 0 to 1, the same in each run. */
function createRandom(): () => number {
  let seed = 7;
  return () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
}

interface Sent {
  readonly at: number;
  readonly replica: number;
  readonly lane: Lane;
}

function start(replicas: number, share = 1) {
  const buckets = new Buckets(replicas);
  const { timers } = buckets;
  const sent: Sent[] = [];
  const pacers = Array.from({ length: replicas }, () => {
    const pacer = new Pacer(share, timers);
    pacer.shareWith(buckets.view());
    return pacer;
  });
  const ask = (
    replica: number,
    operation: OperationName,
    count: number,
    { lane = 'query', signal = never, deadline }: { lane?: Lane; signal?: AbortSignal; deadline?: number } = {},
  ) =>
    Array.from({ length: count }, () =>
      pacers[replica]
        ?.take(operation, { lane, signal, deadline })
        .then(() => sent.push({ at: timers.monotonic(), replica, lane })),
    );
  const of = (replica: number) => sent.filter((one) => one.replica === replica).length;
  return { buckets, timers, pacers, sent, ask, of };
}

/** The windows in which more was sent than a bucket allows. */
function excesses(sent: readonly Sent[], burst: number, rate: number): number {
  let excess = 0;
  for (const [first, { at: from }] of sent.entries()) {
    for (const [index, { at }] of sent.slice(first).entries()) {
      if (index + 1 > burst + (rate * (at - from)) / 1_000 + 1e-6) excess += 1;
    }
  }
  return excess;
}

describe('replicas that share the buckets', () => {
  it('together send no more than burst and refill allow, in any window of time', async () => {
    const { timers, sent, ask } = start(3);
    for (let round = 0; round < 60; round += 1) {
      ask(round % 3, 'DescribeTasks', (round * 7) % 23);
      ask((round * round) % 3, 'ListTasks', round % 5, { lane: 'poll' });
      await timers.pass(137);
    }
    await timers.pass(120_000);
    const asked = Array.from({ length: 60 }, (_, round) => ((round * 7) % 23) + (round % 5)).reduce((a, b) => a + b);
    expect(sent).toHaveLength(asked);
    expect(excesses(sent, 100, 20)).toBe(0);
  });

  it('use the whole rate, whichever of them needs it', async () => {
    const { timers, ask, of, sent } = start(3);
    ask(0, 'DescribeTasks', 2_000);
    await timers.pass(50_000);
    expect(of(0)).toBeGreaterThanOrEqual(20 * 50);
    expect(excesses(sent, 100, 20)).toBe(0);
  });

  it('get the same while all of them want more than there is', async () => {
    const { timers, ask, of, sent } = start(3);
    for (const replica of [0, 1, 2]) ask(replica, 'DescribeTasks', 1_000);
    await timers.pass(50_000);
    const counts = [0, 1, 2].map(of);
    expect(Math.min(...counts)).toBeGreaterThan(Math.max(...counts) * 0.9);
    expect(sent.length).toBeGreaterThanOrEqual(20 * 50);
    expect(excesses(sent, 100, 20)).toBe(0);
  });

  it('ask for tokens a tenth as often as they send calls, at a low rate and at a high one', async () => {
    const { timers, ask, buckets, sent } = start(3);
    for (let round = 0; round < 300; round += 1) {
      ask(round % 3, 'DescribeServices', 1);
      await timers.pass(300);
    }
    expect(sent).toHaveLength(300);
    expect(buckets.calls).toBeLessThanOrEqual(30);
    buckets.calls = 0;
    for (const replica of [0, 1, 2]) ask(replica, 'DescribeServices', 500);
    await timers.pass(100_000);
    expect(sent).toHaveLength(1_800);
    expect(buckets.calls).toBeLessThanOrEqual(150);
  });

  describe.each([0.1, 0.25, 0.5, 0.75, 0.9, 1, 2])('at %d times the rate of ECS', (load) => {
    /** Lets each replica make calls at random times, and returns the commands for each call, the first lots included. */
    async function commandsPerCall(count: number, operations: readonly OperationName[], perSecond: number) {
      const { timers, ask, buckets, sent } = start(3, 0.97);
      const random = createRandom();
      const gapMs = () => (-Math.log(random()) * 1_000 * 3) / perSecond;
      let calls = 0;
      const next = (replica: number): void => {
        if (calls >= count) return;
        ask(replica, operations[calls % operations.length] as OperationName, 1);
        calls += 1;
        timers.schedule(gapMs(), () => next(replica));
      };
      for (const replica of [0, 1, 2]) timers.schedule(gapMs(), () => next(replica));
      await timers.pass((count * 2_000) / Math.min(perSecond, 20) + 60_000);
      expect(sent).toHaveLength(count);
      return buckets.calls / count;
    }

    it.each<OperationName>(['DescribeServices', 'DescribeTasks', 'ListTasks'])(
      'ask at most a tenth as often as they call %s, from the first call on',
      async (operation) => {
        expect(await commandsPerCall(120, [operation], load * 20 * 0.97)).toBeLessThanOrEqual(0.1);
      },
    );

    it('ask at most a tenth as often as they make calls of several buckets', async () => {
      const tree: OperationName[] = ['DescribeServices', 'DescribeTasks', 'ListServices', 'ListTasks'];
      const operations: OperationName[] = [...tree, ...tree, 'DescribeClusters', 'DescribeTaskDefinition'];
      expect(await commandsPerCall(600, operations, load * 20 * 0.97)).toBeLessThanOrEqual(0.1);
    });
  });

  it('ask for nothing while nothing is sent', async () => {
    const { timers, buckets, ask } = start(3);
    ask(0, 'DescribeServices', 5);
    await timers.pass(100);
    const { calls } = buckets;
    expect(calls).toBeGreaterThan(0);
    await timers.pass(600_000);
    expect(buckets.calls).toBe(calls);
  });

  it('serve writes before queries and queries before polls, each in its own queue', async () => {
    const { timers, ask, sent } = start(2);
    ask(0, 'DescribeTasks', 200);
    await timers.pass(1_000);
    const before = sent.length;
    ask(0, 'DescribeTasks', 2, { lane: 'poll' });
    ask(0, 'DescribeTasks', 2, { lane: 'query' });
    ask(0, 'DescribeTasks', 2, { lane: 'write' });
    await timers.pass(60_000);
    expect(sent.slice(before, before + 2).map(({ lane }) => lane)).toEqual(['write', 'write']);
    expect(sent.slice(-2).map(({ lane }) => lane)).toEqual(['poll', 'poll']);
  });

  it('leave half of the bucket to those who are not polling, together', async () => {
    const { timers, ask, sent } = start(3);
    for (const replica of [0, 1, 2]) ask(replica, 'ListTasks', 500, { lane: 'poll' });
    await timers.pass(40_000);
    expect(sent.length).toBeGreaterThan(400);
    expect(excesses(sent, 50, 10)).toBe(0);
  });

  it('hand out the tokens of a small bucket one by one', async () => {
    const { timers, ask, sent } = start(3);
    for (const replica of [0, 1, 2]) ask(replica, 'DeleteTaskDefinitions', 5, { lane: 'write' });
    await timers.pass(0);
    expect(sent).toHaveLength(5);
    await timers.pass(20_000);
    expect(sent).toHaveLength(15);
    expect(excesses(sent, 5, 1)).toBe(0);
    const turns = [5, 6, 7, 8, 9, 10].map((index) => sent[index]?.replica);
    expect(new Set(turns)).toEqual(new Set([0, 1, 2]));
  });

  it('fail at once if the wait would exceed the deadline', async () => {
    const { timers, ask } = start(2);
    ask(0, 'ListClusters', 200);
    await timers.pass(1_000);
    const [late] = ask(0, 'ListClusters', 1, { deadline: timers.monotonic() + 3_000 });
    await expect(late).rejects.toMatchObject({ code: 'UPSTREAM_BUDGET' });
  });

  it('go on without an answer, each with its part, and use the whole again later', async () => {
    const { timers, buckets, ask, sent } = start(3);
    ask(0, 'DescribeTasks', 1);
    await timers.pass(10_000);
    sent.length = 0;
    buckets.state = 'away';
    for (const replica of [0, 1, 2]) ask(replica, 'DescribeTasks', 400);
    await timers.pass(30_000);
    expect(sent.length).toBeGreaterThan(20 * 30);
    expect(excesses(sent, 100, 20)).toBe(0);
    buckets.back();
    await timers.pass(30_000);
    expect(sent).toHaveLength(1_200);
    // No replica has got a second bucket at the change.
    expect(excesses(sent, 100, 20)).toBe(0);
  });

  it('let no call wait for longer than an answer may take', async () => {
    const { timers, buckets, ask, of } = start(2);
    buckets.state = 'silent';
    ask(0, 'DescribeTasks', 3);
    await timers.pass(249);
    expect(of(0)).toBe(0);
    await timers.pass(1);
    expect(of(0)).toBe(3);
    ask(0, 'DescribeTasks', 3);
    await timers.pass(0);
    expect(of(0)).toBe(6);
  });

  it('start with their part while the buckets are away, and report what they used', async () => {
    const { timers, buckets, ask, sent } = start(2);
    const late = new Pacer(1, timers);
    buckets.state = 'away';
    late.shareWith(buckets.view());
    const take = () => late.take('DescribeTasks', { lane: 'query', signal: never });
    const taken = Array.from({ length: 50 }, take);
    await timers.pass(0);
    await Promise.all(taken);
    buckets.back();
    await timers.pass(0);
    ask(0, 'DescribeTasks', 100);
    await timers.pass(0);
    expect(sent.length).toBeLessThanOrEqual(50);
  });

  it('all yield when one of them was throttled, once for calls that were under way together', async () => {
    const { timers, pacers, ask, sent, buckets } = start(2);
    ask(0, 'DescribeTasks', 5);
    ask(1, 'DescribeTasks', 5);
    await timers.pass(100);
    const sentAt = timers.monotonic();
    pacers[0]?.throttled('DescribeTasks', sentAt);
    pacers[1]?.throttled('DescribeTasks', sentAt);
    await timers.pass(0);
    sent.length = 0;
    ask(1, 'DescribeTasks', 100);
    await timers.pass(1_000);
    expect(sent.length).toBeLessThanOrEqual(20);
    expect(sent.length).toBeGreaterThan(10);
    expect(buckets.calls).toBeLessThan(20);
  });

  it('take half while the level of the buckets may have been lost', async () => {
    const { timers, buckets, ask, sent } = start(2);
    buckets.forget();
    buckets.part = 0.5;
    ask(0, 'DescribeTasks', 200);
    await timers.pass(4_000);
    expect(excesses(sent, 50, 10)).toBe(0);
    expect(sent.length).toBeGreaterThan(60);
  });

  it('count a call that gave up out', async () => {
    const { timers, ask, sent } = start(2);
    const controller = new AbortController();
    const gone = ask(0, 'ListClusters', 300, { signal: controller.signal });
    await timers.pass(1_000);
    controller.abort(new Error('gone'));
    await Promise.allSettled(gone);
    sent.length = 0;
    ask(1, 'ListClusters', 20);
    await timers.pass(3_000);
    expect(sent).toHaveLength(20);
  });
});

describe('the size of a lot', () => {
  it('leaves half of the bucket where all can take it', () => {
    for (const capacity of [5, 10, 20, 50, 97, 200]) {
      for (const replicas of [1, 2, 3, 10]) {
        const { lot, low, hand } = lotSize(capacity, replicas);
        expect(hand * replicas).toBeLessThanOrEqual(capacity / 2);
        expect(hand === 0 ? [lot, low] : [lot + low]).toEqual(hand === 0 ? [1, 0] : [hand]);
      }
    }
  });

  it('is ten tokens or more for the reads of three replicas', () => {
    expect(lotSize(97, 3).lot).toBeGreaterThanOrEqual(10);
  });
});
