import { describe, expect, it } from 'vitest';
import { RoleKeySupply, type RoleKeys } from '../../../src/ecs/credentials/role-keys.ts';

const MINUTE = 60_000;

/** A role whose STS the test plays, on virtual time. */
function createRole(lifeMs = 60 * MINUTE) {
  const state = { now: 0, asked: 0, fails: false };
  const waiting: (() => void)[] = [];
  const supply = new RoleKeySupply({
    now: () => state.now,
    random: () => 0.5,
    assume: async (): Promise<RoleKeys> => {
      state.asked += 1;
      const mine = state.asked;
      await new Promise<void>((resolve) => waiting.push(resolve));
      if (state.fails) throw new Error('away');
      return {
        accessKeyId: `key ${mine}`,
        secretAccessKey: 'secret',
        sessionToken: 'token',
        expiration: new Date(state.now + lifeMs),
      };
    },
  });
  const answer = async () => {
    for (const resolve of waiting.splice(0)) resolve();
    await new Promise(setImmediate);
  };
  const first = async () => {
    const keys = supply.keys();
    await answer();
    return keys;
  };
  return { state, supply, answer, first };
}

describe('the keys of a role', () => {
  it('are asked for once by all who need them at the same time', async () => {
    const { state, supply, answer } = createRole();
    const all = Promise.all([supply.keys(), supply.keys(), supply.keys()]);
    await answer();
    expect((await all).map(({ accessKeyId }) => accessKeyId)).toEqual(['key 1', 'key 1', 'key 1']);
    expect(state.asked).toBe(1);
  });

  it('are renewed in the background from ten minutes before they expire, while the old ones are served', async () => {
    const { state, supply, answer, first } = createRole();
    await first();
    state.now = 49 * MINUTE;
    await supply.keys();
    expect(state.asked).toBe(1);
    state.now = 51 * MINUTE;
    expect((await supply.keys()).accessKeyId).toBe('key 1');
    expect((await supply.keys()).accessKeyId).toBe('key 1');
    expect(state.asked).toBe(2);
    await answer();
    expect((await supply.keys()).accessKeyId).toBe('key 2');
    expect(supply.expiresAt).toEqual(new Date(111 * MINUTE));
  });

  it('are served until half a minute before they expire while STS is away, which is asked every 5 s at most', async () => {
    const { state, supply, answer, first } = createRole();
    await first();
    state.fails = true;
    state.now = 51 * MINUTE;
    for (let call = 0; call < 10; call += 1) {
      expect((await supply.keys()).accessKeyId).toBe('key 1');
      await answer();
    }
    expect(state.asked).toBe(2);
    expect(supply.failure).toBe('STS returned no credentials');
    state.now += 5_000;
    await supply.keys();
    await answer();
    expect(state.asked).toBe(3);
    state.now = 60 * MINUTE - 30_000;
    const late = expect(supply.keys()).rejects.toThrow('STS returned no credentials');
    await answer();
    await late;
    // The failure answers all callers until the next attempt.
    await expect(supply.keys()).rejects.toThrow('STS returned no credentials');
    expect(state.asked).toBe(4);
    state.fails = false;
    state.now += 5_000;
    expect((await first()).accessKeyId).toBe('key 5');
    expect(supply.failure).toBeUndefined();
  });

  it('are forgotten when AWS calls them expired', async () => {
    const { state, supply, answer, first } = createRole();
    const old = await first();
    // Three calls were under way with the same keys. The last one is refused after the first one has renewed them.
    expect([supply.drop(old), supply.drop(old)]).toEqual([true, true]);
    expect(supply.expiresAt).toBeUndefined();
    const all = Promise.all([supply.keys(), supply.keys()]);
    await answer();
    expect((await all).map(({ accessKeyId }) => accessKeyId)).toEqual(['key 2', 'key 2']);
    expect(supply.drop(old)).toBe(true);
    expect((await supply.keys()).accessKeyId).toBe('key 2');
    expect(state.asked).toBe(2);
  });

  it('of a short life are renewed in the middle of it', async () => {
    const { state, supply, first } = createRole(15 * MINUTE);
    await first();
    state.now = 7 * MINUTE;
    await supply.keys();
    expect(state.asked).toBe(1);
    state.now = 8 * MINUTE;
    await supply.keys();
    expect(state.asked).toBe(2);
  });
});
