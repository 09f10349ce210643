import type { World } from '../model/world.ts';
import type { Caller } from '../util/wire-types.ts';
import type { Fields } from './input.ts';

/** One operation of a service beside ECS. Its input is JSON that nobody has checked. */
export type NeighbourOperation = (world: World, input: Fields, caller: Caller) => object;
