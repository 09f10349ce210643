import {
  ECSClient,
  ListContainerInstancesCommand,
  ListTasksCommand,
  StopTaskCommand,
  UpdateContainerInstancesStateCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { type App, createApp, type Overrides } from '../../../src/app.ts';
import { loadConfig } from '../../../src/config/index.ts';
import type { Inventory } from '../../../src/inventory/inventory.ts';
import { startSandbox } from '../../../src/sandbox/index.ts';
import { Random } from '../../fuzz/random.ts';
import { Messaging } from '../../sandbox/support/messaging.ts';
import { planted } from '../../support/ecs/planted.ts';
import { sharedSchema } from '../../support/gateway/shared-schema.ts';
import type { Answer } from '../../support/gateway/world.ts';
import { FakeTimers } from '../../support/time/fake-timers.ts';

const SEED = 1;
const STEPS = 12;
const KEYS = { accessKeyId: 'test', secretAccessKey: 'test' };

const TASK =
  'nodes { taskArn version lastStatus desiredStatus stopCode startedAt containers { name lastStatus exitCode } }';
const FLEET = `{ clusters(first: 10) { nodes { clusterName
  services(first: 100, orderBy: NAME) { nodes { serviceName status runningCount pendingCount } }
  tasks(first: 200) { ${TASK} }
  stopped: tasks(first: 200, desiredStatus: STOPPED) { ${TASK} }
  containerInstances(first: 100) { nodes { containerInstanceArn version status runningTasksCount pendingTasksCount } } } } }`;

type Versioned = { readonly version: number; readonly taskArn?: string; readonly containerInstanceArn?: string };

interface Fleet {
  readonly clusters: {
    readonly nodes: readonly {
      readonly clusterName: string;
      readonly services: { readonly nodes: readonly object[] };
      readonly tasks: { readonly nodes: readonly Versioned[] };
      readonly stopped: { readonly nodes: readonly Versioned[] };
      readonly containerInstances: { readonly nodes: readonly Versioned[] };
    }[];
  };
}

/** The fleet by one gateway. */
async function readFleet(app: App): Promise<Answer<Fleet>> {
  const response = await app.fetch(
    new Request('http://127.0.0.1/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ query: FLEET }),
    }),
  );
  const answer = (await response.json()) as Answer<Fleet>;
  expect(answer.errors).toBeUndefined();
  return answer;
}

const arnOf = ({ taskArn, containerInstanceArn }: Versioned) => taskArn ?? containerInstanceArn ?? '';

/** Every task and container instance of an answer by its ARN. */
function entitiesOf({ clusters }: Fleet): ReadonlyMap<string, Versioned> {
  const all = clusters.nodes.flatMap((each) => [each.tasks, each.stopped, each.containerInstances]);
  return new Map(all.flatMap(({ nodes }) => nodes).map((entity) => [arnOf(entity), entity]));
}

/** The answer without the order of its lists: ECS has one of its own. */
function sorted({ clusters }: Fleet): unknown {
  const by = (nodes: readonly Versioned[]) => [...nodes].sort((one, other) => (arnOf(one) < arnOf(other) ? -1 : 1));
  return clusters.nodes.map(({ tasks, stopped, containerInstances, ...cluster }) => ({
    ...cluster,
    tasks: by(tasks.nodes),
    stopped: by(stopped.nodes),
    containerInstances: by(containerInstances.nodes),
  }));
}

const nextTurn = () => new Promise<void>((resolve) => void setImmediate(resolve));

