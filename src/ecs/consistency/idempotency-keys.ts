import { createHash } from 'node:crypto';
import { EcsError, OutcomeUnknownError } from '../core/errors.ts';
import type { IdempotencyStore, LostWrite } from './idempotency-store.ts';
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
export interface KeyedWrite<Input, Output> {
  /** Whose key it is, for which operation. */
  readonly name: readonly string[];
  /** What the caller asked for, as it tells this write from another. */
  readonly input: object;
  /** Makes of it what is sent. Nothing is done before it has ended. */
  readonly prepare: () => Promise<Input>;
  readonly send: (sent: Input) => Promise<Output>;
  /** Finds out what became of it where it was sent before, at that time of ECS's clock. */
  readonly findOut: (sent: Input, sentAt: number) => Promise<Output>;
}

/** An answer to a keyed write. */
export interface KeyedAnswer<Input, Output> {
  readonly sent: Input;
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
  async once<Input extends object, Output extends object>({
    name,
    input,
    prepare,
    send,
    findOut,
  }: KeyedWrite<Input, Output>): Promise<KeyedAnswer<Input, Output>> {
    const key = digest(JSON.stringify(name));
    const claim = await this.#store.claim(key, digest(toSortedText(input)));
    switch (claim.state) {
      case 'conflict':
        throw new KeyReusedError('was sent before with another input');
      case 'full':
        throw new KeysExhaustedError(claim.retryAfterMs);
      case 'done':
        return { ...(fromText(claim.output) as Omit<KeyedAnswer<Input, Output>, 'replayed'>), replayed: true };
      default:
    }
    const { lost } = claim;
    let sent: Input | undefined;
    try {
      sent = lost?.input === undefined ? await prepare() : (fromText(lost.input) as Input);
      const output = await (lost === undefined ? send(sent) : findOut(sent, lost.sentAt));
      await this.#store.keep(key, { state: 'done', output: toText({ sent, output }) });
      return { sent, output, replayed: lost !== undefined };
    } catch (error) {
      const wasRefused = sent === undefined || (error instanceof EcsError && !error.mayBeDone);
      if (lost === undefined && wasRefused) await this.#store.release(key);
      else await this.#store.keep(key, { state: 'unknown', ...(lost ?? lostBy(error, sent)) });
      throw error;
    }
  }
}

/** A fault of our own tells nothing: its write may have been done just now. */
function lostBy(error: unknown, sent: object | undefined): LostWrite {
  const sentAt = error instanceof OutcomeUnknownError ? error.sentAt : Date.now();
  return { sentAt, input: sent && toText(sent) };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
