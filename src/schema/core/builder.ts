import type { GraphContext } from './context.ts';

/** The types that Pothos must know of this graph. */
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

/** A map of strings, such as `dockerLabels` and the `options` of a log driver. */
export type StringMap = Record<string, string>;

export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };
