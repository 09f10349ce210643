import { createHash } from 'node:crypto';
import { EcsError, OutcomeUnknownError } from '../core/errors.ts';
import type { IdempotencyStore } from './idempotency-store.ts';
import { fromText, toSortedText, toText } from './output-text.ts';

/** The same key came with another input. */
export class KeyReusedError extends Error {
  override readonly name = 'KeyReusedError';
}

/** As many keys are kept as may be. */
export class KeysExhaustedError extends Error {
  override readonly name = 'KeysExhaustedError';
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super('No more idempotency keys can be kept at the moment. Nothing was done.');
    this.retryAfterMs = retryAfterMs;
  }
}

/** A write that came with a key. */
export interface KeyedWrite<Output> {
  /** Whose key it is, for which operation. */
  readonly name: readonly string[];
  readonly input: object;
  readonly send: () => Promise<Output>;
  /** Finds out what became of it where it was sent before, at that time of ECS's clock. */
  readonly findOut: (sentAt: number) => Promise<Output>;
}

/** An answer to a keyed write. */
export interface KeyedAnswer<Output> {
  readonly output: Output;
  /** It was done before, under the same key. */
  readonly replayed: boolean;
}

/** Does each write that came with a key once, however often it is sent. */
export class KeyedWrites {
  readonly #store: IdempotencyStore;

  constructor(store: IdempotencyStore) {
    this.#store = store;
  }

  /**
   * Does the write, or answers with what it answered before. One that surely was not done is done; of one that may have been done
   * ECS is asked first.
   * @throws {KeyReusedError}
   * @throws {KeysExhaustedError} before anything was done
   */
  async once<Output extends object>({ name, input, send, findOut }: KeyedWrite<Output>): Promise<KeyedAnswer<Output>> {
    const key = digest(JSON.stringify(name));
    const claim = await this.#store.claim(key, digest(toSortedText(input)));
    switch (claim.state) {
      case 'conflict':
        throw new KeyReusedError('was sent before with another input');
      case 'full':
        throw new KeysExhaustedError(claim.retryAfterMs);
      case 'done':
        return { output: fromText(claim.output) as Output, replayed: true };
      default:
    }
    const { lost } = claim;
    try {
      const output = await (lost === undefined ? send() : findOut(lost.sentAt));
      await this.#store.keep(key, { state: 'done', output: toText(output) });
      return { output, replayed: lost !== undefined };
    } catch (error) {
      if (lost === undefined && error instanceof EcsError && !error.mayBeDone) await this.#store.release(key);
      else {
        const sentAt = error instanceof OutcomeUnknownError ? error.sentAt : (lost?.sentAt ?? Date.now());
        await this.#store.keep(key, { state: 'unknown', sentAt });
      }
      throw error;
    }
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
