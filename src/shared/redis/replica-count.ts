import type { Timers } from '../../ecs/core/timers.ts';
import { fleetKey } from '../keys.ts';
import { createScript, SERVER_TIME } from '../script.ts';

export const ALIVE_KEY = fleetKey('replicas', 'alive');
/** A replica whose last sign of life is older than this is not counted. */
export const ALIVE_MS = 10_000;

/**
 * A replica's sign of life, by the server's time. It writes, so it also shows whether the server takes writes.
 * KEYS: the set; ARGV: replica, life in ms. Returns the names of the replicas that are alive.
 */
export const HEARTBEAT = createScript(
  'heartbeat',
  `${SERVER_TIME}
redis.call('ZADD',KEYS[1],string.format('%.0f',now),ARGV[1])
redis.call('ZREMRANGEBYSCORE',KEYS[1],'-inf',string.format('(%.0f',now-ARGV[2]))
redis.call('PEXPIRE',KEYS[1],ARGV[2])
return redis.call('ZRANGE',KEYS[1],0,-1)`,
);

export const heartbeatOf = (replica: string) => ({ keys: [ALIVE_KEY], args: [replica, ALIVE_MS] }) as const;

/** The command that takes a replica off the set when it ends. */
export const goodbyeOf = (replica: string) => ['ZREM', ALIVE_KEY, replica] as const;

/**
 * The number of replicas: what the last heartbeat returned. A server that was restarted has forgotten the others, who
 * need a moment to reach it, so the number does not fall for that long.
 */
export class ReplicaCount {
  readonly #timers: Timers;
  readonly #least: number;
  #known = 0;
  #heldUntil = Number.NEGATIVE_INFINITY;

  /** @param least the number to assume at least while the true one is not known */
  constructor(least: number, timers: Timers) {
    this.#least = least;
    this.#timers = timers;
  }

  counted(replicas: number): void {
    this.#known = this.#timers.monotonic() < this.#heldUntil ? Math.max(this.#known, replicas) : replicas;
  }

  /** Notes that the server may have forgotten the other replicas. */
  forgotten(): void {
    if (this.#known > 0) this.#heldUntil = this.#timers.monotonic() + ALIVE_MS;
  }

  /** The number of replicas, by what is known. */
  get(isAway: boolean): number {
    return Math.max(isAway ? this.#least : 1, this.#known);
  }
}
