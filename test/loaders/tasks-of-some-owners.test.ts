import { describe, expect, it } from 'vitest';
import { createFakeWorld } from '../support/ecs/fake-ecs.ts';

const ARN = 'arn:aws:ecs:eu-west-1:123456789012';
const clusterArn = `${ARN}:cluster/c`;
const OWNERS = 50;
const TASKS = 1_000;

const names = (count: number, prefix: string) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);
const serviceArns = names(OWNERS, `${ARN}:service/c/s`);
const instanceArns = names(OWNERS, `${ARN}:container-instance/c/i`);
const taskArns = names(TASKS, `${ARN}:task/c/`);
/** Tasks are spread evenly. */
const ownerOf = (taskArn: string) => Number(taskArn.split('/').at(-1)) % OWNERS;

/** A cluster with 50 services on 50 container instances, and ten pages of tasks. */
function world() {
  return createFakeWorld((operation, input) => {
    const page = (all: readonly string[]) => {
      const at = Number(input.nextToken ?? 0);
      return { taskArns: all.slice(at, at + 100), ...(at + 100 < all.length && { nextToken: String(at + 100) }) };
    };
    switch (operation) {
      case 'DescribeClusters': {
        const counts = { activeServicesCount: OWNERS, registeredContainerInstancesCount: OWNERS };
        return { clusters: [{ clusterArn, clusterName: 'c', status: 'ACTIVE', runningTasksCount: TASKS, ...counts }] };
      }
      case 'ListServices':
        return { serviceArns };
      case 'ListContainerInstances':
        return { containerInstanceArns: instanceArns };
      case 'DescribeServices':
        return {
          services: (input.services as string[]).map((arn) => {
            const serviceName = arn.split('/').at(-1) ?? '';
            return { serviceArn: `${ARN}:service/c/${serviceName}`, serviceName, clusterArn, status: 'ACTIVE' };
          }),
        };
      case 'DescribeContainerInstances':
        return {
          containerInstances: (input.containerInstances as string[]).map((containerInstanceArn) => ({
            containerInstanceArn,
            status: 'ACTIVE',
          })),
        };
      case 'ListTasks': {
        const owner = (input.serviceName ?? input.containerInstance) as string | undefined;
        const number = owner && Number(owner.split('/').at(-1)?.slice(1));
        return page(owner === undefined ? taskArns : taskArns.filter((arn) => ownerOf(arn) === number));
      }
      default:
        return {
          tasks: (input.tasks as string[]).map((taskArn) => ({
            taskArn,
            clusterArn,
            group: `service:s${ownerOf(taskArn)}`,
            containerInstanceArn: instanceArns[ownerOf(taskArn)],
            lastStatus: 'RUNNING',
          })),
        };
    }
  });
}

describe.each(['services', 'containerInstances'])('the tasks of some %s of a cluster', (owners) => {
  // By owner: a list each, and their tasks described. By cluster: ten lists, and all 1,000 tasks described.
  it.each([
    [4, 4, 1],
    [10, 10, 2],
    [15, 15, 3],
    [20, 10, 10],
    [50, 10, 10],
  ])('take the fewest calls: of %i', async (first, ListTasks, DescribeTasks) => {
    await using fake = await world();
    const { data, errors } = await fake.query<{ cluster: Record<string, { nodes: { tasks: { nodes: object[] } }[] }> }>(
      `{ cluster(cluster: "c") { status ${owners}(first: ${first}) { nodes { status tasks { nodes { lastStatus } } } } } }`,
    );
    expect(errors).toBeUndefined();
    expect(data?.cluster[owners]?.nodes.map(({ tasks }) => tasks.nodes.length)).toEqual(Array(first).fill(20));
    expect(fake.counts()).toMatchObject({ ListTasks, DescribeTasks });
  });
});
