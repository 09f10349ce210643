import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createToken } from '../../src/auth/token-file.ts';
import { guardedSchema, POLICIES } from '../policy/support/policy-world.ts';
import { ask, estimate, total } from './support/estimates.ts';
import { startInventoryWorld } from './support/inventory-world.ts';

describe('clusters that are not trusted', () => {
  const OF_ALL = '{ clusters(first: 100) { nodes { tasks(first: 100) { nodes { lastStatus } } } } }';
  const OF = (name: string) => `{ tasks(clusters: ["${name}"], first: 100) { nodes { lastStatus } } }`;

  it('count, and others do not', async () => {
    await using setup = await startInventoryWorld({}, { MAX_OBJECTS: '0' });
    const { world, inventory } = setup;
    expect(await estimate(world, OF_ALL)).toMatchObject({ calls: 2 });
    expect(await estimate(world, OF('platform'))).toMatchObject({
      calls: 0,
      callsWithoutInventory: expect.any(Number),
    });
    const cluster = inventory.scopes[0]?.cluster('platform');
    if (cluster === undefined) throw new Error('no such cluster');
    cluster.isSilent = true;
    const [all, one, other] = await Promise.all(
      [OF_ALL, OF('platform'), OF('storefront')].map((text) => estimate(world, text)),
    );
    const cold = all?.callsWithoutInventory ?? 0;
    // One of three clusters.
    expect(all?.calls).toBe(Math.ceil(2 + (cold - 2) / 3));
    expect(one).not.toHaveProperty('callsWithoutInventory');
    expect(one?.calls).toBeGreaterThan(0);
    expect(other).toMatchObject({ calls: 0 });
    expect((await world.count(OF('platform'))).calls).toEqual({ ListTasks: 1, DescribeTasks: 1 });
  });

  it('may be named by variables, ids and ARNs', async () => {
    await using setup = await startInventoryWorld();
    const { world } = setup;
    const { clusters } = await world.data<{ clusters: { nodes: { id: string; clusterArn: string }[] } }>(
      '{ clusters { nodes { id clusterArn } } }',
    );
    const silent = setup.inventory.scopes[0]?.cluster(clusters.nodes[0]?.clusterArn ?? '');
    if (silent === undefined) throw new Error('no such cluster');
    silent.isSilent = true;
    for (const [at, { id, clusterArn }] of clusters.nodes.entries()) {
      for (const text of [id, clusterArn]) {
        const { calls } = await estimate(world, OF(text));
        expect(calls > 0).toBe(at === 0);
      }
    }
  });
});

/** Selections of each kind that events show. */
const ANNOUNCED = {
  tasks: ['__typename', 'taskArn', 'id lastStatus version', 'containers { name lastStatus } platformFamily'],
  containerInstances: ['containerInstanceArn', 'status runningTasksCount registeredAt'],
  services: ['serviceName', 'status runningCount pendingCount'],
} as const;
/** Selections of each kind that only ECS shows. */
const UNANNOUNCED = {
  tasks: ['healthStatus', 'containers { healthStatus }', 'tags { key }', 'lastStatus ...Tags'],
  containerInstances: ['attributes { name }', 'health { overallStatus }', 'tags { key }'],
  services: ['desiredCount', 'deployments { status }', 'tags { key }'],
} as const;
type List = keyof typeof ANNOUNCED;

/** Ways to a list of each kind, with how many calls they take before it. */
const WAYS: Readonly<Record<List, readonly (readonly [string, number])[]>> = {
  tasks: [
    ['{ clusters(first: 9) { nodes { tasks(first: 9) { nodes { % } } } } }', 1],
    ['{ tasks(first: 20) { edges { node { % } } } }', 1],
    ['{ tasks(clusters: "platform", desiredStatus: STOPPED) { nodes { % } } }', 0],
    ['{ services(first: 9) { nodes { tasks(first: 9) { nodes { % } } } } }', 1],
    ['{ containerInstances(first: 9) { nodes { tasks(first: 9) { nodes { % } } } } }', 1],
    ['{ tasks(first: 20) { nodes { containers { task { % } } } } }', 1],
  ],
  containerInstances: [
    ['{ containerInstances(first: 9, status: ACTIVE) { nodes { % } } }', 1],
    ['{ clusters(first: 9) { nodes { containerInstances(first: 9) { nodes { % } } } } }', 1],
    ['{ tasks(first: 20) { nodes { containerInstance { % } } } }', 1],
  ],
  services: [
    ['{ services(first: 9) { nodes { % } } }', 1],
    ['{ services(first: 9, orderBy: RUNNING_TASK_COUNT, direction: DESC) { nodes { % } } }', 1],
    ['{ services(clusters: ["platform"], filter: { name: { contains: "a" }, status: [ACTIVE] }) { nodes { % } } }', 0],
    [
      '{ clusters(first: 9) { nodes { services(first: 9, filter: { name: { startsWith: "o" } }) { nodes { % } } } } }',
      1,
    ],
    ['{ clusters(first: 9) { nodes { services(first: 9) { totalCount { value } nodes { % } } } } }', 1],
    ['{ tasks(first: 20) { nodes { service { % } } } }', 1],
  ],
};

