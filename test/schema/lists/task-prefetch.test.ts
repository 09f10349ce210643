import { expect, it } from 'vitest';
import { createFakeWorld, FakeException } from '../../support/ecs/fake-ecs.ts';

const PREFIX = 'arn:aws:ecs:eu-west-1:123456789012';
const clusterArn = `${PREFIX}:cluster/c`;
const nodes = 'nodes { serviceName status tasks { nodes { lastStatus } } }';
const TREE = `{ cluster(cluster: "c") { status services { ${nodes} } } }`;

interface Faults {
  readonly fail?: readonly string[];
  /** Services are described only once tasks are being listed. */
  readonly isHeld?: boolean;
}

/** A cluster with this many services, and this many tasks of the first. */
function world(services: number, tasks: number, { fail = [], isHeld = false }: Faults = {}) {
  let onListTasks: () => void = () => undefined;
  const listed = new Promise<void>((resolve) => {
    onListTasks = resolve;
  });
  const serviceArns = Array.from({ length: services }, (_, i) => `${PREFIX}:service/c/s${i}`);
  const taskArns = Array.from({ length: tasks }, (_, i) => `${PREFIX}:task/c/${String(i).padStart(32, '0')}`);
  return createFakeWorld(async (operation, input) => {
    if (fail.includes(operation)) throw new FakeException('AccessDeniedException');
    const at = Number(input.nextToken ?? 0);
    switch (operation) {
      case 'DescribeClusters':
        return {
          clusters: [
            { clusterArn, clusterName: 'c', status: 'ACTIVE', activeServicesCount: services, runningTasksCount: tasks },
          ],
        };
      case 'ListServices':
        return { serviceArns };
      case 'DescribeServices':
        if (isHeld) await listed;
        return {
          services: (input.services as string[]).map((serviceArn) => ({
            serviceArn,
            clusterArn,
            serviceName: serviceArn.split('/').at(-1),
            status: 'ACTIVE',
          })),
        };
      case 'ListTasks': {
        onListTasks();
        const mine = input.serviceName === undefined || input.serviceName === 's0' ? taskArns : [];
        const nextToken = at + 100 < mine.length ? { nextToken: String(at + 100) } : {};
        return { taskArns: mine.slice(at, at + 100), ...nextToken };
      }
      default:
        return {
          tasks: (input.tasks as string[]).map((taskArn) => ({
            taskArn,
            clusterArn,
            group: 'service:s0',
            lastStatus: 'RUNNING',
          })),
        };
    }
  });
}

const orderOf = (calls: readonly { readonly operation: string }[]) => calls.map(({ operation }) => operation);

it.each([
  [6, 30],
  [30, 250],
])('lists the tasks while %i services are described', async (services, tasks) => {
  await using fake = await world(services, tasks, { isHeld: true });
  const { errors } = await fake.query(TREE);
  expect(errors).toBeUndefined();
  const batches = Math.ceil(services / 10);
  const pages = Math.ceil(tasks / 100);
  expect(fake.counts()).toMatchObject({ DescribeServices: batches, ListTasks: pages, DescribeTasks: pages });
});

it('lists them once however often they are selected', async () => {
  await using fake = await world(6, 150);
  const { errors } =
    await fake.query(`{ cluster(cluster: "c") { status a: services { ${nodes} } b: services { ${nodes} }
    c: services { nodes { status cluster { status services { ${nodes} } } } } } }`);
  expect(errors).toBeUndefined();
  expect(fake.counts()).toMatchObject({ DescribeServices: 1, ListTasks: 2, DescribeTasks: 2 });
});

it.each([
  ['not selected', 'nodes { status }', 0],
  ['left out', 'nodes { status tasks @include(if: false) { nodes { lastStatus } } }', 0],
  ['PENDING', 'nodes { status tasks(desiredStatus: PENDING) { nodes { lastStatus } } }', 0],
])('lists none where they are %s', async (_, selection, ListTasks) => {
  await using fake = await world(6, 30);
  expect((await fake.query(`{ cluster(cluster: "c") { status services { ${selection} } } }`)).errors).toBeUndefined();
  expect(fake.counts().ListTasks ?? 0).toBe(ListTasks);
});

it('lists by service, and after it, where that is fewer calls', async () => {
  await using fake = await world(2, 250);
  expect((await fake.query(TREE)).errors).toBeUndefined();
  const lists = fake.calls.filter(({ operation }) => operation === 'ListTasks');
  expect(new Set(lists.map(({ input }) => input.serviceName))).toEqual(new Set(['s0', 's1']));
  expect(orderOf(fake.calls).indexOf('ListTasks')).toBeGreaterThan(orderOf(fake.calls).indexOf('DescribeServices'));
});

it('reports its failure at the tasks and nowhere else', async () => {
  await using fake = await world(2, 30, { fail: ['ListTasks'] });
  const { data, errors } = await fake.query<{ cluster: { services: { nodes: { status: string }[] } } }>(TREE);
  expect(data?.cluster.services.nodes.map(({ status }) => status)).toEqual(['ACTIVE', 'ACTIVE']);
  expect(errors?.map(({ path }) => path?.join('.'))).toEqual([
    'cluster.services.nodes.0.tasks',
    'cluster.services.nodes.1.tasks',
  ]);
  expect(fake.counts().ListTasks).toBe(1);
});

it('reads no further where the services fail', async () => {
  await using fake = await world(6, 550, { fail: ['DescribeServices'] });
  const { errors } = await fake.query(TREE);
  expect(errors?.[0]?.path).toEqual(['cluster', 'services']);
  expect(fake.counts().ListTasks ?? 0).toBeLessThan(6);
});
