import { clientError, unknownOperation } from '../checks/ecs-errors.ts';
import type { Contract } from '../checks/operation-contracts.ts';
import { validate } from '../checks/validate-input.ts';
import { outsideFault } from '../launch/outside-faults.ts';
import type { World } from '../model/world.ts';
import type { Caller } from '../util/wire-types.ts';
import { ACTIONS } from './action-table.ts';

/**
 * Checks a call and runs it. An operation that the SDK does not have is unknown; one that the sandbox lacks says so.
 */
export function dispatch(contract: Contract, world: World, caller: Caller, operation: string, body: unknown): object {
  const schema = contract.inputs.get(operation);
  if (schema === undefined) throw unknownOperation();
  const action = ACTIONS[operation];
  if (action === undefined) throw clientError(`The sandbox does not simulate ${operation} yet.`);
  const input = validate(schema, contract.enumValues, body);
  const fault = outsideFault(world, operation, input);
  if (fault !== undefined) throw fault;
  return action(world, input as never, caller);
}
