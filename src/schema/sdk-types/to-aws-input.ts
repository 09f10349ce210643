import type { GraphQLError } from 'graphql';
import { badUserInput } from '../core/errors.ts';
import type { OperationName, Operations } from '../generated/types.ts';
import { UNRECOGNIZED } from './enum-types.ts';
import { refuseMasked } from './mask.ts';
import type { Member, Model } from './sdk-model.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * What the SDK is to send for an `input` (or for arguments) as GraphQL coerced it: an explicit null is absent, an empty list stays,
 * what is not a member of the request is left out. Enums are raw values already.
 * @throws {GraphQLError} BAD_USER_INPUT for UNRECOGNIZED and for a masked value, naming the argument
 */
export function toAwsInput<Op extends OperationName>(
  model: Model,
  operation: Op,
  input: object,
  argument = 'input',
): Operations[Op]['input'] {
  return toStructure(model, model.request(operation), input as Fields, argument) as Operations[Op]['input'];
}

function toStructure(model: Model, members: readonly Member[], value: Fields, path: string): Fields {
  const result: Record<string, unknown> = {};
  for (const member of members) {
    const item = value[member.name];
    if (item === undefined || item === null) continue;
    const itemPath = path ? `${path}.${member.name}` : member.name;
    result[member.name] =
      Array.isArray(item) && member.list
        ? item.map((element, index) => toValue(model, member, element, `${itemPath}.${index}`))
        : toValue(model, member, item, itemPath);
  }
  return result;
}

function toValue(model: Model, { type, sensitive }: Member, value: unknown, path: string): unknown {
  if (type.kind === 'structure') {
    const members = model.structure(type.name);
    refuseMasked(members, value as Fields, sensitive, path);
    return toStructure(model, members, value as Fields, path);
  }
  if (type.kind === 'enum' && value === UNRECOGNIZED) throw unrecognizedInput(path);
  return value;
}

/** The error for UNRECOGNIZED as an input. */
export function unrecognizedInput(argument: string): GraphQLError {
  return badUserInput(argument, `is ${UNRECOGNIZED}, which is only ever answered and never accepted`);
}
