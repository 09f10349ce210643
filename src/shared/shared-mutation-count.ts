import { randomUUID } from 'node:crypto';
import { hashedKey } from './keys.ts';
import { createScript, SERVER_TIME } from './script.ts';
import { SharedError, type SharedStore } from './store.ts';

const WINDOW_MS = 60_000;

/**
 * Counts writes in a window that moves, all or none. KEYS: the times. ARGV: count, most, window in ms, prefix of new
 * members. Returns as text the milliseconds until they may be done, 0 if they were counted.
 */
const COUNT = createScript(
  'count-mutations',
  `${SERVER_TIME}
local count,most,window=tonumber(ARGV[1]),tonumber(ARGV[2]),tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE',KEYS[1],'-inf',string.format('%.0f',now-window))
local excess=redis.call('ZCARD',KEYS[1])+count-most
if excess>0 then
local first=redis.call('ZRANGE',KEYS[1],excess-1,excess-1,'WITHSCORES')
return string.format('%.0f',math.max(1,tonumber(first[2])+window-now))
end
for i=1,count do redis.call('ZADD',KEYS[1],string.format('%.0f',now),ARGV[4]..i) end
redis.call('PEXPIRE',KEYS[1],window)
return '0'`,
);

/** The writes of each principal at all replicas in the last minute. */
export class SharedMutationCount {
  readonly #store: SharedStore;

  constructor(store: SharedStore) {
    this.#store = store;
  }

  get isAway(): boolean {
    return this.#store.isAway;
  }

  get replicas(): number {
    return this.#store.replicas;
  }

  /**
   * Counts writes, all or none.
   * @returns undefined if they may be done, or Redis does not answer; else the milliseconds until they may, Infinity if
   * never at once
   */
  async take(principal: string, count: number, most: number): Promise<number | undefined> {
    if (count > most) return Number.POSITIVE_INFINITY;
    const key = hashedKey(['mutations'], principal);
    try {
      const waitMs = Number(await this.#store.run(COUNT, [key], [count, most, WINDOW_MS, `${randomUUID()} `]));
      return waitMs === 0 ? undefined : waitMs;
    } catch (error) {
      if (error instanceof SharedError) return undefined;
      throw error;
    }
  }
}
