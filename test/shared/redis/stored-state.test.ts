import { describe, expect, it } from 'vitest';
import { ANY_EPOCH } from '../../../src/shared/redis/heartbeat.ts';
import { StoredState } from '../../../src/shared/redis/stored-state.ts';
import { FakeTimers } from '../../support/time/fake-timers.ts';

describe('what replicas have stored in Redis', () => {
  const timers = new FakeTimers();
  const beat = (epoch: string, alive: readonly string[], storing: readonly string[] = []) => ({
    epoch,
    alive,
    storing,
  });
  function started(others: readonly string[] = ['b']) {
    const state = new StoredState('a', timers);
    expect([state.mark, state.isWhole]).toEqual([ANY_EPOCH, false]);
    expect(state.take(beat('1', ['a', ...others]), [])).toBe(true);
    expect([state.mark, state.isWhole, state.mustMark]).toEqual(['1', true, false]);
    return state;
  }

  it('is complete after a loss when this replica and those that it knew have stored it again', () => {
    const state = started(['b', 'c']);
    expect(state.take(beat('2', ['a'], ['a']), ['b', 'c'])).toBe(true);
    expect([state.mark, state.mustStore, state.waiting]).toEqual(['', true, ['b', 'c']]);
    state.hasStored('2');
    expect([state.mark, state.mustStore, state.mustMark, state.isWhole]).toEqual(['2', false, true, false]);
    expect(state.take(beat('2', ['a', 'b'], ['b']), ['b', 'c'])).toBe(false);
    expect([state.waiting, state.mustMark]).toEqual([['c', 'b'], false]);
    state.take(beat('2', ['a', 'b', 'c']), ['b', 'c']);
    expect(state.isWhole).toBe(true);
  });

  it('does not count what was stored before one more loss', () => {
    const state = started();
    state.take(beat('2', ['a', 'b'], ['a', 'b']), ['b']);
    state.take(beat('3', ['a', 'b'], ['a']), ['b']);
    state.hasStored('2');
    expect([state.mark, state.isWhole]).toEqual(['', false]);
    state.hasStored('3');
    expect(state.isWhole).toBe(true);
  });

  it('is not waited for if its replica has disappeared', async () => {
    const state = started();
    state.take(beat('2', ['a'], ['a']), ['b']);
    state.hasStored('2');
    await timers.pass(9_999);
    expect(state.isWhole).toBe(false);
    await timers.pass(1);
    expect([state.isWhole, state.waiting]).toEqual([true, []]);
  });

  it('is waited for by a replica that starts while others store it', () => {
    const state = new StoredState('a', timers);
    state.take(beat('2', ['a', 'b'], ['b']), []);
    expect(state.isWhole).toBe(false);
    state.take(beat('2', ['a', 'b']), ['b']);
    expect(state.isWhole).toBe(true);
  });

  it('is stored again after a reconnect to a server that does not say whether it is the same', () => {
    const state = started();
    state.doubt();
    expect(state.take(beat('1', ['a', 'b'], ['a']), ['b'])).toBe(false);
    expect([state.mustStore, state.isWhole]).toEqual([true, false]);
    state.hasStored('1');
    expect(state.isWhole).toBe(true);
  });
});
