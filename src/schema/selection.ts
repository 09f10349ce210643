import {
  type FieldNode,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  GraphQLSkipDirective,
  getDirectiveValues,
  getNamedType,
  isAbstractType,
  isObjectType,
  type SelectionSetNode,
  typeFromAST,
} from 'graphql';

/**
 * Which members of a noun's source the operation is going to read below the field that is being resolved. It decides
 * whether a Describe call is needed at all, and which includes it asks for.
 * @param path the fields from here to the noun, e.g. `['edges', 'node']`; none for a plain link
 */
export function selectedMembers(info: GraphQLResolveInfo, type: GraphQLObjectType, ...paths: string[][]): Set<string> {
  const members = new Set<string>();
  const parent = getNamedType(info.returnType);
  for (const path of paths.length === 0 ? [[]] : paths) {
    for (const [name] of fieldsAt(info, info.fieldNodes, isObjectType(parent) ? parent : type, type, path)) {
      if (name.startsWith('__')) continue;
      const field = type.getFields()[name];
      if (field === undefined) continue;
      const needs = field.extensions.members;
      for (const member of Array.isArray(needs) ? (needs as string[]) : [name]) members.add(member);
    }
  }
  return members;
}

/** The fields selected on `target` at the end of the path, which begins on `start`. */
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
