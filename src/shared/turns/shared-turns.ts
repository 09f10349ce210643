import { createHash } from 'node:crypto';
import { type SharedTurns, TurnTakenError } from '../../ecs/consistency/change-turns.ts';
import type { Timers } from '../../ecs/core/timers.ts';
import { fleetKey } from '../keys.ts';
import { createScript } from '../script.ts';
import { SharedError, type SharedStore } from '../store.ts';

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

/**
 * Turns of all replicas, as leases in Redis. They are a help: a replica whose Redis is away goes on without a turn, and one that
 * stood still for longer than its lease may share its turn with another.
 */
export class RedisTurns implements SharedTurns {
  readonly #store: SharedStore;
  readonly #timers: Timers;
  readonly #waitMs: number;

  /** @param waitMs how long a change waits for its turn */
  constructor(store: SharedStore, timers: Timers, waitMs: number) {
    this.#store = store;
    this.#timers = timers;
    this.#waitMs = waitMs;
  }

  async take(name: string): Promise<(() => void) | undefined> {
    const key = fleetKey('turn', createHash('sha256').update(name).digest('base64url'));
    const until = this.#timers.monotonic() + this.#waitMs;
    for (;;) {
      const isMine = await this.#lease(key);
      if (isMine === undefined) return undefined;
      if (isMine) return this.#keep(key);
      if (this.#timers.monotonic() >= until) throw new TurnTakenError('Another replica keeps the turn.');
      await new Promise<void>((resolve) => void this.#timers.schedule(LOOK_MS, resolve));
    }
  }

  /** Renews the lease until the turn is given back. */
  #keep(key: string): () => void {
    let stop = (): void => undefined;
    const renewLater = () => {
      stop = this.#timers.schedule(RENEW_MS, () => {
        void this.#lease(key);
        renewLater();
      });
    };
    renewLater();
    return () => {
      stop();
      this.#store.run(GIVE_BACK, [key], [this.#store.replica]).catch(onlyShared);
    };
  }

  /** Whether this replica has the turn; undefined if Redis does not answer. */
  async #lease(key: string): Promise<boolean | undefined> {
    try {
      return Number(await this.#store.run(TAKE, [key], [this.#store.replica, LEASE_MS])) === 1;
    } catch (error) {
      onlyShared(error);
      return undefined;
    }
  }
}

function onlyShared(error: unknown): void {
  if (!(error instanceof SharedError)) throw error;
}
