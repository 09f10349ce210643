import type { World } from '../model/world.ts';
import type { Caller, Input, Wire } from '../util/wire-types.ts';

/** One operation: its input has been checked against AWS's shape, and its answer is in wire format. */
export type Action<In, Out> = (world: World, input: Input<In>, caller: Caller) => Wire<Out>;

/** Any action, as the table stores it. Each is called only with input that its own schema has accepted. */
export type AnyAction = (world: World, input: never, caller: Caller) => object;
