import type { GraphQLError } from 'graphql';
import type { ErrorCode } from '../../schema/core/error-codes.ts';
import { requestError } from '../core/public-errors.ts';
import type { Measure } from './measure-document.ts';

/** Limits of a document; 0 means no limit. */
export interface DocumentLimits {
  readonly maxDepth: number;
  readonly maxFields: number;
  readonly maxAliases: number;
  readonly maxRootFields: number;
  readonly maxDirectives: number;
  readonly maxDuplicates: number;
  readonly maxFragments: number;
  readonly introspection: boolean;
}

/** GraphQL's introspection query needs 15 levels, more than data queries should be allowed for that reason. */
const MAX_INTROSPECTION_DEPTH = 20;
const MAX_DIRECTIVES_IN_ONE_PLACE = 3;
const MAX_OPERATIONS = 50;
const MAX_VALUE_DEPTH = 20;
/** Allowed pairs of fields of one name in the whole document, for each allowed repetition. */
const PAIRS_A_DUPLICATE = 500;

/** The first limit that a document exceeds. */
export function brokenLimit(measure: Measure, limits: DocumentLimits): GraphQLError | undefined {
  const pairs = limits.maxDuplicates * PAIRS_A_DUPLICATE;
  const checks: [ErrorCode, number, number, what: string, setting?: string][] = [
    ['TOO_MANY_FRAGMENTS', measure.fragments, limits.maxFragments, 'fragments', 'MAX_FRAGMENTS'],
    ['QUERY_TOO_LARGE', measure.operations, MAX_OPERATIONS, 'operations'],
    ['QUERY_TOO_LARGE', measure.fields, limits.maxFields, 'fields with its fragments expanded', 'MAX_FIELDS'],
    ['QUERY_TOO_DEEP', measure.depth, limits.maxDepth, 'levels of selections', 'MAX_DEPTH'],
    ['QUERY_TOO_DEEP', measure.introspectionDepth, MAX_INTROSPECTION_DEPTH, 'levels of introspection'],
    ['QUERY_TOO_DEEP', measure.valueDepth, MAX_VALUE_DEPTH, 'levels of lists and objects in an argument'],
    ['TOO_MANY_ALIASES', measure.aliases, limits.maxAliases, 'aliases', 'MAX_ALIASES'],
    ['TOO_MANY_ROOT_FIELDS', measure.rootFields, limits.maxRootFields, 'root fields', 'MAX_ROOT_FIELDS'],
    ['TOO_MANY_DIRECTIVES', measure.directives, limits.maxDirectives, 'directives', 'MAX_DIRECTIVES'],
    ['TOO_MANY_DIRECTIVES', measure.directivesInOnePlace, MAX_DIRECTIVES_IN_ONE_PLACE, 'directives in one place'],
    ['TOO_MANY_DUPLICATES', measure.duplicates, limits.maxDuplicates, 'repetitions in one selection', 'MAX_DUPLICATES'],
    ['TOO_MANY_DUPLICATES', measure.mergeWork, pairs, 'pairs of fields with one name to compare', 'MAX_DUPLICATES'],
  ];
  for (const [code, found, limit, what, setting] of checks) {
    if (limit === 0 || found <= limit) continue;
    return requestError(
      code,
      `The document has ${found} ${what}; the limit is ${limit}${setting ? ` (${setting})` : ''}.`,
    );
  }
  if (!limits.introspection && measure.introspectionDepth > 0) {
    return requestError('INTROSPECTION_DISABLED', 'This server does not answer introspection.');
  }
  return undefined;
}

const MAX_VARIABLES_DEPTH = 20;

/** Refuses variables that are nested too deeply or too large; coercion would walk all of them. */
export function brokenVariables(variables: unknown, maxKeys: number): GraphQLError | undefined {
  let keys = 0;
  const pending: [value: unknown, depth: number][] = [[variables, 0]];
  for (let entry = pending.pop(); entry !== undefined; entry = pending.pop()) {
    const [value, depth] = entry;
    if (typeof value !== 'object' || value === null) continue;
    if (depth > MAX_VARIABLES_DEPTH) {
      return requestError('VARIABLES_TOO_LARGE', `The variables are nested deeper than ${MAX_VARIABLES_DEPTH} levels.`);
    }
    for (const item of Object.values(value)) {
      keys += 1;
      if (maxKeys > 0 && keys > maxKeys) {
        return requestError('VARIABLES_TOO_LARGE', `The variables hold more than ${maxKeys} keys and items.`);
      }
      pending.push([item, depth + 1]);
    }
  }
  return undefined;
}
