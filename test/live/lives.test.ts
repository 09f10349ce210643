import {
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteClusterCommand,
  DeleteServiceCommand,
  RunTaskCommand,
  StopTaskCommand,
  UpdateContainerInstancesStateCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { type LiveWorld, liveWorld } from './support/live-world.ts';
import { createCluster, createServiceOnInstances, registerInstances, registerRevision } from './support/setting.ts';

interface Update {
  readonly type: string;
  readonly cursor: string;
  readonly outcome: string | null;
}

const COMMANDS = {
  createCluster: CreateClusterCommand,
  createService: CreateServiceCommand,
  deleteCluster: DeleteClusterCommand,
  deleteService: DeleteServiceCommand,
  runTask: RunTaskCommand,
  stopTask: StopTaskCommand,
  updateContainerInstancesState: UpdateContainerInstancesStateCommand,
};

type Write = (operation: keyof typeof COMMANDS, input: Record<string, unknown>) => Promise<void>;

/** Writes by a mutation of the gateway, or by a client of ECS that the gateway does not see. */
function writer({ ecs, run }: LiveWorld, way: 'through' | 'past'): Write {
  return async (operation, input) => {
    if (way === 'past') {
      const Command = COMMANDS[operation] as new (input: object) => CreateClusterCommand;
      await ecs.send(new Command(input));
      return;
    }
    const type = `${operation[0]?.toUpperCase()}${operation.slice(1)}Input`;
    await run(`mutation ($input: ${type}!) { ${operation}(input: $input) { __typename } }`, { input });
  };
}

/** A thing that is kept under a name, and what ends it and brings it back. */
interface Kept {
  readonly name: string;
  readonly query: (thing: string) => string;
  readonly outcome: string;
  /** Makes the thing, and gives its name. */
  readonly create: (world: LiveWorld, write: Write) => Promise<string>;
  readonly end: (write: Write, thing: string, world: LiveWorld) => Promise<void>;
  readonly again: (write: Write, thing: string) => Promise<void>;
}

const service = {
  cluster: 'prod',
  serviceName: 'web',
  taskDefinition: 'web',
  desiredCount: 1,
  launchType: 'FARGATE',
  networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
};

async function withService(world: LiveWorld, write: Write, image = 'web:1'): Promise<string> {
  await createCluster(world);
  await registerRevision(world, image);
  await write('createService', service);
  return 'web';
}

const deleteService = (write: Write) => write('deleteService', { cluster: 'prod', service: 'web', force: true });
const createServiceAgain = (write: Write) => write('createService', service);

/** An instance that drains and is empty. */
async function withDrain(world: LiveWorld, write: Write): Promise<string> {
  await createCluster(world);
  const [instance = ''] = await registerInstances(world, 1);
  await createServiceOnInstances(world, { desiredCount: 0 });
  await setState(write, instance, 'DRAINING');
  return instance;
}

const setState = (write: Write, instance: string, status: string) =>
  write('updateContainerInstancesState', { cluster: 'prod', containerInstances: [instance], status });

const clusterOnly = async (_: LiveWorld, write: Write) => {
  await write('createCluster', { clusterName: 'prod' });
  return 'prod';
};
const deleteCluster = (write: Write) => write('deleteCluster', { cluster: 'prod' });
const createClusterAgain = (write: Write) => write('createCluster', { clusterName: 'prod' });

const KEPT: readonly Kept[] = [
  {
    name: 'an instance whose drain is followed',
    query: (arn) => `drainProgress(containerInstances: ["${arn}"], after: $after)`,
    outcome: 'DRAINED',
    create: withDrain,
    end: () => Promise.resolve(),
    async again(write, arn) {
      await setState(write, arn, 'ACTIVE');
      await write('runTask', { cluster: 'prod', taskDefinition: 'web', launchType: 'EC2' });
      await setState(write, arn, 'DRAINING');
    },
  },
  {
    name: 'a service whose events are followed',
    query: (name) => `serviceEvents(cluster: "prod", service: "${name}", after: $after)`,
    outcome: 'SERVICE_DELETED',
    create: (world, write) => withService(world, write),
    end: deleteService,
    again: createServiceAgain,
  },
  {
    name: 'a service whose deployment is followed',
    query: (name) => `deploymentProgress(cluster: "prod", service: "${name}", after: $after)`,
    outcome: 'SERVICE_DELETED',
    // Its tasks fail, so that no deployment of it comes to its end.
    create: (world, write) => withService(world, write, 'sandbox/exit-after:20-1'),
    end: deleteService,
    again: createServiceAgain,
  },
  ...['clusterEvents', 'deployments', 'drains'].map((feed) => ({
    name: `a cluster whose ${feed} are followed`,
    query: (name: string) => `${feed}(cluster: "${name}", after: $after)`,
    outcome: 'CLUSTER_DELETED',
    create: clusterOnly,
    end: deleteCluster,
    again: createClusterAgain,
  })),
];

describe.each(['through', 'past'] as const)('what was written %s the gateway', (way) => {
  it.each(KEPT)('ends for its own followers, not for followers of the next one: $name', async (kept) => {
    await using world = await liveWorld();
    const write = writer(world, way);
    const thing = await kept.create(world, write);
    const query = `subscription ($after: String) { ${kept.query(thing)} { type cursor outcome } }`;
    const first = await world.subscribe<Update>(query);
    // An end before the target is certain belongs to another incarnation.
    await world.pass(8_000);
    await kept.end(write, thing, world);
    await world.until(() => first.isDone);
    const [begun, last] = [first.events[0], first.events.at(-1)];
    expect([last?.type, last?.outcome]).toEqual(['ENDED', kept.outcome]);

    await kept.again(write, thing);
    await world.pass(4_000);
    for (let minute = 0; minute < 12; minute += 4) {
      const next = await world.subscribe<Update>(query);
      await world.pass(8_000);
      expect(next.events.map(({ type }) => type)).toContain('SNAPSHOT');
      expect([next.isDone, next.events[0]?.outcome, next.errors]).toEqual([false, null, []]);
      await next.leave();
      if (begun !== last && minute < 4) {
        const behind = await world.subscribe<Update>(query, { after: begun?.cursor });
        await world.pass(4_000);
        expect(behind.events.at(-1)).toEqual(last);
        expect(behind.isDone).toBe(true);
      }
      await world.pass(228_000);
    }
  });
});

it('shows a later subscriber no older drain than a query does', async () => {
  await using world = await liveWorld({ memoryTtlMs: 1_000 });
  const instance = await withDrain(world, writer(world, 'past'));
  await setState(writer(world, 'past'), instance, 'ACTIVE');
  type Drain = Update & { readonly progress: { readonly remainingTaskCount: number } };
  const fields = 'type cursor outcome progress { remainingTaskCount }';
  const query = `subscription { drainProgress(cluster: "prod", containerInstances: ["${instance}"]) { ${fields} } }`;
  await world.subscribe<Drain>(query);
  for (const way of ['past', 'through'] as const) {
    // Looks come every four seconds by now.
    await world.pass(16_000);
    if (way === 'past') await world.pass(2_000);
    await writer(world, way)('runTask', { cluster: 'prod', taskDefinition: 'web', launchType: 'EC2' });
    const second = await world.subscribe<Drain>(query);
    const { tasks } = await world.run<{ tasks: { nodes: object[] } }>(
      `{ tasks(clusters: ["prod"], containerInstance: "${instance}", first: 10) { nodes { lastStatus } } }`,
    );
    expect(second.events[0]).toMatchObject({ type: 'SNAPSHOT', progress: { remainingTaskCount: tasks.nodes.length } });
    await second.leave();
  }
});

it('follows the deployment that has just begun, not the one before that the cache still knows', async () => {
  await using world = await liveWorld({ memoryTtlMs: 1_000 });
  await withService(world, writer(world, 'past'));
  const query = `subscription {
    deploymentProgress(cluster: "prod", service: "web") { type cursor outcome progress { deploymentId } }
  }`;
  type Progress = Update & { readonly progress: { readonly deploymentId: string } };
  const first = await world.subscribe<Progress>(query);
  await world.until(() => first.isDone);
  const before = await world.subscribe<Progress>(query);
  await world.until(() => before.isDone);
  expect(before.events.at(-1)?.outcome).toBe('SUCCEEDED');

  await world.ecs.send(new UpdateServiceCommand({ cluster: 'prod', service: 'web', forceNewDeployment: true }));
  const next = await world.subscribe<Progress>(query);
  await world.pass(4_000);
  expect(next.events.map(({ type }) => type)).toContain('SNAPSHOT');
  expect([next.isDone, next.events[0]?.outcome, next.errors]).toEqual([false, null, []]);
  expect(next.events[0]?.progress.deploymentId).not.toBe(before.events.at(-1)?.progress.deploymentId);
});
