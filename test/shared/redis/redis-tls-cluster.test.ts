import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { afterEach, describe, expect, it } from 'vitest';
import { startReplica } from '../../support/gateway/replicas.ts';
import { createAuthority, HAS_OPENSSL, issue } from '../../support/programs/certificates.ts';
import { freePort } from '../../support/programs/free-port.ts';
import { eventually, HAS_REDIS, RedisServer, withRedis } from '../../support/programs/redis-server.ts';

const SLOTS = 16_384;

describe.runIf(HAS_REDIS && HAS_OPENSSL)(withRedis('a Redis cluster over TLS'), () => {
  const closing: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  it('serves gateways that are given different nodes, with one certificate for all of them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tls-cluster-'));
    closing.push(() => rm(folder, { recursive: true }));
    const authority = createAuthority(folder, 'authority');
    const { cert, key } = await issue(folder, authority, 'node', 'IP:127.0.0.1');
    const ca = await readFile(authority.cert, 'utf8');
    const startNode = async () => {
      const data = await mkdtemp(join(folder, 'node-'));
      const bus = await freePort();
      const server = await RedisServer.start((port) => [
        ...['--port', '0', '--tls-port', String(port), '--tls-auth-clients', 'no'],
        ...['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', authority.cert],
        ...['--cluster-enabled', 'yes', '--tls-cluster', 'yes', '--cluster-port', String(bus), '--dir', data],
      ]);
      closing.push(() => server.kill());
      const url = `rediss://127.0.0.1:${server.port}`;
      const admin = await createClient({ url, socket: { tls: true, ca } }).connect();
      closing.push(async () => admin.destroy());
      return { url, bus, port: server.port, send: (...args: readonly string[]) => admin.sendCommand([...args]) };
    };
    const nodes = [await startNode(), await startNode(), await startNode()];
    const third = Math.ceil(SLOTS / nodes.length);
    for (const [index, { send }] of nodes.entries()) {
      const last = Math.min(SLOTS, (index + 1) * third) - 1;
      await send('CLUSTER', 'ADDSLOTSRANGE', String(index * third), String(last));
      for (const { port, bus } of nodes) await send('CLUSTER', 'MEET', '127.0.0.1', String(port), String(bus));
    }
    for (const { send } of nodes) {
      await eventually(async () => String(await send('CLUSTER', 'INFO')).includes('cluster_state:ok'), 'it is up');
    }
    const settings = { AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: 'http://127.0.0.1:1', PORT: '0' };
    for (const { url } of nodes) {
      const { app, metric } = await startReplica({ ...settings, SHARED: url, SHARED_CA: authority.cert });
      closing.push(() => app.dispose());
      await eventually(async () => (await metric('ecs_graphql_shared_connected')) === 1, 'it is connected');
    }
    const counts = await Promise.all(nodes.map(async ({ send }) => Number(await send('DBSIZE'))));
    // One of the nodes has all keys.
    expect(counts.filter((count) => count > 0)).toHaveLength(1);
  });
});
