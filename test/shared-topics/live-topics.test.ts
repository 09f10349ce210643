import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Counter, short, TransientError } from '../live/support/live-support.ts';
import { eventually, HAS_REDIS, RedisServer, withRedis } from '../support/programs/redis-server.ts';
import { Replica } from './support/shared-hubs.ts';

describe.runIf(HAS_REDIS)(withRedis('topics that several replicas follow'), () => {
  let redis: RedisServer;
  const replicas: Replica[] = [];

  beforeEach(async () => {
    redis = await RedisServer.start();
  });

  afterEach(async () => {
    for (const replica of replicas.splice(0)) await replica.close();
    await redis.kill();
  });

  async function open(count: number, isStrict = false): Promise<[Replica, Replica, Replica]> {
    for (let i = 0; i < count; i += 1) replicas.push(await Replica.open(redis.url, isStrict));
    return replicas as unknown as [Replica, Replica, Replica];
  }

  const has = (stream: { events: readonly unknown[] }, count: number) =>
    eventually(() => stream.events.length >= count, `${count} events`);

  it('are polled by one of them, and give all the same events with the same numbers and cursors', async () => {
    const [one, two, three] = await open(3);
    const counter = new Counter();
    const streams = [one.follow(counter.topic()), two.follow(counter.topic()), three.follow(counter.topic())];
    for (const stream of streams) await has(stream, 1);
    for (let value = 1; value <= 5; value += 1) {
      counter.value = value;
      for (const stream of streams) await has(stream, value + 1);
    }
    for (const { events } of streams) {
      expect(short(events)).toEqual(['SNAPSHOT 0', ...[1, 2, 3, 4, 5].map((value) => `CHANGED ${value}`)]);
      expect(events.map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3, 4, 5]);
      expect(events.slice(1)).toEqual(streams[0]?.events.slice(1));
    }
    const before = replicas.map(({ polls }) => polls);
    const reads = counter.reads;
    await eventually(() => counter.reads >= reads + 6, 'six polls');
    const polled = replicas.map(({ polls }, index) => polls - (before[index] ?? 0));
    expect(polled.filter((polls) => polls > 0)).toHaveLength(1);
    expect(Math.max(...polled)).toBeGreaterThanOrEqual(counter.reads - reads - 1);
  });

  it('go on without a gap or a repeat when the process that polls dies', async () => {
    await open(3);
    const counter = new Counter();
    const streams = replicas.map((replica) => replica.follow(counter.topic()));
    for (const stream of streams) await has(stream, 1);
    counter.value = 1;
    for (const stream of streams) await has(stream, 2);
    const dead = await leader();
    // A killed process does not say goodbye: its connections break, and its lease has not run out.
    await dead.store.close();
    dead.hub.dispose();
    counter.value = 2;
    const others = streams.filter((_, index) => replicas[index] !== dead);
    for (const stream of others) await has(stream, 3);
    counter.value = 3;
    for (const stream of others) await has(stream, 4);
    for (const { events } of others) {
      expect(short(events)).toEqual(['SNAPSHOT 0', 'CHANGED 1', 'CHANGED 2', 'CHANGED 3']);
      expect(events.map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3]);
    }
    expect(await leader()).not.toBe(dead);
  });

  it('go on when the process that polls ends, or has no followers any more', async () => {
    await open(3);
    const counter = new Counter();
    const streams = new Map(replicas.map((replica) => [replica, replica.follow(counter.topic())]));
    for (const stream of streams.values()) await has(stream, 1);
    for (const [value, end] of [
      [1, (replica: Replica) => replica.close()],
      [2, async (replica: Replica) => streams.get(replica)?.leave()],
    ] as const) {
      const first = await leader();
      await end(first);
      streams.delete(first);
      counter.value = value;
      for (const stream of streams.values()) await has(stream, value + 1);
    }
    const [{ events } = { events: [] }] = streams.values();
    expect(short(events)).toEqual(['SNAPSHOT 0', 'CHANGED 1', 'CHANGED 2']);
    expect(events.map(({ sequence }) => sequence)).toEqual([0, 1, 2]);
  });

  it('refuse what a process publishes that was paused while another took over', async () => {
    await open(2);
    const counter = new Counter();
    const streams = replicas.map((replica) => replica.follow(counter.topic()));
    for (const stream of streams) await has(stream, 1);
    const paused = await leader();
    const other = replicas.find((replica) => replica !== paused);
    // Its poll takes so long that its lease runs out, and it does not learn of it.
    let answer = () => {};
    counter.held = new Promise((resolve) => {
      answer = resolve;
    });
    const reads = counter.reads;
    await eventually(() => counter.reads > reads, 'a poll has begun');
    counter.held = undefined;
    counter.value = 1;
    const [key = ''] = (await paused.store.command('KEYS', '*:h')) as string[];
    const later = String(Number(await paused.store.command('HGET', key, 'e')) + 1);
    await paused.store.command('HSET', key, 'o', other?.store.replica ?? '', 'e', later);
    for (const stream of streams) await has(stream, 2);
    answer();
    counter.value = 2;
    for (const stream of streams) await has(stream, 3);
    for (const { events } of streams) {
      expect(short(events)).toEqual(['SNAPSHOT 0', 'CHANGED 1', 'CHANGED 2']);
      expect(events.map(({ sequence }) => sequence)).toEqual([0, 1, 2]);
    }
  });

  it('resume at any replica behind every cursor, also when they have ended', async () => {
    const [one, two] = await open(3);
    const counter = new Counter();
    const whole = one.follow(counter.topic());
    await has(whole, 1);
    for (const value of [1, 2, 3]) {
      counter.value = value;
      await has(whole, value + 1);
    }
    for (const [index, { cursor }] of whole.events.entries()) {
      const again = two.follow(counter.topic(), { after: cursor });
      await has(again, 3 - index);
      expect(again.events).toEqual(whole.events.slice(index + 1));
      again.leave();
    }
    counter.value = -4;
    await eventually(() => whole.isDone, 'the end');
    const reads = counter.reads;
    for (const [index, { cursor }] of whole.events.entries()) {
      const again = replicas[2]?.follow(counter.topic(), { after: cursor });
      await eventually(() => again?.isDone === true, 'the end again');
      expect(again?.events).toEqual(whole.events.slice(index + 1));
    }
    expect(counter.reads).toBe(reads);
    // Without a cursor, an end that was found before is not one for a new follower: it is read again.
    const late = two.follow(counter.topic());
    await eventually(() => late.isDone, 'the end for a new follower');
    expect(short(late.events)).toEqual(['ENDED -4']);
    expect(counter.reads).toBeGreaterThan(reads);
  });

  it('send RESYNC after a cursor that no process knows any more', async () => {
    const [one, two] = await open(2);
    const counter = new Counter();
    const stream = one.follow(counter.topic());
    await has(stream, 1);
    stream.leave();
    await one.store.command('FLUSHALL');
    counter.value = 7;
    const again = two.follow(counter.topic(), { after: stream.events[0]?.cursor });
    await has(again, 1);
    expect(short(again.events)).toEqual(['RESYNC 7']);
  });

  it('begin at another replica with a reading that is no older than the follower', async () => {
    const [one, two] = await open(2, true);
    const counter = new Counter();
    const stream = one.follow(counter.topic());
    await has(stream, 1);
    for (const value of [1, 2, 3]) {
      counter.value = value;
      const late = two.follow(counter.topic());
      await has(late, 1);
      expect(short(late.events)).toEqual([`SNAPSHOT ${value}`]);
      late.leave();
    }
    expect(one.polls + two.polls).toBeGreaterThan(0);
  });

  it('fail everywhere if the first poll fails', async () => {
    await open(3);
    const counter = new Counter();
    counter.error = new Error('forbidden');
    const streams = replicas.map((replica) => replica.follow(counter.topic()));
    for (const stream of streams) await eventually(() => stream.isDone, 'the stream has failed');
    for (const { error } of streams) expect(String(error)).toContain('forbidden');
  });

  it('show all followers that ECS cannot be read, and that it can be again', async () => {
    await open(2);
    const counter = new Counter();
    const streams = replicas.map((replica) => replica.follow(counter.topic()));
    for (const stream of streams) await has(stream, 1);
    counter.error = new TransientError('throttled');
    for (const stream of streams) await has(stream, 2);
    counter.error = undefined;
    for (const stream of streams) await has(stream, 3);
    for (const { events } of streams) {
      expect(short(events)).toEqual(['SNAPSHOT 0', 'DEGRADED 0', 'RECOVERED 0']);
      expect(events.map(({ sequence }) => sequence)).toEqual([0, 1, 2]);
    }
  });

  it('let each follower choose its time-out, its stalls and its pace, wherever it is', async () => {
    await open(2);
    const counter = new Counter();
    const each = replicas.map((replica) => ({
      short: replica.follow(counter.topic(), { stallAfterMs: 400 }),
      long: replica.follow(counter.topic(), { stallAfterMs: 3_600_000 }),
      timed: replica.follow(counter.topic(), { timeoutMs: 300 }),
      slow: replica.follow(counter.topic(), { minIntervalMs: 3_600_000 }),
    }));
    for (const { timed } of each) await eventually(() => timed.isDone, 'the time-out');
    // Replicas learn from each other within seconds for which spans their followers want to know of stalls.
    for (const { short: stalling } of each) await has(stalling, 2);
    counter.value = 1;
    for (const { short: stalling, long } of each) {
      await has(stalling, 3);
      await has(long, 2);
    }
    counter.value = -2;
    for (const streams of each) {
      for (const stream of Object.values(streams)) await eventually(() => stream.isDone, 'the end');
      expect(short(streams.short.events)).toEqual(['SNAPSHOT 0', 'STALLED 0', 'CHANGED 1', 'ENDED -2']);
      expect(streams.short.events.map(({ stalledSince }) => stalledSince !== null)).toEqual([
        false,
        true,
        false,
        false,
      ]);
      expect(short(streams.long.events)).toEqual(['SNAPSHOT 0', 'CHANGED 1', 'ENDED -2']);
      expect(short(streams.timed.events)).toEqual(['SNAPSHOT 0', 'ENDED 0']);
      expect(short(streams.slow.events)).toEqual(['SNAPSHOT 0', 'ENDED -2']);
      for (const { events } of Object.values(streams)) expect(rises(events)).toBe(true);
    }
  });

  it('lose no follower and no event while Redis is away, and gather again', async () => {
    await open(3);
    const counter = new Counter('counter', { facts: (value) => ({ value }) });
    const streams = replicas.map((replica) => replica.follow(counter.topic()));
    for (const stream of streams) await has(stream, 1);
    counter.value = 1;
    for (const stream of streams) await has(stream, 2);
    await redis.kill();
    await eventually(() => replicas.every(({ topics }) => topics.isAway), 'Redis is away');
    const polls = replicas.map((replica) => replica.polls);
    counter.value = 2;
    for (const stream of streams) await has(stream, 3);
    expect(replicas.every((replica, index) => replica.polls > (polls[index] ?? 0))).toBe(true);
    await redis.restart();
    await eventually(() => replicas.every(({ topics }) => !topics.isAway), 'Redis is back');
    await eventually(
      async () => ((await replicas[0]?.store.command('ZCARD', await whoKey())) ?? 0) === 3,
      'all joined',
    );
    counter.value = 3;
    for (const stream of streams) await has(stream, 4);
    const before = replicas.map((replica) => replica.polls);
    const reads = counter.reads;
    await eventually(() => counter.reads >= reads + 6, 'six polls');
    expect(replicas.filter((replica, index) => replica.polls > (before[index] ?? 0))).toHaveLength(1);
    for (const { events, isDone } of streams) {
      expect(isDone).toBe(false);
      expect(short(events)).toEqual(['SNAPSHOT 0', 'CHANGED 1', 'CHANGED 2', 'CHANGED 3']);
      expect(rises(events)).toBe(true);
    }
    expect(new Set(streams.map(({ events }) => events[3]?.cursor)).size).toBe(1);
  });

  it('lose no follower and no event when Redis forgets everything while it runs, and gather again', async () => {
    await open(3);
    const counter = new Counter('counter', { facts: (value) => ({ value }) });
    const streams = replicas.map((replica) => replica.follow(counter.topic()));
    for (const stream of streams) await has(stream, 1);
    counter.value = 1;
    for (const stream of streams) await has(stream, 2);
    await replicas[0]?.store.command('FLUSHALL');
    counter.value = 2;
    for (const stream of streams) await has(stream, 3);
    await eventually(
      async () => ((await replicas[0]?.store.command('ZCARD', await whoKey())) ?? 0) === 3,
      'all joined',
    );
    counter.value = 3;
    for (const stream of streams) await has(stream, 4);
    for (const { events, isDone } of streams) {
      expect(isDone).toBe(false);
      expect(short(events)).toEqual(['SNAPSHOT 0', 'CHANGED 1', 'CHANGED 2', 'CHANGED 3']);
      expect(rises(events)).toBe(true);
    }
    expect(new Set(streams.map(({ events }) => events[3]?.cursor)).size).toBe(1);
  });

  /** The replica that polls. */
  async function leader(): Promise<Replica> {
    let found: Replica | undefined;
    await eventually(async () => {
      const asked = replicas.find(({ store }) => !store.isAway);
      const [key = ''] = ((await asked?.store.command('KEYS', '*:h')) ?? []) as string[];
      const owner = await asked?.store.command('HGET', key, 'o');
      found = replicas.find(({ store }) => store.replica === owner);
      return found !== undefined;
    }, 'a replica polls');
    return found as Replica;
  }

  async function whoKey(): Promise<string> {
    const [key = 'none'] = ((await replicas[0]?.store.command('KEYS', '*:who')) ?? []) as string[];
    return key;
  }

  const rises = (events: readonly { readonly sequence: number }[]) =>
    events.every(({ sequence }, index) => index === 0 || sequence > (events[index - 1]?.sequence ?? 0));
});
