import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { Answer, World } from '../support/gateway/world.ts';
import { ask, estimate, total } from './support/estimates.ts';
import { type InventoryWorld, startInventoryWorld } from './support/inventory-world.ts';

const codesOf = ({ errors }: Answer<object>) => errors?.map(({ extensions }) => extensions.code);

const TREE = `{ clusters(first: 100) { nodes { clusterName
  services(first: 100) { totalCount { value } nodes { serviceName tasks(first: 100) { nodes { taskArn lastStatus } } } }
  containerInstances(first: 100) { nodes { status tasks(first: 100) { nodes { taskArn service { serviceName } } } } } } } }`;
/** Far less than the tree takes without an inventory. */
const LIMIT = { MAX_COST: '20', MAX_OBJECTS: '0' };

/** No events arrive until the inventory has turned itself off. */
async function silence({ source, pass }: InventoryWorld): Promise<void> {
  source.isAway = true;
  await pass(200_000);
}

describe('an operation that the inventory answers', () => {
  it('runs although its calls without an inventory would be too many', async () => {
    await using setup = await startInventoryWorld({}, LIMIT);
    const { world } = setup;
    const estimated = await estimate(world, TREE);
    expect(estimated).toMatchObject({ calls: 2, callsWithoutInventory: expect.any(Number), refusal: null });
    expect(estimated.callsWithoutInventory).toBeGreaterThan(20);
    const answer = await world.count(TREE);
    expect(answer.errors).toBeUndefined();
    expect(answer.calls).toEqual({ ListClusters: 1 });
  });

  it('is refused while no events arrive', async () => {
    await using setup = await startInventoryWorld({}, LIMIT);
    await silence(setup);
    const answer = await setup.world.count(TREE);
    expect(codesOf(answer)).toEqual(['QUERY_TOO_EXPENSIVE']);
    expect(answer.errors?.[0]?.message).toContain('(MAX_COST)');
    expect(answer.errors?.[0]?.extensions).toMatchObject({ retryable: false });
    expect(answer.calls).toEqual({});
    const estimated = await estimate(setup.world, TREE);
    expect(estimated.refusal?.code).toBe('QUERY_TOO_EXPENSIVE');
    expect(estimated.calls).toBeGreaterThan(20);
    expect(estimated).not.toHaveProperty('callsWithoutInventory');
  });

  it('is refused if it asks for reads', async () => {
    await using setup = await startInventoryWorld({}, LIMIT);
    const { world } = setup;
    world.sandbox.resetCalls();
    expect(codesOf(await ask(world, TREE, { fresh: true }))).toEqual(['QUERY_TOO_EXPENSIVE']);
    expect(codesOf(await ask(world, TREE, {}, { 'cache-control': 'no-cache' }))).toEqual(['QUERY_TOO_EXPENSIVE']);
    const cold = await estimate(world, TREE, { fresh: true });
    expect(cold.calls).toBe((await estimate(world, TREE)).callsWithoutInventory);
    expect(cold.refusal?.code).toBe('QUERY_TOO_EXPENSIVE');
    // The sizes of the clusters, before the first refusal.
    expect(world.sandbox.calls()).toEqual({ ListClusters: 1, DescribeClusters: 1 });
  });

  it('is held to the limit of objects', async () => {
    await using setup = await startInventoryWorld({}, { MAX_COST: '20', MAX_OBJECTS: '50' });
    const answer = await setup.world.count(TREE);
    expect(codesOf(answer)).toEqual(['QUERY_TOO_EXPENSIVE']);
    expect(answer.errors?.[0]?.message).toContain('(MAX_OBJECTS)');
    // The sizes of the clusters, before the refusal.
    expect(answer.calls).toEqual({ ListClusters: 1, DescribeClusters: 1 });
  });
});

