import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../../support/gateway/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld({ seed: 'fleet' });
});
afterAll(() => world.dispose());

interface Page {
  nodes: { taskArn: string }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

/** Follows a list of task ARNs to its end. */
async function followAll(field: string, select: (data: never) => Page, first: number): Promise<string[]> {
  const arns: string[] = [];
  let after: string | null = null;
  do {
    const query = `query ($first: Int, $after: String) { ${field} }`.replace(
      'PAGE',
      'nodes { taskArn } pageInfo { hasNextPage endCursor }',
    );
    const { data, errors } = await world.query(query, { first, after });
    expect(errors).toBeUndefined();
    const page = select(data as never);
    arns.push(...page.nodes.map(({ taskArn }) => taskArn));
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
  return arns;
}

describe('paging', () => {
  it.each([70, 100, 333, 1_000])('shows all 500 tasks of a cluster once, %i at a time', async (first) => {
    const { data } = await world.query<{ clusters: { nodes: { clusterName: string }[] } }>(
      '{ clusters(first: 1) { nodes { clusterName } } }',
    );
    const cluster = data?.clusters.nodes[0]?.clusterName;
    const field = `tasks(clusters: ["${cluster}"], first: $first, after: $after) { PAGE }`;
    const arns = await followAll(field, ({ tasks }: { tasks: Page }) => tasks, first);
    expect(arns).toHaveLength(500);
    expect(new Set(arns).size).toBe(500);
  });

  it.each([
    ['a list that ECS pages', 'clusters(first: 0, after: "")', { ListClusters: 1 }],
    ['a list that is read whole', 'taskDefinitionFamilies(first: 0, after: "")', { ListTaskDefinitionFamilies: 1 }],
  ])('gives an empty page of %s, which says that more is there', async (_list, field, calls) => {
    const { data, errors, ...answer } = await world.count(
      `{ list: ${field} { edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`,
    );
    const pageInfo = { hasNextPage: true, hasPreviousPage: false, startCursor: null, endCursor: null };
    expect([data, errors]).toEqual([{ list: { edges: [], pageInfo } }, undefined]);
    expect(answer.calls).toEqual(calls);
  });

  it('takes an empty cursor for the start of the list', async () => {
    const names = async (after: string) => {
      const { data } = await world.query(
        `{ clusters(first: 2${after}) { nodes { clusterName } pageInfo { hasPreviousPage } } }`,
      );
      return data;
    };
    expect(await names(', after: ""')).toEqual(await names(''));
  });

  it('goes on where it stopped in a list that is read whole', async () => {
    const { data } = await world.query<{ clusters: { nodes: { services: { nodes: { serviceArn: string }[] } }[] } }>(
      '{ clusters(first: 1) { nodes { services(first: 1) { nodes { serviceArn } } } } }',
    );
    const arn = data?.clusters.nodes[0]?.services.nodes[0]?.serviceArn;
    const field = `service(service: "${arn}") { tasks(first: $first, after: $after) { PAGE } }`;
    const byThree = await followAll(field, ({ service }: { service: { tasks: Page } }) => service.tasks, 3);
    const atOnce = await followAll(field, ({ service }: { service: { tasks: Page } }) => service.tasks, 100);
    expect(byThree).toHaveLength(10);
    expect(byThree).toEqual(atOnce);
    expect(byThree).toEqual([...byThree].sort());
  });

  it('refuses the cursor of another list, and of the same list with other filters', async () => {
    const { data } = await world.query<{ clusters: { pageInfo: { endCursor: string } } }>(
      '{ clusters(first: 2) { pageInfo { endCursor } } }',
    );
    const after = data?.clusters.pageInfo.endCursor;
    for (const field of ['taskDefinitions', 'services']) {
      const { errors } = await world.query(`query ($after: String) { ${field}(after: $after) { nodes { id } } }`, {
        after,
      });
      expect(errors?.[0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', argument: 'after' } });
    }
  });

  it('reads no more pages than the first items need', async () => {
    const { data } = await world.query<{ clusters: { nodes: { clusterName: string }[] } }>(
      '{ clusters(first: 1) { nodes { clusterName } } }',
    );
    const cluster = data?.clusters.nodes[0]?.clusterName;
    const { calls } = await world.count(`{ tasks(clusters: ["${cluster}"], first: 150) { nodes { lastStatus } } }`);
    expect(calls).toEqual({ ListTasks: 2, DescribeTasks: 2 });
  });

  it('reads no page twice where it goes on behind a whole one', async () => {
    const { data } = await world.query<{ clusters: { nodes: { clusterName: string }[] } }>(
      '{ clusters(first: 1) { nodes { clusterName } } }',
    );
    world.sandbox.resetCalls();
    const field = `tasks(clusters: ["${data?.clusters.nodes[0]?.clusterName}"], first: $first, after: $after) { PAGE }`;
    await followAll(field, ({ tasks }: { tasks: Page }) => tasks, 100);
    expect(world.sandbox.calls()).toEqual({ ListTasks: 5 });
  });
});
