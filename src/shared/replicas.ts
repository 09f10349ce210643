import type { IdempotencyStore } from '../ecs/consistency/idempotency-store.ts';
import { type Scope, scopeKey } from '../ecs/core/scope.ts';
import type { Timers } from '../ecs/core/timers.ts';
import type { WriteSharing } from '../ecs/outcomes/write-sharing.ts';
import type { SharedTokens } from '../ecs/pacing/shared-tokens.ts';
import type { TopicSharing } from '../live/sharing/topic-sharing.ts';
import { SharedBuckets } from './shared-buckets.ts';
import { SharedEvents } from './shared-events.ts';
import { SharedIdempotencyStore, type SharedKeySettings } from './shared-idempotency-store.ts';
import { SharedMutationCount } from './shared-mutation-count.ts';
import type { SharedStore } from './store.ts';
import { WriteLog } from './write-log.ts';

/** How replicas share the topics of each account and region. */
interface TopicSharings {
  of(scope: Scope): TopicSharing;
  close(): Promise<void>;
}

/** Everything that the replicas of a gateway share, by account and region. */
export class Replicas {
  readonly store: SharedStore;
  /** The recent writes of all replicas. */
  readonly log: WriteLog;
  /** The writes of each principal in the last minute. */
  readonly mutations: SharedMutationCount;
  readonly #timers: Timers;
  readonly #topics: TopicSharings | undefined;

  constructor(store: SharedStore, timers: Timers, topics?: TopicSharings) {
    this.store = store;
    this.#timers = timers;
    this.#topics = topics;
    this.log = new WriteLog(store, timers);
    this.mutations = new SharedMutationCount(store);
  }

  /** The token buckets of an account and region. */
  tokens(scope: Scope): SharedTokens {
    return new SharedBuckets(this.store, scopeKey(scope), this.#timers);
  }

  /** The results of writes with idempotency keys. */
  idempotencyStore(settings: SharedKeySettings): IdempotencyStore {
    return new SharedIdempotencyStore(this.store, settings, this.#timers);
  }

  /** The recent writes of an account and region. */
  writes(scope: Scope): WriteSharing {
    return this.log.of(scopeKey(scope));
  }

  /** The followed topics of an account and region. */
  topics(scope: Scope): TopicSharing | undefined {
    return this.#topics?.of(scope);
  }

  /** Carries texts between all replicas. The caller closes it. */
  events(): SharedEvents {
    return new SharedEvents(this.store, this.#timers);
  }

  async close(): Promise<void> {
    this.log.close();
    await this.#topics?.close();
    await this.store.close();
  }
}
