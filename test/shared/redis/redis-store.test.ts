import { afterEach, describe, expect, it } from 'vitest';
import { realTimers, type Timers } from '../../../src/ecs/core/timers.ts';
import { openShared } from '../../../src/shared/redis/open-shared.ts';
import { createScript } from '../../../src/shared/script.ts';
import type { SharedChange, SharedStore } from '../../../src/shared/store.ts';
import { BUSY_MS } from '../../support/gateway/replicas.ts';
import { eventually, HAS_REDIS, RedisServer, withRedis } from '../../support/programs/redis-server.ts';
import { FakeTimers } from '../../support/time/fake-timers.ts';

const ECHO = createScript('echo', 'return ARGV[1]');

describe.runIf(HAS_REDIS)(withRedis('the connection to Redis'), () => {
  const closing: (() => Promise<void>)[] = [];

  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  async function startServer(options: readonly string[] = []): Promise<RedisServer> {
    const server = await RedisServer.start(options);
    closing.push(() => server.kill());
    return server;
  }

  async function open(url: string, leastReplicas = 2, commandMs = BUSY_MS, timers: Timers = realTimers()) {
    const logs: string[] = [];
    const log = {
      info: (_: object, message: string) => logs.push(message),
      warn: (fields: object, message: string) => logs.push(`${message} ${JSON.stringify(fields)}`),
    };
    const store = await openShared({ url, leastReplicas, timers, log, commandMs });
    if (store === undefined) throw new Error('a store was expected');
    closing.push(() => store.close());
    const changes: SharedChange[] = [];
    store.onChange((change) => void changes.push(change));
    return { store, changes, logs };
  }

  const back = (store: SharedStore) => eventually(() => !store.isAway, 'Redis is back');
  const away = (store: SharedStore) => eventually(() => store.isAway, 'Redis is away');
  const failure = (answer: Promise<unknown>) =>
    answer.then(
      () => undefined,
      (error: unknown) => error as { kind: string; mayHaveRun: boolean },
    );

  it('loads no client without a URL', async () => {
    expect(await openShared({ url: undefined, leastReplicas: 2, timers: realTimers(), log: console })).toBeUndefined();
  });

  it('runs scripts by their hash, and sends the text of one that the server does not know', async () => {
    const { store } = await open((await startServer()).url);
    await back(store);
    expect(await store.run(ECHO, ['k'], ['one'])).toBe('one');
    expect(await store.run(ECHO, ['k'], ['two'])).toBe('two');
    // The first run took two commands.
    expect(store.stats().commands.get('echo')).toBe(3);
    expect(store.stats().failures).toEqual(new Map([['NOSCRIPT', 2]]));
    expect(await store.command('SET', 'a', 'b', 'NX', 'GET')).toBeNull();
    expect(await store.command('SET', 'a', 'c', 'NX', 'GET')).toBe('b');
  });

  it('starts without a server, refuses commands at once, and uses the server once it comes', async () => {
    const server = await startServer();
    await server.kill();
    const { store, changes } = await open(server.url, 3);
    expect(await failure(store.run(ECHO, [], ['x']))).toMatchObject({ kind: 'AWAY', mayHaveRun: false });
    expect(store.stats().commands.size).toBe(0);
    expect(store.replicas).toBe(3);
    await server.restart();
    await back(store);
    expect(changes).toEqual([{ isAway: false, isNewServer: true }]);
    expect(store.replicas).toBe(1);
  });

  it('counts the replicas that are alive, and remembers the number while Redis is away', async () => {
    const server = await startServer();
    const [one, two, three] = await Promise.all([open(server.url), open(server.url), open(server.url)]);
    await eventually(() => [one, two, three].every(({ store }) => store.replicas === 3), 'each knows the others');
    await three.store.close();
    await eventually(
      () => [one, two].every(({ store }) => store.replicas === 2),
      'a replica that ended is not counted',
    );
    await server.kill();
    await away(one.store);
    expect(one.store.replicas).toBe(2);
  });

  it('does not believe a restarted server that it is alone', async () => {
    const server = await startServer();
    const one = await open(server.url, 1);
    await back(one.store);
    const two = await open(server.url, 1);
    await eventually(() => one.store.replicas === 2, 'two replicas');
    // The other one does not come back: the number is remembered for a moment.
    await server.kill();
    await two.store.close();
    await server.restart();
    await back(one.store);
    expect(one.store.replicas).toBe(2);
    expect(one.changes.at(-1)).toEqual({ isAway: false, isNewServer: true });
  });

  it('reports a reconnect to the same server as such', async () => {
    const server = await startServer();
    const { store, changes } = await open(server.url);
    await back(store);
    await failure(store.command('CLIENT', 'KILL', 'SKIPME', 'no', 'TYPE', 'normal'));
    await eventually(() => changes.length >= 3, 'away and back');
    expect(changes.slice(1)).toEqual([
      { isAway: true, reason: 'connection', isNewServer: false },
      { isAway: false, isNewServer: false },
    ]);
  });

  it('gives up on a server that hangs, counts late answers, and comes back by itself', async () => {
    const server = await startServer();
    const { store, changes } = await open(server.url, 2, 250);
    await back(store);
    server.freeze();
    const failures = await Promise.all([1, 2, 3].map((n) => failure(store.run(ECHO, [], [n]))));
    expect(failures.map((error) => [error?.kind, error?.mayHaveRun])).toEqual([
      ['TIMEOUT', true],
      ['TIMEOUT', true],
      ['TIMEOUT', true],
    ]);
    // A command with more time is given up, too.
    const patient = failure(store.run(createScript('patient', 'return 1', 60_000), []));
    await away(store);
    expect(await patient).toMatchObject({ kind: 'TIMEOUT' });
    expect(store.isAway).toBe(true);
    expect(changes.at(-1)).toMatchObject({ isAway: true, reason: 'slow' });
    expect(await failure(store.run(ECHO, [], ['x']))).toMatchObject({ kind: 'AWAY', mayHaveRun: false });
    server.thaw();
    await back(store);
    expect(changes.at(-1)).toEqual({ isAway: false, isNewServer: false });
    expect(store.stats().lateAnswers).toBeGreaterThanOrEqual(3);
    expect(store.stats().awayMs).toBeGreaterThan(0);
  });

  it('is away while the server refuses writes for lack of memory, and back when it takes them', async () => {
    const server = await startServer();
    const { store, changes, logs } = await open(server.url);
    await back(store);
    await store.command('CONFIG', 'SET', 'maxmemory', '1');
    expect(await failure(store.command('SET', 'a', 'b'))).toMatchObject({ kind: 'OOM', mayHaveRun: false });
    expect(store.isAway).toBe(true);
    expect(changes.at(-1)).toMatchObject({ isAway: true, reason: 'OOM' });
    expect(logs.filter((line) => line.includes('away') && line.includes('OOM'))).toHaveLength(1);
    const other = await open(server.url);
    await expect(failure(other.store.command('GET', 'a'))).resolves.toMatchObject({ kind: 'AWAY' });
    // The server takes it from anybody.
    const { createClient } = await import('@redis/client');
    const admin = await createClient({ url: server.url }).connect();
    await admin.configSet('maxmemory', '0');
    admin.destroy();
    await back(store);
    await back(other.store);
  });

  const losses: Readonly<Record<string, (store: SharedStore) => Promise<void>>> = {
    FLUSHALL: async (store) => void (await store.command('FLUSHALL')),
    'evicted keys': async (store) => {
      const large = 'x'.repeat(1_000_000);
      for (const name of ['a', 'b', 'c', 'd']) await store.command('SET', name, large, 'EX', '5');
      const used = /used_memory:(\d+)/.exec(String(await store.command('INFO', 'memory')))?.[1];
      await store.command('CONFIG', 'SET', 'maxmemory-policy', 'volatile-ttl');
      await store.command('CONFIG', 'SET', 'maxmemory', String(Number(used) - 2_000_000));
      await store.command('CONFIG', 'SET', 'maxmemory', '0');
    },
  };
  it.each(Object.keys(losses))(
    'notices %s, and is whole when all replicas have stored again what they know',
    async (how) => {
      const server = await startServer();
      const [one, two] = [await open(server.url), await open(server.url)];
      await eventually(
        () => [one, two].every(({ store }) => store.replicas === 2 && store.isWhole),
        'they know each other',
      );
      const { epoch } = one.store;
      let isStored = (): void => undefined;
      two.store.onChange(
        () =>
          new Promise<void>((resolve) => {
            isStored = resolve;
          }),
      );
      await losses[how]?.(one.store);
      await eventually(() => [one, two].every(({ changes }) => changes.length === 2), 'both notice it');
      for (const { changes, logs, store } of [one, two]) {
        expect(changes.at(-1)).toEqual({ isAway: false, isNewServer: true });
        expect(logs.filter((line) => line.includes('lost data'))).toHaveLength(1);
        expect(store.stats().losses).toBe(1);
        expect(store.others).toHaveLength(1);
        expect(store.isWhole).toBe(false);
      }
      expect(one.store.epoch).toBe(two.store.epoch);
      expect(one.store.epoch).not.toBe(epoch);
      isStored();
      await eventually(() => one.store.isWhole && two.store.isWhole, 'all is stored');
      expect([one.changes.length, two.changes.length]).toEqual([2, 2]);
    },
  );

  it('learns of a loss at once when a script has found another epoch', async () => {
    // Time stands still: no heartbeat is due.
    const { store, changes } = await open((await startServer()).url, 2, BUSY_MS, new FakeTimers());
    await back(store);
    await store.command('FLUSHALL');
    store.checkEpoch();
    await eventually(() => changes.length === 2, 'it is noticed');
    expect(store.stats().losses).toBe(1);
  });

  describe('that goes away for a moment while replicas store again what they know', () => {
    const LOADING = createScript('loading', "return redis.error_reply('LOADING for a moment')");
    const AWAY = { isAway: true, reason: 'LOADING', isNewServer: false };
    const LOST = { isAway: false, isNewServer: true };

    /** Time stands still until the test lets it pass: no heartbeat is due. */
    async function openStanding() {
      const timers = new FakeTimers();
      const { store, changes } = await open((await startServer()).url, 2, BUSY_MS, timers);
      await back(store);
      await store.command('SCRIPT', 'LOAD', LOADING.text);
      await store.command('FLUSHALL');
      const comeBack = async () => {
        await timers.pass(600);
        await back(store);
        await eventually(() => store.isWhole, 'all is stored');
      };
      return { store, changes, comeBack };
    }

    it('lets them store it again, since it may not have got it', async () => {
      const { store, changes, comeBack } = await openStanding();
      let isStored = (): void => undefined;
      store.onChange(({ isAway }) => {
        if (isAway) isStored();
        return isAway || changes.length > 2 ? undefined : new Promise((resolve) => (isStored = resolve));
      });
      store.checkEpoch();
      await eventually(() => changes.length === 2, 'the loss is noticed');
      await failure(store.run(LOADING, []));
      await comeBack();
      expect(changes.slice(1)).toEqual([LOST, AWAY, LOST]);
      expect(store.stats().losses).toBe(1);
    });

    it('is not said to be back by a heartbeat that was under way', async () => {
      const { store, changes, comeBack } = await openStanding();
      const failed = failure(store.run(LOADING, []));
      store.checkEpoch();
      await failed;
      await eventually(() => store.stats().losses === 1, 'the heartbeat is answered');
      expect(changes.slice(1)).toEqual([AWAY]);
      await comeBack();
      expect(changes.slice(1)).toEqual([AWAY, LOST]);
    });
  });

  it('keeps the connection of a wrong command', async () => {
    const { store } = await open((await startServer()).url);
    await back(store);
    await store.command('SET', 'a', 'b');
    expect(await failure(store.command('LPUSH', 'a', 'b'))).toMatchObject({ kind: 'WRONGTYPE', mayHaveRun: false });
    expect(store.isAway).toBe(false);
  });

  it('authenticates, and says why it cannot without showing the password', async () => {
    const server = await startServer(['--requirepass', 'hunter2-hunter2']);
    const wrong = await open(`redis://:wrong-secret@127.0.0.1:${server.port}`);
    const right = await open(`redis://:hunter2-hunter2@127.0.0.1:${server.port}`);
    await back(right.store);
    await eventually(() => wrong.logs.length > 0, 'a log line');
    expect(wrong.store.isAway).toBe(true);
    expect(wrong.logs.join()).toContain('WRONGPASS');
    expect(wrong.logs.join()).not.toContain('wrong-secret');
  });

  it('warns of a policy under which keys vanish', async () => {
    const server = await startServer(['--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lru']);
    const { store, logs } = await open(server.url);
    await back(store);
    expect(logs.filter((line) => line.includes('allkeys-lru'))).toHaveLength(1);
  });

  it('reads with a wait on a connection of its own, which can be ended early', async () => {
    const { store } = await open((await startServer()).url);
    await back(store);
    const reader = store.openReader();
    const wait = ['XREAD', 'BLOCK', '1000', 'STREAMS', 's', '0-0'];
    await eventually(async () => (await failure(reader.read(['PING'], 0))) === undefined, 'the reader is connected');
    const reading = reader.read(wait, 1_000);
    // Other commands are not held up.
    await store.command('XADD', 's', '*', 'k', 'v');
    expect(JSON.stringify(await reading)).toContain('"k","v"');
    const nothing = reader.read(['XREAD', 'BLOCK', '1000', 'STREAMS', 's', '$'], 1_000);
    await eventually(async () => String(await store.command('CLIENT', 'LIST')).includes('cmd=xread'), 'it waits');
    reader.interrupt();
    expect(await nothing).toBeNull();
    await expect(reader.read(wait, 2_000)).rejects.toThrow('1000 ms');
  });

  it('ends with nothing left open', async () => {
    const server = await startServer();
    const { store } = await open(server.url);
    await back(store);
    store.openReader();
    await store.close();
    expect(await failure(store.command('GET', 'a'))).toMatchObject({ kind: 'AWAY' });
  });
});
