import { setMaxListeners } from 'node:events';
import { realTimers, type Timers } from '../../ecs/core/timers.ts';
import { Balances } from '../../util/balance.ts';

/** Refusals. With this debt, a refusal waits for two seconds. */
const TERMS = { perSecond: 20, burst: 50, mostDebt: 40 };
/** Most principals that are remembered; the one that was refused least recently is forgotten first. */
const MOST_PRINCIPALS = 10_000;

/**
 * Slows down clients that repeat refused operations at once: above a rate, their refusals come later. A refusal costs
 * little, but thousands a second would take the event loop from others.
 */
export class RefusalPace {
  readonly #timers: Timers;
  readonly #balances = new Balances(TERMS, MOST_PRINCIPALS);

  constructor(timers: Timers = realTimers()) {
    this.#timers = timers;
  }

  /** Resolves when a refusal may be answered, or when its caller has disconnected. Undefined if it may be answered now. */
  hold(principal: string, signal: AbortSignal): Promise<void> | undefined {
    const now = this.#timers.monotonic();
    const balance = this.#balances.of(principal, now);
    balance.spend(1, now);
    const waitMs = balance.waitMs(now);
    if (waitMs === 0 || signal.aborted) return undefined;
    return new Promise((resolve) => {
      const end = () => {
        cancel();
        signal.removeEventListener('abort', end);
        resolve();
      };
      const cancel = this.#timers.schedule(waitMs, end);
      setMaxListeners(0, signal);
      signal.addEventListener('abort', end, { once: true });
    });
  }
}
