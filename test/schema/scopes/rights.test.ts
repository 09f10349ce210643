import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createSchema } from '../../../src/schema/index.ts';
import { BANK, createFleet, SHOP } from '../../support/gateway/fleet.ts';

/** Everything is allowed in one account; in the other one, reads in one region, except one cluster. */
const POLICIES = `
permit(principal, action, resource in Ecs::Account::"${SHOP.account}");
permit(principal, action in Ecs::Action::"read", resource in Ecs::Region::"${BANK.account}/us-east-1");
forbid(principal, action, resource in Ecs::Cluster::"arn:aws:ecs:us-east-1:${BANK.account}:cluster/storefront");
`;

const scopeOf = (arn: string) => arn.split(':').slice(3, 5).reverse().join('/');
const HIDDEN = `${BANK.account}/eu-west-1`;
const ALL_SHOP = [`${SHOP.account}/eu-west-1`, `${SHOP.account}/us-east-1`];

it('policies decide by account and region before any call', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rights-'));
  const file = join(folder, 'rights.cedar');
  await writeFile(file, POLICIES);
  // The guard belongs inside the routes, so the schema is one of its own.
  const fleet = await createFleet([SHOP, BANK], {}, { POLICIES: file }, { schema: createSchema() });
  const run = async <Data>(query: string) => {
    const { data, errors = [], extensions } = await fleet.query<Data>(query);
    const { byScope = {} } = (extensions?.ecs ?? {}) as { byScope?: Record<string, number> };
    return { data, codes: errors.map(({ extensions: { code } }) => code), calls: Object.keys(byScope) };
  };
  try {
    const scopes = await run<{ scopes: { account: string; region: string }[] }>('{ scopes { account region } }');
    expect(scopes.data?.scopes.map(({ account, region }) => `${account}/${region}`)).toEqual([
      ...ALL_SHOP,
      `${BANK.account}/us-east-1`,
    ]);

    const lists = await run<
      Record<'clusters' | 'services', { nodes: { arn: string }[]; edges: { node: { arn: string } }[] }>
    >(`{
      clusters { nodes { arn: clusterArn } edges { node { arn: clusterArn } } }
      services { nodes { arn: serviceArn desiredCount } edges { node { arn: serviceArn } } }
    }`);
    expect(lists.codes).toEqual([]);
    expect(lists.calls).not.toContain(HIDDEN);
    for (const { nodes, edges } of Object.values(lists.data ?? {})) {
      const found = nodes.map(({ arn }) => arn);
      expect(edges.map(({ node }) => node.arn)).toEqual(found);
      expect(found.filter((arn) => scopeOf(arn) === HIDDEN)).toEqual([]);
      const inBank = found.filter((arn) => arn.includes(BANK.account));
      expect(inBank.length).toBeGreaterThan(0);
      expect(inBank.filter((arn) => arn.includes('/storefront'))).toEqual([]);
      expect(found.filter((arn) => ALL_SHOP.includes(scopeOf(arn))).length).toBeGreaterThan(5);
    }

    const denied = await run(
      `{ service(service: "arn:aws:ecs:us-east-1:${BANK.account}:service/storefront/cart") { desiredCount } }`,
    );
    expect(denied).toMatchObject({ codes: [expect.stringMatching(/FORBIDDEN/)], calls: [] });
    const other = await run(`{ clusters(accounts: ["bank"], regions: ["eu-west-1"]) { nodes { clusterArn } } }`);
    expect(other).toMatchObject({ codes: ['FORBIDDEN'], calls: [] });

    const viewer = await run<{ viewer: { a: object | null; b: object | null } }>(`{ viewer {
      a: denied(action: UPDATE_SERVICE, id: "arn:aws:ecs:us-east-1:${SHOP.account}:service/platform/orders-api") { __typename }
      b: denied(action: UPDATE_SERVICE, id: "arn:aws:ecs:us-east-1:${BANK.account}:service/platform/orders-api") { __typename }
    } }`);
    expect(viewer).toMatchObject({
      codes: [],
      calls: [],
      data: { viewer: { a: null, b: { __typename: 'Denial' } } },
    });

    const write = (service: string) =>
      run(`mutation { updateService(input: { service: "${service}", desiredCount: 2 }) { service { desiredCount } } }`);
    expect(await write(`arn:aws:ecs:us-east-1:${BANK.account}:service/platform/orders-api`)).toMatchObject({
      codes: ['FORBIDDEN'],
      calls: [],
    });
    expect((await write(`arn:aws:ecs:us-east-1:${SHOP.account}:service/platform/orders-api`)).codes).toEqual([]);
    const byName = await run(
      'mutation { scaleService(account: "bank", region: "us-east-1", cluster: "platform", service: "orders-api", desiredCount: 1) { service { desiredCount } } }',
    );
    expect(byName).toMatchObject({ codes: ['FORBIDDEN'], calls: [] });
  } finally {
    await fleet.dispose();
    await rm(folder, { recursive: true });
  }
});
