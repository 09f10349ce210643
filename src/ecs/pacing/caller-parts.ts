import { LatestValues } from '../../util/latest-values.ts';

/** After this time without a call, a caller's part of the bucket goes to the others. */
const ACTIVE_MS = 60_000;
/** The use of other callers is averaged over this time. */
const AVERAGE_S = 20;
/** Others find room for this many times as many calls as they make. */
const ROOM = 2;
/** The part of a bucket that one caller leaves to the others, at least and at most. */
const LEAST_LEFT = 0.1;
const MOST_LEFT = 0.5;
const MOST_CALLERS = 1_000;
/** The gateway's own calls, such as polls, which have a limit of their own. */
const OWN = '';

interface Part {
  tokens: number;
  /** Tokens that were taken lately, each counting less the longer it is ago. */
  used: number;
  at: number;
}

interface Level {
  readonly now: number;
  readonly capacity: number;
  /** Tokens a second. */
  readonly rate: number;
}

/**
 * The parts of callers in one bucket. While several principals make calls, each leaves the others room for twice as
 * many calls as they make, up to half of the bucket. So one that makes few calls finds tokens, whatever another one
 * does. A principal that is alone may use all of it.
 */
export class CallerParts {
  readonly #parts = new LatestValues<Part>(MOST_CALLERS);
  #used = 0;
  #usedAt = 0;
  #last: { readonly caller: string; readonly at: number } | undefined;
  /** The caller before that one. */
  #other: { readonly caller: string; readonly at: number } | undefined;

  /** Notes that a caller makes a call. */
  see(caller: string, now: number): void {
    if (caller === OWN) return;
    if (this.#last !== undefined && this.#last.caller !== caller) this.#other = this.#last;
    this.#last = { caller, at: now };
  }

  /** Seconds until a caller has tokens of its part; 0 if it has, or is alone. */
  secondsUntil(caller: string, tokens: number, level: Level): number {
    if (!this.#isShared(caller, level.now)) return 0;
    const part = this.#part(caller, level);
    const share = this.#share(part, level);
    const wanted = Math.min(tokens, Math.max(1, level.capacity * share));
    return Math.max(0, wanted - part.tokens) / (level.rate * share);
  }

  /** Whether a caller may take tokens now. */
  has(caller: string, tokens: number, level: Level): boolean {
    return this.secondsUntil(caller, tokens, level) < 1e-9;
  }

  take(caller: string, tokens: number, level: Level): void {
    if (caller === OWN) return;
    const part = this.#part(caller, level);
    part.used += tokens;
    this.#used = this.#usedNow(level) + tokens;
    // Tokens that a caller took while it was alone do not count against it for long.
    part.tokens = Math.max(0, part.tokens - tokens);
  }

  #isShared(caller: string, now: number): boolean {
    if (caller === OWN) return false;
    const other = this.#last?.caller === caller ? this.#other : this.#last;
    return other !== undefined && now - other.at < ACTIVE_MS;
  }

  /** The part of the bucket that a caller may use beside others. */
  #share(part: Part, level: Level): number {
    const othersRate = Math.max(0, this.#usedNow(level) - part.used) / AVERAGE_S;
    return 1 - Math.min(MOST_LEFT, Math.max(LEAST_LEFT, (ROOM * othersRate) / level.rate));
  }

  #usedNow({ now }: Level): number {
    this.#used *= decay(now - this.#usedAt);
    this.#usedAt = now;
    return this.#used;
  }

  #part(caller: string, level: Level): Part {
    const { now, capacity, rate } = level;
    const part = this.#parts.get(caller) ?? { tokens: capacity, used: 0, at: now };
    part.used *= decay(now - part.at);
    const share = this.#share(part, level);
    const seconds = Math.max(0, now - part.at) / 1_000;
    part.tokens = Math.min(Math.max(1, capacity * share), part.tokens + seconds * rate * share);
    part.at = now;
    this.#parts.set(caller, part);
    return part;
  }
}

function decay(ms: number): number {
  return Math.exp(-Math.max(0, ms) / 1_000 / AVERAGE_S);
}
