import { stripIgnoredCharacters } from 'graphql';
import { type ListedDocument, plainId } from './manifest.ts';

export interface TrustedDocument extends ListedDocument {
  /** The text without what GraphQL ignores. */
  readonly tokens: string;
}

/** White space and commas that formatting may add to a text, as a factor of its length. */
const MOST_FORMATTING = 4;

/** The operations of all manifests in force, by id and by text. */
export class TrustedDocuments {
  readonly #manifests = new Map<string, readonly TrustedDocument[]>();
  #byId: ReadonlyMap<string, string> = new Map();
  #texts: ReadonlySet<string> = new Set();
  #byTokens: ReadonlyMap<string, string> = new Map();
  #longest = 0;

  /**
   * Puts a version of one manifest in force.
   * @throws {Error} if another manifest has one of its ids for another text; then nothing changes
   */
  replace(path: string, documents: readonly TrustedDocument[]): void {
    const manifests = new Map(this.#manifests).set(path, documents);
    const byId = new Map<string, string>();
    const pathOf = new Map<string, string>();
    const byTokens = new Map<string, string>();
    for (const [other, listed] of manifests) {
      for (const { id, text, tokens } of listed) {
        // Texts that differ in format only are one document.
        const first = byTokens.get(tokens) ?? text;
        byTokens.set(tokens, first);
        if ((byId.get(id) ?? first) !== first) {
          throw new Error(`the id "${id}" stands for another text in ${pathOf.get(id)}`);
        }
        byId.set(id, first);
        pathOf.set(id, other);
      }
    }
    this.#manifests.set(path, documents);
    this.#byId = byId;
    this.#byTokens = byTokens;
    this.#texts = new Set(byTokens.values());
    this.#longest = [...this.#texts].reduce((longest, { length }) => Math.max(longest, length), 0);
  }

  /** The text of an id, with `sha256:` before it or not. */
  find(id: string): string | undefined {
    return this.#byId.get(plainId(id));
  }

  /** The listed text with the same tokens as a text: clients and build tools format differently. */
  match(text: string): string | undefined {
    if (this.#texts.has(text)) return text;
    if (text.length > MOST_FORMATTING * this.#longest) return undefined;
    try {
      return this.#byTokens.get(stripIgnoredCharacters(text));
    } catch {
      return undefined;
    }
  }
}
