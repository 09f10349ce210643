import { createHash } from 'node:crypto';
import type { GraphQLError } from 'graphql';
import type { Prepared } from '../admission/prepare-document.ts';
import { requestError } from '../core/public-errors.ts';

/** Memory that an entry takes besides its text. */
const ENTRY_BYTES = 200;
const SHA_256 = /^[0-9a-f]{64}$/;

/**
 * Looks up the text of a hash, or stores a text that comes with its hash.
 * @returns the text, or an error to answer with
 */
export type AutomaticDocuments = (hash: unknown, text: string | undefined) => string | GraphQLError;

/**
 * Creates the store of Apollo's automatic persisted queries, in memory. A text is stored only if it is a valid document.
 * The least recently used texts are evicted first.
 * @param maxBytes most memory for all texts; 0 disables the feature, with the message that makes Apollo's clients stop
 * sending hashes
 */
export function createAutomaticDocuments(prepare: (query: string) => Prepared, maxBytes: number): AutomaticDocuments {
  const texts = new Map<string, string>();
  let bytes = 0;

  const costOf = (text: string) => Buffer.byteLength(text) + ENTRY_BYTES;

  function keep(hash: string, text: string): void {
    if (texts.has(hash) || costOf(text) > maxBytes) return;
    texts.set(hash, text);
    bytes += costOf(text);
    for (const [oldHash, oldText] of texts) {
      if (bytes <= maxBytes) break;
      texts.delete(oldHash);
      bytes -= costOf(oldText);
    }
  }

  function find(hash: string): string | undefined {
    const text = texts.get(hash);
    if (text === undefined) return undefined;
    texts.delete(hash);
    texts.set(hash, text);
    return text;
  }

  return (hash, text) => {
    if (maxBytes === 0) return text ?? requestError('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported');
    if (typeof hash !== 'string' || !SHA_256.test(hash)) {
      return requestError(
        'BAD_REQUEST',
        '"extensions.persistedQuery.sha256Hash" must be a SHA-256 hash in lower-case hex.',
      );
    }
    if (text === undefined) return find(hash) ?? requestError('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound');
    if (createHash('sha256').update(text).digest('hex') !== hash) {
      return requestError('BAD_REQUEST', '"extensions.persistedQuery.sha256Hash" is not the hash of the query.');
    }
    const { document, errors } = prepare(text);
    if (document !== undefined && errors.length === 0) keep(hash, text);
    return text;
  };
}
