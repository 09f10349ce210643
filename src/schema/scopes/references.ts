import {
  type GraphQLArgument,
  type GraphQLInputType,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isListType,
} from 'graphql';
import { type EcsArn, parseArn } from '../../ecs/core/arn.ts';
import { readNodeId } from '../core/node-id.ts';

/** An ARN in the arguments of a field, and the argument that holds it. */
export interface Placed {
  readonly argument: string;
  readonly arn: EcsArn;
}

/** The ARNs in arguments and input members of type ID: texts of other types, such as values of tags, may hold any ARN. */
export function arnsIn(args: readonly GraphQLArgument[], values: Readonly<Record<string, unknown>>): Placed[] {
  return args.flatMap(({ name, type }) => visit(type, values[name], name));
}

function visit(type: GraphQLInputType, value: unknown, path: string): Placed[] {
  if (value === null || value === undefined) return [];
  const nullable = getNullableType(type);
  if (isListType(nullable)) {
    return (Array.isArray(value) ? value : [value]).flatMap((item) => visit(nullable.ofType, item, path));
  }
  if (isInputObjectType(nullable)) {
    const members = value as Readonly<Record<string, unknown>>;
    return Object.values(nullable.getFields()).flatMap((member) =>
      visit(member.type, members[member.name], `${path}.${member.name}`),
    );
  }
  const arn = nullable.name === 'ID' ? arnOfText(String(value)) : undefined;
  return arn === undefined ? [] : [{ argument: path, arn }];
}

/** The ARN in an ARN or in an id of the graph; undefined for a name. */
export function arnOfText(text: string): EcsArn | undefined {
  return parseArn(text.startsWith('arn:') ? text : (readNodeId(text)?.parts[0] ?? ''));
}

/** The arguments that are lists of ids, ARNs or names. */
export function idLists(args: readonly GraphQLArgument[]): readonly string[] {
  return args
    .filter(({ type }) => isListType(getNullableType(type)) && getNamedType(type).name === 'ID')
    .map(({ name }) => name);
}
