import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createLanes } from '../../../src/pipeline/admission/operation-lanes.ts';

const NEVER = new AbortController().signal;
const settings = {
  queryDeadline: 15_000,
  maxObjects: 20_000,
  maxOperations: 200,
  maxCallerOperations: 100,
  maxLargeOperations: 4,
};
const lanes = createLanes(settings);
const laneOf = (query: string, objects = 0) => lanes.of({ calls: 0, objects }, parse(query));

describe('lanes', () => {
  it('let few operations read the schema at once, apart from data', async () => {
    const lane = laneOf('{ __schema { types { name } } }');
    expect(laneOf('query { ... { ...F } } fragment F on Query { a: __schema { types { name } } }')).toBe(lane);
    expect(laneOf('{ clusters { nodes { id } } }')).not.toBe(lane);
    expect(laneOf('{ __type(name: "Cluster") { name } }')).toBe(laneOf('{ clusters { nodes { id } } }'));

    const ends = await Promise.all([lane.enter('a', NEVER), lane.enter('a', NEVER), lane.enter('b', NEVER)]);
    const gone = new AbortController();
    const third = lane.enter('a', gone.signal);
    expect([lane.running, lane.waiting]).toEqual([3, 1]);
    gone.abort();
    expect(await third).toBeUndefined();
    for (const end of ends) end?.();
    expect(lane.running).toBe(0);
  });

  it('keep large operations apart from small ones, also where they read the schema', () => {
    const small = laneOf('{ clusters { nodes { id } } }', 1_000);
    const large = laneOf('{ clusters { nodes { id } } }', 1_001);
    expect(large).not.toBe(small);
    expect(laneOf('{ __schema { types { name } } clusters { nodes { id } } }', 1_001)).toBe(large);
  });
});
