import { realTimers, type Timers } from '../ecs/core/timers.ts';
import type { AuditEntry } from './audit-log.ts';

const WINDOW_MS = 60_000;
/** Addresses that a summary names; an attacker may have any number. */
const MOST_ADDRESSES = 20;

interface Window {
  readonly since: string;
  readonly addresses: Map<string, number>;
  count: number;
  otherAddresses: number;
}

/**
 * Audit lines of callers without a valid credential. They are strangers, so their number must not fill a disk: the first
 * one after a quiet minute has a line of its own, and all others a summary each minute.
 */
export class RefusedCallers {
  readonly #record: (entry: AuditEntry) => void;
  readonly #timers: Timers;
  #window: Window | undefined;
  #cancel: (() => void) | undefined;

  constructor(record: (entry: AuditEntry) => void, timers: Timers = realTimers()) {
    this.#record = record;
    this.#timers = timers;
  }

  /** @param address as limits count it, so that an IPv6 network counts as one */
  add(address: string, requestId: string | undefined): void {
    const window = this.#window;
    if (window === undefined) {
      this.#record({
        ...refusal(),
        ...(requestId !== undefined && { requestId }),
        count: 1,
        addresses: { [address]: 1 },
      });
      this.#open();
      return;
    }
    window.count += 1;
    const known = window.addresses.get(address);
    if (known !== undefined || window.addresses.size < MOST_ADDRESSES) window.addresses.set(address, (known ?? 0) + 1);
    else window.otherAddresses += 1;
  }

  /** Writes the summary of the minute that has begun. */
  close(): void {
    this.#cancel?.();
    this.#summarise();
    this.#window = undefined;
  }

  #open(): void {
    this.#window = { since: new Date().toISOString(), addresses: new Map(), count: 0, otherAddresses: 0 };
    this.#cancel = this.#timers.schedule(WINDOW_MS, () => {
      const wasQuiet = this.#window?.count === 0;
      this.#summarise();
      if (wasQuiet) this.#window = undefined;
      else this.#open();
    });
  }

  #summarise(): void {
    if (this.#window === undefined || this.#window.count === 0) return;
    const { since, count, addresses, otherAddresses } = this.#window;
    const shown = { addresses: Object.fromEntries(addresses), ...(otherAddresses > 0 && { otherAddresses }) };
    this.#record({ ...refusal(), since, count, ...shown });
  }
}

function refusal(): AuditEntry {
  return {
    principal: { name: 'unauthenticated' },
    action: 'Authenticate',
    targets: [],
    decision: 'DENY',
    policies: [],
    outcome: 'UNAUTHENTICATED',
  };
}
