import { setMaxListeners } from 'node:events';
import { realTimers, type Timers } from '../../ecs/core/timers.ts';

const PER_SECOND = 20;
const AT_ONCE = 50;
const LONGEST_MS = 2_000;
/** Most principals that are remembered; the one that was refused least recently is forgotten first. */
const MOST_PRINCIPALS = 10_000;

interface Account {
  /** Negative while refusals wait. */
  balance: number;
  at: number;
}

/**
 * Slows down clients that repeat refused operations at once: above a rate, their refusals come later. A refusal costs
 * little, but thousands a second would take the event loop from others.
 */
export class RefusalPace {
  readonly #timers: Timers;
  readonly #accounts = new Map<string, Account>();

  constructor(timers: Timers = realTimers()) {
    this.#timers = timers;
  }

  /** Resolves when a refusal may be answered, or when its caller has disconnected. Undefined if it may be answered now. */
  hold(principal: string, signal: AbortSignal): Promise<void> | undefined {
    const account = this.#account(principal);
    account.balance = Math.max(account.balance - 1, -(LONGEST_MS / 1_000) * PER_SECOND);
    if (account.balance >= 0 || signal.aborted) return undefined;
    const waitMs = (-account.balance / PER_SECOND) * 1_000;
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

  #account(principal: string): Account {
    const now = this.#timers.monotonic();
    const account = this.#accounts.get(principal) ?? { balance: AT_ONCE, at: now };
    account.balance = Math.min(AT_ONCE, account.balance + ((now - account.at) / 1_000) * PER_SECOND);
    account.at = now;
    // The Map's order is the order of use.
    this.#accounts.delete(principal);
    this.#accounts.set(principal, account);
    const [oldest] = this.#accounts.keys();
    if (this.#accounts.size > MOST_PRINCIPALS && oldest !== undefined) this.#accounts.delete(oldest);
    return account;
  }
}
