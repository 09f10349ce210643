import { setImmediate as turn } from 'node:timers/promises';
import {
  type GraphQLDirective,
  GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  lexicographicSortSchema,
} from 'graphql';

interface Named {
  readonly name: string;
}

/** So many types at a time are built and sorted, then others have their turn. */
const AT_A_TIME = 20;

/**
 * Puts what introspection tells in the order of the names, as schema.graphql has it. In place, directives too, and for when somebody asks:
 * nothing else minds the order, and a sorted copy of the schema costs as much as the schema.
 */
export async function sortInPlace(schema: GraphQLSchema): Promise<void> {
  const directives = schema.getDirectives() as GraphQLDirective[];
  const sorted = lexicographicSortSchema(new GraphQLSchema({ directives })).getDirectives();
  // GraphQL's own list, which a schema without directives of its own has, is frozen, and in the order of the specification.
  if (!Object.isFrozen(directives)) directives.splice(0, directives.length, ...sorted);
  const names = Object.keys(schema.getTypeMap());
  for (const [index, name] of names.entries()) {
    if (index % AT_A_TIME === 0) await turn();
    const type = schema.getType(name);
    if (type === undefined || name.startsWith('__')) continue;
    if (isEnumType(type)) sortList(type.getValues());
    else if (isInputObjectType(type)) sortRecord(type.getFields());
    else if (isObjectType(type) || isInterfaceType(type)) {
      const fields = type.getFields();
      sortRecord(fields);
      for (const field of Object.values(fields)) sortList(field.args);
      sortList(type.getInterfaces());
    }
  }
}

function sortRecord(record: Record<string, unknown>): void {
  const entries = Object.entries(record).sort(([a], [b]) => compare(a, b));
  for (const [name, value] of entries) {
    delete record[name];
    record[name] = value;
  }
}

function sortList(list: readonly Named[]): void {
  (list as Named[]).sort((a, b) => compare(a.name, b.name));
}

/** As graphql-js does: numbers count as such, `k80` comes before `k520`. */
function compare(a: string, b: string): number {
  const [left, right] = [padded(a), padded(b)];
  return left < right ? -1 : Number(left > right);
}

function padded(name: string): string {
  return name.replace(/\d+/g, (digits) => digits.padStart(9, '0'));
}
