import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isObjectType,
} from 'graphql';
import { UNRECOGNIZED } from './enums.ts';
import { unrecognizedInput } from './to-aws-input.ts';

type Resolver = NonNullable<GraphQLField<unknown, unknown>['resolve']>;

/** Makes every field that takes enums as arguments refuse UNRECOGNIZED; inputs are checked by `toAwsInput`. */
export function guardEnumArguments(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const names = field.args.filter((arg) => isEnumType(getNamedType(arg.type))).map((arg) => arg.name);
      if (names.length === 0) continue;
      if (field.subscribe) field.subscribe = guarded(field.subscribe, names);
      else field.resolve = guarded(field.resolve ?? defaultFieldResolver, names);
    }
  }
  return schema;
}

function guarded(resolve: Resolver, names: readonly string[]): Resolver {
  return (source, args, context, info) => {
    for (const name of names) {
      const value: unknown = args[name];
      if (value === UNRECOGNIZED || (Array.isArray(value) && value.includes(UNRECOGNIZED)))
        throw unrecognizedInput(name);
    }
    return resolve(source, args, context, info);
  };
}
