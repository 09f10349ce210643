import { type SharedTurns, TurnTakenError } from '../../ecs/consistency/change-turns.ts';
import type { Timers } from '../../ecs/core/timers.ts';
import { EPOCH_KEY, hashedKey } from '../keys.ts';
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
 * KEYS: the turn, when each waiting owner first asked, when it last looked, the epoch. ARGV: owner, lease in ms, the epoch that the
 * replica knows: in another one, the turn may be taken although it is missing. Returns 1, 0 if it is not this owner's turn, or -1 in another epoch.
 */
const TAKE = createScript(
  'take-turn',
  `if redis.call('HGET',KEYS[4],'id')~=ARGV[3] then return -1 end
local o=redis.call('GET',KEYS[1])
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
  /** The turns that this replica has. */
  readonly #kept = new Set<Turn>();
  #turns = 0;

  constructor(store: SharedStore, timers: Timers) {
    this.#store = store;
    this.#timers = timers;
    store.onChange(async ({ isAway, isNewServer }) => {
      if (!isAway && isNewServer) await Promise.all([...this.#kept].map((turn) => this.#lease(turn)));
    });
  }

  async take(name: string, until: number): Promise<(() => void) | undefined> {
    this.#turns += 1;
    const turn: Turn = {
      key: hashedKey(['turn'], name),
      owner: `${this.#store.replica} ${this.#turns}`,
    };
    for (;;) {
      // After a loss, those who have a turn store it before others look.
      const lease = this.#store.isAway || this.#store.isWhole ? await this.#lease(turn) : 'taken';
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
    this.#kept.add(turn);
    const renewLater = () => {
      stop = this.#timers.schedule(RENEW_MS, () => {
        void this.#lease(turn);
        renewLater();
      });
    };
    renewLater();
    return () => {
      stop();
      this.#kept.delete(turn);
      this.#giveBack(turn);
    };
  }

  async #lease({ key, owner }: Turn): Promise<Lease> {
    try {
      const keys = [...keysOf(key), EPOCH_KEY];
      const answer = Number(await this.#store.run(TAKE, keys, [owner, LEASE_MS, this.#store.epoch]));
      if (answer === -1) this.#store.checkEpoch();
      return answer === 1 ? 'mine' : 'taken';
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
