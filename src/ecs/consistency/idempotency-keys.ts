import { realTimers, type Timers } from '../core/timers.ts';
import { TtlMap } from './ttl-map.ts';

/** The same key came with another input. */
export class KeyReusedError extends Error {
  override readonly name = 'KeyReusedError';
}

interface KeyedWrite {
  readonly input: string;
  readonly output: Promise<unknown>;
}

const KEPT_FOR_MS = 10 * 60_000;
const MOST_KEPT = 500;

/**
 * Writes that callers gave a key, and what came of them: one that is sent again, because its answer was lost on the way, is
 * answered and not done again. One that failed may be tried again.
 */
export class KeyedWrites {
  readonly #kept: TtlMap<KeyedWrite>;

  constructor(timers: Timers = realTimers()) {
    this.#kept = new TtlMap({ ttlMs: KEPT_FOR_MS, most: MOST_KEPT }, timers);
  }

  /**
   * Does the write, unless that was done or is being done under this name.
   * @param name whose key it is, for which operation
   * @throws {KeyReusedError}
   */
  once<Output>(name: string, input: object, write: () => Promise<Output>): Promise<Output> {
    const text = JSON.stringify(input);
    const known = this.#kept.get(name);
    if (known !== undefined) {
      if (known.input !== text) throw new KeyReusedError('was sent before with another input');
      return known.output as Promise<Output>;
    }
    const output = write();
    this.#kept.put(name, { input: text, output });
    output.catch(() => this.#kept.delete(name));
    return output;
  }
}
