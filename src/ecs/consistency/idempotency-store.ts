/** What became of a write that came with a key. */
export type WriteRecord =
  /** Its answer, as text. */
  { readonly state: 'done'; readonly output: string } | ({ readonly state: 'unknown' } & LostWrite);

/** A write whose answer was lost. */
export interface LostWrite {
  /** When it was sent, in epoch milliseconds of ECS's clock. */
  readonly sentAt: number;
  /** What was sent, as text; undefined where that is not known. */
  readonly input?: string | undefined;
}

/** What a store says to somebody who is about to do a write. */
export type Claim =
  /** It is theirs to do, and to end with `keep` or `release`. `lost`: it was sent before and may have been done. */
  | { readonly state: 'mine'; readonly lost?: LostWrite | undefined }
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
