import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { matchesTags, matchesText } from '../../../src/schema/search/string-filter.ts';
import { createFakeWorld } from '../../support/ecs/fake-ecs.ts';
import { createWorld, type World } from '../../support/gateway/world.ts';

describe('a filter of texts', () => {
  it.each([
    [{}, 'any', true],
    [null, 'any', true],
    [{ eq: 'web' }, 'web', true],
    [{ eq: 'web' }, 'Web', false],
    [{ in: ['web', 'api'] }, 'api', true],
    [{ in: [] }, 'api', false],
    [{ contains: 'EB' }, 'web', true],
    [{ startsWith: 'We' }, 'web', true],
    [{ startsWith: 'eb' }, 'web', false],
    [{ contains: 'e', startsWith: 'a' }, 'web', false],
    [{ contains: null }, 'web', true],
    [{ contains: '.*' }, 'web', false],
  ])('%j on %s: %s', (filter, text, expected) => {
    expect(matchesText(filter, text)).toBe(expected);
  });

  it('of tags wants each of them', () => {
    const tags = [{ key: 'team', value: 'shop' }, { key: 'tier' }];
    expect(matchesTags([{ key: 'team' }], tags)).toBe(true);
    expect(
      matchesTags(
        [
          { key: 'team', value: { eq: 'shop' } },
          { key: 'tier', value: { eq: '' } },
        ],
        tags,
      ),
    ).toBe(true);
    expect(matchesTags([{ key: 'team', value: { eq: 'else' } }], tags)).toBe(false);
    expect(matchesTags([{ key: 'Team' }], tags)).toBe(false);
    expect(matchesTags([], [])).toBe(true);
  });
});

interface Services {
  readonly services: {
    readonly nodes: readonly { readonly serviceName: string; readonly rollout: string; readonly createdAt: string }[];
    readonly totalCount: { readonly value: number; readonly precision: string };
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
  };
}

describe('on the fleet seed', () => {
  let world: World;
  beforeAll(async () => {
    // Answers are forgotten at once, and the lists of searches and counts are kept.
    world = await createWorld({ seed: 'fleet' }, { MEMORY_TTL: '1ms' });
  });
  afterAll(() => world.dispose());

  it('services are found by a part of their name for 21 calls, and then without calls', async () => {
    const find = (text: string) =>
      world.count<{
        search: {
          nodes: { name: string; clusterName: string }[];
          totalCount: { value: number; precision: string; asOf: string };
          asOf: string;
        };
      }>(
        `{ search(text: "${text}", kinds: [SERVICE], first: 10) { nodes { name clusterName } totalCount { value precision asOf } asOf } }`,
      );
    const cold = await find('ce-07');
    expect(cold.errors).toBeUndefined();
    expect(cold.calls).toEqual({ ListClusters: 1, ListServices: 20 });
    expect(cold.data?.search.nodes).toHaveLength(10);
    expect(cold.data?.search.nodes.every(({ name }) => name.includes('ce-07'))).toBe(true);
    expect(cold.data?.search.totalCount.precision).toBe('EXACT');
    expect(cold.data?.search.totalCount.asOf).toBe(cold.data?.search.asOf);
    const warm = await find('ce-08');
    expect(warm.errors).toBeUndefined();
    expect(warm.data?.search.nodes).toHaveLength(10);
    expect(warm.data?.search.asOf).toBe(cold.data?.search.asOf);
    expect(warm.calls).toEqual({});
  });

  it('a filter reads the lists for each page', async () => {
    const list = (after: string) =>
      world.count<Services>(
        `{ services(filter: { name: { contains: "ce-07" } }, first: 10, after: "${after}") { nodes { serviceName clusterArn } totalCount { precision } pageInfo { endCursor } } }`,
      );
    const first = await list('');
    expect(first.errors).toBeUndefined();
    expect(first.calls).toEqual({ ListClusters: 1, ListServices: 20 });
    expect(first.data?.services.nodes.every(({ serviceName }) => serviceName.includes('ce-07'))).toBe(true);
    expect(first.data?.services.totalCount.precision).toBe('EXACT');
    const second = await list(first.data?.services.pageInfo.endCursor ?? '');
    expect(second.data?.services.nodes).not.toEqual([]);
    expect(second.calls).toEqual({ ListClusters: 1, ListServices: 20 });
  });

  it('a write through the gateway shows at once in what is kept', async () => {
    const created = await world.query(`mutation { createService(input: {
      cluster: "fleet-02", serviceName: "brand-new-one", taskDefinition: "unit-fargate", desiredCount: 0, launchType: FARGATE,
      networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"] } } }) { service { serviceName } } }`);
    const { data } = await world.query<{ services: { nodes: object[] } }>(
      '{ services: search(text: "brand-new-one") { nodes { serviceName: name } } }',
    );
    expect(created.errors ?? data?.services.nodes).toEqual([{ serviceName: 'brand-new-one' }]);
  });

  it('lists are counted from their ARNs', async () => {
    // The page that is read beside the count is one of those that are counted.
    const world = await createWorld({ seed: 'fleet' }, { MEMORY_TTL: '60s' });
    onTestFinished(() => world.dispose());
    const { data, calls, errors } = await world.count<Record<string, { totalCount: object }>>(
      '{ services(first: 1) { totalCount { value precision } } clusters(first: 1) { totalCount { value precision } } }',
    );
    expect(errors).toBeUndefined();
    expect(data?.clusters?.totalCount).toEqual({ value: 20, precision: 'EXACT' });
    expect(data?.services?.totalCount).toEqual({ value: 1_000, precision: 'EXACT' });
    expect(calls.DescribeServices).toBeUndefined();
    const tasks = await world.count<Record<string, { totalCount: object }>>(
      '{ tasks(first: 0) { totalCount { value precision } } }',
    );
    expect(tasks.data?.tasks?.totalCount).toEqual({ value: 10_000, precision: 'EXACT' });
    expect(tasks.calls).toMatchObject({ ListTasks: 100 });
  });
});

