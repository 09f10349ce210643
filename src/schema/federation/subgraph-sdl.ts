import { MapperKind, mapSchema } from '@graphql-tools/utils';
import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type GraphQLSchema,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  print,
} from 'graphql';
import { printGraph } from '../graph/print-graph.ts';
import { type EntityKeys, entityKeys, OWN_ROOT_FIELDS, SHARED } from './keys.ts';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable", "@tag"])';
/** Part of GraphQL since September 2025. Apollo's composition does not know it yet, and refuses it unless it is defined. */
const ONE_OF = 'directive @oneOf on INPUT_OBJECT';

/**
 * The SDL of the graph as a subgraph of Apollo Federation 2: entities have `@key`, types that others have too
 * `@shareable`, and `node` and `nodes` are left out.
 */
export function subgraphSdl(schema: GraphQLSchema): string {
  const own = mapSchema(schema, {
    [MapperKind.QUERY_ROOT_FIELD]: (_field, name) => (OWN_ROOT_FIELDS.has(name) ? null : undefined),
  });
  const keys = entityKeys(schema);
  const document = parse(printGraph(own), { noLocation: true });
  const definitions = document.definitions
    // The specification that is linked defines it.
    .filter((one) => !(one.kind === Kind.DIRECTIVE_DEFINITION && one.name.value === 'tag'))
    .map((one) => withDirectives(one, keys));
  return `${LINK}\n\n${ONE_OF}\n\n${print({ ...document, definitions })}\n`;
}

function withDirectives(one: DefinitionNode, keys: ReadonlyMap<string, EntityKeys>): DefinitionNode {
  if (one.kind !== Kind.OBJECT_TYPE_DEFINITION) return one;
  const entity = keys.get(one.name.value);
  const added = [
    ...(entity === undefined ? [] : [key('id'), ...(entity.arn === undefined ? [] : [key(entity.arn)])]),
    ...(SHARED.has(one.name.value) ? [directive('shareable')] : []),
  ];
  return { ...one, directives: [...(one.directives ?? []), ...added] } satisfies ObjectTypeDefinitionNode;
}

function key(field: string): ConstDirectiveNode {
  const name = { kind: Kind.NAME, value: 'fields' } as const;
  const value = { kind: Kind.STRING, value: field } as const;
  return directive('key', [{ kind: Kind.ARGUMENT, name, value }]);
}

function directive(name: string, args: ConstDirectiveNode['arguments'] = []): ConstDirectiveNode {
  return { kind: Kind.DIRECTIVE, name: { kind: Kind.NAME, value: name }, arguments: args };
}
