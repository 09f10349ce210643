import { expect, it } from 'vitest';
import { KeyPrefix } from '../../../src/ecs/consistency/key-prefix.ts';

const HERE = { account: 'default', region: 'eu-west-1' };
const ELSEWHERE = { account: 'default', region: 'us-east-1' };

it('writes a text again only for another kind, cluster or scope, or after it was forgotten', () => {
  let generation = 1;
  const prefix = new KeyPrefix((...parts) => JSON.stringify([generation, ...parts]));
  const asked = [
    ['Task', 'shop', HERE],
    ['Task', 'shop', HERE],
    ['Service', 'shop', HERE],
    ['Service', undefined, HERE],
    ['Service', undefined, ELSEWHERE],
    ['Task', 'shop', HERE],
  ] as const;
  for (const [kind, cluster, scope] of asked) {
    expect(prefix.of(kind, cluster, scope)).toBe(JSON.stringify([1, kind, cluster, scope]));
  }
  generation = 2;
  expect(prefix.of('Task', 'shop', HERE)).toBe(JSON.stringify([1, 'Task', 'shop', HERE]));
  prefix.forget();
  expect(prefix.of('Task', 'shop', HERE)).toBe(JSON.stringify([2, 'Task', 'shop', HERE]));
});
