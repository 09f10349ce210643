import { createClient } from '@redis/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeyedWrites } from '../../src/ecs/consistency/idempotency-keys.ts';
import { EcsError } from '../../src/ecs/core/errors.ts';
import { realTimers } from '../../src/ecs/core/timers.ts';
import { openShared } from '../../src/shared/redis/open-shared.ts';
import { Replicas } from '../../src/shared/replicas.ts';
import type { SharedKeySettings } from '../../src/shared/shared-idempotency-store.ts';
import { eventually, HAS_REDIS, RedisServer, withRedis } from '../support/programs/redis-server.ts';

const SETTINGS: SharedKeySettings = {
  ttlMs: 60_000,
  mostKeys: 100,
  mostBytes: 100_000_000,
  waitMs: 2_000,
  leaseMs: 30_000,
};

interface Sent {
  readonly key: string;
}

describe.runIf(HAS_REDIS)(withRedis('keyed writes of replicas'), () => {
  let server: RedisServer;
  const opened: Replicas[] = [];
  let sent: number;

  beforeEach(async () => {
    server = await RedisServer.start();
    sent = 0;
  });

  afterEach(async () => {
    for (const replicas of opened.splice(0)) await replicas.close();
    await server.kill();
  });

  async function open(settings: Partial<SharedKeySettings> = {}, commandMs = 10_000) {
    const log = { info: () => undefined, warn: () => undefined };
    const store = await openShared({ url: server.url, leastReplicas: 2, timers: realTimers(), log, commandMs });
    if (store === undefined) throw new Error('a store was expected');
    const replicas = new Replicas(store, realTimers());
    opened.push(replicas);
    await eventually(() => !store.isAway, 'connected');
    const writes = new KeyedWrites(replicas.idempotencyStore({ ...SETTINGS, ...settings }), () => 1_000);
    const once = (key: string, over: Partial<Parameters<typeof writes.once<Sent, object>>[0]> = {}) =>
      writes.once<Sent, object>({
        name: ['default/eu-west-1', 'me', 'UpdateService', key],
        input: { a: 1 },
        prepare: async () => ({ key }),
        send: async () => {
          sent += 1;
          return { done: sent, at: new Date(sent) };
        },
        findOut: async () => Promise.reject(new Error('never sent before')),
        ...over,
      });
    return { store, once };
  }

  it('are done once, and any replica answers a repetition', async () => {
    const [one, two] = [await open(), await open()];
    expect(await one.once('k')).toMatchObject({ replayed: false, output: { done: 1 } });
    expect(await two.once('k')).toMatchObject({
      replayed: true,
      sent: { key: 'k' },
      output: { done: 1, at: new Date(1) },
    });
    await expect(two.once('k', { input: { a: 2 } })).rejects.toThrow('another input');
    expect(await two.once('other')).toMatchObject({ replayed: false });
    expect(sent).toBe(2);
  });

  it('that come to all replicas at once are sent by one of them', async () => {
    const all = [await open(), await open(), await open()];
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const send = async () => {
      await gate;
      sent += 1;
      return { done: sent };
    };
    const answers = all.flatMap(({ once }) => [once('k', { send }), once('k', { send })]);
    await eventually(() => all.every(({ store }) => (store.stats().commands.get('claim-key') ?? 0) > 0), 'all ask');
    release();
    const replayed = (await Promise.all(answers)).map((answer) => answer.replayed);
    expect(replayed.filter((was) => !was)).toHaveLength(1);
    expect(sent).toBe(1);
  });

  it('are not waited for without end', async () => {
    const [one, two] = [await open(), await open({ waitMs: 150 })];
    const started = one.once('k', { send: () => new Promise(() => undefined) });
    started.catch(() => undefined);
    await eventually(() => (one.store.stats().commands.get('send-key') ?? 0) > 0, 'it is sent');
    await expect(two.once('k')).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_IN_USE', retryAfterMs: 1_000 });
    expect(sent).toBe(0);
  });

  it('that were surely not done are done again by any replica', async () => {
    const [one, two] = [await open(), await open()];
    const refused = new EcsError('FORBIDDEN_UPSTREAM', 'UpdateService', 'no');
    await expect(one.once('k', { send: () => Promise.reject(refused) })).rejects.toBe(refused);
    await expect(one.once('k', { prepare: () => Promise.reject(refused) })).rejects.toBe(refused);
    expect(await two.once('k')).toMatchObject({ replayed: false });
  });

  it('of a replica that disappeared after it sent them are looked up, and never sent again', async () => {
    const [one, two] = [await open({ leaseMs: 100 }), await open()];
    one.once('k', { send: () => new Promise(() => undefined) }).catch(() => undefined);
    await eventually(() => (one.store.stats().commands.get('send-key') ?? 0) > 0, 'it is sent');
    let lookedUp: unknown;
    const answer = await two.once('k', {
      prepare: async () => ({ key: 'another decision' }),
      findOut: async (input, sentAt) => {
        lookedUp = { input, sentAt };
        return { found: true };
      },
    });
    expect(lookedUp).toEqual({ input: { key: 'k' }, sentAt: 1_000 });
    expect(answer).toMatchObject({ replayed: true, output: { found: true } });
    expect(sent).toBe(0);
  });

  it('of a replica that disappeared before it sent them are done by another, and the first cannot send any more', async () => {
    const [one, two] = [await open({ leaseMs: 100 }), await open()];
    let resume: () => void = () => undefined;
    const paused = new Promise<void>((resolve) => {
      resume = resolve;
    });
    let isClaimed = false;
    const prepare = async () => {
      isClaimed = true;
      return paused.then(() => ({ key: 'k' }));
    };
    const late = one.once('k', { prepare });
    late.catch(() => undefined);
    await eventually(() => isClaimed, 'it is claimed');
    expect(await two.once('k')).toMatchObject({ replayed: false, output: { done: 1 } });
    resume();
    await expect(late).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEYS_UNAVAILABLE' });
    expect(sent).toBe(1);
    expect(await one.once('k')).toMatchObject({ replayed: true, output: { done: 1 } });
  });

  it('are refused without Redis before anything is done, unless ECS itself does them once', async () => {
    const { once, store } = await open();
    expect(await once('before')).toMatchObject({ replayed: false });
    await server.kill();
    await eventually(() => store.isAway, 'away');
    await expect(once('k')).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEYS_UNAVAILABLE', retryAfterMs: 1_000 });
    expect(sent).toBe(1);
    expect(await once('token', { isRepeatable: true })).toMatchObject({ replayed: false });
    // This replica knows what it has done itself.
    expect(await once('token', { isRepeatable: true })).toMatchObject({ replayed: true });
    expect(await once('before')).toMatchObject({ replayed: true });
    expect(sent).toBe(2);
  });

  it('survive a Redis that hangs while they are under way: nothing is sent twice', async () => {
    const [one, two] = [await open({}, 250), await open({}, 250)];
    const answer = await one.once('k', {
      send: async () => {
        server.freeze();
        sent += 1;
        return { done: sent };
      },
    });
    expect(answer).toMatchObject({ replayed: false });
    await expect(two.once('k')).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEYS_UNAVAILABLE' });
    server.thaw();
    await eventually(() => !one.store.isAway && !two.store.isAway, 'back');
    await eventually(async () => {
      const again = await two.once('k').catch(() => undefined);
      return again?.replayed === true;
    }, 'the result is known to the other replica');
    expect(sent).toBe(1);
  });

  describe.each(['restart', 'FLUSHALL'])('survive a Redis that forgot everything by %s', (how) => {
    /** Loses everything. While `hold` is pending, the first replica has not yet stored again what it knows. */
    async function forget(one: Awaited<ReturnType<typeof open>>, hold: Promise<void>) {
      one.store.onChange(({ isAway }) => (isAway ? undefined : hold));
      if (how === 'FLUSHALL') {
        await one.store.command('FLUSHALL');
        return;
      }
      await server.kill();
      await eventually(() => opened.every(({ store }) => store.isAway), 'away');
      await server.restart();
      await eventually(() => opened.every(({ store }) => !store.isAway), 'back');
    }
    function gate() {
      let open: () => void = () => undefined;
      const opened = new Promise<void>((resolve) => {
        open = resolve;
      });
      return { opened, open };
    }
    const refused = { code: 'IDEMPOTENCY_KEYS_UNAVAILABLE' };

    it('as long as their replicas live', async () => {
      const [one, two] = [await open(), await open()];
      await eventually(() => two.store.replicas === 2, 'they know each other');
      await one.once('k');
      const [end, sending, stored] = [gate(), gate(), gate()];
      const send = async () => {
        sending.open();
        await end.opened;
        return { done: 'late' };
      };
      const running = one.once('running', { send });
      await sending.opened;
      await forget(one, stored.opened);
      await expect(two.once('k')).rejects.toMatchObject(refused);
      await eventually(() => two.store.stats().losses === 1, 'the loss is noticed');
      // Keys are refused until every replica has stored its own again.
      await expect(two.once('k')).rejects.toMatchObject(refused);
      await expect(two.once('new')).rejects.toMatchObject(refused);
      expect(two.store.isWhole).toBe(false);
      stored.open();
      await eventually(() => two.store.isWhole, 'all have stored their keys');
      expect(await two.once('k')).toMatchObject({ replayed: true, output: { done: 1 } });
      const second = two.once('running');
      end.open();
      expect(await running).toMatchObject({ replayed: false });
      expect(await second).toMatchObject({ replayed: true, output: { done: 'late' } });
      expect(sent).toBe(1);
    });

    it('and are not stored again if they were given up', async () => {
      const [one, two] = [await open(), await open()];
      await eventually(() => two.store.replicas === 2, 'they know each other');
      const error = new EcsError('FORBIDDEN_UPSTREAM', 'UpdateService', 'no');
      await expect(one.once('k', { send: () => Promise.reject(error) })).rejects.toBe(error);
      await forget(one, Promise.resolve());
      await eventually(() => two.store.stats().losses === 1 && two.store.isWhole, 'all have stored their keys');
      expect(await two.once('k')).toMatchObject({ replayed: false });
    });
  });

  describe('that were surely not done', () => {
    const refused = new EcsError('FORBIDDEN_UPSTREAM', 'UpdateService', 'no');
    let admin: ReturnType<typeof createClient>;
    beforeEach(async () => {
      admin = createClient({ url: server.url });
      await admin.connect();
    });
    afterEach(() => admin.destroy());

    const letIn = () => admin.sendCommand(['ACL', 'SETUSER', 'default', 'on']);
    /** Ends a write while Redis, which forgets nothing meanwhile, lets no replica in. */
    async function endAway({ once, store }: Awaited<ReturnType<typeof open>>) {
      const send = async () => {
        await admin.sendCommand(['ACL', 'SETUSER', 'default', 'off']);
        await admin.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal']);
        await eventually(() => store.isAway, 'away');
        throw refused;
      };
      await expect(once('k', { send })).rejects.toBe(refused);
      expect(await admin.keys('*:idempotency:*')).toHaveLength(1);
    }
    const back = (...all: Awaited<ReturnType<typeof open>>[]) =>
      eventually(() => all.every(({ store }) => !store.isAway), 'back');

    it('while Redis was away, are done again by another replica once it is back', async () => {
      const [one, two] = [await open(), await open()];
      await endAway(one);
      await letIn();
      await back(one, two);
      expect(await two.once('k')).toMatchObject({ replayed: false });
    });

    it('and whose release failed, are done again by the same replica, with another input too', async () => {
      const one = await open();
      const send = async () => {
        await admin.sendCommand(['ACL', 'SETUSER', 'default', '-evalsha']);
        throw refused;
      };
      await expect(one.once('k', { send })).rejects.toBe(refused);
      await expect(one.once('k')).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEYS_UNAVAILABLE' });
      await admin.sendCommand(['ACL', 'SETUSER', 'default', '+evalsha']);
      expect(await one.once('k', { input: { a: 2 } })).toMatchObject({ replayed: false });
      expect(sent).toBe(1);
    });

    it('keep their key while the same replica does them again', async () => {
      const [one, two] = [await open(), await open({ waitMs: 150 })];
      await endAway(one);
      const again = await one.once('k', {
        isRepeatable: true,
        send: async () => {
          await letIn();
          await back(one, two);
          await expect(two.once('k')).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_IN_USE' });
          return { done: 'again' };
        },
      });
      expect(again).toMatchObject({ replayed: false });
      expect(await two.once('k')).toMatchObject({ replayed: true, output: { done: 'again' } });
      expect(sent).toBe(0);
    });
  });

  it('have a limit at each replica, and no key is dropped before its time', async () => {
    const { once } = await open({ mostKeys: 2 });
    await once('a');
    await once('b');
    await expect(once('c')).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEYS_EXHAUSTED' });
    expect((await once('a')).replayed).toBe(true);
  });
});
