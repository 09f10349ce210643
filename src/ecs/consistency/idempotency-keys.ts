import { createHash } from 'node:crypto';
import { EcsError, OutcomeUnknownError } from '../core/errors.ts';
import type { IdempotencyStore, LostWrite } from './idempotency-store.ts';
import { fromText, toSortedText, toText } from './output-text.ts';

/** The key was used before with another input. */
export class KeyReusedError extends Error {
  override readonly name = 'KeyReusedError';
}

/** Why a key cannot be used at present. Nothing was done for it. */
const PROBLEMS = {
  /** The store holds as many keys as it may. */
  IDEMPOTENCY_KEYS_EXHAUSTED: 'No more idempotency keys can be kept at the moment. Nothing was done.',
  /** The store cannot be reached. */
  IDEMPOTENCY_KEYS_UNAVAILABLE: 'Idempotency keys cannot be looked up at the moment. Nothing was done.',
  /** Another request with the key has not ended. */
  IDEMPOTENCY_KEY_IN_USE: 'A mutation with this idempotency key is still in progress.',
} as const;

const RETRY_MS = 1_000;

export class KeyUnusableError extends Error {
  override readonly name = 'KeyUnusableError';
  readonly code: keyof typeof PROBLEMS;
  readonly retryAfterMs: number;

  constructor(code: keyof typeof PROBLEMS, retryAfterMs = RETRY_MS) {
    super(PROBLEMS[code]);
    this.code = code;
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
  /** Whether ECS does it once, however often it is sent. */
  readonly isRepeatable?: boolean | undefined;
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
  readonly #now: () => number;

  /** @param now epoch milliseconds of ECS's clock */
  constructor(store: IdempotencyStore, now: () => number = Date.now) {
    this.#store = store;
    this.#now = now;
  }

  /**
   * Does the write, or returns the earlier result. A write that surely was not done is done again. For a write that may
   * have been done, ECS is asked first.
   * @throws {KeyReusedError}
   * @throws {KeyUnusableError} before anything was done
   */
  async once<Input extends object, Output extends object>({
    name,
    input,
    prepare,
    send,
    findOut,
    isRepeatable = false,
  }: KeyedWrite<Input, Output>): Promise<KeyedAnswer<Input, Output>> {
    const key = digest(JSON.stringify(name));
    const claim = await this.#store.claim(key, digest(toSortedText(input)), { isRepeatable });
    switch (claim.state) {
      case 'conflict':
        throw new KeyReusedError('was sent before with another input');
      case 'full':
        throw new KeyUnusableError('IDEMPOTENCY_KEYS_EXHAUSTED', claim.retryAfterMs);
      case 'busy':
        throw new KeyUnusableError('IDEMPOTENCY_KEY_IN_USE');
      case 'away':
        throw new KeyUnusableError('IDEMPOTENCY_KEYS_UNAVAILABLE');
      case 'done':
        return { ...(fromText(claim.output) as Omit<KeyedAnswer<Input, Output>, 'replayed'>), replayed: true };
      default:
    }
    const { lost } = claim;
    let sent: Input | undefined;
    try {
      sent = lost?.input === undefined ? await prepare() : (fromText(lost.input) as Input);
      if (lost === undefined) await this.#announce(key, sent);
      const output = await (lost === undefined ? send(sent) : findOut(sent, lost.sentAt));
      await this.#store.keep(key, { state: 'done', output: toText({ sent, output }) });
      return { sent, output, replayed: lost !== undefined };
    } catch (error) {
      const wasRefused =
        sent === undefined || error instanceof KeyUnusableError || (error instanceof EcsError && !error.mayBeDone);
      if (lost === undefined && wasRefused) await this.#store.release(key);
      else await this.#store.keep(key, { state: 'unknown', ...(lost ?? this.#lostBy(error, sent)) });
      throw error;
    }
  }

  /** A replica that takes the claim over later knows what was sent. */
  async #announce(key: string, sent: object): Promise<void> {
    if (!(await this.#store.sending(key, { sentAt: this.#now(), input: toText(sent) })))
      throw new KeyUnusableError('IDEMPOTENCY_KEYS_UNAVAILABLE');
  }

  /** An internal error leaves the outcome unknown: the write may just have been done. */
  #lostBy(error: unknown, sent: object | undefined): LostWrite {
    const sentAt = error instanceof OutcomeUnknownError ? error.sentAt : this.#now();
    return { sentAt, input: sent && toText(sent) };
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
