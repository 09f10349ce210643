import {
  type DocumentNode,
  ExecutableDefinitionsRule,
  GraphQLError,
  type GraphQLSchema,
  NoFragmentCyclesRule,
  parse,
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

/** A document that can be run, or the errors for which it cannot. */
export type Prepared =
  | { readonly document: DocumentNode; readonly measure: Measure; readonly errors: readonly [] }
  | { readonly document: undefined; readonly errors: readonly GraphQLError[] };

const MAX_ERRORS = 5;
const MAX_LINES = 5_000;
/** What makes other rules walk more than the document holds, or in circles, is looked for first. */
const FIRST_RULES = [ExecutableDefinitionsRule, NoFragmentCyclesRule];

/**
 * Parses, measures and validates documents, and keeps those that can be run. Nothing is kept of a document that was refused: an error of
 * graphql-js holds on to the whole document, and with a stack that nobody has read to all that was on the stack.
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
      // Validation is quadratic in places, so a document over the limits must not reach it.
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
    const rules = measure.hasFragmentCycle || hasOthers ? FIRST_RULES : undefined;
    return validated(document, rules, options)
      .slice(0, MAX_ERRORS)
      .map((error) => withCode(withoutValues(error), 'GRAPHQL_VALIDATION_FAILED'));
  }

  function validated(...args: [DocumentNode, typeof FIRST_RULES | undefined, object]): readonly GraphQLError[] {
    try {
      return validate(schema, ...args);
    } catch (error) {
      // A rule throws where the only field of a subscription is skipped or included by a variable.
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

/** Reading a block string takes longer for its lines than for its characters. */
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

/** Errors made meanwhile tell their message and place only; their stacks would say nothing but where graphql-js made them. */
function withoutStacks<T>(work: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
