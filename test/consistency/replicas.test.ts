import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connected, type Replica, startReplica } from '../support/gateway/replicas.ts';
import { HAS_REDIS, RedisServer, withRedis } from '../support/programs/redis-server.ts';
import { checkRead } from './check-read.ts';
import { CLUSTER_WRITES } from './cluster-writes.ts';
import { createLateWorld, type LateWorld, leavesOf } from './late-world.ts';
import { OTHER_WRITES } from './other-writes.ts';
import { SERVICE_WRITES } from './service-writes.ts';
import { TASK_WRITES } from './task-writes.ts';
import type { Names } from './write-cases.ts';

const CASES = [...CLUSTER_WRITES, ...SERVICE_WRITES, ...TASK_WRITES, ...OTHER_WRITES];

describe.runIf(HAS_REDIS)(withRedis('a write through one replica, read through another while ECS is 4 s late'), () => {
  let redis: RedisServer;
  let late: LateWorld;
  let reader: Replica;

  beforeAll(async () => {
    redis = await RedisServer.start();
    late = await createLateWorld({ SHARED: redis.url });
    const { sandbox, app } = late.world;
    reader = await startReplica({
      AWS_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL: sandbox.url,
      SHARED: redis.url,
      MEMORY_TTL: '1h',
      BATCH_WINDOW: '60s',
      RATE_SHARE: '0',
      QUERY_DEADLINE: '60s',
      ATTEMPT_TIMEOUT: '60s',
    });
    await connected([{ app }, reader]);
  });

  afterAll(async () => {
    await reader.app.dispose();
    await late.world.dispose();
    await redis.kill();
  });

  const withReads = CASES.filter(({ shows }) => Object.keys(shows).length > 0);
  it.each(withReads.map((each) => [each.operation, each] as const))('%s is shown at once', async (operation, each) => {
    const { past, through } = late;
    const prepared = await late.prepare(() => each.prepare?.(past, `for-${operation}`));
    const before = await each.before?.(through(), prepared ?? {});
    const known: Names = { ...prepared, ...before };
    const payload = await through(each.payload)(operation, each.input(known));
    const names = { ...known, ...leavesOf(payload) };
    for (const [what, read] of Object.entries(each.shows)) {
      const [query, expected] = read(names);
      const answer = await reader.query(query);
      expect(answer.errors, what).toBeUndefined();
      expect(answer.extensions, what).not.toHaveProperty('degraded');
      checkRead(answer.data, expected, what);
    }
  });
});
