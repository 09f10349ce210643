import { type Parsed, parseEvent, type Unused } from './parse-event.ts';

/** How a message or request ended. The names are labels of a metric. */
export type Outcome = 'taken' | 'duplicate' | 'untrusted' | 'failed' | Unused;

/** Whether the gateway serves an account and Region. */
export type Trusts = (account: string, region: string) => boolean;

/** Reads events for a source, drops those of accounts and Regions that the gateway does not serve, and counts both. */
export class EventIntake {
  readonly #trusts: Trusts;
  readonly #counts = new Map<Outcome, number>();

  constructor(trusts: Trusts) {
    this.#trusts = trusts;
  }

  /** The event in a body, or why there is none for the inventory. Counts all but events: those count when they are merged. */
  read(body: string): Parsed | 'untrusted' {
    const parsed = parseEvent(body);
    const result = typeof parsed === 'string' || this.#trusts(parsed.account, parsed.region) ? parsed : 'untrusted';
    if (typeof result === 'string') this.count(result);
    return result;
  }

  count(outcome: Outcome, by = 1): void {
    this.#counts.set(outcome, (this.#counts.get(outcome) ?? 0) + by);
  }

  counts(): ReadonlyMap<Outcome, number> {
    return this.#counts;
  }
}
