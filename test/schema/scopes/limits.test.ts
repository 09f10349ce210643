import { afterAll, beforeAll, expect, it } from 'vitest';
import { createFleet, type Fleet, SHOP } from '../../support/gateway/fleet.ts';
import { initWs } from '../../support/gateway/ws-client.ts';

const ACCOUNTS = Array.from({ length: 8 }, (_, index) => ({
  alias: `account-${index}`,
  account: String(100_000_000_001 + index),
  regions: ['eu-west-1', 'us-east-1', 'ap-southeast-2'],
}));

interface Estimated {
  readonly extensions: {
    readonly ecs: {
      readonly estimate: { readonly calls: number; readonly objects: number; readonly refusal: object | null };
    };
  };
}

let fleet: Fleet;
let url: string;
beforeAll(async () => {
  fleet = await createFleet(ACCOUNTS, { seed: 'empty' }, { MAX_COST: '400' });
  ({ url } = await fleet.app.listen());
  // One cluster in each: the sandbox makes each world when it is first called.
  for (const { alias, regions } of ACCOUNTS) {
    const fields = regions.map(
      (region, at) =>
        `c${at}: createCluster(account: "${alias}", region: "${region}", input: { clusterName: "one" }) { __typename }`,
    );
    await fleet.data(`mutation { ${fields.join(' ')} }`);
  }
});
afterAll(() => fleet.dispose());

it('one query over 24 accounts and regions makes the calls of each', async () => {
  const { data, errors, extensions } = await fleet.query<{ clusters: { nodes: { services: { nodes: object[] } }[] } }>(
    '{ clusters(first: 100) { nodes { clusterArn runningTasksCount services(first: 10) { nodes { desiredCount } } } } }',
  );
  expect(errors).toBeUndefined();
  expect(data?.clusters.nodes).toHaveLength(24);
  // ListClusters, DescribeClusters, and ListServices of the one cluster.
  const each = Object.fromEntries(
    ACCOUNTS.flatMap(({ account, regions }) => regions.map((region) => [`${account}/${region}`, 3])),
  );
  expect(extensions?.ecs.byScope).toEqual(each);
  expect(extensions?.ecs.calls).toBe(24 * 3);
});

it('what no account has is one error, which names some of them and lists all', async () => {
  const { data, errors } = await fleet.query('{ services(clusters: ["nowhere"]) { nodes { serviceArn } } }');
  expect(data).toEqual({ services: null });
  expect(errors).toHaveLength(1);
  expect(errors?.[0]?.message).toMatch(/account "account-1" in us-east-1 and 19 more\)\.$/);
  expect(errors?.[0]?.extensions.scopes).toHaveLength(24);
});

it('an estimate counts every account and region that a field covers, and is refused before any call', async () => {
  const search = (args: string) =>
    fleet.query(`{ imageUsage(image: "nginx"${args}) { services(first: 10) { nodes { serviceArn } } } }`);
  const all = await search('');
  expect(all.errors).toMatchObject([{ extensions: { code: 'QUERY_TOO_EXPENSIVE', limit: 400 } }]);
  // Known sizes are read once: a cluster in each of 24 scopes, with some room for more.
  const cost = Number(all.errors?.[0]?.extensions.cost);
  expect(cost).toBeGreaterThan(400);
  const one = await search(', accounts: ["account-3"], regions: ["us-east-1"]');
  expect(one.errors).toBeUndefined();
  expect(Object.keys(one.extensions?.ecs.byScope ?? {})).toEqual(['100000000004/us-east-1']);
});

it('an estimate that is asked for runs nothing, over HTTP, as a stream and over WebSocket', async () => {
  const { app, sandbox } = fleet;
  const post = async (query: string, accept = 'application/json') => {
    const body = JSON.stringify({ query, extensions: { ecs: { estimate: true } } });
    const headers = { 'content-type': 'application/json', accept };
    const response = await app.fetch(new Request('http://127.0.0.1/graphql', { method: 'POST', headers, body }));
    return response.text();
  };
  const estimateOf = async (query: string) => (JSON.parse(await post(query)) as Estimated).extensions.ecs.estimate;
  sandbox.resetCalls();
  const clusters = (args: string) => `{ clusters(first: 100${args}) { nodes { runningTasksCount } } }`;
  const [all, one] = [await estimateOf(clusters('')), await estimateOf(clusters(', accounts: ["account-3"]'))];
  expect(all.refusal).toBeNull();
  expect(all.calls).toBe(8 * one.calls);
  const search = await estimateOf('{ imageUsage(image: "nginx") { services(first: 10) { nodes { serviceArn } } } }');
  expect(search.calls).toBeGreaterThan(400);
  expect(search.refusal).toMatchObject({ code: 'QUERY_TOO_EXPENSIVE', message: expect.stringContaining('MAX_COST') });
  const write = await estimateOf(
    'mutation { createCluster(account: "account-0", input: { clusterName: "never" }) { cluster { clusterArn } } }',
  );
  expect(write).toMatchObject({ refusal: null, calls: expect.any(Number) });
  const feed = 'subscription { clusterEvents { type } }';
  const stream = await post(feed, 'text/event-stream');
  expect(stream).toContain('"estimate":{"calls":');
  expect(stream).toContain('event: complete');

  const peer = await initWs(`${url}/graphql`);
  for (const query of [clusters(''), feed]) {
    peer.send({ id: query, type: 'subscribe', payload: { query, extensions: { ecs: { estimate: true } } } });
    expect(await peer.next()).toMatchObject({
      type: 'next',
      payload: { data: null, extensions: { ecs: { estimate: { calls: expect.any(Number) } } } },
    });
    expect(await peer.next()).toMatchObject({ type: 'complete' });
  }
  peer.socket.close();
  expect(sandbox.calls()).toEqual({});
  // The estimate is no less than what the operation then takes: accounts and regions share no call.
  const { extensions } = await fleet.query(clusters(''));
  expect(extensions?.ecs.calls).toBe(48);
  expect(all.calls).toBeGreaterThanOrEqual(48);
});

