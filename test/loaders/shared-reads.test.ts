import { expect, it } from 'vitest';
import { createFakeWorld } from '../support/ecs/fake-ecs.ts';

const ARN = 'arn:aws:ecs:eu-west-1:123456789012';
const clusterArn = `${ARN}:cluster/prod`;
const taskArns = ['1', '2', '3'].map((last) => `${ARN}:task/prod/0123456789abcdef0123456789abcde${last}`);

const MANY_WRITES = { MAX_DESTRUCTIVE_FIELDS: '2' };

/** A cluster of three tasks. */
function createWorld() {
  let status = 'RUNNING';
  return createFakeWorld((operation) => {
    switch (operation) {
      case 'DescribeClusters':
        return { clusters: [{ clusterArn, clusterName: 'prod', status: 'ACTIVE' }] };
      case 'ListTasks':
        return { taskArns };
      case 'DescribeTasks':
        return { tasks: taskArns.map((taskArn) => ({ taskArn, clusterArn, lastStatus: status })) };
      case 'StopTask': {
        status = 'DEPROVISIONING';
        return { task: { taskArn: taskArns[0], clusterArn, lastStatus: status } };
      }
      default:
        throw new Error(`${operation} was not expected`);
    }
  }, MANY_WRITES);
}

const TASKS = 'tasks(first: 3) { nodes { lastStatus } pageInfo { endCursor } }';

it('a list that an operation reaches again and again is read once', async () => {
  await using world = await createWorld();
  const { data, errors } = await world.query(
    `{ cluster(cluster: "prod") { tasks { nodes { cluster { tasks { nodes { cluster { ${TASKS} } } } } } } } }`,
  );
  expect(errors).toBeUndefined();
  const tasks = { nodes: Array(3).fill({ lastStatus: 'RUNNING' }), pageInfo: { endCursor: expect.any(String) } };
  const inner = { nodes: Array(3).fill({ cluster: { tasks } }) };
  expect(data).toEqual({ cluster: { tasks: { nodes: Array(3).fill({ cluster: { tasks: inner } }) } } });
  // Once for the three places in the document.
  expect(world.counts()).toEqual({ DescribeClusters: 1, ListTasks: 1, DescribeTasks: 1 });
});

it('a list is read anew after a write of the same request', async () => {
  await using world = await createWorld();
  const stop = (alias: string) =>
    `${alias}: stopTask(input: { cluster: "prod", task: "${taskArns[0]}" }) { task { cluster { ${TASKS} } } }`;
  const { data, errors } = await world.query(`mutation { ${stop('one')} ${stop('two')} }`);
  expect(errors).toBeUndefined();
  const statuses = Object.values(data as Record<string, { task: { cluster: { tasks: { nodes: unknown[] } } } }>).map(
    ({ task }) => task.cluster.tasks.nodes,
  );
  expect(statuses).toEqual(Array(2).fill(Array(3).fill({ lastStatus: 'DEPROVISIONING' })));
  expect(world.counts()).toMatchObject({ StopTask: 2, ListTasks: 2, DescribeTasks: 2 });
});
