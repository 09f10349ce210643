import type { PothosInputFieldConfig, PothosOutputFieldConfig } from '@pothos/core';
import { defaultFieldResolver, type GraphQLFieldResolver } from 'graphql';
import type { Types } from '../core/builder.ts';
import { UNRECOGNIZED } from './enum-types.ts';
import { unrecognizedInput } from './to-aws-input.ts';

type Resolver = GraphQLFieldResolver<unknown, object>;

/** Makes a field that takes enums as arguments refuse UNRECOGNIZED; inputs are checked by `toAwsInput`. */
export function guardEnumArguments(field: PothosOutputFieldConfig<Types>): void {
  const names = Object.keys(field.args).filter((name) => isEnum(field.args[name]?.type));
  if (names.length === 0) return;
  if (field.subscribe) field.subscribe = guarded(field.subscribe, names);
  else field.resolve = guarded(field.resolve ?? defaultFieldResolver, names);
}

function isEnum(type: PothosInputFieldConfig<Types>['type'] | undefined): boolean {
  return type?.kind === 'List' ? isEnum(type.type) : type?.kind === 'Enum';
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