it.each([
  ['another type', { estimate: 'true' }],
  ['another name', { estimates: true }],
  ['a name beside a good one', { estimate: true, dryRun: true }],
  ['no object', true],
  ['a list', []],
])('options of a request that are %s run nothing', async (_what, ecs) => {
  const { app, sandbox } = fleet;
  sandbox.resetCalls();
  const refused = { message: expect.stringContaining('"estimate"'), extensions: { code: 'BAD_USER_INPUT' } };
  const query = 'mutation { createCluster(account: "account-0", input: { clusterName: "never" }) { __typename } }';
  for (const accept of ['application/json', 'text/event-stream']) {
    const feed = 'subscription { clusterEvents { type } }';
    const body = JSON.stringify({ query: accept === 'application/json' ? query : feed, extensions: { ecs } });
    const headers = { 'content-type': 'application/json', accept };
    const response = await app.fetch(new Request('http://127.0.0.1/graphql', { method: 'POST', headers, body }));
    const text = await response.text();
    const answer = JSON.parse(/^data: (\{.*)$/m.exec(text)?.[1] ?? text) as object;
    expect(answer).toMatchObject({ errors: [refused] });
  }
  const peer = await initWs(`${url}/graphql`);
  peer.send({ id: '1', type: 'subscribe', payload: { query, extensions: { ecs } } });
  const { payload } = (await peer.next()) as { payload: unknown };
  expect(JSON.stringify(payload)).toContain('BAD_USER_INPUT');
  peer.socket.close();
  expect(sandbox.calls()).toEqual({});
});

it('options of a request that are null are as absent', async () => {
  const { app } = fleet;
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const body = JSON.stringify({
    query: '{ clusters(accounts: ["account-0"], regions: ["eu-west-1"]) { nodes { clusterName } } }',
    extensions: { ecs: { fresh: null, estimate: null } },
  });
  const response = await app.fetch(new Request('http://127.0.0.1/graphql', { method: 'POST', headers, body }));
  expect(await response.json()).toMatchObject({ data: { clusters: { nodes: [{ clusterName: 'one' }] } } });
});

it('metrics of calls have the account and region', async () => {
  const response = await fleet.app.fetch(new Request('http://127.0.0.1/metrics'));
  const text = await response.text();
  expect(text).toMatch(
    /ecs_graphql_upstream_calls_total\{operation="ListClusters",outcome="ok",account="100000000003",region="us-east-1"\} \d/,
  );
  expect(text).toMatch(/ecs_graphql_scope_degraded\{alias="account-0",account="100000000001",region="eu-west-1"\} 0/);
});

it('a gateway without a file takes its own account and region, and no other', async () => {
  const { createWorld } = await import('../../support/gateway/world.ts');
  const world = await createWorld();
  try {
    const clusters = (args: string) =>
      world.count<{ clusters: { nodes: object[] } }>(`{ clusters(${args}) { nodes { clusterArn } } }`);
    for (const args of ['regions: ["eu-west-1"]', 'accounts: ["default"]', 'accounts: null']) {
      const found = await clusters(args);
      expect(found.data?.clusters.nodes).toHaveLength(3);
      expect(found.calls).toEqual({ ListClusters: 1 });
    }
    expect((await clusters('accounts: ["123456789012"]')).data?.clusters.nodes).toHaveLength(3);
    for (const args of [`accounts: ["${SHOP.account}"]`, 'accounts: ["shop"]', 'regions: ["us-east-1"]']) {
      const refused = await clusters(args);
      expect(refused.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
      expect(refused.calls).toEqual({});
    }
    const { data, extensions } = await world.query('{ scopes { alias account region isDefault state } }');
    expect(data).toEqual({
      scopes: [{ alias: 'default', account: '123456789012', region: 'eu-west-1', isDefault: true, state: 'READY' }],
    });
    expect(extensions?.ecs).not.toHaveProperty('byScope');
  } finally {
    await world.dispose();
  }
});
