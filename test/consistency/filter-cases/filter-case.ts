import type { ListOperation } from '../../../src/ecs/core/list-operations.ts';
import type { Call, Names } from '../write-cases.ts';

/** A write through the gateway that changes what ECS's filter lets through, and what the list shows at once. */
export interface FilterCase {
  readonly list: ListOperation;
  /** The members of the list's input that filter. */
  readonly filters: readonly string[];
  readonly what: string;
  /** Calls ECS past the gateway, before reads are late. */
  readonly prepare?: (call: Call, name: string) => Promise<Names | undefined>;
  readonly write: (through: (selection?: string) => Call, names: Names) => Promise<object>;
  /** The lists, with the item of each that is there, or is not. */
  readonly shows: (names: Names) => readonly (readonly [field: string, item: object, isThere: boolean])[];
}

/** The cluster of the cases, in a list. */
export const BASE = 'clusters: ["base"]';
