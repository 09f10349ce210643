import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from '@redis/client';
import { afterEach, describe, expect, it } from 'vitest';
import { type Replica, type ReplicaWorld, startReplicas } from '../support/gateway/replicas.ts';
import { eventually, HAS_REDIS, withRedis } from '../support/programs/redis-server.ts';

const CLUSTERS = '{ clusters(first: 5) { nodes { clusterName } } }';

describe.runIf(HAS_REDIS)(withRedis('gateways that share one Redis'), () => {
  let world: ReplicaWorld | undefined;

  afterEach(async () => {
    await world?.[Symbol.asyncDispose]();
    world = undefined;
  });

  it('take their tokens from the same buckets, with a tenth as many commands as calls', async () => {
    world = await startReplicas(3, { MEMORY_TTL: '0', RATE_SHARE: '1' });
    await world.connected();
    const { replicas, sandbox } = world;
    const services = '{ services(first: 20) { nodes { serviceName runningCount } } }';
    for (let round = 0; round < 6; round += 1) {
      for (const replica of replicas) expect((await replica.query(services)).errors).toBeUndefined();
    }
    const sent = Object.values(sandbox.calls()).reduce((sum, number) => sum + number, 0);
    const takes = await Promise.all(
      replicas.map(({ metric }) => metric('ecs_graphql_shared_commands_total{command="take"}')),
    );
    expect(sent).toBeGreaterThanOrEqual(60);
    // Each replica takes its first lot of each of the two buckets.
    expect(takes.reduce((sum, number) => sum + number)).toBeLessThanOrEqual(sent / 10 + 6);
  });

  it('serve on while Redis is away, say so, stay ready, and come back by themselves', async () => {
    world = await startReplicas(2);
    await world.connected();
    const { replicas, redis } = world;
    const [one] = replicas;
    const ready = async () => {
      const response = await one?.app.fetch(new Request('http://127.0.0.1/readyz'));
      return [response?.status, await response?.json()];
    };
    expect((await one?.query(CLUSTERS))?.extensions).not.toHaveProperty('degraded');
    expect(await ready()).toEqual([200, { status: 'ok' }]);
    await redis.kill();
    await eventually(async () => (await one?.metric('ecs_graphql_shared_connected')) === 0, 'away');
    const answer = await one?.query(CLUSTERS);
    expect(answer?.errors).toBeUndefined();
    expect(answer?.extensions).toMatchObject({ degraded: ['redis'] });
    expect(await ready()).toEqual([200, { status: 'ok', degraded: ['redis'] }]);
    expect(await one?.metric('ecs_graphql_replicas')).toBe(2);
    await redis.restart();
    await eventually(async () => (await one?.metric('ecs_graphql_shared_connected')) === 1, 'back');
    expect((await one?.query(CLUSTERS))?.extensions).not.toHaveProperty('degraded');
    expect(await one?.metric('ecs_graphql_shared_away_seconds_total')).toBeGreaterThan(0);
  });

  const UPDATE = `mutation($key: ID, $count: Int!) {
    updateService(input: { cluster: "storefront", service: "cart", desiredCount: $count }, idempotencyKey: $key) {
      service { desiredCount }
    }
  }`;

  it('do a keyed mutation once, whichever of them gets it, and refuse it without Redis unless ECS does it once', async () => {
    world = await startReplicas(2);
    await world.connected();
    const { sandbox, redis } = world;
    const [one, two] = world.replicas as [Replica, Replica];
    const writes = () => sandbox.calls().UpdateService ?? 0;
    const answers = await Promise.all([one, two, one, two].map(({ query }) => query(UPDATE, { key: 'k', count: 4 })));
    expect(answers.map(({ errors }) => errors)).toEqual([undefined, undefined, undefined, undefined]);
    expect(answers.filter(({ extensions }) => extensions?.replayed === true)).toHaveLength(3);
    expect(writes()).toBe(1);
    expect((await two.query(UPDATE, { key: 'k', count: 5 })).errors?.[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      argument: 'idempotencyKey',
    });

    await redis.kill();
    await eventually(async () => (await one.metric('ecs_graphql_shared_connected')) === 0, 'away');
    expect((await one.query(UPDATE, { key: 'new', count: 5 })).errors?.[0]?.extensions).toMatchObject({
      code: 'IDEMPOTENCY_KEYS_UNAVAILABLE',
      retryable: true,
    });
    expect(writes()).toBe(1);
    // Without a key, nothing was promised.
    expect((await one.query(UPDATE, { count: 6 })).errors).toBeUndefined();
    expect(writes()).toBe(2);
    const run = `mutation { runTask(input: { cluster: "storefront", taskDefinition: "cart", count: 1, launchType: FARGATE, networkConfiguration: {
      awsvpcConfiguration: { subnets: ["subnet-1"] }
    } }, idempotencyKey: "t") {
      tasks { taskArn }
    } }`;
    const [first, second] = [await one.query(run), await two.query(run)];
    expect(first.errors).toBeUndefined();
    expect(second.data).toEqual(first.data);
  });

  it('read what another one has just written, although they keep answers in memory', async () => {
    world = await startReplicas(3, { MEMORY_TTL: '1h', RATE_SHARE: '0' });
    await world.connected();
    const { sandbox } = world;
    const [one, ...others] = world.replicas as [Replica, Replica, Replica];
    sandbox.faults.set({ staleReadsMs: 60_000 });
    const read = '{ service(cluster: "storefront", service: "cart") { desiredCount } }';
    for (const { query } of others)
      expect(await query(read)).not.toMatchObject({ data: { service: { desiredCount: 9 } } });
    for (const count of [9, 8, 7]) {
      expect((await one.query(UPDATE, { count })).errors).toBeUndefined();
      const answers = await Promise.all(others.map(({ query }) => query(read)));
      expect(answers.map(({ data }) => data)).toEqual([
        { service: { desiredCount: count } },
        { service: { desiredCount: count } },
      ]);
    }
    const before = { ...sandbox.calls() };
    for (const { query } of others) await query(read);
    // Known resources are still answered from memory.
    expect(sandbox.calls()).toEqual(before);
  });

  it('publish what they wrote while Redis was away for a moment', async () => {
    world = await startReplicas(2, { RATE_SHARE: '0' });
    await world.connected();
    const { sandbox, redis } = world;
    const [one, two] = world.replicas as [Replica, Replica];
    sandbox.faults.set({ staleReadsMs: 60_000 });
    await redis.kill();
    await eventually(async () => (await one.metric('ecs_graphql_shared_connected')) === 0, 'away');
    expect((await one.query(UPDATE, { count: 9 })).errors).toBeUndefined();
    await redis.restart();
    const read = '{ service(cluster: "storefront", service: "cart") { desiredCount } }';
    await eventually(async () => {
      const { data } = await two.query<{ service: { desiredCount: number } }>(read);
      return data?.service.desiredCount === 9;
    }, 'the other replica knows of the write');
  });

  it('count the mutations of a principal together, and allow each its part without Redis', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'limits-'));
    const limitsFile = join(folder, 'limits.json');
    await writeFile(limitsFile, JSON.stringify({ roles: { '*': { mutationsPerMinute: 4 } } }));
    world = await startReplicas(2, { LIMITS_FILE: limitsFile, RATE_SHARE: '0' });
    await world.connected();
    const [one, two] = world.replicas as [Replica, Replica];
    const codes = async (replicas: readonly Replica[]) => {
      const found: unknown[] = [];
      for (const { query } of replicas) {
        found.push((await query(UPDATE, { count: 3 })).errors?.[0]?.extensions.code);
      }
      return found;
    };
    expect(await codes([one, one, one, two])).toEqual([undefined, undefined, undefined, undefined]);
    const refused = await two.query(UPDATE, { count: 3 });
    expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'TOO_MANY_MUTATIONS', retryable: true });
    expect(Number(refused.errors?.[0]?.extensions.retryAfterMs)).toBeLessThanOrEqual(60_000);
    expect(world.sandbox.calls().UpdateService).toBe(4);
    // A refused mutation counts nowhere: as soon as all replicas together allow it, each does.
    expect(await codes([two, two, two, two])).toEqual(Array(4).fill('TOO_MANY_MUTATIONS'));
    const admin = await createClient({ url: world.redis.url }).connect();
    for (const key of await admin.keys('{ecs-graphql}:mutations:*')) await admin.del(key);
    admin.destroy();
    expect(await codes([two, two])).toEqual([undefined, undefined]);

    await world.redis.kill();
    await eventually(async () => (await two.metric('ecs_graphql_shared_connected')) === 0, 'away');
    // Two of four are the part of each; the other one has had three.
    const third = await world.add({ SHARED: world.redis.url });
    expect(await codes([third, third, third])).toEqual([undefined, undefined, 'TOO_MANY_MUTATIONS']);
    await rm(folder, { recursive: true });
  });

  it('go on under load while Redis is away, do nothing twice, and share again by themselves', async () => {
    world = await startReplicas(3, { RATE_SHARE: '0' });
    await world.connected();
    const { sandbox, redis, replicas } = world;
    let isOver = false;
    const outcomes: unknown[] = [];
    const keyed = new Set<string>();
    let written = 0;
    const plain = async ({ query }: Replica) => {
      while (!isOver) {
        const read = await query('{ services(clusters: "storefront", first: 5) { nodes { serviceName } } }');
        outcomes.push(read.errors?.[0]?.extensions.code);
        const write = await query(UPDATE, { count: 3 });
        outcomes.push(write.errors?.[0]?.extensions.code);
        written += 1;
      }
    };
    // A client repeats what may be repeated, at any replica.
    const persistent = async (_replica: Replica, index: number) => {
      for (let turn = 0; !isOver; turn += 1) {
        const key = `${index}-${turn}`;
        for (let attempt = 0; ; attempt += 1) {
          const at = replicas[(index + attempt) % replicas.length] as Replica;
          const { errors } = await at.query(UPDATE, { key, count: 3 });
          if (errors === undefined) break;
          expect(errors[0]?.extensions).toMatchObject({ retryable: true });
          await delay(50);
        }
        keyed.add(key);
      }
    };
    const running = [...replicas.map(plain), ...replicas.map(persistent)];
    await eventually(() => keyed.size > 6, 'keyed writes before');
    await redis.kill();
    const before = written;
    await eventually(() => written > before + 12, 'writes go on without Redis');
    await redis.restart();
    const there = keyed.size;
    await eventually(() => keyed.size > there + 6, 'keyed writes after');
    isOver = true;
    await Promise.all(running);
    expect(outcomes.filter((code) => code !== undefined)).toEqual([]);
    expect(sandbox.calls().UpdateService).toBe(written + keyed.size);
    await world.connected();
  });
});
