import type { EnumRef } from '@pothos/core';
import type { Builder, Types } from './builder.ts';

/** An enum of our own, with the meaning of each value. */
export function ownEnum<Value extends string>(
  builder: Builder,
  name: string,
  description: string,
  values: Readonly<Record<Value, string>>,
): EnumRef<Types, Value> {
  const entries = Object.entries<string>(values).map(([value, meaning]) => [value, { description: meaning }]);
  return builder.enumType(name, { description, values: Object.fromEntries(entries) }) as never;
}