const cases = (selections: Readonly<Record<List, readonly string[]>>) =>
  (Object.keys(WAYS) as List[]).flatMap((list) =>
    WAYS[list].flatMap(([way, before]) =>
      selections[list].map((selection) => {
        const tags = selection.includes('...Tags') ? ' fragment Tags on Task { tags { key } }' : '';
        return [way.replace('%', selection) + tags, before] as const;
      }),
    ),
  );

describe('an estimate with an inventory', () => {
  it('is what reads of announced members take, and counts others', async () => {
    await using setup = await startInventoryWorld({}, { MAX_OBJECTS: '0' });
    const { world } = setup;
    for (const [query, before] of cases(ANNOUNCED)) {
      const estimated = await estimate(world, query);
      expect([query, estimated.calls]).toEqual([query, query.includes('clusters(first') ? before + 1 : before]);
      const { calls, errors } = await world.count(query);
      expect([query, errors, total(calls)]).toEqual([query, undefined, before]);
    }
    for (const [query, before] of cases(UNANNOUNCED)) {
      const { calls } = await estimate(world, query);
      expect([query, calls > (query.includes('clusters(first') ? before + 1 : before)]).toEqual([query, true]);
    }
  });

  it.each([
    ['{ tasks(clusters: "platform", daemonName: "agent") { nodes { taskArn } } }', 'only ECS knows whose tasks', 1],
    [
      '{ containerInstances(clusters: "platform", filter: "attribute:a == b") { nodes { status } } }',
      'an expression',
      1,
    ],
    ['{ services(clusters: "platform", launchType: EC2) { nodes { serviceName } } }', 'a filter of ECS', 1],
    [
      '{ services(clusters: "platform", launchType: EC2, orderBy: NAME) { nodes { serviceName } } }',
      'a filter of ECS beside an order',
      1,
    ],
    [
      '{ services(clusters: "platform", filter: { rollout: [FAILED] }) { nodes { serviceName } } }',
      'a filter by members that only ECS shows',
      10,
    ],
    [
      'query ($by: ServiceOrder = CREATED_AT) { services(clusters: "platform", orderBy: $by) { nodes { serviceName } } }',
      'an order by members that only ECS shows, from a variable',
      10,
    ],
    ['{ taskDefinition(taskDefinition: "api") { tasks(clusters: "platform") { nodes { taskArn } } } }', 'a search', 3],
    ['{ cluster(cluster: "platform") { daemons { nodes { tasks { nodes { taskArn } } } } } }', 'tasks of daemons', 46],
  ])('counts reads that events do not answer: %s (%s)', async (query, _why, calls) => {
    await using setup = await startInventoryWorld();
    expect((await estimate(setup.world, query)).calls).toBe(calls);
  });

  it('counts descriptions that policies need for their decisions', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'policies-'));
    const [policies, tokens] = [join(folder, 'policies.cedar'), join(folder, 'tokens.json')];
    writeFileSync(policies, POLICIES);
    // Role `two` reads tasks by their tags, `admin` reads all.
    const made = ['two', 'admin'].map((role) => createToken(role, [role], undefined));
    writeFileSync(tokens, JSON.stringify({ tokens: made.map(({ entry }) => entry) }));
    const settings = { MAX_OBJECTS: '0', POLICIES: `roles,${policies}`, TOKENS_FILE: tokens };
    {
      await using setup = await startInventoryWorld({}, settings, { schema: guardedSchema() });
      const query = '{ tasks(clusters: "platform", first: 20) { nodes { lastStatus } } }';
      const { world } = setup;
      const headersOf = ({ token }: (typeof made)[number]) => ({ authorization: `Bearer ${token}` });
      const found: [number, object][] = [];
      for (const token of made) {
        // From the first operation on it is known whose ECS this is.
        await ask(world, '{ __typename }', {}, headersOf(token));
        const { calls } = await estimate(world, query, {}, headersOf(token));
        world.sandbox.resetCalls();
        await ask(world, query, {}, headersOf(token));
        found.push([calls, { ...world.sandbox.calls() }]);
      }
      expect(found).toEqual([
        // The policies look at the tags of the cluster too, which no estimate counts.
        [1, { DescribeClusters: 1, DescribeTasks: 1 }],
        [0, {}],
      ]);
    }
    rmSync(folder, { recursive: true });
  });

  it('counts the calls of a mutation as without one', async () => {
    await using setup = await startInventoryWorld();
    const mutation = `mutation { updateService(input: { service: "web" }) { service { tasks { nodes { lastStatus } } } } }`;
    const { calls, ...others } = await estimate(setup.world, mutation);
    expect(calls).toBeGreaterThan(1);
    expect(others).not.toHaveProperty('callsWithoutInventory');
  });

  it('counts the calls of an event as without one: its stream outlives the inventory', async () => {
    await using setup = await startInventoryWorld({}, { MAX_EVENT_COST: '30', MAX_EVENT_OBJECTS: '0' });
    const selection = 'tasks(first: 100) { nodes { lastStatus } }';
    const response = await setup.world.app.fetch(
      new Request('http://127.0.0.1/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
        body: JSON.stringify({ query: `subscription { clusterEvents { events { service { ${selection} } } } }` }),
      }),
    );
    expect(await response.text()).toContain('QUERY_TOO_EXPENSIVE');
  });
});
