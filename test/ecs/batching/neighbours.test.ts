import { execute, type GraphQLSchema, parse } from 'graphql';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Describer } from '../../../src/ecs/batching/describe-batcher.ts';
import { ChangeTurns } from '../../../src/ecs/consistency/change-turns.ts';

import type { OperationName } from '../../../src/ecs/core/operations.ts';
import { Pacer } from '../../../src/ecs/pacing/pacer.ts';
import { ServerClock } from '../../../src/ecs/sdk/aws-clock.ts';
import { Upstream } from '../../../src/ecs/sdk/upstream.ts';
import { createLiveHub } from '../../../src/live/core/create-hub.ts';
import { FleetLooks } from '../../../src/live/core/fleet-looks.ts';
import { deploymentTopic } from '../../../src/live/deployment/deployment-topic.ts';
import { clusterEventsTopic } from '../../../src/live/feeds/cluster-events-topic.ts';
import { drainsFeed } from '../../../src/live/feeds/drains-feed.ts';
import { serviceEventsTopic } from '../../../src/live/feeds/service-events-topic.ts';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { createContext, type GraphServices } from '../../../src/schema/core/context.ts';
import { singleScope } from '../../../src/schema/core/scopes.ts';
import { Random } from '../../soak/random.ts';
import { SERVER } from '../../support/gateway/server-info.ts';
import { sharedSchema } from '../../support/gateway/shared-schema.ts';
import { createKeyedWrites } from '../../support/operations/keyed-writes.ts';
import { FakeTimers } from '../../support/time/fake-timers.ts';

const REAL_MS = 600_000;
/** How long the batches of one query may wait for more ids, all of them together. */
const WINDOW_MS = 100;
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
let sandbox: Sandbox;
let schema: GraphQLSchema;

beforeAll(async () => {
  sandbox = await startSandbox({ speed: 0, seed: 'demo' });
  schema = sharedSchema();
});
afterAll(() => sandbox.close());

interface GatewayOptions {
  readonly windowMs: number;
  readonly pacer?: ((timers: FakeTimers) => Pacer) | undefined;
}

/** A gateway whose calls to ECS take this long, in virtual time, by operation. */
async function gateway(latencyOf: (operation: OperationName) => number, { windowMs, pacer }: GatewayOptions) {
  const timers = new FakeTimers();
  const log = pino({ level: 'silent' });
  const endpoint = sandbox.url;
  const limits = { attemptTimeoutMs: REAL_MS, connectTimeoutMs: REAL_MS, maxAttempts: 1 };
  const clock = new ServerClock(() => timers.monotonic());
  const upstream = await Upstream.create({ region: 'eu-west-1', endpoint, credentials, ...limits }, log, { clock });
  const paced = pacer?.(timers);
  const call = upstream.call.bind(upstream);
  let underWay = 0;
  let running = 0;
  upstream.call = async (operation, input, context, trim) => {
    if (paced !== undefined) {
      const end = (context.demand ?? context.meter).wait(() => timers.monotonic());
      await paced.take(operation, { ...context, deadline: undefined }, input);
      end();
    }
    await new Promise<void>((resolve) => void timers.schedule(latencyOf(operation), resolve));
    underWay += 1;
    try {
      return await call(operation, input, context, trim);
    } finally {
      underWay -= 1;
    }
  };
  const describer = new Describer(upstream, undefined, { windowMs, timers });
  const live = createLiveHub({ upstream, describer, timers, random: () => 0.5, lookDeadlineMs: REAL_MS });
  const scope = { upstream, describer, live, fleet: new FleetLooks({ upstream, describer, ttlMs: 0 }) };
  const services: GraphServices = {
    ...scope,
    scopes: singleScope(scope),
    keyedWrites: createKeyedWrites(),
    changeTurns: new ChangeTurns(timers, 60_000),
    readDeadlineMs: REAL_MS,
    writeDeadlineMs: REAL_MS,
    exposedSecrets: new Set(),
    maxClusters: 100,
    server: SERVER,
  };
  const settle = async () => {
    for (let turns = 0; turns < 12; turns += 1) {
      await new Promise(setImmediate);
      if (underWay > 0) turns = -1;
    }
  };
  return {
    live,
    timers,
    /** Runs a query and returns its duration, and how long calls of its own waited for the rate limit. */
    async time(query: string): Promise<Timed> {
      const began = timers.monotonic();
      running += 1;
      const { signal } = new AbortController();
      const contextValue = createContext({ requestId: 'test', principal: { name: 'test' }, signal, log }, services);
      const { errors } = await execute({ schema, document: parse(query), contextValue });
      running -= 1;
      expect(errors).toBeUndefined();
      return { ms: timers.monotonic() - began, waitedMs: contextValue.ecs.cost().waitedMs };
    },
    pass: (ms: number) => timers.pass(ms, settle),
    async [Symbol.asyncDispose]() {
      while (running > 0) await timers.pass(2_000, settle);
      live.dispose();
      upstream.dispose();
    },
  };
}

