import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { expect, it } from 'vitest';
import { startSandbox } from '../../src/sandbox/index.ts';
import { createSchema } from '../../src/schema/index.ts';
import { connected, type Replica, startReplica } from '../support/gateway/replicas.ts';
import { eventually, HAS_REDIS, RedisServer, withRedis } from '../support/programs/redis-server.ts';

const ACCOUNT = '111111111111';
const REGION = 'eu-west-1';

it.runIf(HAS_REDIS)(
  withRedis('replicas that name an account differently share what is of the account, by its id'),
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aliases-'));
    const redis = await RedisServer.start();
    const sandbox = await startSandbox({ speed: 0, seed: 'demo' });
    const admin = await createClient({ url: redis.url }).connect();
    const schema = createSchema();
    const replicas: Replica[] = [];
    try {
      for (const alias of ['shop', 'shop-prod']) {
        const file = join(folder, `${alias}.json`);
        const credentials = { accessKeyId: ACCOUNT, secretAccessKey: 'test' };
        await writeFile(
          file,
          JSON.stringify({ scopes: [{ alias, account: ACCOUNT, regions: [REGION], credentials }] }),
        );
        const env = { SCOPES: file, SHARED: redis.url, AWS_ENDPOINT_URL: sandbox.url, PORT: '0' };
        replicas.push(await startReplica(env, { schema }));
      }
      await connected(replicas);
      const answers: object[] = [];
      for (const [index, { query }] of replicas.entries()) {
        const { errors, data, extensions } = await query(
          'mutation { updateService(idempotencyKey: "same", input: { cluster: "storefront", service: "cart", desiredCount: 7 }) { service { desiredCount } } }',
        );
        expect(errors).toBeUndefined();
        answers.push(data ?? {});
        expect(extensions?.replayed).toBe(index === 0 ? undefined : true);
        const read = await query('{ service(cluster: "storefront", service: "cart") { desiredCount } }');
        expect(read).toMatchObject({ data: { service: { desiredCount: 7 } } });
        expect(read.extensions?.ecs.byScope ?? {}).toEqual(
          index === 0 ? { [`${ACCOUNT}/${REGION}`]: 1 } : expect.anything(),
        );
      }
      expect(answers[1]).toEqual(answers[0]);
      let keys: string[] = [];
      let buckets: string[] = [];
      await eventually(async () => {
        for (const { query } of replicas)
          await query('{ clusters { nodes { status } } }', {}, { 'cache-control': 'no-cache' });
        keys = await admin.keys('*');
        buckets = keys.filter((key) => key.includes(':bucket:'));
        return buckets.length > 0;
      }, 'tokens are taken');
      for (const key of buckets) expect(key.startsWith(`{ecs-graphql}:${ACCOUNT}/${REGION}:bucket:`)).toBe(true);
      expect(keys.filter((key) => key.includes('shop'))).toEqual([]);
    } finally {
      await Promise.all(replicas.map(({ app }) => app.dispose()));
      admin.destroy();
      await sandbox.close();
      await redis.kill();
      await rm(folder, { recursive: true });
    }
  },
);
