import type { Measure } from './measure-document.ts';

interface Weighed {
  readonly measure: Pick<Measure, 'tokens' | 'fields'>;
}

/** Most heap that all documents together may take. */
const MOST_BYTES = 24_000_000;
/** Measured: a token with its part of the syntax tree and its text, and an expanded field with its execution plan. */
const BYTES_A_TOKEN = 400;
const BYTES_A_FIELD = 1_000;

/**
 * Most documents that were asked for once. Programs repeat their documents; one that is sent once leaves soon, and
 * drives out none of those that are repeated.
 */
const MOST_NEW = 16;

/** Executable documents by their text, within a byte limit. The least recently used are evicted first. */
export class PreparedDocuments<Prepared extends Weighed> {
  /** Documents that were asked for once. */
  readonly #new = new Map<string, Prepared>();
  readonly #kept = new Map<string, Prepared>();
  readonly #mostBytes: number;
  #bytes = 0;

  constructor(mostBytes = MOST_BYTES) {
    this.#mostBytes = mostBytes;
  }

  get(text: string): Prepared | undefined {
    const kept = this.#kept.get(text) ?? this.#new.get(text);
    if (kept === undefined) return undefined;
    // The Map's order is the order of use.
    this.#kept.delete(text);
    this.#new.delete(text);
    this.#kept.set(text, kept);
    return kept;
  }

  keep(text: string, prepared: Prepared): void {
    const bytes = weightOf(text, prepared);
    // A document that takes a large part of the cache would evict many popular ones.
    if (bytes > this.#mostBytes / 8 || this.#kept.has(text) || this.#new.has(text)) return;
    this.#new.set(text, prepared);
    this.#bytes += bytes;
    this.#evict(this.#new, () => this.#new.size > MOST_NEW || this.#bytes > this.#mostBytes);
    this.#evict(this.#kept, () => this.#bytes > this.#mostBytes);
  }

  #evict(documents: Map<string, Prepared>, isFull: () => boolean): void {
    for (const [oldest, value] of documents) {
      if (!isFull()) return;
      documents.delete(oldest);
      this.#bytes -= weightOf(oldest, value);
    }
  }
}

function weightOf(text: string, { measure }: Weighed): number {
  return 2 * text.length + BYTES_A_TOKEN * measure.tokens + BYTES_A_FIELD * measure.fields;
}
