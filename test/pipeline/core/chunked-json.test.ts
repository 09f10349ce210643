import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonInTurns, TooLongError } from '../../../src/pipeline/core/chunked-json.ts';
import type { Turns } from '../../../src/turns/turns.ts';
import { createWorld } from '../../support/gateway/world.ts';

/** Turns that are always over, or never. */
function turnsThat(isOver: boolean) {
  const seen = { turns: 0 };
  const turns: Turns = {
    isOver: () => isOver,
    next: async () => {
      seen.turns += 1;
    },
    take: () => undefined,
    isCrowding: () => false,
    forget: () => undefined,
  };
  return { seen, turns };
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
        expect((await jsonInTurns(data, turnsThat(false))).join('')).toBe(JSON.stringify(data));
      }),
      { numRuns: 300 },
    );
    expect((await jsonInTurns(tree(500), turnsThat(true))).join('')).toBe(JSON.stringify(tree(500)));
  });

  it('lets others have their turn where a turn is over, and writes the same', async () => {
    const { seen, turns } = turnsThat(true);
    expect((await jsonInTurns(tree(1_000), { turns })).join('')).toBe(JSON.stringify(tree(1_000)));
    expect(seen.turns).toBeGreaterThan(20);
  });

  it('writes in one turn where that lasts', async () => {
    const { seen, turns } = turnsThat(false);
    await jsonInTurns(tree(1_000), { turns });
    expect(seen.turns).toBe(0);
  });

  it('ends with the text that is too long, before all of it is written', async () => {
    const { seen, turns } = turnsThat(true);
    const text = JSON.stringify(tree(1_000));
    await expect(jsonInTurns(tree(1_000), { turns, most: text.length - 1 })).rejects.toThrow(TooLongError);
    expect((await jsonInTurns(tree(1_000), { turns, most: text.length })).join('')).toBe(text);
    seen.turns = 0;
    await expect(jsonInTurns(tree(1_000), { turns, most: 1_000 })).rejects.toThrow(TooLongError);
    expect(seen.turns).toBeLessThan(3);
  });

  it('ends when nothing waits for it any more', async () => {
    const { turns } = turnsThat(true);
    const signal = AbortSignal.abort(new Error('gone'));
    await expect(jsonInTurns(tree(1_000), { turns, signal })).rejects.toThrow('gone');
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
