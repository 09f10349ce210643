import { onlyIntrospects } from './admission/introspection-limits.ts';
import { IS_SCHEMA } from './core/answer-text.ts';
import type { Operations } from './run-operation.ts';

/** Marks answers that hold nothing but the schema: the limits of answers treat them apart. */
export function markIntrospection(operations: Operations): Operations {
  return {
    ...operations,
    async execute(operation, caller) {
      const result = await operations.execute(operation, caller);
      return onlyIntrospects(operation.document) ? { ...result, [IS_SCHEMA]: true } : result;
    },
  };
}