/** A gateway that reads a queue of the sandbox, and one without an inventory, which shows what ECS says. */
async function start(seed: number) {
  const eventDelivery = { loss: 0.15, duplicates: 0.3, reordering: 0.3, spreadMs: 8_000 };
  const sandbox = await startSandbox(await planted({ speed: 0, seed: 'demo', randomSeed: seed }));
  sandbox.faults.set({ eventDelivery });
  const messaging = new Messaging(sandbox);
  const { url, arn } = await messaging.queue('events');
  await messaging.rule('changes', { Arn: arn });
  const timers = new FakeTimers();
  let inventory: Inventory | undefined;
  const open = (settings: Readonly<Record<string, string>>, overrides: Overrides = {}) => {
    const env = { AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: sandbox.url, PORT: '0', MEMORY_TTL: '0', RATE_SHARE: '0' };
    const config = loadConfig('serve', [], { ...env, MAX_OBJECTS: '0', ...settings });
    return createApp(
      { ...config, credentials: KEYS },
      { log: pino({ level: 'silent' }), schema: sharedSchema(), ...overrides },
    );
  };
  const onInventory = (created: Inventory) => {
    inventory = created;
  };
  const warm = await open({ EVENTS_QUEUE: url, INVENTORY_SWEEP_EVERY: '60s' }, { timers, onInventory });
  const cold = await open({});
  const held = inventory;
  if (held === undefined) throw new Error('the gateway has no inventory');
  const pass = (ms: number) => timers.pass(ms, () => nextTurn().then(() => held.settled()));
  return {
    sandbox,
    warm,
    cold,
    inventory: held,
    pass,
    /** Lets seconds pass in the sandbox and in the gateway, which takes every message that has arrived. */
    async live(seconds: number) {
      for (let second = 0; second < seconds; second += 1) {
        sandbox.clock.advance(1_000);
        while ((await messaging.counts(url))[0] !== '0') await pass(10);
        await pass(1_000);
      }
    },
    async [Symbol.asyncDispose]() {
      messaging[Symbol.dispose]();
      await warm.dispose();
      await cold.dispose();
      await sandbox.close();
    },
  };
}

/** Changes something past the gateways. */
async function change(ecs: ECSClient, random: Random): Promise<void> {
  const cluster = 'platform';
  const fate = random.next();
  if (fate < 0.5) {
    const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster }));
    if (taskArns.length > 0) await ecs.send(new StopTaskCommand({ cluster, task: random.pick(taskArns) }));
  } else if (fate < 0.8) {
    const service = random.pick(['orders-api', 'notifications', 'inventory']);
    await ecs.send(new UpdateServiceCommand({ cluster, service, desiredCount: random.below(6) }));
  } else {
    const { containerInstanceArns = [] } = await ecs.send(new ListContainerInstancesCommand({ cluster }));
    const status = random.chance(0.5) ? 'DRAINING' : 'ACTIVE';
    const containerInstances = [random.pick(containerInstanceArns)];
    await ecs.send(new UpdateContainerInstancesStateCommand({ cluster, containerInstances, status }));
  }
}

describe('a queue that loses, repeats, delays and shuffles events', () => {
  it('never leads answers back, or ahead of ECS, and they equal the answers of ECS after a sweep', async () => {
    await using setup = await start(SEED);
    const { sandbox, warm, cold, inventory } = setup;
    const ecs = new ECSClient({ endpoint: sandbox.url, region: 'eu-west-1', credentials: KEYS });
    const random = new Random(SEED);
    const newest = new Map<string, number>();
    await setup.live(5);
    for (let step = 0; step < STEPS; step += 1) {
      await change(ecs, random);
      await setup.live(1 + random.below(8));
      const shown = await readFleet(warm);
      expect(shown.extensions?.ecs).toMatchObject({ calls: 1, byOperation: { ListClusters: 1 } });
      const truth = entitiesOf((await readFleet(cold)).data as Fleet);
      for (const [arn, { version }] of entitiesOf(shown.data as Fleet)) {
        expect([arn, version >= (newest.get(arn) ?? 0)]).toEqual([arn, true]);
        expect([arn, version <= (truth.get(arn)?.version ?? version)]).toEqual([arn, true]);
        newest.set(arn, version);
      }
    }
    expect(newest.size).toBeGreaterThan(20);
    // Nothing changes any more in ECS, and the last events are lost.
    sandbox.faults.set({ eventDelivery: { loss: 1 } });
    await setup.live(30);
    for (let second = 0; second < 70; second += 1) await setup.pass(1_000);
    const [shown, truth] = [await readFleet(warm), await readFleet(cold)];
    expect(shown.extensions?.ecs).toMatchObject({ calls: 1, byOperation: { ListClusters: 1 } });
    expect(sorted(shown.data as Fleet)).toEqual(sorted(truth.data as Fleet));
    // Events moved it, came twice and late, and some never came.
    const { events, repairs } = inventory.facts();
    for (const count of [events.applied, events.duplicate, events.old]) expect(count).toBeGreaterThan(0);
    expect(repairs.counters + repairs.transit + repairs.sweep).toBeGreaterThan(0);
    ecs.destroy();
  }, 120_000);
});
