import { afterEach, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../../support/gateway/world.ts';
import { FakeTimers } from '../../support/time/fake-timers.ts';

const WHOLE = '{ clusters(first: 1000) { nodes { services(first: 1000) { nodes { serviceName } } } } }';

describe('an estimate of lists in lists', () => {
  let world: World;
  afterEach(() => world.dispose());

  it.each([
    ['demo', 4],
    ['fleet', 21],
  ] as const)('goes by the sizes of the %s seed, which are read before a refusal', async (seed, lists) => {
    world = await createWorld({ seed });
    // The sandbox makes its fleet with the first call, which takes long on a busy machine.
    await world.query('{ clusters(first: 1) { nodes { clusterName } } }');
    world.sandbox.resetCalls();
    const first = await world.query(WHOLE);
    expect(first.errors).toBeUndefined();
    expect(first.extensions?.ecs.calls).toBe(lists);
    // One ListClusters and one DescribeClusters for the sizes, and once only.
    expect(world.sandbox.calls()).toEqual({ ListClusters: 2, DescribeClusters: 1, ListServices: lists - 1 });
    await world.query(WHOLE);
    expect(world.sandbox.calls()).toMatchObject({ ListClusters: 3, DescribeClusters: 1 });
  });

  it('reads the sizes again a second after that has failed', async () => {
    const timers = new FakeTimers();
    world = await createWorld({ seed: 'demo' }, {}, { timers });
    world.sandbox.faults.set({ rules: [{ operations: ['ListClusters'], fault: 'accessDenied' }] });
    const codes = async () => (await world.query(WHOLE)).errors?.map(({ extensions }) => extensions.code);
    expect(await codes()).toEqual(['QUERY_TOO_EXPENSIVE']);
    world.sandbox.faults.clear();
    world.sandbox.resetCalls();
    expect(await codes()).toEqual(['QUERY_TOO_EXPENSIVE']);
    expect(world.sandbox.calls()).toEqual({});
    await timers.pass(1_000);
    expect(await codes()).toBeUndefined();
    expect(world.sandbox.calls()).toEqual({ ListClusters: 2, DescribeClusters: 1, ListServices: 3 });
  });

  it('still refuses what is too expensive for the sizes', async () => {
    world = await createWorld({ seed: 'demo' }, { MAX_COST: '10' });
    for (const _ of [1, 2]) {
      const { errors } = await world.query(WHOLE);
      expect(errors?.[0]?.extensions.code).toBe('QUERY_TOO_EXPENSIVE');
    }
    expect(world.sandbox.calls()).toEqual({ ListClusters: 1, DescribeClusters: 1 });
  });
});
