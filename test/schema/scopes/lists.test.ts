import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BANK, createFleet, type Fleet, SHOP } from '../../support/gateway/fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await createFleet();
});
afterAll(() => fleet.dispose());

interface Page {
  readonly nodes: readonly Readonly<Record<string, string>>[];
  readonly edges: readonly { readonly cursor: string; readonly node: Readonly<Record<string, string>> }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly totalCount: { readonly value: number; readonly precision: string };
}

interface Ran<Data> {
  readonly data: Data | null | undefined;
  readonly errors: readonly { readonly message: string }[];
  readonly calls: Record<string, number> | undefined;
}

async function run<Data>(query: string, variables?: Record<string, unknown>): Promise<Ran<Data>> {
  const { data, errors = [], extensions } = await fleet.query<Data>(query, variables);
  const { byScope } = (extensions?.ecs ?? {}) as { byScope?: Record<string, number> };
  return { data, errors, calls: byScope };
}

const ALL = [
  `${SHOP.account}/eu-west-1`,
  `${SHOP.account}/us-east-1`,
  `${BANK.account}/eu-west-1`,
  `${BANK.account}/us-east-1`,
];
const scopeOf = (arn = '') => {
  const [, , , region, account] = arn.split(':');
  return `${account}/${region}`;
};

