import { describe, expect, it } from 'vitest';
import { CallerAccount } from '../../../src/ecs/credentials/caller-account.ts';
import type { Keys } from '../../../src/ecs/credentials/credential-source.ts';

const keysOf = (accessKeyId: string): Keys => ({ accessKeyId, secretAccessKey: 'secret' });

/** An STS that the test plays: it knows the account of each access key, or cannot be asked. */
function createSts() {
  const state = { now: 0, asked: 0, isAway: false };
  const account = new CallerAccount({
    now: () => state.now,
    ask: async ({ accessKeyId }) => {
      state.asked += 1;
      await new Promise(setImmediate);
      if (state.isAway) throw new Error('away');
      return `account of ${accessKeyId}`;
    },
  });
  return { state, account };
}

describe('the account of keys', () => {
  it('is asked for once by all who need it at the same time, and known from then on', async () => {
    const { state, account } = createSts();
    const keys = keysOf('one');
    expect(await Promise.all([account.of(keys), account.of(keys)])).toEqual(['account of one', 'account of one']);
    expect(account.of(keys)).toBe('account of one');
    expect(state.asked).toBe(1);
  });

  it('is asked for again when the keys are other ones', async () => {
    const { state, account } = createSts();
    await account.of(keysOf('one'));
    expect(await account.of(keysOf('two'))).toBe('account of two');
    expect(state.asked).toBe(2);
  });

  it('is not asked for where STS named it with the keys', () => {
    const { state, account } = createSts();
    expect(account.of({ ...keysOf('one'), account: '111111111111' })).toBe('111111111111');
    expect(state.asked).toBe(0);
  });

  it('stays unknown without a wait for half a minute if STS cannot be asked, and is then asked for beside the calls', async () => {
    const { state, account } = createSts();
    state.isAway = true;
    const keys = keysOf('one');
    expect(await account.of(keys)).toBeUndefined();
    state.now = 29_999;
    expect(account.of(keys)).toBeUndefined();
    expect(state.asked).toBe(1);
    state.now = 30_000;
    state.isAway = false;
    expect(account.of(keys)).toBeUndefined();
    expect(account.of(keys)).toBeUndefined();
    expect(state.asked).toBe(2);
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(account.of(keys)).toBe('account of one');
  });
});
