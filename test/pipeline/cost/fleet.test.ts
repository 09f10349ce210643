import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SizesOfScope } from '../../../src/ecs/lists/fleet-sizes.ts';
import { fleetOf } from '../../../src/pipeline/cost/fleet.ts';
import { createFleet, type Fleet } from '../../support/gateway/fleet.ts';

const REGIONS = ['eu-west-1', 'us-east-1'];
const ACCOUNTS = Array.from({ length: 3 }, (_, index) => ({
  alias: `account-${index}`,
  account: String(100_000_000_001 + index),
  regions: REGIONS,
}));
const NETWORK = '{ awsvpcConfiguration: { subnets: ["subnet-1"] } }';

let fleet: Fleet;
beforeAll(async () => {
  const settings = { MAX_COST: '0', MAX_OBJECTS: '0', MEMORY_TTL: '0', RATE_SHARE: '0' };
  fleet = await createFleet(ACCOUNTS, { seed: 'demo' }, settings);
  // Six accounts and regions of three clusters each, but for one of 27 and one of ten.
  for (const [place, clusters] of [
    ['account: "account-0", region: "eu-west-1"', 24],
    ['account: "account-2", region: "us-east-1"', 7],
  ] as const) {
    for (let cluster = 0; cluster < clusters; cluster += 1) {
      const services = Array.from(
        { length: cluster % 4 },
        (_, index) =>
          `s${index}: createService(${place}, input: { cluster: "c${cluster}", serviceName: "s${index}", taskDefinition: "cart", desiredCount: 1, launchType: FARGATE, networkConfiguration: ${NETWORK} }) { __typename }`,
      );
      await fleet.data(
        `mutation { createCluster(${place}, input: { clusterName: "c${cluster}" }) { __typename } ${services.join(' ')} }`,
      );
    }
  }
  // From now on, the sizes of all clusters are known.
  await fleet.data('{ clusters(first: 1000) { nodes { activeServicesCount } } }');
});
afterAll(() => fleet.dispose());

async function run(query: string, options: object) {
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const body = JSON.stringify({ query, extensions: { ecs: options } });
  const response = await fleet.app.fetch(new Request('http://127.0.0.1/graphql', { method: 'POST', headers, body }));
  return (await response.json()) as {
    readonly errors?: object[];
    readonly extensions: { readonly ecs: { readonly calls: number; readonly estimate: { readonly calls: number } } };
  };
}

const LEAVES = {
  clusters: 'status',
  services: 'desiredCount',
  tasks: 'lastStatus',
  containerInstances: 'status',
} as const;
const SHAPES: ((args: string, nested: number) => string)[] = [
  ...(['clusters', 'services', 'tasks', 'containerInstances'] as const).map(
    (list) => (args: string) => `{ ${list}${args} { nodes { ${LEAVES[list]} } } }`,
  ),
  ...(['services', 'tasks', 'containerInstances'] as const).map(
    (list) => (args: string, nested: number) =>
      `{ clusters${args} { nodes { ${list}(first: ${nested}) { nodes { ${LEAVES[list]} } } } } }`,
  ),
  (args, nested) =>
    `{ clusters${args} { nodes { services(first: ${nested}) { nodes { status taskDefinition { cpu } tasks(first: 2) { nodes { lastStatus } } } } } } }`,
  (args, nested) => `{ services${args} { nodes { status tasks(first: ${nested}) { nodes { lastStatus } } } } }`,
  (args) => `{ tasks${args} { nodes { service { status cluster { status } } containerInstance { status } } } }`,
  (args, nested) =>
    `{ taskDefinitions${args} { nodes { family cpu services(first: ${nested}) { nodes { desiredCount } } } } }`,
  (args, nested) =>
    `{ imageUsage(image: "cart"${args.replace(/\(first: \d+,?/, ',').replace(',)', ')')} { services(first: ${nested}) { nodes { status } } } }`,
];

const PLACES = ['', ', accounts: ["account-0"], regions: ["eu-west-1"]', ', accounts: ["account-2", "account-1"]'];

it.each(PLACES)('calls never exceed the estimate where the sizes of clusters are known (%j)', async (place) => {
  const exceeded: string[] = [];
  for (const [index, shape] of SHAPES.entries()) {
    for (const [first, nested] of [
      [1, 20],
      [3 + index, 1],
      [60, 3],
    ] as const) {
      const query = shape(`(first: ${first}${place})`, nested);
      const { estimate } = (await run(query, { estimate: true })).extensions.ecs;
      const { errors, extensions } = await run(query, { fresh: true });
      expect(errors, query).toBeUndefined();
      if (extensions.ecs.calls > estimate.calls) exceeded.push(`${extensions.ecs.calls} > ${estimate.calls} ${query}`);
    }
  }
  expect(exceeded).toEqual([]);
});

it('an estimate is no more than a few times the calls of a query over everything', async () => {
  for (const query of [
    '{ clusters(first: 1000) { nodes { status } } }',
    '{ clusters(first: 1000) { nodes { services(first: 20) { nodes { desiredCount } } } } }',
  ]) {
    const { estimate } = (await run(query, { estimate: true })).extensions.ecs;
    const { calls } = (await run(query, { fresh: true })).extensions.ecs;
    expect(estimate.calls / calls).toBeLessThan(4);
  }
});

it('an account that cannot be read counts as unknown, and the others as they are', () => {
  const parts: SizesOfScope[] = [{ clusters: 2, services: 5 }, { clusters: 10, services: 1 }, {}];
  const sizes = { covered: (accounts: readonly string[] | undefined) => parts.slice(0, accounts?.length) };
  expect(fleetOf(sizes, undefined, undefined)).toMatchObject({
    scopes: 3,
    clusters: 28 + 20,
    mostClusters: 25,
    isKnown: false,
  });
  expect(fleetOf(sizes, ['a'], undefined)).toMatchObject({ scopes: 1, clusters: 13, mostClusters: 13, isKnown: true });
  expect(fleetOf({}, undefined, undefined)).toMatchObject({ scopes: 1, clusters: 20, mostClusters: 20 });
});
