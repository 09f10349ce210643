/** The outcome of a write with an idempotency key. */
export type WriteRecord =
  /** The result as text. */
  { readonly state: 'done'; readonly output: string } | ({ readonly state: 'unknown' } & LostWrite);

/** A write whose answer was lost. */
export interface LostWrite {
  /** Time at which it was sent, in epoch milliseconds of ECS's clock. */
  readonly sentAt: number;
  /** The input as text; undefined if it is not known. */
  readonly input?: string | undefined;
}

/** The answer of a store to a caller that is about to write. */
export type Claim =
  /**
   * The caller does the write and ends the claim with `keep` or `release`. `lost` is set if the write was sent before
   * and may have been done.
   */
  | { readonly state: 'mine'; readonly lost?: LostWrite | undefined }
  | { readonly state: 'done'; readonly output: string }
  /** The key was used with another input. */
  | { readonly state: 'conflict' }
  /** The store is full; `retryAfterMs` until it has room. */
  | { readonly state: 'full'; readonly retryAfterMs: number }
  /** Another replica has claimed the key, and has not ended its write within the time that a caller waits. */
  | { readonly state: 'busy' }
  /** The store cannot be reached. */
  | { readonly state: 'away' };

/** Facts about a write that a store needs. */
export interface ClaimOptions {
  /** Whether ECS does the write once, however often it is sent: it then needs no store. */
  readonly isRepeatable: boolean;
}

/**
 * Stores the results of writes with idempotency keys. An accepted key is kept until it expires: a full store refuses
 * new keys and never drops an old one.
 */
export interface IdempotencyStore {
  /** Waits while another caller has claimed the key. */
  claim(key: string, fingerprint: string, options: ClaimOptions): Promise<Claim>;
  /**
   * Notes that a claimed write is about to be sent: from now on it may have been done. Returns false if the claim was
   * lost, or may not have been noted. The write must not be sent then.
   */
  sending(key: string, write: LostWrite): Promise<boolean>;
  /** Ends a claim. The key is then answered with the record until it expires. */
  keep(key: string, record: WriteRecord): Promise<void>;
  /** Ends the claim of a write that surely was not done, and forgets the key. */
  release(key: string): Promise<void>;
}
