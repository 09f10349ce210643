import { getNamedType, isEnumType, isInputObjectType } from 'graphql';
import { enumValueName } from '../../../src/schema/sdk-types/enum-types.ts';

/** A value of the SDK as a variable: enums by their names. */
export function toVariable(type: unknown, value: unknown): unknown {
  const named = getNamedType(type as never);
  if (Array.isArray(value)) return value.map((item: unknown) => toVariable(named, item));
  if (isEnumType(named)) return enumValueName(String(value));
  if (!isInputObjectType(named) || typeof value !== 'object' || value === null) return value;
  const fields = named.getFields();
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, toVariable(fields[name]?.type, item)]));
}