describe('a list over all accounts and regions', () => {
  it('holds the items of each, in the order of the file, for the calls of each', async () => {
    const { data, calls } = await run<{ clusters: Page }>(
      '{ clusters { nodes { clusterArn status } pageInfo { hasNextPage endCursor } totalCount { value precision } } }',
    );
    const found = data?.clusters.nodes.map(({ clusterArn }) => scopeOf(clusterArn)) ?? [];
    expect(found).toEqual(ALL.flatMap((scope) => [scope, scope, scope]));
    expect(data?.clusters.pageInfo).toEqual({ hasNextPage: false, endCursor: expect.any(String) });
    expect(data?.clusters.totalCount).toEqual({ value: 12, precision: 'EXACT' });
    // ListClusters and DescribeClusters
    expect(calls).toEqual(Object.fromEntries(ALL.map((scope) => [scope, 2])));
  });

  it('is paged with every item once, whatever the size of the pages', async () => {
    const whole = await run<{ services: Page }>('{ services(first: 1000) { nodes { serviceArn } } }');
    const all = whole.data?.services.nodes.map(({ serviceArn }) => serviceArn).sort();
    expect(all).toHaveLength(48);
    for (const first of [1, 3, 7, 20]) {
      const seen: (string | undefined)[] = [];
      let after: string | null = null;
      for (let pages = 0; pages === 0 || after !== null; pages += 1) {
        expect(pages).toBeLessThan(60);
        const answer: Ran<{ services: Page }> = await run<{ services: Page }>(
          'query ($first: Int, $after: String) { services(first: $first, after: $after) { edges { cursor node { serviceArn } } pageInfo { hasNextPage endCursor } } }',
          { first, after },
        );
        const { data, errors } = answer;
        expect(errors).toEqual([]);
        const { edges = [], pageInfo } = data?.services ?? {};
        expect(edges.length).toBeLessThanOrEqual(first);
        expect(edges.at(-1)?.cursor).toBe(pageInfo?.endCursor ?? undefined);
        seen.push(...edges.map(({ node }) => node.serviceArn));
        after = pageInfo?.hasNextPage === true ? pageInfo.endCursor : null;
      }
      expect([...seen].sort()).toEqual(all);
    }
  });

  it('goes on after any of its items', async () => {
    const page =
      'query ($after: String) { clusters(first: 12, after: $after) { edges { cursor node { clusterArn } } pageInfo { hasNextPage endCursor } } }';
    const { data } = await run<{ clusters: Page }>(page);
    const edges = data?.clusters.edges ?? [];
    for (const [index, { cursor }] of edges.entries()) {
      const rest = await run<{ clusters: Page }>(page, { after: cursor });
      expect(rest.data?.clusters.edges.map(({ node }) => node.clusterArn)).toEqual(
        edges.slice(index + 1).map(({ node }) => node.clusterArn),
      );
    }
  });

  it('reads no more than its share of each, and no scope that the page does not need', async () => {
    const { data, calls } = await run<{ tasks: Page }>('{ tasks(first: 2) { nodes { taskArn } } }');
    expect(data?.tasks.nodes).toHaveLength(2);
    expect(Object.keys(calls ?? {})).toEqual([`${SHOP.account}/eu-west-1`, `${SHOP.account}/us-east-1`]);
  });

  it('is restricted by accounts, regions, and ARNs in its arguments', async () => {
    const clusters = async (args: string) => {
      const { data, calls } = await run<{ clusters: Page }>(`{ clusters(${args}) { nodes { clusterArn } } }`);
      return [
        [...new Set(data?.clusters.nodes.map(({ clusterArn }) => scopeOf(clusterArn)))],
        Object.keys(calls ?? {}),
      ];
    };
    expect(await clusters('accounts: ["bank"]')).toEqual([ALL.slice(2), ALL.slice(2)]);
    expect(await clusters(`accounts: ["${BANK.account}", "shop"], regions: ["us-east-1"]`)).toEqual([
      [ALL[1], ALL[3]],
      [ALL[1], ALL[3]],
    ]);
    const inBank = `arn:aws:ecs:us-east-1:${BANK.account}:cluster/storefront`;
    const inShop = `arn:aws:ecs:eu-west-1:${SHOP.account}:cluster/platform`;
    const { data, calls } = await run<{ services: Page }>(
      `{ services(clusters: ["${inBank}", "${inShop}"]) { nodes { serviceArn } } }`,
    );
    expect([...new Set(data?.services.nodes.map(({ serviceArn }) => scopeOf(serviceArn)))]).toEqual([ALL[0], ALL[3]]);
    // ListServices of one cluster each.
    expect(calls).toEqual({ [`${SHOP.account}/eu-west-1`]: 1, [`${BANK.account}/us-east-1`]: 1 });
  });

  it('of a cluster that only one account has leaves the others out', async () => {
    await run(
      'mutation { createCluster(account: "bank", input: { clusterName: "only-here" }) { cluster { clusterArn } } }',
    );
    await run(
      'mutation { createService(account: "bank", input: { cluster: "only-here", serviceName: "one", taskDefinition: "legacy-billing", launchType: EC2, desiredCount: 0 }) { service { serviceArn } } }',
    );
    const { data, errors } = await run<{ services: Page }>(
      '{ services(clusters: ["only-here"]) { nodes { serviceArn } } }',
    );
    expect(errors).toEqual([]);
    expect(data?.services.nodes).toEqual([
      { serviceArn: `arn:aws:ecs:eu-west-1:${BANK.account}:service/only-here/one` },
    ]);
    const nowhere = await run<{ services: Page }>('{ services(clusters: ["nowhere"]) { nodes { serviceArn } } }');
    const account = [SHOP.account, SHOP.account, BANK.account, BANK.account];
    const scopes = ALL.map((scope, at) => ({ account: account[at], region: scope.split('/')[1], code: 'NOT_FOUND' }));
    expect(nowhere.errors).toMatchObject([{ extensions: { code: 'NOT_FOUND', scope: { alias: 'shop' }, scopes } }]);
    expect(nowhere.errors[0]?.message).toBe(
      'Cluster not found (cluster "nowhere") (in account "shop" in eu-west-1, account "shop" in us-east-1, account "bank" in eu-west-1 and account "bank" in us-east-1).',
    );
  });

  it('refuses unknown accounts and foreign cursors without a call', async () => {
    for (const [query, message] of [
      ['{ clusters(accounts: ["nope"]) { nodes { clusterArn } } }', /"accounts" names "nope"/],
      ['{ clusters(accounts: []) { nodes { clusterArn } } }', /"accounts" is empty/],
      ['{ clusters(regions: ["eu-central-1"]) { nodes { clusterArn } } }', /"regions" names "eu-central-1"/],
      ['{ clusters(after: "bm8") { nodes { clusterArn } } }', /"after" is not a cursor/],
    ] as const) {
      const { errors, calls } = await run(query);
      expect(errors).toMatchObject([
        { message: expect.stringMatching(message), extensions: { code: 'BAD_USER_INPUT' } },
      ]);
      expect(calls).toEqual({});
    }
    const { data } = await run<{ clusters: Page }>('{ clusters(first: 2) { pageInfo { endCursor } } }');
    const other = await run('query ($after: String) { services(after: $after) { nodes { serviceArn } } }', {
      after: data?.clusters.pageInfo.endCursor,
    });
    expect(other.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'after' } }]);
  });
});

