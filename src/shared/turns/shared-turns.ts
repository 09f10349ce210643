import { type SharedTurns, TurnTakenError } from '../../ecs/consistency/change-turns.ts';
import type { Timers } from '../../ecs/core/timers.ts';
import { hashedKey } from '../keys.ts';
import { createScript, SERVER_TIME } from '../script.ts';
import { onlyShared, SharedError, type SharedStore } from '../store.ts';

/** The turn of a replica that has disappeared is free after this time. */
const LEASE_MS = 10_000;
const RENEW_MS = 3_000;
/** How often a replica looks whether the turn is free. */
const LOOK_MS = 50;

/** A change that has not looked for this long waits no more. */
const ABSENT_MS = 2_000;

/**
 * Takes a turn, or keeps it for longer. Those who wait get it in the order in which they first asked.
 *
 * KEYS: the turn, when each waiting owner first asked, when it last looked. ARGV: owner, lease in ms. Returns 1, or 0 if it is not this
 * owner's turn.
 */
const TAKE = createScript(
  'take-turn',
  `local o=redis.call('GET',KEYS[1])
if o~=ARGV[1] then
${SERVER_TIME}
for _,absent in ipairs(redis.call('ZRANGEBYSCORE',KEYS[3],'-inf',string.format('%.0f',now-${ABSENT_MS}))) do
redis.call('ZREM',KEYS[2],absent) redis.call('ZREM',KEYS[3],absent)
end
local first=redis.call('ZRANGE',KEYS[2],0,0)[1]
if o or (first and first~=ARGV[1]) then
redis.call('ZADD',KEYS[2],'NX',string.format('%.0f',t[1]*1000000+t[2]),ARGV[1])
redis.call('ZADD',KEYS[3],string.format('%.0f',now),ARGV[1])
redis.call('PEXPIRE',KEYS[2],ARGV[2]) redis.call('PEXPIRE',KEYS[3],ARGV[2])
return 0
end
redis.call('ZREM',KEYS[2],ARGV[1]) redis.call('ZREM',KEYS[3],ARGV[1])
end
redis.call('SET',KEYS[1],ARGV[1],'PX',ARGV[2]) return 1`,
);

/** Gives a turn back, or waits for it no longer. KEYS: as above. ARGV: owner. */
const GIVE_BACK = createScript(
  'give-turn-back',
  `redis.call('ZREM',KEYS[2],ARGV[1]) redis.call('ZREM',KEYS[3],ARGV[1])
if redis.call('GET',KEYS[1])==ARGV[1] then return redis.call('DEL',KEYS[1]) end return 0`,
);

/** A turn that one change has, or asks for. */
interface Turn {
  readonly key: string;
  /** Not the replica alone: what it still does for a turn that it has given back must not concern the next one. */
  readonly owner: string;
}

/** The state of a lease: `none` if Redis could not be asked, `unknown` if it may have granted the lease and did not answer. */
type Lease = 'mine' | 'taken' | 'none' | 'unknown';

/**
 * Turns of all replicas, as leases in Redis. They are a help: a replica whose Redis is away goes on without a turn, and one that
 * stood still for longer than its lease may share its turn with another.
 */
export class RedisTurns implements SharedTurns {
  readonly #store: SharedStore;
  readonly #timers: Timers;
  #turns = 0;

  constructor(store: SharedStore, timers: Timers) {
    this.#store = store;
    this.#timers = timers;
  }

  async take(name: string, until: number): Promise<(() => void) | undefined> {
    this.#turns += 1;
    const turn: Turn = {
      key: hashedKey(['turn'], name),
      owner: `${this.#store.replica} ${this.#turns}`,
    };
    for (;;) {
      const lease = await this.#lease(turn);
      if (lease === 'mine') return this.#keep(turn);
      if (lease === 'none') return undefined;
      // A lease that Redis grants after all must not hold others up until it ends.
      if (lease === 'unknown') return () => this.#giveBack(turn);
      if (this.#timers.monotonic() >= until) {
        this.#giveBack(turn);
        throw new TurnTakenError('Another replica keeps the turn.');
      }
      await new Promise<void>((resolve) => void this.#timers.schedule(LOOK_MS, resolve));
    }
  }

  /** Renews the lease until the turn is given back. */
  #keep(turn: Turn): () => void {
    let stop = (): void => undefined;
    const renewLater = () => {
      stop = this.#timers.schedule(RENEW_MS, () => {
        void this.#lease(turn);
        renewLater();
      });
    };
    renewLater();
    return () => {
      stop();
      this.#giveBack(turn);
    };
  }

  async #lease({ key, owner }: Turn): Promise<Lease> {
    try {
      return Number(await this.#store.run(TAKE, keysOf(key), [owner, LEASE_MS])) === 1 ? 'mine' : 'taken';
    } catch (error) {
      if (!(error instanceof SharedError)) throw error;
      return error.mayHaveRun ? 'unknown' : 'none';
    }
  }

  #giveBack({ key, owner }: Turn): void {
    this.#store.run(GIVE_BACK, keysOf(key), [owner]).catch(onlyShared);
  }
}

/** The turn, and the two queues of those who wait for it. */
function keysOf(turn: string): readonly string[] {
  return [turn, `${turn}:asked`, `${turn}:seen`];
}
