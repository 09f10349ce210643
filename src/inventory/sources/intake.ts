import type { EcsEvent } from '../core/ecs-event.ts';
import { type Parsed, parseEvent, type Unused } from './parse-event.ts';

/** How a message or request ended. The names are labels of a metric. */
export type Outcome = 'taken' | 'duplicate' | 'untrusted' | 'failed' | Unused;

/** Whether the gateway serves an account and Region; undefined while it does not know its own account yet. */
export type Trusts = (account: string, region: string) => boolean | undefined;

/** Reads events for a source, drops those of accounts and Regions that the gateway does not serve, and counts both. */
export class EventIntake {
  readonly #trusts: Trusts;
  readonly #counts = new Map<Outcome, number>();

  constructor(trusts: Trusts) {
    this.#trusts = trusts;
  }

  /**
   * The event in a body, or why the inventory does not get one: `failed` if it should be delivered again. Counts all but events,
   * which count when they are merged.
   */
  read(body: string): Parsed | 'untrusted' | 'failed' {
    const parsed = parseEvent(body);
    const result = typeof parsed === 'string' ? parsed : this.#checked(parsed);
    if (typeof result === 'string') this.count(result);
    return result;
  }

  #checked(event: EcsEvent): EcsEvent | 'untrusted' | 'failed' {
    const isTrusted = this.#trusts(event.account, event.region);
    if (isTrusted === undefined) return 'failed';
    return isTrusted ? event : 'untrusted';
  }

  count(outcome: Outcome, by = 1): void {
    this.#counts.set(outcome, (this.#counts.get(outcome) ?? 0) + by);
  }

  counts(): ReadonlyMap<Outcome, number> {
    return this.#counts;
  }
}
