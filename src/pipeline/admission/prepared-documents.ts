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
 * drives out few of those that are repeated.
 */
const MOST_NEW = 16;
/**
 * The part of the bytes that is left to such documents: without it, a cache full of repeated ones would take no other any more.
 * None may take more, because it would evict many popular ones.
 */
const NEW_PART = 1 / 8;

/** Executable documents by their text, within a byte limit. The least recently used are evicted first. */
export class PreparedDocuments<Prepared extends Weighed> {
  /** Documents that were asked for once. */
  readonly #new = new Shelf<Prepared>();
  readonly #kept = new Shelf<Prepared>();
  readonly #mostBytes: number;

  constructor(mostBytes = MOST_BYTES) {
    this.#mostBytes = mostBytes;
  }

  get(text: string): Prepared | undefined {
    const prepared = this.#kept.take(text) ?? this.#new.take(text);
    if (prepared !== undefined) this.#kept.put(text, prepared);
    return prepared;
  }

  keep(text: string, prepared: Prepared): void {
    const newBytes = this.#mostBytes * NEW_PART;
    if (weightOf(text, prepared) > newBytes || this.#kept.has(text) || this.#new.has(text)) return;
    this.#new.put(text, prepared);
    const isFull = () => this.#new.bytes + this.#kept.bytes > this.#mostBytes;
    while (this.#new.size > MOST_NEW || (isFull() && this.#new.bytes > newBytes)) this.#new.dropOldest();
    while (isFull()) this.#kept.dropOldest();
  }
}

/** Documents in the order in which they were put there, with their weight. */
class Shelf<Prepared extends Weighed> {
  readonly #documents = new Map<string, Prepared>();
  bytes = 0;

  get size(): number {
    return this.#documents.size;
  }

  has(text: string): boolean {
    return this.#documents.has(text);
  }

  put(text: string, prepared: Prepared): void {
    this.#documents.set(text, prepared);
    this.bytes += weightOf(text, prepared);
  }

  take(text: string): Prepared | undefined {
    const prepared = this.#documents.get(text);
    if (prepared === undefined) return undefined;
    this.#documents.delete(text);
    this.bytes -= weightOf(text, prepared);
    return prepared;
  }

  dropOldest(): void {
    const [oldest] = this.#documents.keys();
    if (oldest !== undefined) this.take(oldest);
  }
}

function weightOf(text: string, { measure }: Weighed): number {
  return 2 * text.length + BYTES_A_TOKEN * measure.tokens + BYTES_A_FIELD * measure.fields;
}
