import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import { mergeWork } from './merge-work.ts';

/** The size of a document with its fragments expanded. It depends only on the document, so it is cached with it. */
export interface Measure {
  readonly depth: number;
  readonly introspectionDepth: number;
  readonly fields: number;
  readonly aliases: number;
  readonly rootFields: number;
  readonly directives: number;
  readonly directivesInOnePlace: number;
  readonly duplicates: number;
  /** Pairs of fields with the same response name that validation compares. */
  readonly mergeWork: number;
  readonly fragments: number;
  readonly operations: number;
  readonly tokens: number;
  /** Nesting depth of lists and objects in one argument. */
  readonly valueDepth: number;
  /** Whether a fragment spreads itself, directly or through others. */
  readonly hasFragmentCycle: boolean;
}

type Part = Omit<Measure, 'mergeWork' | 'fragments' | 'operations' | 'tokens' | 'hasFragmentCycle'>;

const NOTHING: Part = {
  depth: 0,
  introspectionDepth: 0,
  fields: 0,
  aliases: 0,
  rootFields: 0,
  directives: 0,
  directivesInOnePlace: 0,
  duplicates: 0,
  valueDepth: 0,
};

/**
 * Measures a whole document, including unused fragments, because validation handles those too. Each fragment is
 * measured once, so that fragments which double each other cost nothing here.
 */
export function measureDocument(document: DocumentNode): Measure {
  const fragments = new Map<string, FragmentDefinitionNode>();
  const operations: OperationDefinitionNode[] = [];
  let definitions = 0;
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      definitions += 1;
      if (!fragments.has(definition.name.value)) fragments.set(definition.name.value, definition);
    } else if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition);
  }
  const walk = new Walk(fragments);
  const parts = operations.map((operation) => walk.ofOperation(operation));
  const unused = [...fragments.values()].filter(({ name }) => !walk.hasMeasured(name.value));
  const others = unused.map((fragment) => walk.ofFragment(fragment.name.value));
  const roots = [...operations, ...unused].map(({ selectionSet }) => selectionSet);
  return {
    ...sum([...parts, ...others]),
    rootFields: Math.max(0, ...parts.map((part) => part.rootFields)),
    mergeWork: walk.hasFragmentCycle ? 0 : mergeWork(roots, fragments),
    fragments: definitions,
    operations: operations.length,
    tokens: countTokens(document),
    hasFragmentCycle: walk.hasFragmentCycle,
  };
}

function countTokens({ loc }: DocumentNode): number {
  let tokens = 0;
  for (let token = loc?.startToken; token; token = token.next ?? undefined) tokens += 1;
  return tokens;
}

class Walk {
  hasFragmentCycle = false;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #measured = new Map<string, Part>();
  readonly #open = new Set<string>();

  constructor(fragments: ReadonlyMap<string, FragmentDefinitionNode>) {
    this.#fragments = fragments;
  }

  hasMeasured(fragment: string): boolean {
    return this.#measured.has(fragment);
  }

  ofOperation(operation: OperationDefinitionNode): Part {
    const variables = (operation.variableDefinitions ?? []).map((variable) =>
      sum([ofDirectives(variable), variable.defaultValue ? ofValue(variable.defaultValue) : NOTHING]),
    );
    return sum([ofDirectives(operation), ...variables, this.#ofSelections(operation.selectionSet)]);
  }

  ofFragment(name: string): Part {
    const known = this.#measured.get(name);
    if (known) return known;
    const fragment = this.#fragments.get(name);
    if (this.#open.has(name)) this.hasFragmentCycle = true;
    if (!fragment || this.#open.has(name)) return NOTHING;
    this.#open.add(name);
    const measure = sum([ofDirectives(fragment), this.#ofSelections(fragment.selectionSet)]);
    this.#open.delete(name);
    this.#measured.set(name, measure);
    return measure;
  }

  #ofField(field: FieldNode): Part {
    const below = field.selectionSet ? this.#ofSelections(field.selectionSet) : NOTHING;
    const introspects = field.name.value === '__schema' || field.name.value === '__type';
    const values = (field.arguments ?? []).map(({ value }) => ofValue(value).valueDepth);
    return {
      ...below,
      depth: introspects ? 1 : below.depth + 1,
      introspectionDepth: introspects ? below.depth + 1 : below.introspectionDepth,
      fields: below.fields + 1,
      aliases: below.aliases + (field.alias ? 1 : 0),
      rootFields: 1,
      valueDepth: Math.max(below.valueDepth, ...values),
    };
  }

  #ofSelections(set: SelectionSetNode): Part {
    const repetitions = Math.max(0, ...countRepetitions(set).values());
    const parts = set.selections.map((selection) => {
      const own = ofDirectives(selection);
      if (selection.kind === Kind.FIELD) return sum([own, this.#ofField(selection)]);
      if (selection.kind === Kind.FRAGMENT_SPREAD) return sum([own, this.ofFragment(selection.name.value)]);
      return sum([own, this.#ofSelections(selection.selectionSet)]);
    });
    return sum([{ ...NOTHING, duplicates: repetitions }, ...parts]);
  }
}

/**
 * Counts the repetitions of each field and fragment in a selection, through inline fragments, for each type condition.
 */
function countRepetitions(
  set: SelectionSetNode,
  on = '',
  counts: Map<string, number> = new Map(),
): ReadonlyMap<string, number> {
  for (const selection of set.selections) {
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      countRepetitions(selection.selectionSet, selection.typeCondition?.name.value ?? on, counts);
      continue;
    }
    const name =
      selection.kind === Kind.FIELD ? (selection.alias?.value ?? selection.name.value) : `...${selection.name.value}`;
    const key = `${on} ${name}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

function ofDirectives({ directives = [] }: { readonly directives?: readonly DirectiveNode[] | undefined }): Part {
  const count = directives.length;
  if (count === 0) return NOTHING;
  const values = directives.flatMap(({ arguments: args = [] }) => args.map(({ value }) => ofValue(value).valueDepth));
  return { ...NOTHING, directives: count, directivesInOnePlace: count, valueDepth: Math.max(0, ...values) };
}

function ofValue(value: ValueNode): Part {
  return value.kind === Kind.LIST || value.kind === Kind.OBJECT ? { ...NOTHING, valueDepth: depthOf(value) } : NOTHING;
}

function depthOf(value: ValueNode): number {
  if (value.kind === Kind.LIST) return 1 + value.values.reduce((most, item) => Math.max(most, depthOf(item)), 0);
  if (value.kind !== Kind.OBJECT) return 0;
  return 1 + value.fields.reduce((most, field) => Math.max(most, depthOf(field.value)), 0);
}

function sum(parts: readonly Part[]): Part {
  const total = { ...NOTHING } as { -readonly [Key in keyof Part]: number };
  for (const part of parts) {
    total.depth = Math.max(total.depth, part.depth);
    total.introspectionDepth = Math.max(total.introspectionDepth, part.introspectionDepth);
    total.duplicates = Math.max(total.duplicates, part.duplicates);
    total.directivesInOnePlace = Math.max(total.directivesInOnePlace, part.directivesInOnePlace);
    total.valueDepth = Math.max(total.valueDepth, part.valueDepth);
    total.fields += part.fields;
    total.aliases += part.aliases;
    total.rootFields += part.rootFields;
    total.directives += part.directives;
  }
  return total;
}
