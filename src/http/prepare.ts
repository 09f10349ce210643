import { type DocumentNode, GraphQLError, type GraphQLSchema, parse, validate } from 'graphql';
import { requestError, withCode } from './errors.ts';
import { brokenLimit, type DocumentLimits, type Measure, measureDocument } from './limits.ts';

export interface PrepareLimits extends DocumentLimits {
  readonly maxTokens: number;
}

/** A document that was read, or the errors for which it cannot be run. */
export type Prepared =
  | { readonly document: DocumentNode; readonly measure: Measure; readonly errors: readonly GraphQLError[] }
  | { readonly document: undefined; readonly errors: readonly GraphQLError[] };

const MAX_ERRORS = 5;
const CACHED_DOCUMENTS = 500;
const LONGEST_CACHED = 20_000;

/**
 * Parses, measures and validates documents, and keeps the result for the next request with the same text. Limits are compared
 * outside the cached part and outside `validate`, so that they can differ from caller to caller.
 */
export function createPrepare(schema: GraphQLSchema, limits: PrepareLimits): (query: string) => Prepared {
  const cache = new Map<string, Prepared>();

  function read(query: string): Prepared {
    let document: DocumentNode;
    try {
      document = parse(query, { maxTokens: limits.maxTokens });
    } catch (error) {
      return { document: undefined, errors: [parseError(error, limits.maxTokens)] };
    }
    const measure = measureDocument(document);
    // Validation is quadratic in places, so a document over the limits must not reach it.
    if (brokenLimit(measure, limits)) return { document, measure, errors: [] };
    const errors = validate(schema, document, undefined, {
      maxErrors: MAX_ERRORS,
      hideSuggestions: !limits.introspection,
    });
    return {
      document,
      measure,
      errors: errors.slice(0, MAX_ERRORS).map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED')),
    };
  }

  return (query) => {
    let prepared = cache.get(query);
    cache.delete(query);
    prepared ??= read(query);
    if (query.length <= LONGEST_CACHED) {
      cache.set(query, prepared);
      const oldest = cache.keys().next();
      if (cache.size > CACHED_DOCUMENTS && !oldest.done) cache.delete(oldest.value);
    }
    const broken = prepared.document && brokenLimit(prepared.measure, limits);
    return broken ? { document: undefined, errors: [broken] } : prepared;
  };
}

function parseError(error: unknown, maxTokens: number): GraphQLError {
  if (!(error instanceof GraphQLError)) throw error;
  if (/ tokens\. Parsing aborted/.test(error.message)) {
    return requestError('QUERY_TOO_LONG', `The document has more than ${maxTokens} tokens.`);
  }
  return withCode(error, 'GRAPHQL_PARSE_FAILED');
}
