import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../support/gateway/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld({ seed: 'demo' });
});
afterAll(() => world.dispose());

interface Page {
  readonly nodes: readonly { readonly arn: string }[];
  readonly pageInfo: { readonly endCursor: string; readonly hasNextPage: boolean };
}

const LISTS = {
  services: 'arn: serviceArn',
  tasks: 'arn: taskArn',
  containerInstances: 'arn: containerInstanceArn',
} as const;

describe.each(Object.entries(LISTS))('%s', (list, arn) => {
  const inClusters = async () => {
    const { clusters } = await world.data<{ clusters: { nodes: { clusterName: string; list: Page }[] } }>(
      `{ clusters { nodes { clusterName list: ${list}(first: 100) { nodes { ${arn} } } } } }`,
    );
    return clusters.nodes;
  };

  it('covers every cluster if no name is given, in the order of their names', async () => {
    const found = await world.data<Record<string, Page>>(`{ ${list}(first: 1000) { nodes { ${arn} } } }`);
    const expected = (await inClusters()).toSorted((a, b) => (a.clusterName < b.clusterName ? -1 : 1));
    expect(found[list]?.nodes).toEqual(expected.flatMap(({ list: { nodes } }) => nodes));
    expect(found[list]?.nodes.length).toBeGreaterThan(3);
  });

  it('is the same read page by page', async () => {
    const whole = await world.data<Record<string, Page>>(`{ ${list}(first: 1000) { nodes { ${arn} } } }`);
    const read: { arn: string }[] = [];
    let after: string | undefined;
    do {
      const data = await world.data<Record<string, Page>>(
        `query ($after: String) { ${list}(first: 3, after: $after) { nodes { ${arn} } pageInfo { endCursor hasNextPage } } }`,
        { after },
      );
      const page = data[list] as Page;
      read.push(...page.nodes);
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : undefined;
    } while (after !== undefined);
    expect(read).toEqual(whole[list]?.nodes);
  });

  it('is narrowed by names, ARNs and ids, and refuses what names no cluster', async () => {
    const { cluster } = await world.data<{ cluster: { id: string; clusterArn: string } }>(
      '{ cluster(cluster: "platform") { id clusterArn } }',
    );
    const expected = (await inClusters()).find(({ clusterName }) => clusterName === 'platform')?.list.nodes;
    for (const named of ['platform', cluster.clusterArn, cluster.id]) {
      const data = await world.data<Record<string, Page>>(
        `query ($c: [ID!]) { ${list}(clusters: $c, first: 1000) { nodes { ${arn} } } }`,
        { c: [named] },
      );
      expect(data[list]?.nodes).toEqual(expected);
    }
    const missing = await world.query(`{ ${list}(clusters: ["platform", "nope"]) { nodes { ${arn} } } }`);
    expect(missing).toMatchObject({
      data: { [list]: null },
      errors: [{ message: expect.stringContaining('"nope"'), extensions: { code: 'NOT_FOUND', argument: 'clusters' } }],
    });
    const empty = await world.query(`{ ${list}(clusters: []) { nodes { ${arn} } } }`);
    expect(empty.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'clusters' } }]);
  });
});

describe('users of something', () => {
  const USERS = `{ taskDefinition(taskDefinition: "checkout") { image: containerDefinitions { image }
    services { nodes { serviceName } } tasks { nodes { cluster { clusterName } } } } }`;

  it('are found in whichever cluster they are', async () => {
    const { taskDefinition } = await world.data<{
      taskDefinition: { image: { image: string }[]; services: object; tasks: { nodes: object[] } };
    }>(USERS);
    expect(taskDefinition.services).toEqual({ nodes: [{ serviceName: 'checkout' }] });
    expect(taskDefinition.tasks.nodes[0]).toEqual({ cluster: { clusterName: 'storefront' } });
    const image = taskDefinition.image[0]?.image;
    const { imageUsage } = await world.data<{ imageUsage: { services: object; tasks: { nodes: object[] } } }>(
      `query ($image: String!) { imageUsage(image: $image) { services { nodes { serviceName } } tasks { nodes { id } } } }`,
      { image },
    );
    expect(imageUsage.services).toEqual({ nodes: [{ serviceName: 'checkout' }] });
    expect(imageUsage.tasks.nodes.length).toBeGreaterThan(0);
  });

  it('are sought in no more clusters than is allowed', async () => {
    const small = await createWorld({ seed: 'demo' }, { MAX_CLUSTERS: '2' });
    try {
      const { errors, calls } = await small.count('{ imageUsage(image: "x") { services { nodes { id } } } }');
      expect(errors).toMatchObject([
        {
          message: expect.stringMatching(/`MAX_CLUSTERS` allows 2/),
          extensions: { code: 'QUERY_TOO_EXPENSIVE', argument: 'clusters' },
        },
      ]);
      expect(calls).toEqual({ ListClusters: 1 });
      const named = await small.query(
        '{ imageUsage(image: "x") { services(clusters: ["platform"]) { nodes { id } } } }',
      );
      expect(named.errors).toBeUndefined();
    } finally {
      await small.dispose();
    }
  });
});

describe('a filter by an id or ARN', () => {
  it('contains the cluster, and one by a bare name is looked up in all', async () => {
    const { service } = await world.data<{ service: { id: string; serviceArn: string } }>(
      '{ service(cluster: "storefront", service: "checkout") { id serviceArn } }',
    );
    const query = 'query ($s: ID) { tasks(serviceName: $s) { nodes { cluster { clusterName } } } }';
    for (const serviceName of [service.id, service.serviceArn]) {
      const { data, calls } = await world.count<{ tasks: { nodes: object[] } }>(query, { s: serviceName });
      expect(data?.tasks.nodes[0]).toEqual({ cluster: { clusterName: 'storefront' } });
      expect(calls).toEqual({ ListTasks: 1 });
    }
    const { data } = await world.count<{ tasks: { nodes: object[] } }>(query, { s: 'checkout' });
    expect(new Set(data?.tasks.nodes.map((node) => JSON.stringify(node)))).toEqual(
      new Set(['{"cluster":{"clusterName":"storefront"}}']),
    );
    const nowhere = await world.query(query, { s: 'no-such-service' });
    expect(nowhere.errors).toMatchObject([{ extensions: { code: 'NOT_FOUND', argument: 'serviceName' } }]);
    const other = await world.query(
      'query ($s: ID) { tasks(clusters: ["platform"], serviceName: $s) { nodes { id } } }',
      {
        s: service.id,
      },
    );
    expect(other.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'clusters' } }]);
  });
});
