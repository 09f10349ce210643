import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BANK, createFleet, type Fleet, SHOP } from '../../support/gateway/fleet.ts';

const arn = (account: string, region: string, rest: string) => `arn:aws:ecs:${region}:${account}:${rest}`;
const BANK_US = (rest: string) => arn(BANK.account, 'us-east-1', rest);
const SHOP_EU = (rest: string) => arn(SHOP.account, 'eu-west-1', rest);

interface Failed {
  readonly code: string;
  readonly message: string;
}

let fleet: Fleet;
beforeAll(async () => {
  fleet = await createFleet();
});
afterAll(() => fleet.dispose());

/** The data, the errors and the calls in each scope of an operation. */
async function run<Data>(query: string, variables?: Record<string, unknown>) {
  const { data, errors = [], extensions } = await fleet.query<Data>(query, variables);
  const { byScope } = (extensions?.ecs ?? {}) as { byScope?: Record<string, number> };
  const failed = errors.map(({ message, extensions: { code } }): Failed => ({ code: String(code), message }));
  return { data, errors, failed, calls: byScope };
}

describe('a look-up', () => {
  it('by ARN reads the account and region of the ARN, and so do the links below it', async () => {
    const { data, calls } = await run<{ service: object }>(
      `query ($service: ID!) {
        service(service: $service) {
          serviceArn
          cluster { clusterArn registeredContainerInstancesCount }
          taskDefinition { taskDefinitionArn containerDefinitions { name } }
          tasks(first: 1) { nodes { taskArn containers { name } service { serviceArn desiredCount } } }
        }
      }`,
      { service: BANK_US('service/storefront/cart') },
    );
    expect(data).toMatchObject({
      service: {
        serviceArn: BANK_US('service/storefront/cart'),
        cluster: { clusterArn: BANK_US('cluster/storefront') },
        taskDefinition: { taskDefinitionArn: expect.stringContaining(BANK_US('task-definition/')) },
        tasks: { nodes: [{ taskArn: expect.stringContaining(BANK_US('task/storefront/')) }] },
      },
    });
    // DescribeServices, DescribeClusters, DescribeTaskDefinition, ListTasks, DescribeTasks
    expect(calls).toEqual({ [`${BANK.account}/us-east-1`]: 5 });
  });

  it('by id reads the account and region of the id', async () => {
    const found = await run<{ cluster: { id: string } }>(
      '{ cluster(account: "bank", region: "us-east-1", cluster: "storefront") { id } }',
    );
    const id = found.data?.cluster.id;
    const { data, calls } = await run('query ($id: ID!) { node(id: $id) { ... on Cluster { clusterArn status } } }', {
      id,
    });
    expect(data).toEqual({ node: { clusterArn: BANK_US('cluster/storefront'), status: 'ACTIVE' } });
    expect(calls).toEqual({ [`${BANK.account}/us-east-1`]: 1 });
  });

  it('of several ids reads each in its own account and region, in their order', async () => {
    const own = await run<{ shop: { id: string }; bank: { id: string } }>(`{
      shop: cluster(cluster: "storefront") { id }
      bank: cluster(account: "bank", region: "us-east-1", cluster: "storefront") { id }
    }`);
    const { shop, bank } = own.data ?? {};
    const { data, calls } = await run(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Cluster { clusterArn status } } }',
      {
        ids: [bank?.id, shop?.id, bank?.id],
      },
    );
    expect(data).toMatchObject({
      nodes: [
        { clusterArn: BANK_US('cluster/storefront') },
        { clusterArn: SHOP_EU('cluster/storefront') },
        { clusterArn: BANK_US('cluster/storefront') },
      ],
    });
    expect(calls).toEqual({ [`${BANK.account}/us-east-1`]: 1, [`${SHOP.account}/eu-west-1`]: 1 });
  });

  it('by name means the default account and region, and an error says so', async () => {
    const found = await run('{ cluster(cluster: "storefront") { clusterArn } }');
    expect(found.data).toEqual({ cluster: { clusterArn: SHOP_EU('cluster/storefront') } });
    expect(found.calls).toEqual({ [`${SHOP.account}/eu-west-1`]: 1 });
    const missing = await run('{ serviceDeployments(cluster: "nowhere", service: "cart") { nodes { status } } }');
    expect(missing.failed).toEqual([
      {
        code: 'NOT_FOUND',
        message:
          'Cluster not found (looked in cluster "nowhere") (in account "shop" in eu-west-1, the default; `account` and `region` name another).',
      },
    ]);
  });

  it('takes an account by alias or id, and then means its default region', async () => {
    for (const account of ['bank', BANK.account]) {
      const { data } = await run(
        'query ($account: String) { cluster(account: $account, cluster: "platform") { clusterArn } }',
        { account },
      );
      expect(data).toEqual({ cluster: { clusterArn: arn(BANK.account, 'eu-west-1', 'cluster/platform') } });
    }
    const { data } = await run('{ cluster(region: "us-east-1", cluster: "platform") { clusterArn } }');
    expect(data).toEqual({ cluster: { clusterArn: arn(SHOP.account, 'us-east-1', 'cluster/platform') } });
  });

  it('of an account or region that is not served is an error without a call', async () => {
    const wrong = [
      [
        `cluster(cluster: "${arn('333333333333', 'eu-west-1', 'cluster/a')}")`,
        'Argument "cluster" is in account 333333333333, which this gateway does not serve.',
      ],
      [
        `cluster(cluster: "${arn(SHOP.account, 'eu-central-1', 'cluster/a')}")`,
        `Argument "cluster" is in region eu-central-1, which this gateway does not serve for account ${SHOP.account}.`,
      ],
      [
        'cluster(account: "nope", cluster: "a")',
        'Argument "account" names "nope", which is not an account of this gateway; `scopes` lists those that it serves.',
      ],
      [
        'cluster(region: "eu-central-1", cluster: "a")',
        'Argument "region" names "eu-central-1", which this gateway does not serve there; `scopes` lists the regions that it serves.',
      ],
      [
        `cluster(account: "shop", cluster: "${BANK_US('cluster/storefront')}")`,
        'Argument "cluster" is in account "bank" in us-east-1, but argument "account" is in account "shop" in eu-west-1.',
      ],
      [
        `service(cluster: "${SHOP_EU('cluster/storefront')}", service: "${BANK_US('service/storefront/cart')}")`,
        'Argument "service" is in account "bank" in us-east-1, but argument "cluster" is in account "shop" in eu-west-1.',
      ],
    ] as const;
    for (const [field, message] of wrong) {
      const { failed, calls } = await run(`{ ${field} { __typename } }`);
      expect(failed).toEqual([{ code: 'BAD_USER_INPUT', message }]);
      expect(calls).toEqual({});
    }
  });
});

