import { createHash } from 'node:crypto';
import { type SharedTurns, TurnTakenError } from '../../ecs/consistency/change-turns.ts';
import type { Timers } from '../../ecs/core/timers.ts';
import { fleetKey } from '../keys.ts';
import { createScript } from '../script.ts';
import { onlyShared, SharedError, type SharedStore } from '../store.ts';

/** The turn of a replica that has disappeared is free after this time. */
const LEASE_MS = 10_000;
const RENEW_MS = 3_000;
/** How often a replica looks whether the turn is free. */
const LOOK_MS = 50;

/** Takes a turn, or keeps it for longer. KEYS: the turn. ARGV: owner, lease in ms. Returns 1, or 0 if another has it. */
const TAKE = createScript(
  'take-turn',
  `local o=redis.call('GET',KEYS[1])
if o and o~=ARGV[1] then return 0 end
redis.call('SET',KEYS[1],ARGV[1],'PX',ARGV[2]) return 1`,
);

/** Gives a turn back. KEYS: the turn. ARGV: owner. */
const GIVE_BACK = createScript(
  'give-turn-back',
  `if redis.call('GET',KEYS[1])==ARGV[1] then return redis.call('DEL',KEYS[1]) end return 0`,
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
      key: fleetKey('turn', createHash('sha256').update(name).digest('base64url')),
      owner: `${this.#store.replica} ${this.#turns}`,
    };
    for (;;) {
      const lease = await this.#lease(turn);
      if (lease === 'mine') return this.#keep(turn);
      if (lease === 'none') return undefined;
      // A lease that Redis grants after all must not hold others up until it ends.
      if (lease === 'unknown') return () => this.#giveBack(turn);
      if (this.#timers.monotonic() >= until) throw new TurnTakenError('Another replica keeps the turn.');
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
      return Number(await this.#store.run(TAKE, [key], [owner, LEASE_MS])) === 1 ? 'mine' : 'taken';
    } catch (error) {
      if (!(error instanceof SharedError)) throw error;
      return error.mayHaveRun ? 'unknown' : 'none';
    }
  }

  #giveBack({ key, owner }: Turn): void {
    this.#store.run(GIVE_BACK, [key], [owner]).catch(onlyShared);
  }
}
