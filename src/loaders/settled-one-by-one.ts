import type { BatchLoadFn } from 'dataloader';
import { currentSpan, inSpan } from '../ecs/tracing/spans.ts';

/**
 * A batch function whose keys settle one by one: it returns promises as values, and DataLoader resolves each key with
 * its own promise. With plain values, every key would wait for the slowest call of the batch.
 * @param span names the span of a batch in traces; absent means that it has none
 */
export function settledOneByOne<Key, Value>(
  load: (key: Key) => Promise<Value>,
  span?: string,
): BatchLoadFn<Key, Value> {
  return async (keys) => {
    if (span === undefined || currentSpan() === undefined) return keys.map(load) as unknown as Value[];
    let items: Promise<Value>[] = [];
    void inSpan(span, { attributes: { 'ecs_graphql.batch.size': keys.length } }, async () => {
      items = keys.map(load);
      await Promise.allSettled(items);
    });
    return items as unknown as Value[];
  };
}
