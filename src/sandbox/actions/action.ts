import type { World } from '../model/world.ts';
import type { Caller, Input, Wire } from '../util/wire-types.ts';

/** One operation: input already checked against AWS's shape, the answer as it travels. */
export type Action<In, Out> = (world: World, input: Input<In>, caller: Caller) => Wire<Out>;

/** Any of them, as the table holds it: each is called only with the input that its own schema has let through. */
export type AnyAction = (world: World, input: never, caller: Caller) => object;
