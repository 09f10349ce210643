import SchemaBuilder from '@pothos/core';
import type { Builder, GraphTypes } from '../core/builder.ts';
import { addScalars } from '../core/scalars.ts';

/** A builder with the scalars and the query type. Each noun's file adds its own types. */
export function createBuilder(): Builder {
  const builder = new SchemaBuilder<GraphTypes>({});
  addScalars(builder);
  builder.queryType({ description: 'Reads. A look-up of something that does not exist gives null.' });
  return builder;
}
