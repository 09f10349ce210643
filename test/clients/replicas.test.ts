import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { printSchema } from 'graphql';
import type { Client } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type ReplicaWorld, startReplicas } from '../support/gateway/replicas.ts';
import { sharedSchema } from '../support/gateway/shared-schema.ts';
import { eventually, HAS_REDIS, withRedis } from '../support/programs/redis-server.ts';
import { type ClientProject, createClientProject, guideBlocks } from './support/project.ts';

/** Passes connections on to one of several servers, as a load balancer does. */
async function createBalancer(ports: readonly number[]) {
  let [port] = ports;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const target = connect(port ?? 0, '127.0.0.1');
    for (const [socket, other] of [
      [client, target],
      [target, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    /** Takes a server out of service: its connections break. */
    use(index: number) {
      port = ports[index];
      for (const socket of sockets) socket.destroy();
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

interface Event {
  readonly type: string;
  readonly sequence: number;
}

const DOCUMENT = `subscription ($after: String) {
  serviceEvents(cluster: "storefront", service: "storefront", after: $after) { type sequence cursor summary }
}`;

describe.runIf(HAS_REDIS)(withRedis('the clients of the guide behind a load balancer of two gateways'), () => {
  let project: ClientProject;
  const own = globalThis.WebSocket;
  beforeAll(async () => {
    project = await createClientProject(printSchema(sharedSchema()));
    // Browsers have it, and Node from 22 on.
    Object.assign(globalThis, { WebSocket });
  });
  afterAll(() => {
    project[Symbol.dispose]();
    Object.assign(globalThis, { WebSocket: own });
  });

  async function start() {
    const world = await startReplicas(2, {
      LIVE_MIN_INTERVAL: '200ms',
      LIVE_MAX_INTERVAL: '400ms',
      BATCH_WINDOW: '50ms',
    });
    await world.connected();
    const urls = await Promise.all(world.replicas.map(({ app }) => app.listen()));
    return { world, balancer: await createBalancer(urls.map(({ url }) => Number(new URL(url).port))) };
  }

  /** Another client deploys the service, through the other gateway. */
  async function deploy({ sandbox, replicas }: ReplicaWorld): Promise<void> {
    const input = 'input: { cluster: "storefront", service: "storefront", forceNewDeployment: true }';
    const { errors } = (await replicas[1]?.query(`mutation { updateService(${input}) { service { id } } }`)) ?? {};
    expect(errors).toBeUndefined();
    sandbox.clock.advance(30_000);
  }

  it('go on at the other one with the next number, over WebSocket', async () => {
    const { createLiveClient } = (await import(/* @vite-ignore */ project.path('src/live.ts'))) as {
      createLiveClient(endpoint: { url: string; token: () => string }): Client;
    };
    const { world, balancer } = await start();
    const client = createLiveClient({ url: balancer.url, token: () => 'none' });
    const events: Event[] = [];
    try {
      client.subscribe<{ serviceEvents: Event }>(
        { query: DOCUMENT },
        {
          next: ({ data }) => void (data && events.push(data.serviceEvents)),
          error: () => undefined,
          complete: () => undefined,
        },
      );
      await eventually(() => events.length > 0, 'the first event');
      await deploy(world);
      await eventually(() => events.length > 1, 'an event from the first gateway');
      balancer.use(1);
      await deploy(world);
      const before = events.length;
      await eventually(() => events.length > before, 'an event from the second gateway');
      expect(events.map(({ type }) => type)).toEqual(['SNAPSHOT', ...events.slice(1).map(() => 'CHANGED')]);
      expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index));
    } finally {
      await client.dispose();
      balancer.close();
      await world[Symbol.asyncDispose]();
    }
  });

  it('go on at the other one behind the last event, as a script with curl', async () => {
    const { world, balancer } = await start();
    const folder = await mkdtemp(join(tmpdir(), 'balanced-'));
    let script: ChildProcess | undefined;
    try {
      await writeFile(join(folder, 'follow.sh'), guideBlocks().find(({ file }) => file === 'follow.sh')?.code ?? '');
      await writeFile(join(folder, 'sleep'), '#!/bin/sh\nexec /bin/sleep 0.02\n');
      await chmod(join(folder, 'sleep'), 0o755);
      const env = { PATH: `${folder}:${process.env.PATH}`, ECS_GRAPHQL_TOKEN: 'none', GATEWAY: balancer.url };
      script = spawn('bash', ['follow.sh', 'storefront', 'storefront'], {
        cwd: folder,
        env,
        detached: true,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const lines: string[] = [];
      script.stdout?.on('data', (data) => void lines.push(...String(data).trim().split('\n')));
      await eventually(() => lines.length > 0, 'the first event');
      await deploy(world);
      await eventually(() => lines.length > 1, 'an event from the first gateway');
      balancer.use(1);
      const before = lines.length;
      await deploy(world);
      await eventually(() => lines.length > before, 'an event from the second gateway');
      expect(lines[0]).toContain('SNAPSHOT');
      for (const line of lines.slice(1)) expect(line).toContain('CHANGED');
      expect(new Set(lines).size).toBe(lines.length);
    } finally {
      if (script?.pid !== undefined && script.exitCode === null) {
        // The shell and its curl: they are a group of their own.
        process.kill(-script.pid);
        await once(script, 'close');
      }
      balancer.close();
      await world[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    }
  });
});
