import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  isAbstractType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';

/**
 * What a field costs in ECS calls, as the field's extension `ecsCost`. A number is calls for each parent object. `list` is the
 * page size of the List call that each parent needs; `describe` is how many objects share one Describe call.
 */
export type EcsCost = number | { readonly list?: number; readonly describe?: number };

/** What a connection whose `first` is not given is taken to hold: nested lists of ECS are mostly shorter than a whole page. */
const UNASKED_PAGE = 20;

interface Walk {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * The ECS calls that an operation causes at worst: every page as full as was asked, nothing shared between requests, nothing remembered. Pages
 * multiply what lies below them, and their size is read from arguments, variables included.
 */
export function estimateCost(
  document: DocumentNode,
  operationName: string | undefined,
  variables: Readonly<Record<string, unknown>>,
  schema: GraphQLSchema,
): number {
  const operation = getOperationAST(document, operationName);
  const root = operation && schema.getRootType(operation.operation);
  if (!operation || !root) return 0;
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const defaults: Record<string, unknown> = {};
  for (const { variable, defaultValue } of operation.variableDefinitions ?? []) {
    if (defaultValue) defaults[variable.name.value] = literal(defaultValue);
  }
  const walk: Walk = { schema, fragments, variables: { ...defaults, ...variables } };
  return Math.ceil(costOfSelections(walk, operation.selectionSet, root, 1));
}

function costOfSelections(walk: Walk, set: SelectionSetNode, parent: GraphQLObjectType, parents: number): number {
  let cost = 0;
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) {
      cost += costOfField(walk, selection, parent, parents);
      continue;
    }
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? walk.fragments.get(selection.name.value) : selection;
    if (!fragment) continue;
    const condition = fragment.typeCondition ? walk.schema.getType(fragment.typeCondition.name.value) : parent;
    const fits = condition === parent || (isAbstractType(condition) && walk.schema.isSubType(condition, parent));
    if (fits) cost += costOfSelections(walk, fragment.selectionSet, parent, parents);
  }
  return cost;
}

function costOfField(walk: Walk, node: FieldNode, parent: GraphQLObjectType, parents: number): number {
  // What GraphQL itself adds costs no call, and a probe that asks for no more builds no fields.
  if (node.name.value.startsWith('__')) return 0;
  const field = parent.getFields()[node.name.value];
  if (!field) return 0;
  const size = sizeOf(walk, node, field);
  const objects = parents * size;
  const own = ownCost(field.extensions.ecsCost as EcsCost | undefined, parents, size);
  const type = getNamedType(field.type);
  if (!node.selectionSet) return own;
  // Any of an abstract type's members may be what comes, so the dearest counts.
  const types = isAbstractType(type) ? walk.schema.getPossibleTypes(type) : isObjectType(type) ? [type] : [];
  const set = node.selectionSet;
  return own + Math.max(0, ...types.map((member) => costOfSelections(walk, set, member, objects)));
}

function ownCost(cost: EcsCost | undefined, parents: number, size: number): number {
  if (cost === undefined) return 0;
  if (typeof cost === 'number') return parents * cost;
  const lists = cost.list === undefined ? 0 : parents * Math.ceil(size / cost.list);
  const describes = cost.describe === undefined ? 0 : Math.ceil((parents * size) / cost.describe);
  return lists + describes;
}

/** How many objects a field yields for each parent: `first` of a connection, or the length of a list argument such as `ids`. */
function sizeOf(walk: Walk, node: FieldNode, field: GraphQLField<unknown, unknown>): number {
  const value = (name: string) => {
    const given = node.arguments?.find((argument) => argument.name.value === name)?.value;
    return given && literal(given, walk.variables);
  };
  if (field.args.some((argument) => argument.name === 'first')) {
    const first = value('first') ?? UNASKED_PAGE;
    return typeof first === 'number' && first > 0 ? first : UNASKED_PAGE;
  }
  const type = isNonNullType(field.type) ? field.type.ofType : field.type;
  if (!isListType(type)) return 1;
  const lengths = field.args
    .map((argument) => value(argument.name))
    .map((item) => (Array.isArray(item) ? item.length : 1));
  return Math.max(1, ...lengths);
}

/** A literal's value, as far as sizes need it. */
function literal(node: ValueNode, variables: Readonly<Record<string, unknown>> = {}): unknown {
  if (node.kind === Kind.VARIABLE) return variables[node.name.value];
  if (node.kind === Kind.INT) return Number(node.value);
  if (node.kind === Kind.LIST) return node.values;
  return undefined;
}