interface Timed {
  readonly ms: number;
  readonly waitedMs: number;
}

type Gateway = Awaited<ReturnType<typeof gateway>>;

const SERVICES = ['storefront', 'checkout', 'cart', 'recommendations', 'search-api'];
/** Deployments that are under way all the time. */
const FOLLOWED = [
  ['storefront', 'checkout'],
  ['platform', 'payments-worker'],
] as const;
const PARTS = [
  'status',
  'tags { key value }',
  'taskSets { taskSetArn }',
  'taskDefinition { taskDefinitionArn status containerDefinitions { name } }',
  'tasks(first: 100) { nodes { lastStatus } }',
  'tasks(first: 100) { nodes { lastStatus tags { key } taskDefinition { family } } }',
  'cluster { clusterName status }',
  // Links of links, back to where they began as well.
  'cluster { tags { key } containerInstances(first: 10) { nodes { status } } services(first: 100) { nodes { status } } }',
  'tasks(first: 100) { nodes { lastStatus service { status tags { key } taskDefinition { status } } cluster { status } } }',
  'serviceDeployments(first: 3) { nodes { status service { status tasks(first: 10) { nodes { lastStatus } } } } }',
];
const ROOTS: readonly ((random: Random) => (parts: string) => string)[] = [
  (random) => {
    const service = random.pick(SERVICES);
    return (parts) => `service(cluster: "storefront", service: "${service}") { ${parts} }`;
  },
  () => (parts) => `cluster(cluster: "storefront") { status services(first: 100) { nodes { ${parts} } } }`,
  () => (parts) => `services(clusters: ["storefront", "platform"], first: 100) { nodes { ${parts} } }`,
  () => () => 'tasks(clusters: ["storefront"], first: 100) { nodes { lastStatus } }',
  () => () => 'services(clusters: ["storefront"], first: 100) { nodes { status } }',
  () => () => 'service(cluster: "platform", service: "payments-worker") { status }',
  () => () =>
    'tasks(clusters: ["platform"], first: 100) { nodes { lastStatus containerInstance { status tags { key } } } }',
  () => () =>
    'containerInstances(clusters: ["platform"], first: 10) { nodes { status tasks(first: 100) { nodes { lastStatus } } } }',
  () => () =>
    'containerInstances(clusters: ["platform"], first: 10) { nodes { tasks(first: 100) { nodes { service { status } containerInstance { status } } } } }',
  () => () => 'clusters(first: 10) { nodes { status tags { key } } }',
  () => () =>
    'clusters(first: 10) { nodes { status services(first: 10) { nodes { status taskDefinition { status } } } } }',
];

/** A query with up to this many roots, each with up to three parts and the links in them. */
function randomQuery(random: Random, mostRoots: number): string {
  const roots = Array.from({ length: 1 + random.integer(mostRoots) }, (_, index) => {
    const parts = Array.from({ length: 1 + random.integer(3) }, (_each, part) => `p${part}: ${random.pick(PARTS)}`);
    return `r${index}: ${random.pick(ROOTS)(random)(parts.join(' '))}`;
  });
  return `{ ${roots.join('\n')} }`;
}

