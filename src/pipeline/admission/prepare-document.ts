import {
  type DocumentNode,
  ExecutableDefinitionsRule,
  GraphQLError,
  type GraphQLSchema,
  NoFragmentCyclesRule,
  NoUndefinedVariablesRule,
  NoUnusedVariablesRule,
  OverlappingFieldsCanBeMergedRule,
  parse,
  specifiedRules,
  type ValidationRule,
  VariablesInAllowedPositionRule,
  validate,
} from 'graphql';
import { requestError, withCode } from '../core/public-errors.ts';
import { withoutValues } from '../core/public-message.ts';
import { brokenLimit, type DocumentLimits } from './document-limits.ts';
import { mayIntrospect, onlyIntrospects, withRoomForIntrospection } from './introspection-limits.ts';
import { type Measure, measureDocument } from './measure-document.ts';
import { PreparedDocuments } from './prepared-documents.ts';

export interface PrepareLimits extends DocumentLimits {
  readonly maxDocument: number;
  readonly maxTokens: number;
}

/** A document that can be executed, or the errors that prevent it. */
export type Prepared =
  | { readonly document: DocumentNode; readonly measure: Measure; readonly errors: readonly [] }
  | { readonly document: undefined; readonly errors: readonly GraphQLError[] };

const MAX_ERRORS = 5;
const MAX_LINES = 5_000;
/** Rules that find what would make other rules walk more than the document, or in circles. */
const FIRST_RULES = [ExecutableDefinitionsRule, NoFragmentCyclesRule];
/**
 * Rules that walk every fragment again for each operation, or compare fields with each other. They run only for documents that all other
 * rules accept, because most refused documents break another rule.
 */
const LAST_RULES: readonly ValidationRule[] = [
  NoUndefinedVariablesRule,
  NoUnusedVariablesRule,
  VariablesInAllowedPositionRule,
  OverlappingFieldsCanBeMergedRule,
];
const OTHER_RULES = specifiedRules.filter((rule) => !LAST_RULES.includes(rule));

/**
 * Parses, measures and validates documents and caches those that can be executed. Refused documents are not cached: an
 * error of graphql-js keeps the whole document alive, and an unread stack keeps everything on the stack alive.
 */
export function createPrepare(schema: GraphQLSchema, limits: PrepareLimits): (query: string) => Prepared {
  const documents = new PreparedDocuments<Prepared & { readonly measure: Measure }>();

  const introspectionLimits = withRoomForIntrospection(limits);

  function read(query: string): Prepared {
    const prepared = readWithin(limits, query);
    if (prepared.document !== undefined || introspectionLimits === limits || !mayIntrospect(query)) return prepared;
    const other = readWithin(introspectionLimits, query);
    return other.document !== undefined && onlyIntrospects(other.document) ? other : prepared;
  }

  function readWithin(limits: PrepareLimits, query: string): Prepared {
    const tooLong = sizeProblem(query, limits.maxDocument);
    if (tooLong !== undefined) return refused(requestError('QUERY_TOO_LONG', tooLong));
    try {
      const document = parse(query, { maxTokens: limits.maxTokens });
      const measure = measureDocument(document);
      // Validation is quadratic in places, so a document above the limits must not reach it.
      const broken = brokenLimit(measure, limits);
      if (broken) return refused(broken);
      const errors = errorsOf(document, measure);
      return errors.length === 0 ? { document, measure, errors: [] } : refused(...errors);
    } catch (error) {
      return refused(unreadable(error, limits.maxTokens));
    }
  }

  function errorsOf(document: DocumentNode, measure: Measure): readonly GraphQLError[] {
    const options = { maxErrors: MAX_ERRORS, hideSuggestions: !limits.introspection };
    const hasOthers = document.definitions.length > measure.operations + measure.fragments;
    const stages = measure.hasFragmentCycle || hasOthers ? [FIRST_RULES] : [OTHER_RULES, LAST_RULES];
    let errors: readonly GraphQLError[] = [];
    for (const rules of stages) if (errors.length === 0) errors = validated(document, rules, options);
    return errors.slice(0, MAX_ERRORS).map((error) => withCode(withoutValues(error), 'GRAPHQL_VALIDATION_FAILED'));
  }

  function validated(...args: [DocumentNode, readonly ValidationRule[], object]): readonly GraphQLError[] {
    try {
      return validate(schema, ...args);
    } catch (error) {
      // A rule throws if a variable skips or includes the only field of a subscription.
      if (error instanceof GraphQLError) return [error];
      throw error;
    }
  }

  return (query) => {
    const known = documents.get(query);
    if (known !== undefined) return known;
    const prepared = withoutStacks(() => read(query));
    if (prepared.document !== undefined) documents.keep(query, prepared);
    return prepared;
  };
}

/** The time to lex a block string depends on its lines more than on its characters. */
function sizeProblem(query: string, maxDocument: number): string | undefined {
  if (query.length > maxDocument) {
    return `The document has ${query.length} characters; the limit is ${maxDocument} (MAX_DOCUMENT).`;
  }
  const lines = 1 + (query.match(/\r\n|[\n\r]/g)?.length ?? 0);
  return lines > MAX_LINES ? `The document has ${lines} lines; the limit is ${MAX_LINES}.` : undefined;
}

function refused(...errors: readonly GraphQLError[]): Prepared {
  return { document: undefined, errors };
}

function unreadable(error: unknown, maxTokens: number): GraphQLError {
  if (error instanceof RangeError) {
    return requestError('QUERY_TOO_DEEP', 'The document is nested too deep to be read.');
  }
  if (!(error instanceof GraphQLError)) throw error;
  if (/ tokens\. Parsing aborted/.test(error.message)) {
    return requestError('QUERY_TOO_LONG', `The document has more than ${maxTokens} tokens (MAX_TOKENS).`);
  }
  return withCode(withoutValues(error), 'GRAPHQL_PARSE_FAILED');
}

/** Runs work in which errors get no stack: it would only show graphql-js's internals. */
function withoutStacks<T>(work: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
