import type { GraphQLError } from 'graphql';
import {
  type ASTNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { ErrorCode } from '../schema/error-codes.ts';
import { requestError } from './errors.ts';

/** What a document may hold; 0 is no limit. */
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

/** What a document holds, with its fragments expanded. It depends on nothing but the document, so it can be kept. */
export interface Measure {
  readonly depth: number;
  readonly introspectionDepth: number;
  readonly fields: number;
  readonly aliases: number;
  readonly rootFields: number;
  readonly directives: number;
  readonly directivesInOnePlace: number;
  readonly duplicates: number;
  readonly fragments: number;
}

/** GraphQL's own introspection query needs 15 levels, more than data should have to be allowed for its sake. */
const MAX_INTROSPECTION_DEPTH = 20;
const MAX_DIRECTIVES_IN_ONE_PLACE = 3;

const NOTHING: Measure = {
  depth: 0,
  introspectionDepth: 0,
  fields: 0,
  aliases: 0,
  rootFields: 0,
  directives: 0,
  directivesInOnePlace: 0,
  duplicates: 0,
  fragments: 0,
};

/** Measures a document in one pass; each fragment is measured once, so that doubling fragments cost nothing here. */
export function measureDocument(document: DocumentNode): Measure {
  const fragments = new Map<string, FragmentDefinitionNode>();
  const operations: OperationDefinitionNode[] = [];
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    else if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition);
  }
  const measured = new Map<string, Measure>();

  function ofFragment(name: string): Measure {
    const known = measured.get(name);
    if (known) return known;
    measured.set(name, NOTHING); // A cycle ends here; validation refuses it.
    const fragment = fragments.get(name);
    if (!fragment) return NOTHING;
    const measure = sum([ofDirectives(fragment), ofSelections(fragment.selectionSet)]);
    measured.set(name, measure);
    return measure;
  }

  function ofField(field: FieldNode): Measure {
    const below = field.selectionSet ? ofSelections(field.selectionSet) : NOTHING;
    const introspects = field.name.value === '__schema' || field.name.value === '__type';
    return {
      ...below,
      depth: introspects ? 1 : below.depth + 1,
      introspectionDepth: introspects ? below.depth + 1 : below.introspectionDepth,
      fields: below.fields + 1,
      aliases: below.aliases + (field.alias ? 1 : 0),
      rootFields: 1,
    };
  }

  function ofSelections(set: SelectionSetNode): Measure {
    const seen = new Map<string, number>();
    const count = (key: string) => seen.set(key, (seen.get(key) ?? 0) + 1);
    const parts = set.selections.map((selection) => {
      if (selection.kind === Kind.FIELD) {
        count(selection.alias?.value ?? selection.name.value);
        return sum([ofDirectives(selection), ofField(selection)]);
      }
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        count(`...${selection.name.value}`);
        return sum([ofDirectives(selection), ofFragment(selection.name.value)]);
      }
      return sum([ofDirectives(selection), ofSelections(selection.selectionSet)]);
    });
    return sum([{ ...NOTHING, duplicates: Math.max(0, ...seen.values()) }, ...parts]);
  }

  const parts = operations.map((operation) => sum([ofDirectives(operation), ofSelections(operation.selectionSet)]));
  return {
    ...sum(parts),
    rootFields: Math.max(0, ...parts.map((part) => part.rootFields)),
    fragments: fragments.size,
  };
}

function ofDirectives(node: ASTNode & { directives?: readonly unknown[] | undefined }): Measure {
  const count = node.directives?.length ?? 0;
  return count === 0 ? NOTHING : { ...NOTHING, directives: count, directivesInOnePlace: count };
}

function sum(parts: readonly Measure[]): Measure {
  const total = { ...NOTHING } as { -readonly [Key in keyof Measure]: number };
  for (const part of parts) {
    total.depth = Math.max(total.depth, part.depth);
    total.introspectionDepth = Math.max(total.introspectionDepth, part.introspectionDepth);
    total.duplicates = Math.max(total.duplicates, part.duplicates);
    total.directivesInOnePlace = Math.max(total.directivesInOnePlace, part.directivesInOnePlace);
    total.fields += part.fields;
    total.aliases += part.aliases;
    total.rootFields += part.rootFields;
    total.directives += part.directives;
  }
  return total;
}

/** The first limit that a document breaks. */
export function brokenLimit(measure: Measure, limits: DocumentLimits): GraphQLError | undefined {
  const checks: [ErrorCode, number, number, string][] = [
    ['TOO_MANY_FRAGMENTS', measure.fragments, limits.maxFragments, 'fragments'],
    ['QUERY_TOO_LARGE', measure.fields, limits.maxFields, 'fields with its fragments expanded'],
    ['QUERY_TOO_DEEP', measure.depth, limits.maxDepth, 'levels of selections'],
    ['QUERY_TOO_DEEP', measure.introspectionDepth, MAX_INTROSPECTION_DEPTH, 'levels of introspection'],
    ['TOO_MANY_ALIASES', measure.aliases, limits.maxAliases, 'aliases'],
    ['TOO_MANY_ROOT_FIELDS', measure.rootFields, limits.maxRootFields, 'root fields'],
    ['TOO_MANY_DIRECTIVES', measure.directives, limits.maxDirectives, 'directives'],
    ['TOO_MANY_DIRECTIVES', measure.directivesInOnePlace, MAX_DIRECTIVES_IN_ONE_PLACE, 'directives in one place'],
    ['TOO_MANY_DUPLICATES', measure.duplicates, limits.maxDuplicates, 'repetitions in one selection'],
  ];
  for (const [code, found, limit, what] of checks) {
    if (limit > 0 && found > limit)
      return requestError(code, `The document has ${found} ${what}; the limit is ${limit}.`);
  }
  if (!limits.introspection && measure.introspectionDepth > 0) {
    return requestError('INTROSPECTION_DISABLED', 'This server does not answer introspection.');
  }
  return undefined;
}

const MAX_VARIABLES_DEPTH = 20;

/** Refuses variables that are nested too deep or hold too much; coercion would walk all of it. */
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
