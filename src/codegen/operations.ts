import { type GraphQLSchema, isObjectType } from 'graphql';
import { OPERATIONS, type OperationName } from '../ecs/core/operations.ts';

/** The fields of the graph that call an operation: `Mutation.createService`, `Service.tasks`. */
export type Places = ReadonlyMap<OperationName, readonly string[]>;

/** Every operation of the SDK with its fields: the mutation of the same name, and the fields that declare the call. */
export function operationPlaces(schema: GraphQLSchema): Places {
  const places = new Map(Object.keys(OPERATIONS).map((operation) => [operation as OperationName, [] as string[]]));
  const mutations = schema.getMutationType()?.getFields() ?? {};
  for (const [operation, found] of places) {
    const name = operation.charAt(0).toLowerCase() + operation.slice(1);
    if (mutations[name]) found.push(`Mutation.${name}`);
  }
  for (const type of Object.values(schema.getTypeMap()).filter(isObjectType)) {
    for (const field of Object.values(type.getFields())) {
      for (const operation of (field.extensions.operations ?? []) as OperationName[]) {
        const found = places.get(operation);
        if (found === undefined) throw new Error(`${type.name}.${field.name} calls ${operation}, which ECS has not`);
        found.push(`${type.name}.${field.name}`);
      }
    }
  }
  return places;
}

const KINDS = [
  ['read', 'Reads', 'Root fields first, then the links that call them.'],
  ['write', 'Writes', 'Each is a mutation of its own name; what stands behind it also calls it.'],
  ['agent', "The container agent's", 'For the ECS container agent; other clients should not need them.'],
] as const;

/** `docs/operations.md`. */
export function printOperations(schema: GraphQLSchema): string {
  const places = operationPlaces(schema);
  const sections = KINDS.map(([kind, title, words]) => {
    const rows = [...places]
      .filter(([operation]) => OPERATIONS[operation].kind === kind)
      .map(([operation, found]) => `| ${operation} | ${inOrder(found).join(', ')} |`);
    return [`## ${title} (${rows.length})`, '', words, '', '| Operation | Place |', '|---|---|', ...rows].join('\n');
  });
  const intro =
    `All ${places.size} operations of the pinned AWS SDK and where the graph has them. Printed from the schema by \`npm run generate\`; ` +
    'a test executes the fields and holds what they call against this.';
  return ['# ECS operations in the graph', '', intro, '', sections.join('\n\n'), ''].join('\n');
}

function inOrder(places: readonly string[]): string[] {
  const isRoot = (place: string) => /^(Query|Mutation|Subscription)\./.test(place);
  const code = (place: string) => `\`${place}\``;
  const byName = (a: string, b: string) => (a < b ? -1 : 1);
  return [...places.filter(isRoot).sort(byName), ...places.filter((place) => !isRoot(place)).sort(byName)].map(code);
}
