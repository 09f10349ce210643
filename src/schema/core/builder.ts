import SchemaBuilder from '@pothos/core';
import { deferFields } from '../lazy/deferred-fields.ts';
import { guardEnumArguments } from '../sdk-types/enum-guard.ts';
import type { GraphContext } from './context.ts';
import { addScalars, type JsonValue, type StringMap } from './scalars.ts';

/** What Pothos needs to know of this graph's types. */
export interface GraphTypes {
  Context: GraphContext;
  Scalars: {
    DateTime: { Input: Date; Output: Date };
    /** Milliseconds. */
    Duration: { Input: number; Output: number };
    JSON: { Input: JsonValue; Output: unknown };
    Long: { Input: number; Output: number };
    StringMap: { Input: StringMap; Output: StringMap };
  };
}

export type Types = PothosSchemaTypes.ExtendDefaultTypes<GraphTypes>;
export type Builder = PothosSchemaTypes.SchemaBuilder<Types>;

/** A builder with the scalars and the query type; nothing else is in the graph until a noun's file adds it. */
export function createBuilder(): Builder {
  const builder = new SchemaBuilder<GraphTypes>({});
  deferFields(builder, guardEnumArguments);
  addScalars(builder);
  builder.queryType({ description: 'Reads. A look-up of something that does not exist gives null.' });
  return builder;
}
