import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { type ConfigError, loadConfig } from '../../src/config/index.ts';
import { type Replica, type ReplicaWorld, startReplicas } from '../support/gateway/replicas.ts';
import { eventually, HAS_REDIS, withRedis } from '../support/programs/redis-server.ts';

const newKey = () => randomBytes(32).toString('base64');
const [ONE, TWO] = [newKey(), newKey()];

describe('the keys of a shared Redis', () => {
  const mistakes = (env: Record<string, string>) => {
    try {
      loadConfig('serve', [], { AWS_REGION: 'eu-west-1', ...env });
      return [];
    } catch (error) {
      return (error as ConfigError).problems;
    }
  };

  it('are required for a Redis on another machine, unless they are off', () => {
    for (const SHARED of ['redis://redis:6379', 'rediss://user:password@10.0.0.7:6379/0']) {
      expect(mistakes({ SHARED })).toEqual([
        expect.stringContaining('--shared-encryption-keys (SHARED_ENCRYPTION_KEYS) is required'),
      ]);
      for (const SHARED_ENCRYPTION_KEYS of [ONE, `${ONE},${TWO}`, `${ONE},off`, 'off'])
        expect(mistakes({ SHARED, SHARED_ENCRYPTION_KEYS })).toEqual([]);
    }
    expect(mistakes({ SHARED: 'redis://localhost:6379' })).toEqual([]);
    expect(mistakes({ SHARED_ENCRYPTION_KEYS: ONE })).toEqual([
      expect.stringContaining('means nothing without --shared (SHARED)'),
    ]);
  });

  it('have 32 bytes, and no error repeats them', () => {
    for (const key of ['a-password', randomBytes(16).toString('base64'), `${ONE}${ONE}`]) {
      const problems = mistakes({ SHARED: 'redis://redis:6379', SHARED_ENCRYPTION_KEYS: key });
      expect(problems.join()).toContain('SHARED_ENCRYPTION_KEYS');
      expect(problems.join()).not.toContain(key.slice(0, 10));
    }
  });
});

describe.runIf(HAS_REDIS)(withRedis('gateways that encrypt what they share'), () => {
  let world: ReplicaWorld | undefined;

  afterEach(async () => {
    await world?.[Symbol.asyncDispose]();
    world = undefined;
  });

  const RESTART = `mutation($key: ID, $count: Int!) {
    updateService(input: { cluster: "storefront", service: "cart", desiredCount: $count }, idempotencyKey: $key) {
      service { desiredCount }
    }
  }`;
  const READ = '{ service(cluster: "storefront", service: "cart") { desiredCount } }';
  const isConnected = async (replica: Replica) => (await replica.metric('ecs_graphql_shared_connected')) === 1;

  it('replace a key one by one, and lose nothing', async () => {
    world = await startReplicas(0, { MEMORY_TTL: '1h', RATE_SHARE: '0' });
    const { sandbox, replicas } = world;
    let count = 3;
    // The operator's steps: know the new key, write with it, forget the old one. `off` is where a fleet without keys begins.
    for (const keys of ['off', `off,${ONE}`, `${ONE},off`, `${ONE},${TWO}`, `${TWO},${ONE}`, TWO]) {
      const newest = await world.add({ SHARED_ENCRYPTION_KEYS: keys });
      await eventually(() => isConnected(newest), 'it shares');
      const [older] = replicas;
      count += 1;
      const key = `key-${count}`;
      const before = sandbox.calls().UpdateService ?? 0;
      for (const { query } of [older, newest, older] as Replica[]) {
        expect(await query(RESTART, { key, count })).toMatchObject({
          data: { updateService: { service: { desiredCount: count } } },
        });
      }
      expect(sandbox.calls().UpdateService).toBe(before + 1);
      for (const { query } of replicas) expect((await query(READ)).data).toEqual({ service: { desiredCount: count } });
      if (replicas.length > 1) await (replicas as Replica[]).shift()?.app.dispose();
    }
  });

  it('let none in that lacks their key: it goes on by itself and says why, until they have left', async () => {
    world = await startReplicas(2, { SHARED_ENCRYPTION_KEYS: ONE });
    await world.connected();
    const [one, two] = world.replicas as [Replica, Replica];
    const other = await world.add({ SHARED_ENCRYPTION_KEYS: TWO });
    await eventually(() => other.logs.some(({ msg }) => msg.includes('SHARED_ENCRYPTION_KEYS')), 'a line in the log');
    expect(await isConnected(other)).toBe(false);
    expect((await other.query(READ)).extensions).toMatchObject({ degraded: ['redis'] });
    expect((await other.query(RESTART, { key: 'k', count: 5 })).errors?.[0]?.extensions).toMatchObject({
      code: 'IDEMPOTENCY_KEYS_UNAVAILABLE',
    });
    // The others have not noticed it.
    expect(await Promise.all([one, two].map(({ metric }) => metric('ecs_graphql_replicas')))).toEqual([2, 2]);
    expect(await isConnected(one)).toBe(true);
    await Promise.all([one, two].map(({ app }) => app.dispose()));
    await eventually(() => isConnected(other), 'the other one is let in');
  });
});
