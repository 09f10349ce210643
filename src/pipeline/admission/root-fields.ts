import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import { collectFields, type Variables } from '../../execution/collect-fields.ts';
import type { Operation } from '../core/request-context.ts';

export interface RootFields {
  readonly fields: readonly FieldNode[];
  readonly variables: Variables;
}

/** The root fields that an operation executes, after directives; undefined for variables that execution will refuse. */
export function rootFieldsOf(
  schema: GraphQLSchema,
  operation: Operation,
  node: OperationDefinitionNode,
): RootFields | undefined {
  const root = schema.getRootType(node.operation);
  const given = getVariableValues(schema, node.variableDefinitions ?? [], operation.variableValues ?? {});
  if (!root || given.errors) return undefined;
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  for (const definition of operation.document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  }
  const scope = { schema, fragments, variables: given.coerced };
  const found = collectFields(scope, root, [node.selectionSet]);
  return { fields: [...found.values()].flatMap(([first]) => first ?? []), variables: given.coerced };
}

/** How many fields of a mutation end something that exists or runs. Dry runs end nothing. */
export function countDestructive(schema: GraphQLSchema, operation: Operation, node: OperationDefinitionNode): number {
  if (node.operation !== 'mutation') return 0;
  const mutations = schema.getMutationType()?.getFields() ?? {};
  const { fields = [], variables = {} } = rootFieldsOf(schema, operation, node) ?? {};
  return fields.filter(
    (field) => mutations[field.name.value]?.extensions.destructive === true && !isDryRun(field, variables),
  ).length;
}

function isDryRun({ arguments: args = [] }: FieldNode, variables: Variables): boolean {
  const value = args.find(({ name }) => name.value === 'dryRun')?.value;
  if (value?.kind === Kind.VARIABLE) return variables[value.name.value] === true;
  return value?.kind === Kind.BOOLEAN && value.value;
}
