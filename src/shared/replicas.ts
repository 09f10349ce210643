import type { IdempotencyStore } from '../ecs/consistency/idempotency-store.ts';
import { type Scope, scopeKey } from '../ecs/core/scope.ts';
import type { Timers } from '../ecs/core/timers.ts';
import type { SharedTokens } from '../ecs/pacing/shared-tokens.ts';
import { SharedBuckets } from './shared-buckets.ts';
import { SharedIdempotencyStore, type SharedKeySettings } from './shared-idempotency-store.ts';
import type { SharedStore } from './store.ts';

/** Everything that the replicas of a gateway share, by account and region. */
export class Replicas {
  readonly store: SharedStore;
  readonly #timers: Timers;

  constructor(store: SharedStore, timers: Timers) {
    this.store = store;
    this.#timers = timers;
  }

  /** The token buckets of an account and region. */
  tokens(scope: Scope): SharedTokens {
    return new SharedBuckets(this.store, scopeKey(scope), this.#timers);
  }

  /** The results of writes with idempotency keys. */
  idempotencyStore(settings: SharedKeySettings): IdempotencyStore {
    return new SharedIdempotencyStore(this.store, settings, this.#timers);
  }

  close(): Promise<void> {
    return this.store.close();
  }
}