describe('an inventory that is being filled', () => {
  const refusalOf = async (world: World, query = TREE, headers = {}) =>
    (await ask(world, query, {}, headers)).errors?.[0];

  it('refuses for a while what it will answer, and answers it when it is filled', async () => {
    await using setup = await startInventoryWorld({}, LIMIT);
    const { world, inventory } = setup;
    inventory.scopes[0]?.doubtAll();
    const refusal = await refusalOf(world);
    expect(refusal).toMatchObject({
      message: expect.stringMatching(
        /could need \d+ ECS calls, and the limit is 20 .*When the inventory is filled, the operation needs at most 2 calls/,
      ),
      extensions: { code: 'QUERY_TOO_EXPENSIVE', retryable: true, retryAfterMs: 1_000, limit: 20 },
    });
    const estimated = await estimate(world, TREE);
    expect(estimated.refusal).toMatchObject({ code: 'QUERY_TOO_EXPENSIVE', retryAfterMs: 1_000 });
    await setup.pass(2_000);
    const answer = await world.count(TREE);
    expect(answer).toMatchObject({ calls: { ListClusters: 1 } });
    expect(answer.errors).toBeUndefined();
  });

  it('asks callers to wait as long again as it has taken so far, and at most a minute', async () => {
    await using setup = await startInventoryWorld({}, LIMIT);
    const { world, inventory } = setup;
    world.sandbox.faults.set({ rules: [{ operations: ['ListTasks'], fault: 'accessDenied' }] });
    inventory.scopes[0]?.doubtAll();
    const waits: unknown[] = [];
    for (const ms of [5_000, 15_000, 60_000]) {
      await setup.pass(ms);
      // One cluster begins again: the others have taken as long as before.
      inventory.scopes[0]?.clusters.get('platform')?.doubt(setup.timers.monotonic());
      waits.push((await refusalOf(world))?.extensions.retryAfterMs);
    }
    expect(waits).toEqual([5_000, 20_000, 60_000]);
  });

  it('promises nothing before its first contact with a source for longer than a minute', async () => {
    await using setup = await startInventoryWorld({}, LIMIT, {}, { isAway: true });
    const { world } = setup;
    expect((await refusalOf(world))?.extensions).toMatchObject({ retryable: true });
    await setup.pass(60_000);
    expect((await refusalOf(world))?.extensions).toMatchObject({ retryable: false });
  });

  it('promises nothing that it will not answer', async () => {
    await using setup = await startInventoryWorld({}, LIMIT);
    const { world, inventory } = setup;
    const [scope] = inventory.scopes;
    scope?.doubtAll();
    for (const [query, headers] of [
      [TREE.replace('lastStatus', 'healthStatus'), {}],
      [TREE, { 'cache-control': 'no-cache' }],
    ] as const)
      expect((await refusalOf(world, query, headers))?.extensions).toMatchObject({
        code: 'QUERY_TOO_EXPENSIVE',
        retryable: false,
      });
    // No events of these clusters arrive.
    for (const cluster of scope?.clusters.values() ?? []) cluster.isSilent = true;
    expect((await refusalOf(world))?.extensions).toMatchObject({ retryable: false });
  });
});

describe('an inventory that is lost while an operation runs', () => {
  /** The inventory answers this many lists, and then nothing any more. */
  function loseAfter({ inventory }: InventoryWorld, lists: number): void {
    const [held] = inventory.scopes;
    if (held === undefined) throw new Error('no inventory');
    const list = held.list.bind(held);
    let answered = 0;
    vi.spyOn(held, 'list').mockImplementation((operation, input) => {
      answered += 1;
      if (answered > lists) held.doubtAll();
      return list(operation, input);
    });
  }

  it.each([0, 1, 3, 8])('leaves it the calls of its limit, after %i lists from memory', async (lists) => {
    await using setup = await startInventoryWorld({}, { MAX_COST: '8', MAX_OBJECTS: '0' });
    loseAfter(setup, lists);
    const answer = await setup.world.count<{ clusters: { nodes: object[] } }>(TREE);
    expect(new Set(codesOf(answer))).toEqual(new Set(['QUERY_TOO_EXPENSIVE']));
    for (const { path, extensions, message } of answer.errors ?? []) {
      expect(path?.slice(0, 2)).toEqual(['clusters', 'nodes']);
      expect(extensions).toMatchObject({ operation: expect.any(String), retryable: false });
      expect(message).toContain('8 ECS calls, its limit (MAX_COST)');
    }
    // Every call that it may make, and none more.
    expect(total(answer.calls)).toBe(8);
    expect(answer.extensions?.ecs.calls).toBe(8);
    // Earlier answers stay.
    expect(answer.data?.clusters.nodes).toHaveLength(3);
    // The next one is refused before it begins.
    expect(await setup.world.count(TREE)).toMatchObject({ calls: {}, errors: [{ extensions: { limit: 8 } }] });
  });

  it('leaves it the calls of the role of its caller', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'limits-'));
    const file = join(folder, 'limits.json');
    writeFileSync(file, JSON.stringify({ roles: { '*': { cost: 5 } } }));
    {
      await using setup = await startInventoryWorld({}, { MAX_COST: '8', MAX_OBJECTS: '0', LIMITS_FILE: file });
      loseAfter(setup, 1);
      const answer = await setup.world.count(TREE);
      expect(total(answer.calls)).toBe(5);
      expect(answer.errors?.[0]?.message).toContain('5 ECS calls, its limit ("cost" of the role "*" in LIMITS_FILE)');
    }
    rmSync(folder, { recursive: true });
  });

  it('does not concern operations whose estimate is within the limit anyway', async () => {
    await using setup = await startInventoryWorld({}, { MAX_COST: '100000', MAX_OBJECTS: '0' });
    loseAfter(setup, 1);
    const answer = await setup.world.count(TREE);
    expect(answer.errors).toBeUndefined();
    expect(total(answer.calls)).toBeGreaterThan(8);
  });
});
