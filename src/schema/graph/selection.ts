import {
  type DocumentNode,
  type FieldNode,
  GraphQLIncludeDirective,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  isAbstractType,
  isObjectType,
  type SelectionSetNode,
  TypeInfo,
  typeFromAST,
  visit,
  visitWithTypeInfo,
} from 'graphql';

type Selected = ReadonlySet<string>;

/**
 * Caches `selectedMembers` within one execution, by its variables, which are an object of its own. The next keys are
 * the selection, the type (`nodes` resolves many types with the same selection) and the paths.
 */
const remembered = new WeakMap<object, WeakMap<readonly FieldNode[], Map<GraphQLObjectType, Map<string, Selected>>>>();

/**
 * The members of a noun's source that the operation reads below the current field. They decide whether a Describe call
 * is needed, and with which includes.
 * @param paths the fields from here to the noun, such as `['edges', 'node']`; empty for a plain link
 */
export function selectedMembers(info: GraphQLResolveInfo, type: GraphQLObjectType, ...paths: string[][]): Selected {
  const inOperation = entryOf(remembered, info.variableValues, () => new WeakMap());
  const ofSelection = entryOf(inOperation, info.fieldNodes, () => new Map<GraphQLObjectType, Map<string, Selected>>());
  const ofType = entryOf(ofSelection, type, () => new Map<string, Selected>());
  return entryOf(ofType, paths.join(' '), () =>
    readMembers(info, info.fieldNodes, getNamedType(info.returnType), type, paths.length === 0 ? [[]] : paths),
  );
}

function entryOf<K, V>(map: { get(key: K): V | undefined; set(key: K, value: V): unknown }, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

/** Like `selectedMembers`, for the nodes of a connection. */
export function selectedNodeMembers(info: GraphQLResolveInfo, typeName: string): ReadonlySet<string> {
  const type = info.schema.getType(typeName) as GraphQLObjectType;
  return selectedMembers(info, type, ...NODE_PATHS);
}

/** A connection that the operation selects below the nodes of the current one. */
export interface SelectedConnection {
  readonly args: Readonly<Record<string, unknown>>;
  /** The members of its nodes that will be read. */
  readonly members: ReadonlySet<string>;
}

/**
 * Each selection of a connection below the nodes of the current one.
 * @throws GraphQLError if an argument is invalid
 */
export function selectedBelow(
  info: GraphQLResolveInfo,
  typeName: string,
  field: string,
  nodeTypeName: string,
): SelectedConnection[] {
  const [type, nodeType] = [typeName, nodeTypeName].map((name) => info.schema.getType(name) as GraphQLObjectType);
  const definition = type?.getFields()[field];
  const parent = getNamedType(info.returnType);
  if (type === undefined || nodeType === undefined || definition === undefined) return [];
  return NODE_PATHS.flatMap((path) =>
    (fieldsAt(info, info.fieldNodes, isObjectType(parent) ? parent : type, type, path).get(field) ?? []).map(
      (node) => ({
        args: getArgumentValues(definition, node, info.variableValues),
        members: readMembers(info, [node], getNamedType(definition.type), nodeType, NODE_PATHS),
      }),
    ),
  );
}

const NODE_PATHS = [['nodes'], ['edges', 'node']];

function readMembers(
  info: GraphQLResolveInfo,
  nodes: readonly FieldNode[],
  parent: GraphQLNamedType,
  type: GraphQLObjectType,
  paths: readonly string[][],
): Set<string> {
  const members = new Set<string>();
  for (const path of paths) {
    for (const [name] of fieldsAt(info, nodes, isObjectType(parent) ? parent : type, type, path)) {
      if (name.startsWith('__')) continue;
      const field = type.getFields()[name];
      if (field === undefined) continue;
      const needs = field.extensions.members;
      for (const member of Array.isArray(needs) ? (needs as string[]) : [name]) members.add(member);
    }
  }
  return members;
}

/** The fields selected on `target` at the end of the path, which starts at `start`. */
function fieldsAt(
  info: GraphQLResolveInfo,
  nodes: readonly FieldNode[],
  start: GraphQLObjectType,
  target: GraphQLObjectType,
  [step, ...rest]: string[],
): Map<string, FieldNode[]> {
  const type = step === undefined ? target : start;
  const fields = new Map<string, FieldNode[]>();
  for (const node of nodes) if (node.selectionSet !== undefined) collect(info, node.selectionSet, type, fields);
  if (step === undefined) return fields;
  const nextType = getNamedType(start.getFields()[step]?.type);
  return fieldsAt(info, fields.get(step) ?? [], isObjectType(nextType) ? nextType : target, target, rest);
}

function collect(
  info: GraphQLResolveInfo,
  selectionSet: SelectionSetNode,
  type: GraphQLObjectType,
  fields: Map<string, FieldNode[]>,
): void {
  for (const selection of selectionSet.selections) {
    if (getDirectiveValues(GraphQLSkipDirective, selection, info.variableValues)?.if === true) continue;
    if (getDirectiveValues(GraphQLIncludeDirective, selection, info.variableValues)?.if === false) continue;
    if (selection.kind === 'Field') {
      const same = fields.get(selection.name.value);
      if (same === undefined) fields.set(selection.name.value, [selection]);
      else same.push(selection);
      continue;
    }
    const fragment = selection.kind === 'FragmentSpread' ? info.fragments[selection.name.value] : selection;
    if (fragment === undefined) continue;
    const condition = fragment.typeCondition && typeFromAST(info.schema, fragment.typeCondition);
    const applies =
      condition === undefined ||
      condition === type ||
      (isAbstractType(condition) && info.schema.isSubType(condition, type));
    if (applies) collect(info, fragment.selectionSet, type, fields);
  }
}

const readBy = new WeakMap<GraphQLSchema, WeakMap<DocumentNode, Selected>>();

/** The members that a document's fields read from their sources, of any type: all other members may be omitted. Includes `marks`. */
export function membersRead(schema: GraphQLSchema, document: DocumentNode): Selected {
  return entryOf(
    entryOf(readBy, schema, () => new WeakMap()),
    document,
    () => readDocument(schema, document),
  );
}

function readDocument(schema: GraphQLSchema, document: DocumentNode): Selected {
  const members = new Set<string>();
  const types = new TypeInfo(schema);
  const visitor = {
    Field({ name }: FieldNode) {
      const { members: needs, marks } = types.getFieldDef()?.extensions ?? {};
      for (const member of Array.isArray(needs) ? (needs as string[]) : [name.value]) members.add(member);
      for (const mark of Array.isArray(marks) ? (marks as string[]) : []) members.add(mark);
    },
  };
  visit(document, visitWithTypeInfo(types, visitor));
  return members;
}
