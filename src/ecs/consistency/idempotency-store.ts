/** What became of a write that came with a key. */
export type WriteRecord =
  /** Its answer, as text. */
  | { readonly state: 'done'; readonly output: string }
  /** It was sent at that time of ECS's clock (epoch milliseconds), and its answer was lost. */
  | { readonly state: 'unknown'; readonly sentAt: number };

/** What a store says to somebody who is about to do a write. */
export type Claim =
  /** It is theirs to do, and to end with `keep` or `release`. `lost`: it was sent before and may have been done. */
  | { readonly state: 'mine'; readonly lost?: { readonly sentAt: number } | undefined }
  | { readonly state: 'done'; readonly output: string }
  /** The key was used with another input. */
  | { readonly state: 'conflict' }
  /** There is no room for another key; `retryAfterMs` until there is. */
  | { readonly state: 'full'; readonly retryAfterMs: number };

/**
 * Where the results of keyed writes are kept. A key that was accepted is kept until its time is over: a store that has no room
 * refuses new keys, and never drops one.
 */
export interface IdempotencyStore {
  /** Waits while somebody else has claimed the key. */
  claim(key: string, fingerprint: string): Promise<Claim>;
  /** Ends a claim: from now on the key is answered with the record, until its time is over. */
  keep(key: string, record: WriteRecord): Promise<void>;
  /** Ends a claim of a write that surely was not done: the key is as new. */
  release(key: string): Promise<void>;
}
