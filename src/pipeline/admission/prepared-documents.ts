import type { Measure } from './measure-document.ts';

interface Weighed {
  readonly measure: Pick<Measure, 'tokens' | 'fields'>;
}

/** Most heap that all documents together may take. */
const MOST_BYTES = 24_000_000;
/** Measured: a token with its part of the syntax tree and its text, and an expanded field with its execution plan. */
const BYTES_A_TOKEN = 400;
const BYTES_A_FIELD = 1_000;

/** Executable documents by their text, within a byte limit. The least recently used are evicted first. */
export class PreparedDocuments<Prepared extends Weighed> {
  readonly #kept = new Map<string, Prepared>();
  readonly #mostBytes: number;
  #bytes = 0;

  constructor(mostBytes = MOST_BYTES) {
    this.#mostBytes = mostBytes;
  }

  get(text: string): Prepared | undefined {
    const kept = this.#kept.get(text);
    if (kept === undefined) return undefined;
    // The Map's order is the order of use.
    this.#kept.delete(text);
    this.#kept.set(text, kept);
    return kept;
  }

  keep(text: string, prepared: Prepared): void {
    const bytes = weightOf(text, prepared);
    // A document that takes a large part of the cache would evict many popular ones.
    if (bytes > this.#mostBytes / 8 || this.#kept.has(text)) return;
    this.#kept.set(text, prepared);
    this.#bytes += bytes;
    for (const [oldest, value] of this.#kept) {
      if (this.#bytes <= this.#mostBytes) return;
      this.#kept.delete(oldest);
      this.#bytes -= weightOf(oldest, value);
    }
  }
}

function weightOf(text: string, { measure }: Weighed): number {
  return 2 * text.length + BYTES_A_TOKEN * measure.tokens + BYTES_A_FIELD * measure.fields;
}