/** How long each operation takes: some answer at once, some seldom do. */
function randomLatencies(random: Random): (operation: OperationName) => number {
  const known = new Map<OperationName, number>();
  return (operation) => {
    const ms = known.get(operation) ?? random.pick([5, 20, 300, 4_500]) + random.integer(20);
    known.set(operation, ms);
    return ms;
  };
}

interface Planned {
  readonly query: string;
  readonly at: number;
}

/** How long each query takes, begun at its moment. */
async function timed(world: Gateway, planned: readonly Planned[]): Promise<readonly Timed[]> {
  let running = planned.length;
  const took = planned.map((): Timed => ({ ms: Number.NaN, waitedMs: Number.NaN }));
  planned.forEach(({ query, at }, index) => {
    world.timers.schedule(at, async () => {
      took[index] = await world.time(query);
      running -= 1;
    });
  });
  while (running > 0) await world.pass(2_000);
  return took;
}

/**
 * A query takes no longer than its longest chain of calls that need each other's answers, one batching window, and the
 * time in which its own calls wait for ECS's rate limit: tokens that others have spent are no longer there. The chain is how long
 * the query takes alone, without a rate limit and without a batching window.
 */
async function expectNoneSlowed(
  planned: readonly Planned[],
  latencies: (operation: OperationName) => number,
  prepare: (beside: Gateway) => void,
  pacer?: GatewayOptions['pacer'],
): Promise<void> {
  await using beside = await gateway(latencies, { windowMs: WINDOW_MS, pacer });
  prepare(beside);
  const together = await timed(beside, planned);
  for (const [index, one] of planned.entries()) {
    await using world = await gateway(latencies, { windowMs: 0 });
    const [alone] = await timed(world, [one]);
    const { ms, waitedMs } = together[index] ?? { ms: Number.NaN, waitedMs: Number.NaN };
    if (pacer === undefined) expect(waitedMs).toBe(0);
    const most = (alone?.ms ?? Number.NaN) + WINDOW_MS + waitedMs;
    expect({ ...one, ms, alone, waitedMs, isInTime: ms <= most }).toMatchObject({ isInTime: true });
  }
}

describe('a query', () => {
  // 10, 13 and 38 were slower beside others while a request could read one list twice.
  it.each([1, 2, 3, 4, 5, 6, 7, 10, 13, 38])('takes no longer beside other queries: %i', async (seed) => {
    const random = new Random(seed);
    const latencies = randomLatencies(random);
    const plan = (count: number) =>
      Array.from({ length: count }, () => ({ query: randomQuery(random, 3), at: random.integer(3_000) }));
    const [planned, others] = [plan(10), plan(5)];
    const begin = (beside: Gateway) => {
      for (const { query, at } of others) beside.timers.schedule(at, () => void beside.time(query));
    };
    await expectNoneSlowed(planned, latencies, begin);
  });

  // In 36, a query waits for the rate limit.
  it.each([1, 2, 3, 36])('takes no longer beside polls that wait for their tokens: %i', async (seed) => {
    const random = new Random(seed);
    const latencies = randomLatencies(random);
    const planned = Array.from({ length: 8 }, () => ({
      query: randomQuery(random, 3),
      at: 5_000 + random.integer(60_000),
    }));
    const follow = ({ live }: Gateway) => {
      const prefix = 'arn:aws:ecs:eu-west-1:123456789012';
      for (const [cluster, serviceName] of FOLLOWED) {
        const [clusterArn, serviceArn] = [
          `${prefix}:cluster/${cluster}`,
          `${prefix}:service/${cluster}/${serviceName}`,
        ];
        const ids = { serviceDeploymentArn: undefined, deploymentId: undefined };
        void live.follow(deploymentTopic('scope', { clusterArn, serviceArn, serviceName, ...ids })).next();
        void live.follow(drainsFeed('scope', clusterArn, REAL_MS)).next();
        void live.follow(clusterEventsTopic('scope', clusterArn)).next();
        void live.follow(serviceEventsTopic('scope', { clusterArn, serviceArn, serviceName })).next();
      }
    };
    await expectNoneSlowed(planned, latencies, follow, (timers) => new Pacer(0.3, timers));
  });
});
