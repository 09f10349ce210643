import { KeyedWrites } from '../../../src/ecs/consistency/idempotency-keys.ts';
import { MemoryIdempotencyStore } from '../../../src/ecs/consistency/memory-idempotency-store.ts';

/** Keyed writes with room for everything. */
export function createKeyedWrites(): KeyedWrites {
  return new KeyedWrites(new MemoryIdempotencyStore({ ttlMs: 600_000, mostKeys: 1_000, mostBytes: 100_000_000 }));
}
