import { describe, expect, it } from 'vitest';
import { Turns } from '../../../src/ecs/sdk/event-loop-budget.ts';

const BUDGET = 100_000;
const LARGE = 60_000;
const SMALL = 10_000;

/** Turns that pass when the test says so, and the names of those who were let go, a list for each turn. */
function start() {
  const callbacks: (() => void)[] = [];
  const turns = new Turns(BUDGET, (callback) => callbacks.push(callback));
  const went: string[][] = [[]];
  const come = (name: string, bytes: number) => {
    const wait = turns.take(bytes);
    if (wait === undefined) went.at(-1)?.push(name);
    else void wait.then(() => went.at(-1)?.push(name));
  };
  const pass = async () => {
    went.push([]);
    for (const callback of callbacks.splice(0)) callback();
    await new Promise(setImmediate);
  };
  return { come, pass, went, isIdle: () => callbacks.length === 0 };
}

describe('Turns', () => {
  it('let go at once what a turn has room for, and the rest in later turns, in order', async () => {
    const { come, pass, went, isIdle } = start();
    for (const name of ['a', 'b', 'c', 'd', 'e']) come(name, LARGE);
    for (let turn = 0; turn < 3; turn += 1) await pass();
    expect(went).toEqual([['a', 'b'], ['c', 'd'], ['e'], []]);
    expect(isIdle()).toBe(true);
  });

  it('let what is larger than a turn have one to itself', async () => {
    const { come, pass, went } = start();
    for (const name of ['a', 'b', 'c']) come(name, 3 * BUDGET);
    for (let turn = 0; turn < 2; turn += 1) await pass();
    expect(went).toEqual([['a'], ['b'], ['c']]);
  });

  it('let small ones go before large ones that came earlier', async () => {
    const { come, pass, went } = start();
    for (const name of ['a', 'b', 'c', 'd']) come(name, LARGE);
    for (const name of ['x', 'y']) come(name, SMALL);
    for (let turn = 0; turn < 2; turn += 1) await pass();
    expect(went).toEqual([['a', 'b'], ['x', 'y', 'c', 'd'], []]);
  });

  it('let large ones go now and then, however many small ones come', async () => {
    const { come, pass, went } = start();
    for (const name of ['a', 'b', 'c', 'd']) come(name, LARGE);
    for (let turn = 0; turn < 10; turn += 1) {
      for (let index = 0; index < 12; index += 1) come('small', SMALL);
      await pass();
    }
    const large = went.map((names) => names.filter((name) => name !== 'small').join());
    expect(large).toEqual(['a,b', '', '', '', 'c', '', '', '', 'd', '', '']);
  });

  it('keep a waiting task waiting while there is room again', async () => {
    const { come, pass, went } = start();
    for (const name of ['a', 'b', 'c']) come(name, LARGE);
    await pass();
    come('d', LARGE);
    expect(went).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  it('ask for no turn while nothing is to do', async () => {
    const { come, pass, went, isIdle } = start();
    expect(isIdle()).toBe(true);
    come('a', SMALL);
    expect(isIdle()).toBe(false);
    await pass();
    expect(isIdle()).toBe(true);
    come('b', LARGE);
    expect(went).toEqual([['a'], ['b']]);
  });
});
