import { defaultFieldResolver, type GraphQLField, type GraphQLSchema, isObjectType } from 'graphql';
import type { GraphContext } from '../core/context.ts';
import { type ArgumentRange, checkRange } from './argument-range.ts';
import { checkCursor } from './cursor.ts';

type Field = GraphQLField<unknown, GraphContext>;
type Check = (args: Readonly<Record<string, unknown>>) => void;

/**
 * Checks the numbers and the cursors of every field before its resolver begins: a wrong argument is refused without an
 * ECS call, whatever the resolver reads first.
 */
export function checkArguments(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) checkField(field as Field);
  }
}

function checkField(field: Field): void {
  const checks = field.args.flatMap(({ name, extensions }) => [...checkOf(name, extensions)]);
  if (checks.length === 0) return;
  const { resolve = defaultFieldResolver } = field;
  field.resolve = (source, args, context, info) => {
    for (const check of checks) check(args);
    return resolve(source, args, context, info);
  };
}

function* checkOf(name: string, { range, isCursor }: Readonly<Record<string, unknown>>): Iterable<Check> {
  if (range !== undefined)
    yield ({ [name]: value }) => {
      if (typeof value === 'number') checkRange(name, value, range as ArgumentRange);
    };
  if (isCursor === true)
    yield ({ [name]: value }) => {
      if (typeof value === 'string' && value !== '') checkCursor(value);
    };
}
