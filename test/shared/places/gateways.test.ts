import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ALIVE_KEY } from '../../../src/shared/redis/heartbeat.ts';
import { ENCRYPTION_KEY, type Replica, type ReplicaWorld, startReplicas } from '../../support/gateway/replicas.ts';
import { initWs, openWs } from '../../support/gateway/ws-client.ts';
import { type CliProcess, startNode } from '../../support/programs/cli-process.ts';
import { eventually, HAS_REDIS, withRedis } from '../../support/programs/redis-server.ts';

const STREAM = 'subscription { clusterEvents(cluster: "storefront") { type } }';
const service = (name: string) => `{ service(cluster: "storefront", service: "${name}") { serviceName } }`;

describe.runIf(HAS_REDIS)(withRedis('limits of a principal at gateways that share one Redis'), () => {
  let folder: string;
  let world: ReplicaWorld;
  let child: CliProcess | undefined;
  const opened: AbortController[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'limits-'));
  });
  afterEach(async () => {
    for (const controller of opened.splice(0)) controller.abort();
    child?.child.kill('SIGKILL');
    await child?.exited;
    child = undefined;
    await world[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  async function start(count: number, limits: object, settings: Readonly<Record<string, string>> = {}) {
    const file = join(folder, 'limits.json');
    await writeFile(file, JSON.stringify({ roles: { '*': limits } }));
    world = await startReplicas(count, { LIMITS_FILE: file, RATE_SHARE: '0', ...settings });
    await world.connected();
    return { file, replicas: world.replicas as readonly [Replica, Replica, Replica] };
  }

  /** Opens a stream over SSE. Returns the text of the refusal, or a function that closes the stream. */
  async function follow(fetch: (request: Request) => Promise<Response>, url = 'http://127.0.0.1/graphql') {
    const controller = new AbortController();
    opened.push(controller);
    const response = await fetch(
      new Request(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
        body: JSON.stringify({ query: STREAM }),
        signal: controller.signal,
      }),
    );
    const reader = response.body?.getReader();
    let text = '';
    // The first event, or an error.
    while (!/event: (next|complete)/.test(text)) {
      const chunk = await reader?.read();
      if (chunk === undefined || chunk.done) break;
      text += new TextDecoder().decode(chunk.value as Uint8Array);
    }
    return /"message":"([^"\\]*(?:\\.[^"\\]*)*)"/.exec(text)?.[1]?.replaceAll('\\"', '"') ?? (() => controller.abort());
  }
  const at = ({ app }: Replica) => follow(app.fetch);
  /** Makes all signs of life older. Those of replicas that live are new again with the next heartbeat. */
  async function age(ms: number): Promise<void> {
    const admin = await createClient({ url: world.redis.url }).connect();
    for (const name of await admin.zRange(ALIVE_KEY, 0, -1)) await admin.zIncrBy(ALIVE_KEY, -ms, name);
    admin.destroy();
  }
  const REFUSED =
    '"anonymous" follows as many streams as it may: the limit of roles without one is 3 ("streams" in LIMITS_FILE). All replicas count together.';

  it('hold for streams over all of them, and count anew what is open when Redis was away', async () => {
    const { replicas } = await start(3, { streams: 3 });
    const [one, two, three] = replicas;
    const streams = [await at(one), await at(two), await at(two)];
    expect(streams).toEqual(Array(3).fill(expect.any(Function)));
    expect([await at(three), await at(one)]).toEqual([REFUSED, REFUSED]);
    (streams[0] as () => void)();
    await eventually(async () => typeof (await at(three)) === 'function', 'the place is free at another replica');
    expect(await at(one)).toBe(REFUSED);

    await world.redis.kill();
    await eventually(async () => (await three.metric('ecs_graphql_shared_connected')) === 0, 'away');
    await eventually(async () => (await one.metric('ecs_graphql_shared_connected')) === 0, 'away');
    // One is the part of each. The second replica has two streams, which go on.
    expect(await at(one)).toBeTypeOf('function');
    const away = await at(three);
    expect(away).toContain('("streams" in LIMITS_FILE). Redis is away: each replica allows its part.');
    await world.redis.restart();
    await world.connected();
    // Each counts with the others again some time after its own connection is back.
    for (const replica of [two, one])
      await eventually(async () => (await at(replica)) === REFUSED, 'all is counted again');
  });

  it('hold for sockets over all of them', async () => {
    const { replicas } = await start(2, { sockets: 2 });
    const [one, two] = await Promise.all(replicas.map(async ({ app }) => `${(await app.listen()).url}/graphql`));
    const first = await initWs(one ?? '');
    await initWs(two ?? '');
    const third = await openWs(two ?? '');
    third.send({ type: 'connection_init' });
    expect(await third.closed).toEqual({
      code: 1013,
      reason:
        'Too many connections: the limit of roles without one is 2 ("sockets" in LIMITS_FILE). All replicas count together.',
    });
    first.socket.close();
    await first.closed;
    await eventually(async () => {
      const again = await openWs(two ?? '');
      again.send({ type: 'connection_init' });
      return (await Promise.race([again.next(), again.closed])) instanceof Object && again.socket.readyState === 1;
    }, 'the place of the closed socket is free');
  });

  it('hold for operations in progress over all of them; the others wait for their turn', async () => {
    const ecs = await EndlessEcs.start();
    try {
      const { replicas } = await start(3, { operations: 2 }, { AWS_ENDPOINT_URL: ecs.url, ATTEMPT_TIMEOUT: '30s' });
      const running = async () => {
        const each = await Promise.all(replicas.map(({ metric }) => metric('ecs_graphql_operations_in_flight')));
        return each.reduce((sum, count) => sum + count, 0);
      };
      let answered = 0;
      const answers = Array.from({ length: 9 }, (_, index) =>
        (replicas[index % 3] as Replica).query(service(`s${index}`)).finally(() => {
          answered += 1;
        }),
      );
      for (let done = 0; done < 9; done += 1) {
        const most = Math.min(2, 9 - done);
        await eventually(async () => (await running()) === most && ecs.held === most, `${most} run`);
        expect(answered).toBe(done);
        ecs.answerOne();
        await eventually(() => answered > done, 'one is answered');
        expect(answered).toBe(done + 1);
      }
      const codes = (await Promise.all(answers)).map(({ errors }) => errors?.[0]?.extensions.code);
      expect(new Set(codes)).toEqual(new Set(['UPSTREAM_INVALID_RESPONSE']));
    } finally {
      ecs.close();
    }
  });

  it('do not count what a replica had open that was killed', async () => {
    const { file, replicas } = await start(1, { streams: 3 });
    child = startNode(['--import', 'tsx', 'src/main.ts', 'serve', '--port', '0'], {
      env: {
        AWS_REGION: 'eu-west-1',
        AWS_ENDPOINT_URL: world.sandbox.url,
        AWS_ACCESS_KEY_ID: 'sandbox',
        AWS_SECRET_ACCESS_KEY: 'sandbox',
        SHARED: world.redis.url,
        SHARED_ENCRYPTION_KEYS: ENCRYPTION_KEY,
        LIMITS_FILE: file,
      },
    });
    const [, url = ''] = await child.waitFor(/answers at (\S+)/);
    await eventually(async () => (await replicas[0].metric('ecs_graphql_replicas')) === 2, 'it knows the process');
    const theirs = () => follow(fetch, url);
    expect([await theirs(), await theirs(), await at(replicas[0])]).toEqual(Array(3).fill(expect.any(Function)));
    expect([await theirs(), await at(replicas[0])]).toEqual([REFUSED, REFUSED]);
    child.child.kill('SIGKILL');
    await child.exited;
    await age(8_000);
    await eventually(async () => typeof (await at(replicas[0])) === 'function', 'its places are free');
    expect(await at(replicas[0])).toBeTypeOf('function');
    expect(await at(replicas[0])).toContain('follows 3 streams, and the limit');
  });
});

/** An ECS that answers no call until the test says so. */
class EndlessEcs {
  readonly #server: Server;
  readonly #held: (() => void)[] = [];

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<EndlessEcs> {
    const server = createServer();
    const ecs = new EndlessEcs(server);
    server.on('request', (request, response) => {
      request.resume();
      ecs.#held.push(() => response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' }).end('{}'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return ecs;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get held(): number {
    return this.#held.length;
  }

  answerOne(): void {
    this.#held.shift()?.();
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
