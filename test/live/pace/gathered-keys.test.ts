import { describe, expect, it } from 'vitest';
import { GatheredKeys } from '../../../src/live/pace/gathered-keys.ts';
import { FakeTimers } from '../../support/time/fake-timers.ts';

function gather() {
  const timers = new FakeTimers();
  const rounds: string[][] = [];
  const gathered = new GatheredKeys(timers, (keys) => rounds.push([...keys].sort()));
  return { timers, rounds, gathered };
}

describe('changes that are announced', () => {
  it('are passed on at once after a pause, together with those of the same moment', async () => {
    const { timers, rounds, gathered } = gather();
    gathered.add(['a', 'b']);
    gathered.add(['b', 'c']);
    await timers.pass(10);
    expect(rounds).toEqual([['a', 'b', 'c']]);
    expect(timers.pending).toBe(0);
  });

  it('make at most eight rounds a second in a burst', async () => {
    const { timers, rounds, gathered } = gather();
    for (let change = 0; change < 100; change += 1) {
      gathered.add([String(change)]);
      await timers.pass(10);
    }
    await timers.pass(250);
    expect(rounds.length).toBeLessThanOrEqual(9);
    expect(new Set(rounds.flat()).size).toBe(100);
  });

  it('are dropped when nothing is followed any more', async () => {
    const { timers, rounds, gathered } = gather();
    gathered.add(['a']);
    gathered.dispose();
    await timers.pass(1_000);
    expect(rounds).toEqual([]);
  });
});