describe('a mutation', () => {
  it('writes in the account and region of its ARN or arguments, and is read back there', async () => {
    const byArn = await run(
      'mutation ($service: ID!) { updateService(input: { service: $service, desiredCount: 4 }) { service { serviceArn desiredCount } } }',
      { service: BANK_US('service/storefront/cart') },
    );
    expect(byArn.data).toEqual({
      updateService: { service: { serviceArn: BANK_US('service/storefront/cart'), desiredCount: 4 } },
    });
    expect(byArn.calls).toEqual({ [`${BANK.account}/us-east-1`]: 1 });
    const byName = await run(
      'mutation { scaleService(account: "bank", service: "cart", cluster: "storefront", desiredCount: 5) { service { serviceArn desiredCount } } }',
    );
    const inEurope = arn(BANK.account, 'eu-west-1', 'service/storefront/cart');
    expect(byName.data).toEqual({ scaleService: { service: { serviceArn: inEurope, desiredCount: 5 } } });
    expect(Object.keys(byName.calls ?? {})).toEqual([`${BANK.account}/eu-west-1`]);
    const all = await run<{ a: object; b: object; c: object }>(`{
      a: service(service: "${BANK_US('service/storefront/cart')}") { desiredCount }
      b: service(service: "${inEurope}") { desiredCount }
      c: service(cluster: "storefront", service: "cart") { desiredCount }
    }`);
    expect(all.data).toMatchObject({ a: { desiredCount: 4 }, b: { desiredCount: 5 } });
    expect(all.data?.c).not.toMatchObject({ desiredCount: 5 });
  });

  it('with the same idempotency key is another one in another account', async () => {
    const mutation =
      'mutation ($account: String) { createCluster(account: $account, idempotencyKey: "k", input: { clusterName: "keyed" }) { cluster { clusterArn } } }';
    const [shop, bank, again] = [
      await run<{ createCluster: { cluster: { clusterArn: string } } }>(mutation, { account: 'shop' }),
      await run<{ createCluster: { cluster: { clusterArn: string } } }>(mutation, { account: 'bank' }),
      await run<{ createCluster: { cluster: { clusterArn: string } } }>(mutation, { account: 'bank' }),
    ];
    expect(shop?.data?.createCluster.cluster.clusterArn).toBe(SHOP_EU('cluster/keyed'));
    expect(bank?.data?.createCluster.cluster.clusterArn).toBe(arn(BANK.account, 'eu-west-1', 'cluster/keyed'));
    expect(again?.data).toEqual(bank?.data);
    expect(again?.calls).toEqual({});
  });

  it('tags do not choose an account, whatever ARN they hold', async () => {
    const { data } = await run(
      'mutation ($arn: ID!, $value: String!) { tagResource(input: { resourceArn: $arn, tags: [{ key: "other", value: $value }] }) { __typename } }',
      { arn: SHOP_EU('cluster/storefront'), value: BANK_US('cluster/storefront') },
    );
    expect(data).toEqual({ tagResource: { __typename: 'TagResourcePayload' } });
  });
});
