import { CredentialsError } from '../core/errors.ts';
import type { KeySupply, Keys } from './credential-source.ts';

/** Keys that STS gave out, which always expire. */
export interface RoleKeys extends Keys {
  readonly expiration: Date;
}

export interface RoleKeysOptions {
  /** Asks STS for keys. */
  readonly assume: () => Promise<RoleKeys>;
  /** Epoch milliseconds of this machine, by which the SDK signs. */
  readonly now?: () => number;
  /** From 0 to 1: spreads the renewals of many roles. */
  readonly random?: () => number;
}

/** Renewal starts this long before the keys expire, more or less a tenth. */
const RENEW_BEFORE_MS = 600_000;
const SPREAD = 0.1;
/** Keys are served until this long before they expire: a call must end before that. */
const SERVED_UNTIL_MS = 30_000;
/** Time between two attempts. A failure answers all callers until the next one. */
const RETRY_MS = 5_000;

interface Held {
  readonly keys: RoleKeys;
  readonly renewAt: number;
}

/**
 * The keys of one role: STS is asked once for all callers. Renewal runs in the background while the old keys are served, because the SDK's
 * own renewal would let each call wait, and fail, although its keys are still valid. Keys that are not used are not renewed.
 */
export class RoleKeySupply implements KeySupply {
  readonly #assume: () => Promise<RoleKeys>;
  readonly #now: () => number;
  readonly #random: () => number;
  #held: Held | undefined;
  #renewal: Promise<RoleKeys> | undefined;
  #failed: { readonly at: number; readonly error: CredentialsError } | undefined;

  constructor({ assume, now = Date.now, random = Math.random }: RoleKeysOptions) {
    this.#assume = assume;
    this.#now = now;
    this.#random = random;
  }

  async keys(): Promise<Keys> {
    const now = this.#now();
    const held = this.#held;
    const mayAsk = this.#failed === undefined || now - this.#failed.at >= RETRY_MS;
    if (held !== undefined && now < held.keys.expiration.getTime() - SERVED_UNTIL_MS) {
      if (now >= held.renewAt && mayAsk) this.#renew().catch(() => undefined);
      return held.keys;
    }
    if (this.#renewal === undefined && this.#failed !== undefined && !mayAsk) throw this.#failed.error;
    return this.#renew();
  }

  drop(refused: Keys): boolean {
    // Calls that were under way together are refused together. The keys that the first of them has renewed stay.
    if (this.#held?.keys.accessKeyId === refused.accessKeyId) this.#held = undefined;
    return true;
  }

  get expiresAt(): Date | undefined {
    return this.#held?.keys.expiration;
  }

  get failure(): string | undefined {
    return this.#failed?.error.message;
  }

  #renew(): Promise<RoleKeys> {
    this.#renewal ??= this.#ask().finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  async #ask(): Promise<RoleKeys> {
    try {
      const keys = await this.#assume();
      this.#held = { keys, renewAt: this.#renewalOf(keys) };
      this.#failed = undefined;
      return keys;
    } catch (error) {
      const failure =
        error instanceof CredentialsError
          ? error
          : new CredentialsError('STS returned no credentials', { cause: error });
      this.#failed = { at: this.#now(), error: failure };
      throw failure;
    }
  }

  /** Keys of a short life are renewed in the middle of it. */
  #renewalOf({ expiration }: RoleKeys): number {
    const before = RENEW_BEFORE_MS * (1 - SPREAD + 2 * SPREAD * this.#random());
    const left = expiration.getTime() - this.#now();
    return expiration.getTime() - Math.min(before, left / 2);
  }
}
