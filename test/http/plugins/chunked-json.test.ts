import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonInTurns } from '../../../src/http/plugins/chunked-json.ts';
import { createWorld } from '../../support/world.ts';

/** A clock that goes on by so much whenever it is looked at, and a count of the pauses. */
function slow(stepMs: number) {
  let time = 0;
  const seen = { pauses: 0 };
  const pauses = {
    now: () => {
      time += stepMs;
      return time;
    },
    nextTurn: async () => {
      seen.pauses += 1;
    },
  };
  return { seen, pauses };
}

const tree = (services: number) => ({
  nodes: Array.from({ length: services }, (_, index) => ({ name: `s${index}`, tasks: [{ arn: 'a' }, { arn: 'b' }] })),
});

describe('jsonInTurns', () => {
  it('writes what JSON.stringify writes', async () => {
    const value = fc.object({
      withNullPrototype: true,
      withDate: true,
      withSparseArray: true,
      values: [fc.json(), fc.constant(undefined)],
    });
    await fc.assert(
      fc.asyncProperty(fc.oneof(value, fc.array(value), fc.jsonValue()), async (data) => {
        expect((await jsonInTurns(data)).join('')).toBe(JSON.stringify(data));
      }),
      { numRuns: 300 },
    );
    expect((await jsonInTurns(tree(500))).join('')).toBe(JSON.stringify(tree(500)));
  });

  it('lets others have their turn after each slice of time, and writes the same', async () => {
    const { seen, pauses } = slow(6);
    expect((await jsonInTurns(tree(1_000), pauses)).join('')).toBe(JSON.stringify(tree(1_000)));
    expect(seen.pauses).toBeGreaterThan(20);
  });

  it('writes what is short without a pause', async () => {
    const { seen, pauses } = slow(1);
    await jsonInTurns(tree(50), pauses);
    expect(seen.pauses).toBe(0);
  });
});

it('an answer over HTTP is written so: data, errors and extensions in their order, and well-formed', async () => {
  const world = await createWorld({ seed: 'demo' });
  const query =
    '{ clusters { nodes { clusterName services { nodes { serviceName events { createdAt } } } } } no: task(task: "no", cluster: "no") { id } }';
  try {
    const response = await world.app.fetch(
      new Request('http://127.0.0.1/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify({ query }),
      }),
    );
    const text = await response.text();
    const answer = JSON.parse(text) as { data: { no: null } };
    expect(JSON.stringify(answer)).toBe(text);
    expect(answer).toMatchObject({ data: { no: null }, extensions: { ecs: {} } });
    expect(answer).not.toHaveProperty('stringify');
  } finally {
    await world.dispose();
  }
});
