import { createHash } from 'node:crypto';
import { GraphQLError } from 'graphql';
import type { Prepared } from '../../pipeline/admission/prepare-document.ts';
import { requestError } from '../../pipeline/core/public-errors.ts';
import type { HttpPlugin } from './http-plugin.ts';

/** The document parameters of a request, on any transport. */
export interface DocumentParams {
  readonly query?: unknown;
  readonly extensions?: unknown;
}

/**
 * Looks up the text for a request that has only a hash, and stores texts that come with a hash (Apollo's automatic
 * persisted queries).
 * @returns the text; an error to answer with; or undefined if the request has no hash and its `query` is used as it is
 */
export type ResolveDocument = (params: DocumentParams) => string | GraphQLError | undefined;

/** Memory that an entry takes besides its text. */
const ENTRY_BYTES = 200;
const SHA_256 = /^[0-9a-f]{64}$/;

/**
 * Creates the store of automatic persisted queries, in memory. A text is stored only if it is a valid document. The
 * least recently used texts are evicted first.
 * @param maxBytes most memory for all texts; 0 disables the feature, with the message that makes Apollo's clients stop
 * sending hashes
 */
export function createResolveDocument(prepare: (query: string) => Prepared, maxBytes: number): ResolveDocument {
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

  return ({ query, extensions }) => {
    const hash = hashIn(extensions);
    if (hash === undefined) return undefined;
    const text = typeof query === 'string' && query !== '' ? query : undefined;
    if (maxBytes === 0) return text ?? requestError('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported');
    if (typeof hash !== 'string' || !SHA_256.test(hash)) {
      return requestError(
        'BAD_REQUEST',
        '"extensions.persistedQuery.sha256Hash" must be a SHA-256 hash in lower-case hex.',
      );
    }
    if (text === undefined) {
      return find(hash) ?? requestError('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound');
    }
    if (createHash('sha256').update(text).digest('hex') !== hash) {
      return requestError('BAD_REQUEST', '"extensions.persistedQuery.sha256Hash" is not the hash of the query.');
    }
    const { document, errors } = prepare(text);
    if (document !== undefined && errors.length === 0) keep(hash, text);
    return text;
  };
}

function hashIn(extensions: unknown): unknown {
  const { persistedQuery } = (extensions ?? {}) as { readonly persistedQuery?: unknown };
  return ((persistedQuery ?? {}) as { readonly sha256Hash?: unknown }).sha256Hash;
}

/** Replaces a hash by its text before Yoga reads the query. */
export function usePersistedQueries(resolveDocument: ResolveDocument): HttpPlugin {
  return {
    onParams({ params, setParams }) {
      const text = resolveDocument(params);
      if (text instanceof GraphQLError) throw text;
      if (text !== undefined) setParams({ ...params, query: text });
    },
  };
}
