import type { World } from '../model/world.ts';
import type { Caller } from '../util/wire-types.ts';
import type { Fields } from './input.ts';

/** One operation of another service. Its input is unchecked JSON. */
export type NeighbourOperation = (world: World, input: Fields, caller: Caller) => object;

/** The same for an operation that may wait for something. */
export type WaitingOperation = (world: World, input: Fields, caller: Caller) => object | Promise<object>;
