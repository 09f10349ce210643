import type { EcsEvent } from '../core/ecs-event.ts';
import { type Parsed, parseEvent, type Unused } from './parse-event.ts';

/** How a message or request ended. The names are labels of a metric. */
export type Outcome = 'taken' | 'duplicate' | 'untrusted' | 'failed' | Unused;

/** Whether the gateway serves an account and Region. A promise while its own account is unknown; it rejects if ECS does not say. */
export type Trusts = (account: string, region: string) => boolean | Promise<boolean>;

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
  async read(body: string): Promise<Parsed | 'untrusted' | 'failed'> {
    const parsed = parseEvent(body);
    const result = typeof parsed === 'string' ? parsed : await this.#checked(parsed);
    if (typeof result === 'string') this.count(result);
    return result;
  }

  async #checked(event: EcsEvent): Promise<EcsEvent | 'untrusted' | 'failed'> {
    try {
      return (await this.#trusts(event.account, event.region)) ? event : 'untrusted';
    } catch {
      return 'failed';
    }
  }

  count(outcome: Outcome, by = 1): void {
    this.#counts.set(outcome, (this.#counts.get(outcome) ?? 0) + by);
  }

  counts(): ReadonlyMap<Outcome, number> {
    return this.#counts;
  }
}
