import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OPERATIONS, type OperationName, RATE_BUCKETS } from '../../../src/ecs/core/operations.ts';
import type { Lane } from '../../../src/ecs/core/shared-priority.ts';
import { Demand } from '../../../src/ecs/core/shared-priority.ts';
import { Pacer } from '../../../src/ecs/pacing/pacer.ts';
import { FakeTimers } from '../../support/time/fake-timers.ts';

const never = new AbortController().signal;

function start(share = 1) {
  const timers = new FakeTimers();
  const pacer = new Pacer(share, timers);
  const sent: { at: number; lane: Lane; name: string }[] = [];
  const ask = (
    operation: OperationName,
    count: number,
    { lane = 'query' as Lane, name = '', deadline, signal = never }: Partial<Ask> = {},
  ) =>
    Array.from({ length: count }, (_, index) =>
      pacer
        .take(operation, { lane, signal, deadline })
        .then(() => sent.push({ at: timers.monotonic(), lane, name: `${name}${index}` })),
    );
  const level = (bucket: string) => pacer.levels().find((candidate) => candidate.bucket === bucket);
  return { timers, pacer, sent, ask, level };
}

interface Ask {
  lane: Lane;
  name: string;
  deadline: number | undefined;
  signal: AbortSignal;
}

describe('Pacer', () => {
  it('lets a burst through at once, and the rest at the rate of the refill', async () => {
    const { timers, sent, ask } = start();
    ask('DescribeTasks', 160);
    await timers.pass(0);
    expect(sent).toHaveLength(100);
    await timers.pass(1_000);
    expect(sent).toHaveLength(120);
    await timers.pass(2_000);
    expect(sent).toHaveLength(160);
    expect(sent.at(-1)?.at).toBeLessThanOrEqual(3_000);
  });

  it('never sends more than burst and refill allow, in any window of time', async () => {
    const { timers, sent, ask } = start();
    for (let round = 0; round < 40; round += 1) {
      ask('ListClusters', (round * 7) % 23);
      await timers.pass(137);
    }
    await timers.pass(60_000);
    const broken = sent.flatMap(({ at: from }, first) =>
      sent.slice(first).filter(({ at }, index) => index + 1 > 50 + (20 * (at - from)) / 1_000 + 1e-6),
    );
    expect(sent.length).toBeGreaterThan(300);
    expect(broken).toEqual([]);
  });

  it('shares one bucket between the operations that ECS counts together, and no other', async () => {
    const { timers, sent, ask } = start();
    ask('ListTasks', 60, { name: 'list' });
    ask('DescribeTasks', 60, { name: 'describe' });
    ask('DescribeServices', 60, { name: 'service' });
    await timers.pass(0);
    const count = (name: string) => sent.filter((call) => call.name.startsWith(name)).length;
    expect([count('list'), count('describe'), count('service')]).toEqual([60, 40, 60]);
  });

  it('makes no call wait for a bucket that others have exhausted', async () => {
    const { timers, sent, ask } = start();
    ask('DescribeTasks', 1_000, { name: 'task' });
    await timers.pass(0);
    sent.length = 0;
    const asked: number[] = [];
    for (let index = 0; index < 100; index += 1) {
      asked.push(timers.monotonic());
      ask('DescribeServices', 1, { name: `service${index}-` });
      await timers.pass(60);
    }
    const services = sent.filter(({ name }) => name.startsWith('service'));
    expect(services.map(({ at }) => at)).toEqual(asked);
    expect(sent.length - services.length).toBe(120);
  });

  it('serves writes before queries and queries before polls, each in its order', async () => {
    const { timers, sent, ask } = start();
    ask('UpdateTaskProtection', 200);
    await timers.pass(0);
    sent.length = 0;
    ask('GetTaskProtection', 2, { lane: 'poll', name: 'p' });
    ask('GetTaskProtection', 2, { lane: 'query', name: 'q' });
    ask('UpdateTaskProtection', 2, { lane: 'write', name: 'w' });
    await timers.pass(1_000);
    expect(sent.map(({ name }) => name)).toEqual(['w0', 'w1', 'q0', 'q1', 'p0', 'p1']);
  });

  it('serves what a query has joined among queries, however long it has waited among polls', async () => {
    const { timers, pacer, sent, ask } = start();
    ask('DescribeServices', 100, { lane: 'poll' });
    const demand = new Demand();
    demand.add({ lane: 'poll', deadline: 100_000 });
    const at: number[] = [];
    void pacer
      .take('DescribeServices', { lane: 'poll', signal: never, demand })
      .then(() => at.push(timers.monotonic()));
    await timers.pass(1_000);
    expect(sent).toHaveLength(60);
    expect(at).toEqual([]);
    demand.add({ lane: 'query', deadline: 50_000 });
    await timers.pass(0);
    expect(at).toEqual([1_000]);
    expect(demand).toMatchObject({ lane: 'query', deadline: 100_000 });
    // A served call leaves the queue.
    demand.add({ lane: 'write' });
    await timers.pass(10_000);
    expect(sent).toHaveLength(100);
    expect(pacer.levels().every(({ waiting }) => waiting === 0)).toBe(true);
  });

  it('leaves half of each bucket to those who are not polling', async () => {
    const { timers, sent, ask } = start();
    ask('DescribeServices', 400, { lane: 'poll' });
    await timers.pass(0);
    expect(sent).toHaveLength(50);
    await timers.pass(10_000);
    expect(sent).toHaveLength(150);
    sent.length = 0;
    ask('DescribeServices', 90, { lane: 'query' });
    await timers.pass(0);
    expect(sent).toHaveLength(90);
  });

  it('fails at once if the wait would exceed the deadline, and says when to retry', async () => {
    const { timers, ask } = start();
    ask('DescribeTasks', 300);
    const [early] = ask('DescribeTasks', 1, { deadline: 10_000 });
    await expect(early).rejects.toMatchObject({ code: 'UPSTREAM_BUDGET', retryable: true, retryAfterMs: 10_050 });
    const [late] = ask('DescribeTasks', 1, { deadline: 10_051 });
    await timers.pass(10_050);
    await expect(late).resolves.toBeDefined();
  });

  it('takes what gave up out of the queue', async () => {
    const { timers, sent, ask } = start();
    ask('DescribeTasks', 100);
    const gone = new AbortController();
    const [first] = ask('DescribeTasks', 1, { signal: gone.signal, name: 'gone' });
    ask('DescribeTasks', 1, { name: 'stays' });
    gone.abort(new Error('client gone'));
    await expect(first).rejects.toThrow('client gone');
    await timers.pass(51);
    expect(sent.at(-1)?.name).toBe('stays0');
    await expect(ask('DescribeTasks', 1, { signal: gone.signal })[0]).rejects.toThrow('client gone');
  });

  it.each([
    // A bucket's 3 % are the calls that its refill makes room for meanwhile.
    ['DescribeTasks', 150],
    ['ListClusters', 75],
  ] as const)(
    'sends no %s that ECS would throttle, though one may be %i ms longer on its way than another',
    async (operation, jitterMs) => {
      const { burst, refill } = RATE_BUCKETS[OPERATIONS[operation].bucket];
      const delay = fc.double({ min: 0, max: jitterMs, noNaN: true });
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.oneof(delay, fc.constantFrom(0, jitterMs)), { minLength: 250 }),
          async (delays) => {
            const { timers, sent, ask } = start(0.97);
            ask(operation, 200);
            await timers.pass(20_000);
            const arrivals = sent
              .map(({ at }, index) => at + (delays[index % delays.length] ?? 0))
              .sort((a, b) => a - b);
            expect(arrivals).toHaveLength(200);
            let [level, since] = [burst as number, 0];
            for (const at of arrivals) {
              level = Math.min(burst, level + ((at - since) * refill) / 1_000) - 1;
              since = at;
              expect(level).toBeGreaterThanOrEqual(-1e-9);
            }
          },
        ),
        { numRuns: 30 },
      );
    },
  );

  it('takes only its share', async () => {
    const { timers, sent, ask } = start(0.5);
    ask('DescribeTasks', 200);
    await timers.pass(0);
    expect(sent).toHaveLength(50);
    await timers.pass(2_000);
    expect(sent).toHaveLength(70);
  });

  it('yields after a throttle, once for calls that were under way together, and recovers', async () => {
    const { timers, pacer, sent, ask, level } = start();
    ask('DescribeTasks', 10);
    await timers.pass(100);
    for (let call = 0; call < 10; call += 1) pacer.throttled('DescribeTasks', 0);
    expect(level('clusterResourceRead')).toMatchObject({ level: 0, share: 0.7, throttled: 10 });
    expect(level('serviceRead')).toMatchObject({ level: 100, share: 1, throttled: 0 });
    sent.length = 0;
    ask('DescribeTasks', 100);
    await timers.pass(1_000);
    expect(sent.length).toBeGreaterThanOrEqual(13);
    expect(sent.length).toBeLessThanOrEqual(15);
    pacer.throttled('DescribeTasks', timers.monotonic());
    expect(level('clusterResourceRead')?.share).toBeCloseTo(0.525);
    await timers.pass(20_000);
    expect(level('clusterResourceRead')).toMatchObject({ share: 1, waiting: 0 });
  });

  it('takes of a RunTask on Fargate a call of the 20 a second, and a launch for each task', async () => {
    const { timers, pacer, level } = start();
    const run = (input: object, count: number, deadline?: number) => {
      const sent: number[] = [];
      const calls = Array.from({ length: count }, () =>
        pacer
          .take('RunTask', { lane: 'write', signal: never, deadline }, input)
          .then(() => sent.push(timers.monotonic())),
      );
      return { sent, calls };
    };
    const single = run({ launchType: 'FARGATE' }, 30);
    await timers.pass(0);
    expect(single.sent).toHaveLength(20);
    // A call that waits for Fargate holds up no other.
    const others = run({ launchType: 'EC2', count: 10 }, 60);
    await timers.pass(0);
    expect(others.sent).toHaveLength(60);
    expect(level('runTaskOnFargate')).toMatchObject({ burst: 20, waiting: 10 });
    await timers.pass(500);
    expect(single.sent).toHaveLength(30);

    await timers.pass(60_000);
    const spot = { capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT' }], count: 10 };
    const batches = run(spot, 14);
    await timers.pass(0);
    expect(batches.sent).toHaveLength(10);
    await timers.pass(1_000);
    expect(batches.sent).toHaveLength(12);
    const [late] = run(spot, 1, timers.monotonic() + 1_000).calls;
    await expect(late).rejects.toMatchObject({ code: 'UPSTREAM_BUDGET', retryAfterMs: 1_500 });
    expect(level('fargateLaunch')).toMatchObject({ level: 100, waiting: 0 });
    await timers.pass(1_000);
    expect(batches.sent).toHaveLength(14);
  });

  it('yields in the bucket of Fargate alone where a RunTask on it was throttled, and lets a large one through all the same', async () => {
    const { timers, pacer, level } = start();
    const input = { launchType: 'FARGATE', count: 10 };
    for (let round = 0; round < 20; round += 1) {
      await timers.pass(1);
      pacer.throttled('RunTask', timers.monotonic(), input);
    }
    expect(level('fargateLaunch')?.share).toBeCloseTo(0.1, 1);
    expect(level('clusterResourceModify')).toMatchObject({ share: 1, level: 100 });
    let sent = 0;
    for (let call = 0; call < 3; call += 1) {
      void pacer.take('RunTask', { lane: 'write', signal: never }, { ...input, count: 10 }).then(() => {
        sent += 1;
      });
    }
    await timers.pass(30_000);
    expect(sent).toBe(3);
  });

  it('counts of those ahead no more tokens than the bucket ever holds for one call', async () => {
    // Of the hundred launches of Fargate it may hold two, and gains 0.4 a second.
    const { timers, pacer } = start(0.02);
    const input = { launchType: 'FARGATE', count: 10 };
    const sent: number[] = [];
    const run = (deadline?: number) =>
      pacer
        .take('RunTask', { lane: 'write', signal: never, deadline }, input)
        .then(() => sent.push(timers.monotonic()));
    const calls = [run(), run(), run(), run(15_000)];
    await expect(run(19_900)).rejects.toMatchObject({ code: 'UPSTREAM_BUDGET', retryAfterMs: 20_000 });
    await timers.pass(15_000);
    await Promise.all(calls);
    expect(sent).toEqual([0, 5_000, 10_000, 15_000]);
  });
});
