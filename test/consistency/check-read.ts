import { expect } from 'vitest';

interface Expected {
  readonly has?: object;
  readonly hasNot?: object;
  readonly among?: object;
  readonly notAmong?: object;
}

/** Compares data with what is expected of it; of lists, whether one item is among theirs. */
export function checkRead(data: unknown, expected: unknown, what: string): void {
  const { has, hasNot } = expected as Expected;
  if (has === undefined && hasNot === undefined) {
    expect(data, what).toEqual(asMatchers(expected));
    return;
  }
  const { list } = data as { list: { nodes: object[] } };
  if (has !== undefined) expect(list.nodes, what).toContainEqual(has);
  if (hasNot !== undefined) expect(list.nodes, what).not.toContainEqual(hasNot);
}

function asMatchers(expected: unknown): unknown {
  if (Array.isArray(expected)) return expected.map(asMatchers);
  if (typeof expected !== 'object' || expected === null) return expected;
  const { among, notAmong } = expected as Expected;
  if (among !== undefined) return expect.arrayContaining([among]);
  if (notAmong !== undefined) return expect.not.arrayContaining([notAmong]);
  return Object.fromEntries(Object.entries(expected).map(([name, value]) => [name, asMatchers(value)]));
}
