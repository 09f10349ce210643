import { type GraphQLSchema, getNamedType, isEnumType, isObjectType } from 'graphql';
import type { WriteOperation } from '../../../src/ecs/outcomes/check.ts';
import { operations } from '../../../src/schema/generated/operations.ts';
import type { OperationName } from '../../../src/schema/generated/types.ts';
import { Graph } from '../../../src/schema/sdk-types/sdk-graph.ts';
import { fieldName } from '../../../src/schema/sdk-types/type-names.ts';
import { graphOfNouns } from './all-nouns.ts';

export const OPERATIONS = Object.keys(operations) as OperationName[];
export const isRead = (operation: OperationName): operation is Exclude<OperationName, WriteOperation> =>
  /^(Describe|Discover|Get|List)/.test(operation);
export const inputNames = (operation: OperationName): string[] => Object.keys(operations[operation].input);

/** A graph of nothing but mechanical types: each read as a query with its members as arguments, each write as a mutation. */
export function everyOperation(graph = new Graph()): GraphQLSchema {
  for (const operation of OPERATIONS) {
    if (isRead(operation)) addQuery(graph, operation);
    else if (Object.keys(operations[operation].output).length > 0)
      graph.mutation(operation, { description: operation });
    else {
      graph.mutation(operation, {
        description: operation,
        fields: (t) => ({ done: t.boolean({ resolve: () => true }) }),
      });
    }
  }
  return graph.toSchema();
}

let plain: GraphQLSchema | undefined;
let linked: GraphQLSchema | undefined;

/** The graph of every operation for tests that only read and execute it: a gateway would change its resolvers. */
export function plainOperations(): GraphQLSchema {
  plain ??= everyOperation();
  return plain;
}

/** The same with every noun linked. */
export function linkedOperations(): GraphQLSchema {
  linked ??= everyOperation(graphOfNouns());
  return linked;
}

function addQuery(graph: Graph, operation: OperationName): void {
  graph.builder.queryField(fieldName(operation), (t) =>
    t.field({
      type: graph.mutations.payload(operation),
      args: graph.inputs.args(operation, t.arg, inputNames(operation) as never[]),
      extensions: { operations: [operation] },
      resolve: async (_root, args, context) => {
        const input = graph.toAwsInput(context, operation, args);
        return { input, output: await context.ecs.read(operation, input as never) } as never;
      },
    }),
  );
}

/** Selects every field below a type, but those of some names. */
export function selectAll(schema: GraphQLSchema, typeName: string, omit: readonly string[] = []): string {
  const type = schema.getType(typeName);
  if (!isObjectType(type)) return '';
  const fields = Object.values(type.getFields()).flatMap((field) => {
    if (omit.includes(field.name)) return [];
    return `${field.name}${selectAll(schema, getNamedType(field.type).name)}`;
  });
  return ` { ${fields.join(' ')} }`;
}

/** The name in GraphQL of an enum's raw value. */
export function enumName(schema: GraphQLSchema, enumTypeName: string, raw: unknown): unknown {
  const type = schema.getType(enumTypeName);
  return isEnumType(type) ? type.serialize(raw) : raw;
}
