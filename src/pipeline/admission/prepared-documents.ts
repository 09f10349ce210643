import type { Measure } from './measure-document.ts';

interface Weighed {
  readonly measure: Pick<Measure, 'tokens' | 'fields'>;
}

/** What all documents together may take of the heap. */
const MOST_BYTES = 24_000_000;
/** By measurement: a token with its part of the syntax tree and its text, and an expanded field with its plan of execution. */
const BYTES_A_TOKEN = 400;
const BYTES_A_FIELD = 1_000;

/** Documents that can be run, by their text, within a bound of bytes: those that nobody has sent for the longest go first. */
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
    // One that takes a good part of all would drive out what many ask for.
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
