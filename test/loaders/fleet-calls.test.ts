import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../support/gateway/world.ts';

const NODES = { clusters: 20, services: 50, tasks: 10 };

describe('what a fleet of 20 x 50 x 10 costs', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld({ seed: 'fleet' }, { MAX_COST: '0', QUERY_DEADLINE: '60s', ATTEMPT_TIMEOUT: '30s' });
  });
  afterAll(() => world.dispose());

  /** Runs the query, expects no errors, and returns the sandbox's count of calls. */
  async function calls<Data>(query: string): Promise<{ data: Data; calls: Readonly<Record<string, number>> }> {
    const { data, errors, calls } = await world.count<Data>(query);
    expect(errors).toBeUndefined();
    return { data: data as Data, calls };
  }

  it('1 call for the names and ARNs of the clusters', async () => {
    expect((await calls('{ clusters { nodes { id clusterName clusterArn } } }')).calls).toEqual({ ListClusters: 1 });
  });

  it('122 for the services alone', async () => {
    const { data, calls: made } = await calls<Tree>(
      '{ clusters { nodes { clusterName status services { nodes { serviceName status runningCount } } } } }',
    );
    expect(made).toEqual({ ListClusters: 1, DescribeClusters: 1, ListServices: 20, DescribeServices: 100 });
    expect(data.clusters.nodes.flatMap(({ services }) => services.nodes)).toHaveLength(NODES.clusters * NODES.services);
  });

  it('322 for the full tree', async () => {
    const { data, calls: made } = await calls<Tree>(
      '{ clusters { nodes { clusterName status services { nodes { serviceName status tasks { nodes { taskArn lastStatus } } } } } } }',
    );
    expect(made).toEqual({
      ListClusters: 1,
      DescribeClusters: 1,
      ListServices: 20,
      DescribeServices: 100,
      ListTasks: 100,
      DescribeTasks: 100,
    });
    const services = data.clusters.nodes.flatMap((cluster) => cluster.services.nodes);
    expect(services.every(({ tasks }) => tasks.nodes.length === NODES.tasks)).toBe(true);
    expect(new Set(services.flatMap(({ tasks }) => tasks.nodes.map(({ taskArn }) => taskArn))).size).toBe(10_000);
  });

  it('362 with container instances', async () => {
    const { calls: made } = await calls(
      `{ clusters { nodes { clusterName status
           services { nodes { serviceName status tasks { nodes { taskArn lastStatus } } } }
           containerInstances { nodes { status } } } } }`,
    );
    const instances = { ListContainerInstances: 20, DescribeContainerInstances: 20 };
    expect(made).toMatchObject({ ListTasks: 100, DescribeTasks: 100, ...instances });
    expect(Object.values(made).reduce((sum, count) => sum + count)).toBe(362);
  });

  it('the calls of one for many at the same time, also where they only overlap', async () => {
    // A read that a busy machine starts a moment late finds the earlier reading.
    const sharing = await createWorld({ seed: 'fleet' }, { MAX_COST: '0', MEMORY_TTL: '1h', QUERY_DEADLINE: '60s' });
    const all = '{ clusters { nodes { clusterName status services { nodes { serviceName status } } } } }';
    const some = '{ clusters { nodes { runningTasksCount services(first: 30) { nodes { runningCount } } } } }';
    try {
      const answers = await Promise.all(
        [...Array(5).fill(all), some, some].map((query: string) => sharing.query(query)),
      );
      expect(answers.every(({ errors }) => errors === undefined)).toBe(true);
      expect(sharing.sandbox.calls()).toEqual({
        ListClusters: 1,
        DescribeClusters: 1,
        ListServices: 20,
        DescribeServices: 100,
      });
    } finally {
      await sharing.dispose();
    }
  });
});

interface Tree {
  readonly clusters: {
    readonly nodes: readonly {
      readonly services: {
        readonly nodes: readonly { readonly tasks: { readonly nodes: readonly { readonly taskArn: string }[] } }[];
      };
    }[];
  };
}
