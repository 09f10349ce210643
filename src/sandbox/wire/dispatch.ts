import { ACTIONS } from '../actions/index.ts';
import { clientError, unknownOperation } from '../checks/ecs-errors.ts';
import type { Contract } from '../checks/operation-contracts.ts';
import { validate } from '../checks/validate-input.ts';
import type { World } from '../model/world.ts';
import type { Caller, Input, Wire } from '../util/wire-types.ts';

/** One operation: input already checked against AWS's shape, the answer as it travels. */
export type Action<In, Out> = (world: World, input: Input<In>, caller: Caller) => Wire<Out>;

/** Any of them, as the table holds it: each is called only with the input that its own schema has let through. */
export type AnyAction = (world: World, input: never, caller: Caller) => object;

/**
 * Checks a call and runs it. An operation that the SDK does not know is unknown; one that the sandbox has not learned
 * yet says so.
 */
export function dispatch(contract: Contract, world: World, caller: Caller, operation: string, body: unknown): object {
  const schema = contract.inputs.get(operation);
  if (schema === undefined) throw unknownOperation();
  const action = ACTIONS[operation];
  if (action === undefined) throw clientError(`The sandbox does not simulate ${operation} yet.`);
  return action(world, validate(schema, contract.enumValues, body) as never, caller);
}