describe('on the demo seed', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
  });
  afterAll(() => world.dispose());

  const list = (args: string, more = '') =>
    world.count<Services>(
      `{ services(${args}) { nodes { serviceName rollout createdAt runningCount ${more} } totalCount { value } pageInfo { hasNextPage endCursor } } }`,
    );

  it('services are filtered by rollout, tags, image, launch type and strategy', async () => {
    const all = await list('first: 500', 'tags { key value } launchType schedulingStrategy images { raw }');
    interface Node {
      readonly serviceName: string;
      readonly rollout: string;
      readonly tags: { key: string; value: string }[];
      readonly launchType: string | null;
      readonly schedulingStrategy: string;
      readonly images: { raw: string }[];
    }
    const nodes = (all.data?.services.nodes ?? []) as unknown as Node[];
    expect(nodes.length).toBeGreaterThan(10);
    const [tag] = nodes.flatMap(({ tags }) => tags);
    const image = nodes[0]?.images[0]?.raw ?? '';
    const cases: readonly (readonly [string, (node: Node) => boolean])[] = [
      ['status: [ACTIVE]', () => true],
      ['rollout: [DEPLOYING]', ({ rollout }) => rollout === 'DEPLOYING'],
      [
        `tags: [{ key: "${tag?.key}", value: { eq: "${tag?.value}" } }]`,
        ({ tags }) => tags.some(({ key, value }) => key === tag?.key && value === tag.value),
      ],
      ['launchType: [FARGATE]', ({ launchType }) => launchType === 'FARGATE'],
      ['schedulingStrategy: [DAEMON]', ({ schedulingStrategy }) => schedulingStrategy === 'DAEMON'],
      [`image: "${image}"`, ({ images }) => images.some(({ raw }) => raw === image)],
    ];
    for (const [filter, holds] of cases) {
      const { data, errors } = await list(`filter: { ${filter} }, first: 500`);
      expect(errors).toBeUndefined();
      const expected = nodes.filter(holds).map(({ serviceName }) => serviceName);
      expect(expected.length, filter).toBeGreaterThan(0);
      expect(data?.services.nodes.map(({ serviceName }) => serviceName).sort(), filter).toEqual(expected.sort());
      expect(data?.services.totalCount.value, filter).toBe(expected.length);
    }
  });

  it('another status than ACTIVE matches what an emulator lists, and nothing of ECS', async () => {
    const { data, calls } = await list('filter: { name: { eq: "cart" }, status: [DRAINING, INACTIVE] }');
    expect(data?.services).toMatchObject({ nodes: [], totalCount: { value: 0 } });
    expect(calls).toMatchObject({ DescribeServices: 1 });
    const arn = (name: string) => `arn:aws:ecs:us-east-1:123456789012:service/main/${name}`;
    const services = [
      { serviceArn: arn('up'), status: 'ACTIVE' },
      { serviceArn: arn('gone'), status: 'INACTIVE' },
    ];
    const answers: Record<string, object> = {
      ListServices: { serviceArns: services.map(({ serviceArn }) => serviceArn) },
      DescribeServices: { services },
    };
    await using fake = await createFakeWorld((operation) => answers[operation] ?? {});
    const { data: found } = await fake.query(
      '{ services(clusters: ["main"], filter: { status: [INACTIVE] }) { nodes { serviceName status } } }',
    );
    expect(found).toEqual({ services: { nodes: [{ serviceName: 'gone', status: 'INACTIVE' }] } });
  });

  it('describe only what a name lets through', async () => {
    const { calls, data } = await list('clusters: ["storefront"], filter: { name: { eq: "cart" }, rollout: [STEADY] }');
    expect(data?.services.nodes).toHaveLength(1);
    expect(calls).toEqual({ ListServices: 1, DescribeServices: 1 });
  });

  it('sorted lists go through all pages both ways, whatever is deleted between the pages', async () => {
    for (const orderBy of ['NAME', 'CREATED_AT', 'ROLLOUT']) {
      for (const direction of ['ASC', 'DESC']) {
        const whole = await list(`orderBy: ${orderBy}, direction: ${direction}, first: 500`);
        const names = whole.data?.services.nodes.map(({ serviceName }) => serviceName) ?? [];
        const paged: string[] = [];
        let after = '';
        do {
          const { data, errors } = await list(
            `orderBy: ${orderBy}, direction: ${direction}, first: 3, after: "${after}"`,
          );
          expect(errors).toBeUndefined();
          paged.push(...(data?.services.nodes.map(({ serviceName }) => serviceName) ?? []));
          after = data?.services.pageInfo.hasNextPage ? data.services.pageInfo.endCursor : '';
        } while (after !== '');
        expect(paged, `${orderBy} ${direction}`).toEqual(names);
        expect(names.length).toBeGreaterThan(10);
      }
    }
    const first = await list('orderBy: NAME, first: 2');
    const rest = await list('orderBy: NAME, first: 500');
    const [, last] = first.data?.services.nodes ?? [];
    // The last one shown is deleted: the next page goes on behind its place.
    const { cluster } = await world.data<{ cluster: { clusterName: string } }>(
      '{ cluster(cluster: "storefront") { clusterName } }',
    );
    expect(cluster.clusterName).toBe('storefront');
    const found = await world.data<{ search: { nodes: { clusterName: string }[] } }>(
      `{ search(text: "${last?.serviceName}", kinds: [SERVICE]) { nodes { clusterName } } }`,
    );
    await world.query(
      `mutation { deleteService(input: { cluster: "${found.search.nodes[0]?.clusterName}", service: "${last?.serviceName}", force: true }) { service { status } } }`,
    );
    const next = await list(`orderBy: NAME, first: 500, after: "${first.data?.services.pageInfo.endCursor}"`);
    expect(next.data?.services.nodes.map(({ serviceName }) => serviceName)).toEqual(
      rest.data?.services.nodes.slice(2).map(({ serviceName }) => serviceName),
    );
  });

  it('a cursor of another filter is refused, and so is an order with a missing cluster', async () => {
    const { data } = await list('orderBy: NAME, first: 1');
    const other = await list(`orderBy: CREATED_AT, after: "${data?.services.pageInfo.endCursor}"`);
    expect(other.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'after' });
    const missing = await list('clusters: ["nope"], orderBy: NAME');
    expect(missing.errors?.[0]?.extensions).toMatchObject({ code: 'NOT_FOUND', argument: 'clusters' });
  });

  it('a search finds names of all kinds, the best first, and nodes for no call where only names are read', async () => {
    const { data, calls, errors } = await world.count<{
      search: { nodes: Record<string, unknown>[]; totalCount: object };
    }>(
      '{ search(text: "Storefront") { nodes { kind name clusterName node { __typename ... on Service { serviceName } ... on Cluster { clusterName } } } totalCount { value precision } } }',
    );
    expect(errors).toBeUndefined();
    expect(data?.search.nodes.slice(0, 3)).toEqual([
      {
        kind: 'CLUSTER',
        name: 'storefront',
        clusterName: 'storefront',
        node: { __typename: 'Cluster', clusterName: 'storefront' },
      },
      {
        kind: 'SERVICE',
        name: 'storefront',
        clusterName: 'storefront',
        node: { __typename: 'Service', serviceName: 'storefront' },
      },
      { kind: 'TASK_DEFINITION_FAMILY', name: 'storefront', clusterName: null, node: { __typename: 'TaskDefinition' } },
    ]);
    const { ListServices = 0, ...others } = calls;
    expect(ListServices).toBeGreaterThan(0);
    expect(others).toEqual({ ListClusters: 1, ListTaskDefinitionFamilies: 1 });
    const family = await world.data(
      '{ search(text: "storefront", kinds: [TASK_DEFINITION_FAMILY]) { nodes { node { ... on TaskDefinition { family revision } } } } }',
    );
    expect(family).toEqual({ search: { nodes: [{ node: { family: 'storefront', revision: 3 } }] } });
  });

  it('finds a task and an instance by their ids', async () => {
    const known = await world.data<{
      tasks: { nodes: { taskId: string; taskArn: string }[] };
      containerInstances: { nodes: { ec2InstanceId: string; containerInstanceArn: string }[] };
    }>(
      '{ tasks(clusters: ["storefront"], first: 1) { nodes { taskId taskArn } } containerInstances(clusters: ["platform"], first: 1) { nodes { ec2InstanceId containerInstanceArn } } }',
    );
    const [task] = known.tasks.nodes;
    const [instance] = known.containerInstances.nodes;
    const find = (text: string) =>
      world.data<{ search: { nodes: object[] } }>(
        `{ search(text: "${text}") { nodes { kind name clusterName node { ... on Task { taskArn } ... on ContainerInstance { containerInstanceArn } } } } }`,
      );
    expect((await find(task?.taskId ?? '')).search.nodes).toEqual([
      { kind: 'TASK', name: task?.taskId, clusterName: 'storefront', node: { taskArn: task?.taskArn } },
    ]);
    expect((await find(instance?.ec2InstanceId ?? '')).search.nodes).toEqual([
      expect.objectContaining({
        kind: 'CONTAINER_INSTANCE',
        clusterName: 'platform',
        node: { containerInstanceArn: instance?.containerInstanceArn },
      }),
    ]);
    const empty = await world.query('{ search(text: " ") { nodes { name } } }');
    expect(empty.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'text' });
  });
});

describe('a search for images', () => {
  it('finds the latest revisions that use one, if it is asked for', async () => {
    const world = await createWorld();
    const hits = (kinds: string) =>
      world.count<{ search: { nodes: { kind: string; name: string; node: { family: string } | null }[] } }>(
        `{ search(text: "CART:"${kinds}) { nodes { kind name node { ... on TaskDefinition { family } } } } }`,
      );
    const { data, calls } = await hits(', kinds: [IMAGE]');
    expect(data?.search.nodes).toEqual([
      { kind: 'IMAGE', name: expect.stringContaining('cart:'), node: { family: 'cart' } },
    ]);
    expect(calls.ListTaskDefinitionFamilies).toBe(1);
    const unasked = await hits('');
    expect(unasked.data?.search.nodes).toEqual([]);
    expect(unasked.calls.DescribeTaskDefinition).toBeUndefined();
    await world.dispose();
  });
});

describe('a filter by rollout', () => {
  it('takes no UNRECOGNIZED', async () => {
    const world = await createWorld();
    const { errors } = await world.query('{ services(filter: { rollout: [UNRECOGNIZED] }) { nodes { id } } }');
    expect(errors?.[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
    await world.dispose();
  });
});
