import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  type InlineFragmentNode,
  isAbstractType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  typeFromAST,
} from 'graphql';

export type Variables = Readonly<Record<string, unknown>>;
export type Fragments = Readonly<Record<string, FragmentDefinitionNode>>;

/** The inputs for collecting the fields of a selection. */
export interface CollectScope {
  readonly schema: GraphQLSchema;
  readonly fragments: Fragments;
  readonly variables: Variables;
}

/** The fields selected on an object of this type, by response name, in response order. */
export function collectFields(
  scope: CollectScope,
  type: GraphQLObjectType,
  selectionSets: readonly SelectionSetNode[],
): Map<string, FieldNode[]> {
  const fields = new Map<string, FieldNode[]>();
  const visited = new Set<string>();
  for (const selectionSet of selectionSets) collect(selectionSet);
  return fields;

  function collect(selectionSet: SelectionSetNode): void {
    for (const selection of selectionSet.selections) {
      if (selection.kind === Kind.FIELD) {
        if (isIncluded(selection, scope.variables)) add(selection);
        continue;
      }
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? spread(selection) : inline(selection);
      if (fragment !== undefined && applies(fragment, type, scope.schema)) collect(fragment.selectionSet);
    }
  }

  function add(field: FieldNode): void {
    const key = (field.alias ?? field.name).value;
    const same = fields.get(key);
    if (same === undefined) fields.set(key, [field]);
    else same.push(field);
  }

  function inline(selection: InlineFragmentNode): InlineFragmentNode | undefined {
    return isIncluded(selection, scope.variables) ? selection : undefined;
  }

  function spread(selection: FragmentSpreadNode): FragmentDefinitionNode | undefined {
    const name = selection.name.value;
    if (visited.has(name) || !isIncluded(selection, scope.variables)) return undefined;
    visited.add(name);
    return scope.fragments[name];
  }
}

function isIncluded(node: SelectionNode, variables: Variables): boolean {
  if (node.directives === undefined || node.directives.length === 0) return true;
  if (getDirectiveValues(GraphQLSkipDirective, node, variables)?.if === true) return false;
  return getDirectiveValues(GraphQLIncludeDirective, node, variables)?.if !== false;
}

function applies(
  { typeCondition }: FragmentDefinitionNode | InlineFragmentNode,
  type: GraphQLObjectType,
  schema: GraphQLSchema,
): boolean {
  if (typeCondition === undefined) return true;
  const condition = typeFromAST(schema, typeCondition);
  return condition === type || (isAbstractType(condition) && schema.isSubType(condition, type));
}

/** The variables that decide which fields are selected. Equal values of these select the same fields. */
export function decidingVariables(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  const search = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      for (const { name, arguments: args = [] } of selection.directives ?? []) {
        if (name.value !== GraphQLSkipDirective.name && name.value !== GraphQLIncludeDirective.name) continue;
        for (const { value } of args) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
      }
      if ('selectionSet' in selection && selection.selectionSet !== undefined) search(selection.selectionSet);
    }
  };
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION || definition.kind === Kind.FRAGMENT_DEFINITION) {
      search(definition.selectionSet);
    }
  }
  return [...names];
}
