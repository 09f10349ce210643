import { createHash } from 'node:crypto';
import { EcsError, OutcomeUnknownError } from '../core/errors.ts';
import type { IdempotencyStore, LostWrite } from './idempotency-store.ts';
import { fromText, toSortedText, toText } from './output-text.ts';

/** The key was used before with another input. */
export class KeyReusedError extends Error {
  override readonly name = 'KeyReusedError';
}

/** The store holds as many keys as it may. */
export class KeysExhaustedError extends Error {
  override readonly name = 'KeysExhaustedError';
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super('No more idempotency keys can be kept at the moment. Nothing was done.');
    this.retryAfterMs = retryAfterMs;
  }
}

/** A write with an idempotency key. */
export interface KeyedWrite<Input, Output> {
  /** The caller, the operation and the key. */
  readonly name: readonly string[];
  /** The caller's input, which distinguishes this write from others. */
  readonly input: object;
  /** Converts the input to what is sent. Nothing is sent before it resolves. */
  readonly prepare: () => Promise<Input>;
  readonly send: (sent: Input) => Promise<Output>;
  /** Finds out the outcome of the write if it was sent before, at that time of ECS's clock. */
  readonly findOut: (sent: Input, sentAt: number) => Promise<Output>;
}

/** The result of a write with an idempotency key. */
export interface KeyedAnswer<Input, Output> {
  readonly sent: Input;
  readonly output: Output;
  /** Whether the write was done before, under the same key. */
  readonly replayed: boolean;
}

/** Does each write with an idempotency key once, however often it is requested. */
export class KeyedWrites {
  readonly #store: IdempotencyStore;

  constructor(store: IdempotencyStore) {
    this.#store = store;
  }

  /**
   * Does the write, or returns the earlier result. A write that surely was not done is done again. For a write that may
   * have been done, ECS is asked first.
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

/** An internal error leaves the outcome unknown: the write may just have been done. */
function lostBy(error: unknown, sent: object | undefined): LostWrite {
  const sentAt = error instanceof OutcomeUnknownError ? error.sentAt : Date.now();
  return { sentAt, input: sent && toText(sent) };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