describe('what is counted and searched over all accounts and regions', () => {
  it('is added up', async () => {
    const numbers =
      '{ overview%s { clusterCount serviceCount taskCounts { running pending } serviceCounts { total steady } failedTaskCount } }';
    const all = await run<{ overview: Record<string, unknown> }>(numbers.replace('%s', '(clusters: ["storefront"])'));
    const one = await run<{ overview: Record<string, unknown> }>(
      numbers.replace('%s', '(clusters: ["storefront"], accounts: ["shop"], regions: ["us-east-1"])'),
    );
    const times4 = (value: unknown): unknown =>
      typeof value === 'number'
        ? value * 4
        : Object.fromEntries(Object.entries(value as object).map(([name, part]) => [name, times4(part)]));
    expect(all.data?.overview).toMatchObject({ clusterCount: 4, serviceCount: 20 });
    expect(one.data?.overview).toMatchObject({ clusterCount: 1 });
    // Only one service was scaled, in another account.
    const { clusterCount, serviceCount, serviceCounts } = one.data?.overview ?? {};
    expect(all.data?.overview).toMatchObject({
      clusterCount: times4(clusterCount),
      serviceCount: times4(serviceCount),
      serviceCounts: { total: times4((serviceCounts as { total: number }).total) },
    });
  });

  it('finds the users of an image, hits of a search, and stopped tasks in each', async () => {
    const { data, errors } = await run<{ imageUsage: { services: Page }; search: Page; stoppedTasks: Page }>(`{
      imageUsage(image: "registry.example/checkout") { image services { nodes { serviceArn cluster { clusterName } } } }
      search(text: "checkout", kinds: [SERVICE]) { nodes { name node { ... on Service { serviceArn desiredCount } } } }
      stoppedTasks { nodes { taskArn stoppedReason } }
      stopReasons { count reason latest { taskArn } services { serviceArn } }
    }`);
    expect(errors).toEqual([]);
    const hits = (data?.search.nodes ?? []) as unknown as { node: { serviceArn: string } }[];
    expect(hits.map(({ node }) => scopeOf(node.serviceArn))).toEqual(ALL);
    const stopped = data?.stoppedTasks.nodes.map(({ taskArn }) => scopeOf(taskArn)) ?? [];
    expect([...new Set(stopped)]).toEqual(ALL);
    const reasons = (data as unknown as { stopReasons: { latest: { taskArn: string } }[] }).stopReasons;
    expect(new Set(reasons.map(({ latest }) => scopeOf(latest.taskArn)))).toEqual(new Set(ALL));
  });
});

describe('a scope that cannot be read', () => {
  it('is an error beside the items of the others, and degrades alone', async () => {
    const away = {
      ...BANK,
      alias: 'away',
      account: '333333333333',
      regions: ['eu-west-1'],
      endpoint: 'http://127.0.0.1:9',
    };
    const broken = await createFleet([{ ...SHOP, regions: ['eu-west-1'] }, away], {}, {});
    try {
      const { data, errors } = await broken.query<{ clusters: Page }>(
        '{ clusters { nodes { clusterArn } pageInfo { hasNextPage } totalCount { value } } }',
      );
      expect(data?.clusters.nodes).toHaveLength(3);
      expect(data?.clusters.pageInfo.hasNextPage).toBe(false);
      expect(errors).toMatchObject([
        {
          path: ['clusters'],
          extensions: {
            code: 'UPSTREAM_UNAVAILABLE',
            scope: { alias: 'away', account: '333333333333', region: 'eu-west-1' },
          },
        },
        { path: ['clusters', 'totalCount'], extensions: { scope: { alias: 'away' } } },
      ]);
      const { data: states } = await broken.query<{ scopes: object[] }>(
        '{ scopes { alias account region isDefault state degradedReason credentialsExpireAt rateBudget { region } } }',
      );
      expect(states?.scopes).toEqual([
        {
          alias: 'shop',
          account: SHOP.account,
          region: 'eu-west-1',
          isDefault: true,
          state: 'READY',
          degradedReason: null,
          credentialsExpireAt: null,
          rateBudget: null,
        },
        {
          alias: 'away',
          account: '333333333333',
          region: 'eu-west-1',
          isDefault: false,
          state: 'DEGRADED',
          degradedReason: expect.stringContaining('ECS could not be reached'),
          credentialsExpireAt: null,
          rateBudget: null,
        },
      ]);
      const ready = await broken.app.fetch(new Request('http://127.0.0.1/readyz'));
      expect(ready.status).toBe(200);
      const only = await broken.query('{ clusters(accounts: ["away"]) { nodes { clusterArn } } }');
      expect(only.errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE', scope: { alias: 'away' } } }]);
    } finally {
      await broken.dispose();
    }
  });
});
