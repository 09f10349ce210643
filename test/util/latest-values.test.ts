import { expect, it } from 'vitest';
import { LatestValues } from '../../src/util/latest-values.ts';

it('forgets the value that was set longest ago, not the one that was added first', () => {
  const values = new LatestValues<number>(2);
  values.set('a', 1);
  values.set('b', 2);
  values.set('a', 3);
  values.set('c', 4);
  expect([...values.entries()]).toEqual([
    ['a', 3],
    ['c', 4],
  ]);
  values.delete('a');
  expect([values.get('a'), values.get('b'), values.get('c'), values.size]).toEqual([undefined, undefined, 4, 1]);
});
