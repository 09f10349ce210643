import { afterEach, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../../support/gateway/world.ts';

const WHOLE = '{ clusters(first: 1000) { nodes { services(first: 1000) { nodes { serviceName } } } } }';

describe('an estimate of lists in lists', () => {
  let world: World;
  afterEach(() => world.dispose());

  it.each([
    ['demo', 4],
    ['fleet', 21],
  ] as const)('goes by the sizes of the %s seed, which are read before a refusal', async (seed, lists) => {
    world = await createWorld({ seed });
    world.sandbox.resetCalls();
    const first = await world.query(WHOLE);
    expect(first.errors).toBeUndefined();
    expect(first.extensions?.ecs.calls).toBe(lists);
    // One ListClusters and one DescribeClusters for the sizes, and once only.
    expect(world.sandbox.calls()).toEqual({ ListClusters: 2, DescribeClusters: 1, ListServices: lists - 1 });
    await world.query(WHOLE);
    expect(world.sandbox.calls()).toMatchObject({ ListClusters: 3, DescribeClusters: 1 });
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
