import type { DueAction } from '../time/due-action.ts';

/**
 * How a graph of objects that refer to each other is written as JSON. Each object is a node with a number; a value is a primitive, or
 * an array that says what it stands for:
 *
 * | Written | Stands for |
 * | --- | --- |
 * | `[7]` | the object with the number 7 |
 * | `["u"]` | undefined |
 * | `["n", "Infinity"]` | a number that JSON lacks |
 * | `["f", "service.forget"]` | a due action |
 * | `["x", "clock"]` | something that the reader has already |
 */
export type Value =
  | string
  | number
  | boolean
  | null
  | readonly [number]
  | readonly ['u']
  | readonly ['n' | 'f' | 'x', string];

/** The kind of an object and its content: fields, items, or pairs. */
export type Node = readonly [
  kind: string,
  content: Readonly<Record<string, Value>> | readonly Value[] | readonly (readonly Value[])[],
];

/**
 * A class of objects, and how they are written and created again. Objects are created first and filled later, because
 * they may refer to each other.
 */
export interface ClassKind<T extends object = object> {
  readonly name: string;
  readonly prototype: object;
  readonly create: () => T;
  readonly save: (object: T) => object;
  readonly fill: (object: T, state: Record<string, unknown>) => void;
}

/** A graph cannot be written or read; the message says why. */
export class GraphError extends Error {}

export function isDueAction(value: unknown): value is DueAction<never, never> {
  return typeof value === 'function' && 'dueName' in value;
}
