import type { BucketName } from '../ecs/core/operations.ts';
import type { Timers } from '../ecs/core/timers.ts';
import type { Lot, LotRequest, SharedTokens } from '../ecs/pacing/shared-tokens.ts';
import { LEAST_FACTOR, POLL_PART, RECOVERY_PER_SECOND, THROTTLE_FACTOR } from '../ecs/pacing/token-supply.ts';
import { sharedKey } from './keys.ts';
import { createScript } from './script.ts';
import type { SharedStore } from './store.ts';

/** A server that was restarted gives full buckets again, whatever was taken: for this long, half of each is used. */
const HALF_MS = 60_000;

/**
 * One bucket for all replicas. Its level may be negative: tokens were then taken that are yet to come.
 *
 * KEYS: the bucket. ARGV: capacity, rate, tokens ahead, most tokens ahead, tokens, polls, tokens used elsewhere, ms since a throttled
 * call was sent or -1. Returns tokens, polls, and as text level and poll level before, and factor.
 */
const TAKE = createScript(
  'take',
  `local t=redis.call('TIME') local now=t[1]*1000000+t[2]
local cap,rate,ahead,most=tonumber(ARGV[1]),tonumber(ARGV[2]),tonumber(ARGV[3]),tonumber(ARGV[4])
local need,polls,used,ago=tonumber(ARGV[5]),tonumber(ARGV[6]),tonumber(ARGV[7]),tonumber(ARGV[8])
local h=redis.call('HMGET',KEYS[1],'n','p','t','f','l')
local n,p,last,f,low=tonumber(h[1]),tonumber(h[2]),tonumber(h[3]),tonumber(h[4]),tonumber(h[5])
if not (n and p and last and f and low) then n,p,last,f,low=cap,cap*${POLL_PART},now,1,0 end
if last>now+1000000 then last=now end
local s=math.max(0,now-last)/1000000
f=math.min(1,f+s*${RECOVERY_PER_SECOND})
n=math.min(math.max(1,cap*f),n+s*rate*f)-used
p=math.min(math.max(1,cap*f*${POLL_PART}),p+s*rate*f*${POLL_PART})-used*${POLL_PART}
if ago>=0 then
n=math.min(n,0) p=math.min(p,0)
if now-ago*1000>low then low=now f=math.max(${LEAST_FACTOR},f*${THROTTLE_FACTOR}) end
end
local function take(want,level,part)
return math.max(0,math.min(want,math.floor(math.max(0,level)+math.ceil(ahead*part)),math.floor(level+most*part)))
end
local got,pgot=take(need,n,1),take(polls,p,${POLL_PART})
redis.call('HSET',KEYS[1],'n',string.format('%.6f',n-got),'p',string.format('%.6f',p-pgot),'t',string.format('%.0f',math.max(last,now)),'f',string.format('%.6f',f),'l',string.format('%.0f',low))
redis.call('PEXPIRE',KEYS[1],math.ceil((cap+most-n)/(rate*f)*1000)+30000)
return {got,pgot,string.format('%.6f',n),string.format('%.6f',p),string.format('%.6f',f)}`,
);

/** The token buckets of one account and region in Redis. */
export class SharedBuckets implements SharedTokens {
  readonly #store: SharedStore;
  readonly #scope: string;
  readonly #timers: Timers;
  #wasConnected = false;
  #halfUntil = Number.NEGATIVE_INFINITY;

  constructor(store: SharedStore, scope: string, timers: Timers) {
    this.#store = store;
    this.#scope = scope;
    this.#timers = timers;
    this.#wasConnected = !store.isAway;
    store.onChange(({ isAway, isNewServer }) => {
      if (isAway) return;
      if (isNewServer && this.#wasConnected) this.#halfUntil = timers.monotonic() + HALF_MS;
      this.#wasConnected = true;
    });
  }

  get isAway(): boolean {
    return this.#store.isAway;
  }

  get replicas(): number {
    return this.#store.replicas;
  }

  get part(): number {
    return this.#timers.monotonic() < this.#halfUntil ? 0.5 : 1;
  }

  async take(bucket: BucketName, wanted: LotRequest): Promise<Lot> {
    const { capacity, rate, ahead, mostAhead, tokens, polls, used, throttledAgoMs = -1 } = wanted;
    const args = [capacity, rate, ahead, mostAhead, tokens, polls, used, throttledAgoMs];
    const answer = await this.#store.run(TAKE, [sharedKey(this.#scope, 'bucket', bucket)], args);
    const [got = 0, gotPolls = 0, level = 0, pollLevel = 0, factor = 1] = (answer as readonly unknown[]).map(Number);
    return { tokens: got, polls: gotPolls, level, pollLevel, factor };
  }

  onBack(listener: () => void): void {
    this.#store.onChange(({ isAway }) => {
      if (!isAway) listener();
    });
  }
}
