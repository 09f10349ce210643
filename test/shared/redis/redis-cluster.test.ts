import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { afterEach, describe, expect, it } from 'vitest';
import { realTimers } from '../../../src/ecs/core/timers.ts';
import { fleetKey } from '../../../src/shared/keys.ts';
import { openShared } from '../../../src/shared/redis/open-shared.ts';
import type { SharedStore } from '../../../src/shared/store.ts';
import { freePort } from '../../support/programs/free-port.ts';
import { eventually, HAS_REDIS, RedisServer, withRedis } from '../../support/programs/redis-server.ts';

const SLOTS = 16_384;

describe.runIf(HAS_REDIS)(withRedis('a Redis cluster'), () => {
  const closing: (() => Promise<unknown> | undefined)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  async function startNode() {
    const folder = await mkdtemp(join(tmpdir(), 'cluster-'));
    const bus = await freePort();
    const cluster = ['--cluster-enabled', 'yes', '--cluster-port', String(bus), '--dir', folder];
    const server = await RedisServer.start([...cluster, '--cluster-require-full-coverage', 'no']);
    const admin = await createClient({ url: server.url })
      .on('error', () => undefined)
      .connect();
    closing.push(
      () => rm(folder, { recursive: true }),
      () => server.kill(),
      async () => admin.destroy(),
    );
    const send = (...args: readonly string[]) => admin.sendCommand([...args]);
    return { server, bus, send, id: String(await send('CLUSTER', 'MYID')) };
  }

  /** Two nodes; all slots are at the second one. */
  async function startCluster() {
    const [one, two] = [await startNode(), await startNode()];
    await two.send('CLUSTER', 'ADDSLOTSRANGE', '0', String(SLOTS - 1));
    await one.send('CLUSTER', 'MEET', '127.0.0.1', String(two.server.port), String(two.bus));
    for (const { send } of [one, two]) {
      const isOk = async () => String(await send('CLUSTER', 'INFO')).includes('cluster_state:ok');
      await eventually(
        async () => (await isOk()) && String(await one.send('CLUSTER', 'SLOTS')) !== '',
        'the cluster is up',
      );
    }
    return { one, two };
  }

  async function open(url: string) {
    const logs: string[] = [];
    const log = {
      info: (fields: object, message: string) => logs.push(`${message} ${JSON.stringify(fields)}`),
      warn: (fields: object, message: string) => logs.push(`warn ${message} ${JSON.stringify(fields)}`),
    };
    const store = await openShared({ url, leastReplicas: 2, timers: realTimers(), log, commandMs: 10_000 });
    if (store === undefined) throw new Error('a store was expected');
    closing.push(() => store.close());
    return { store, logs };
  }

  const back = (store: SharedStore) => eventually(() => !store.isAway, 'Redis is back');
  /** Connections to another node. */
  const moves = (logs: readonly string[]) => logs.filter((line) => line.includes('another node')).length;
  const KEY = fleetKey('test');

  it('has all keys on one node, which is found through any', async () => {
    const { one, two } = await startCluster();
    const { store, logs } = await open(one.server.url);
    const reader = store.openReader();
    await back(store);
    expect(logs.filter((line) => line.startsWith('warn'))).toEqual([]);
    expect(moves(logs)).toBe(1);
    const other = await open(two.server.url);
    await back(other.store);
    await eventually(() => store.replicas === 2, 'both replicas are counted');
    await store.command('XADD', KEY, '*', 'k', 'v');
    // One read of streams of several accounts.
    const streams = ['XREAD', 'BLOCK', '1000', 'STREAMS', KEY, fleetKey('other'), '0-0', '0-0'];
    await eventually(
      () =>
        reader.read(streams, 1_000).then(
          (found) => found !== null,
          () => false,
        ),
      'the reader follows',
    );
  });

  it('is followed when the keys move to another node, and its readers are too', async () => {
    const { one, two } = await startCluster();
    const { store } = await open(one.server.url);
    const reader = store.openReader();
    await back(store);
    const slot = String(await two.send('CLUSTER', 'KEYSLOT', KEY));
    await two.send('FLUSHALL');
    for (const node of [one, two]) {
      await eventually(
        () =>
          node.send('CLUSTER', 'SETSLOT', slot, 'NODE', one.id).then(
            () => true,
            () => two.send('FLUSHALL').then(() => false),
          ),
        'the slot is moved',
      );
    }
    await eventually(
      () =>
        store.command('SET', KEY, 'v').then(
          () => true,
          () => false,
        ),
      'commands reach the other node',
    );
    expect(await one.send('GET', KEY)).toBe('v');
    await eventually(
      () =>
        reader.read(['GET', KEY], 0).then(
          (value) => value === 'v',
          () => false,
        ),
      'the reader follows',
    );
  });

  it('names its nodes again through the setting when the node that has the keys is gone', async () => {
    const { one, two } = await startCluster();
    const { store, logs } = await open(one.server.url);
    await back(store);
    expect(moves(logs)).toBe(1);
    await two.server.kill();
    await eventually(() => store.isAway, 'Redis is away');
    await eventually(() => moves(logs) >= 2, 'the first node is asked again');
    await two.server.restart();
    await back(store);
  });

  it('of Sentinels is refused: they store nothing', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sentinel-'));
    closing.push(() => rm(folder, { recursive: true }));
    const port = await freePort();
    const file = join(folder, 'sentinel.conf');
    await writeFile(file, `port ${port}\nbind 127.0.0.1\n`);
    const sentinel = spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' });
    closing.push(async () => {
      sentinel.kill();
      await once(sentinel, 'exit');
    });
    const { store, logs } = await open(`redis://127.0.0.1:${port}`);
    const refused = () => logs.filter((line) => line.includes('SHARED names a Sentinel, which stores nothing'));
    await eventually(() => refused().length > 0, 'a line in the log');
    expect(refused()).toHaveLength(1);
    expect(store.isAway).toBe(true);
  });
});
