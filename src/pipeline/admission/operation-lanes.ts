import type { DocumentNode } from 'graphql';
import type { Cost } from './cost-estimate.ts';
import { asksForSchema } from './introspection-limits.ts';
import { OperationSlots } from './operation-slots.ts';

export interface LaneSettings {
  readonly queryDeadline: number;
  readonly maxObjects: number;
  readonly maxOperations: number;
  readonly maxCallerOperations: number;
  readonly maxLargeOperations: number;
}

/** Separate queues for operations, so that small ones do not wait behind large ones, nor introspection behind data. */
export interface Lanes {
  of(cost: Cost, document: DocumentNode): OperationSlots;
}

/**
 * An operation is large if it may have more than this fraction of the object limit, or more than the number below if
 * there is no limit.
 */
const LARGE_PART = 20;
const LARGE_WITHOUT_LIMIT = 1_000;
/** An operation waits for at most this fraction of the query deadline. */
const WAITING_PART = 3;

export function createLanes(settings: LaneSettings): Lanes {
  const { maxObjects, maxOperations, maxCallerOperations, maxLargeOperations } = settings;
  const largeFrom = maxObjects === 0 ? LARGE_WITHOUT_LIMIT : maxObjects / LARGE_PART;
  const longestWait = settings.queryDeadline / WAITING_PART;
  const all = new OperationSlots({ most: maxOperations, mostOfOneCaller: maxCallerOperations, longestWait });
  const few = { most: maxLargeOperations, mostOfOneCaller: Math.ceil(maxLargeOperations / 2), longestWait };
  const large = new OperationSlots(few);
  const schema = new OperationSlots(few);
  return {
    of({ objects }, document) {
      if (objects > largeFrom) return large;
      return asksForSchema(document) ? schema : all;
    },
  };
}
