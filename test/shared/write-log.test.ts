import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { realTimers, type Timers } from '../../src/ecs/core/timers.ts';
import type { SharedWrite } from '../../src/ecs/outcomes/write-sharing.ts';
import { openShared } from '../../src/shared/redis/open-shared.ts';
import type { SharedStore } from '../../src/shared/store.ts';
import { WriteLog } from '../../src/shared/write-log.ts';
import { eventually, HAS_REDIS, RedisServer, withRedis } from '../support/programs/redis-server.ts';
import { LeapingTimers } from '../support/time/leaping-timers.ts';

const SCOPE = 'default/eu-west-1';
/** No time limit passes, however busy the machine is. */
const STANDING: Timers = { ...realTimers(), monotonic: () => 0 };

function write(cluster: string): SharedWrite {
  return { operation: 'CreateCluster', input: { clusterName: cluster }, output: undefined, at: 1 };
}

describe.runIf(HAS_REDIS)(withRedis('the log of writes'), () => {
  let server: RedisServer;
  const closing: (() => Promise<void>)[] = [];

  beforeEach(async () => {
    server = await RedisServer.start();
    closing.push(() => server.kill());
  });

  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  async function openStore(): Promise<SharedStore> {
    const log = { info: () => undefined, warn: () => undefined };
    const store = await openShared({ url: server.url, leastReplicas: 1, timers: realTimers(), log, commandMs: 10_000 });
    if (store === undefined) throw new Error('a store was expected');
    closing.push(() => store.close());
    await eventually(() => !store.isAway, 'connected');
    return store;
  }

  async function open(unknownMs = 0, timers = STANDING) {
    const store = await openStore();
    const log = new WriteLog(store, timers, unknownMs);
    closing.push(async () => log.close());
    const seen: unknown[] = [];
    const sharing = log.of(SCOPE);
    sharing.onWrite(({ input }) => seen.push((input as { clusterName: string }).clusterName));
    return { store, log, seen, sharing, commands: (name: string) => store.stats().commands.get(name) ?? 0 };
  }

  const known = (...stores: { readonly store: SharedStore }[]) =>
    eventually(() => stores.every(({ store }) => store.others.length === stores.length - 1), 'they know each other');

  it('has a write applied everywhere before its caller is answered, and then costs readers nothing', async () => {
    const [one, two, three] = [await open(), await open(), await open()];
    await known(one, two, three);
    for (const name of ['a', 'b', 'c']) {
      await one.sharing.publish(write(name));
      expect([two.seen.at(-1), three.seen.at(-1)]).toEqual([name, name]);
    }
    expect(two.seen).toEqual(['a', 'b', 'c']);
    expect(one.seen).toEqual([]);
    const before = two.commands('read-writes');
    for (let reads = 0; reads < 100; reads += 1) expect(two.log.current()).toBeUndefined();
    expect(two.commands('read-writes')).toBe(before);
  });

  it('is asked by a replica for which the others may not wait', async () => {
    const [one, two] = [await open(), await open(60_000)];
    await one.sharing.publish(write('a'));
    await Promise.all(Array.from({ length: 50 }, () => two.log.current()));
    expect(two.seen).toEqual(['a']);
    // Requests that come together share the command that follows the one under way.
    expect(two.commands('read-writes')).toBeLessThanOrEqual(5);
  });

  it('does not wait again for a replica that has not applied a write in time, until it has', async () => {
    const one = await open(0, new LeapingTimers());
    const mute = await openStore();
    await known(one, { store: mute });
    await one.sharing.publish(write('a'));
    const looks = one.commands('mget');
    expect(looks).toBeGreaterThan(5);
    await one.sharing.publish(write('b'));
    expect(one.commands('mget')).toBe(looks + 1);
    const log = new WriteLog(mute, STANDING, 0);
    closing.push(async () => log.close());
    const seen: unknown[] = [];
    log.of(SCOPE).onWrite(({ input }) => seen.push((input as { clusterName: string }).clusterName));
    await eventually(() => seen.length === 2, 'it reads what it missed');
    await eventually(async () => {
      await one.sharing.publish(write('c'));
      return one.commands('mget') > looks + 4;
    }, 'it is waited for again');
  });

  it('gives a scope that is opened later what it missed, and no other scope', async () => {
    const [one, two] = [await open(), await open()];
    await known(one, two);
    await one.log.of('other/eu-west-1').publish(write('elsewhere'));
    await one.sharing.publish(write('a'));
    const late: unknown[] = [];
    two.log.of('other/eu-west-1').onWrite(({ input }) => late.push(input));
    expect(late).toEqual([{ clusterName: 'elsewhere' }]);
    expect(two.seen).toEqual(['a']);
  });

  it('goes on after Redis forgot everything, and publishes what could not be', async () => {
    const [one, two] = [await open(), await open()];
    await known(one, two);
    await one.sharing.publish(write('a'));
    await server.kill();
    await eventually(() => one.store.isAway && two.store.isAway, 'away');
    expect(two.log.current()).toBeUndefined();
    await one.sharing.publish(write('meanwhile'));
    await server.restart();
    await eventually(() => two.seen.includes('meanwhile'), 'it is published later');
    await known(one, two);
    await one.sharing.publish(write('b'));
    await two.log.current();
    expect(two.seen).toEqual(['a', 'meanwhile', 'b']);
  });

  it('is filled again after Redis lost it, for replicas that start afterwards', async () => {
    const one = await open();
    await one.sharing.publish(write('a'));
    await one.store.command('FLUSHALL');
    one.store.checkEpoch();
    await eventually(() => one.commands('publish-write') === 2, 'it is published again');
    const late = await open();
    await late.log.current();
    expect(late.seen).toEqual(['a']);
  });
});
