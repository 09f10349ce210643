import type { Timers } from '../../ecs/core/timers.ts';
import { fleetKey } from '../keys.ts';
import type { Packing } from '../packing.ts';
import { createScript, SERVER_TIME } from '../script.ts';
import { OTHER_KEY } from './limited-commands.ts';

export const ALIVE_KEY = fleetKey('replicas', 'alive');
/** A replica whose last sign of life is older than this is not counted. */
export const ALIVE_MS = 10_000;

/** Between the id of a replica and the mark of the form in which it writes. */
const MARK = '.';

/** Name of a replica among the others. */
export const nameOf = (id: string, { mark }: Packing) => (mark === '' ? id : `${id}${MARK}${mark}`);

/**
 * A replica's sign of life, by the server's time. It writes, so it also shows whether the server takes writes.
 * KEYS: the set; ARGV: replica, life in ms, marks of the forms that it can read. Returns the names of the replicas that are alive.
 * A replica is not let in beside one whose texts it could not read.
 */
export const HEARTBEAT = createScript(
  'heartbeat',
  `${SERVER_TIME}
redis.call('ZREMRANGEBYSCORE',KEYS[1],'-inf',string.format('(%.0f',now-ARGV[2]))
local readable={} for i=3,#ARGV do readable[ARGV[i]]=true end
for _,name in ipairs(redis.call('ZRANGE',KEYS[1],0,-1)) do
local mark=string.match(name,'%${MARK}(.*)$') or ''
if name~=ARGV[1] and not readable[mark] then return redis.error_reply('${OTHER_KEY} another replica encrypts with another key') end end
redis.call('ZADD',KEYS[1],string.format('%.0f',now),ARGV[1])
redis.call('PEXPIRE',KEYS[1],ARGV[2])
return redis.call('ZRANGE',KEYS[1],0,-1)`,
);

export const heartbeatOf = (replica: string, { readable }: Packing) =>
  ({ keys: [ALIVE_KEY], args: [replica, ALIVE_MS, ...readable] }) as const;

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
