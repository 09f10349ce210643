import { type ExecutionResult, type GraphQLSchema, getOperationAST } from 'graphql';
import type { KnownSizes } from '../../ecs/lists/fleet-sizes.ts';
import { requestError } from '../core/public-errors.ts';
import type { Caller, Operation } from '../core/request-context.ts';
import { type AdmissionSettings, costOfOperation, type RoleRefusals, tooExpensive } from './admit-operation.ts';
import { brokenVariables } from './document-limits.ts';
import { type HeldFleet, type HeldReads, heldReadsOf } from './held-reads.ts';

export interface EstimateParts {
  readonly schema: GraphQLSchema;
  readonly settings: AdmissionSettings;
  readonly knownSizes?: (() => KnownSizes) | undefined;
  /** Reads how much there is: an estimate without that knowledge could refuse what may run. */
  readonly readSizes?: (() => Promise<void>) | undefined;
  readonly heldFleet?: HeldFleet | undefined;
  /** The limits of roles on cost. */
  readonly ofRole?: Pick<RoleRefusals, 'costRefusal'> | undefined;
}

/**
 * Returns a function that answers what an operation could cost, without running it: `extensions.ecs.estimate`. Of a subscription it is the
 * cost of one event. `refusal` is the error that the operation would get for its cost.
 */
export function createEstimate({ schema, settings, knownSizes, readSizes, heldFleet, ofRole }: EstimateParts) {
  return async (operation: Operation, caller: Caller): Promise<ExecutionResult> => {
    const { document, operationName, variableValues } = operation;
    const node = getOperationAST(document, operationName);
    if (!node)
      return { errors: [requestError('OPERATION_RESOLUTION_FAILURE', 'Name one of the operations of the document.')] };
    const broken = brokenVariables(variableValues, settings.maxVariables);
    if (broken !== undefined) return { errors: [broken] };
    const isStream = node.operation === 'subscription';
    const held = heldReadsOf(schema, heldFleet, operation, node, caller);
    const costWith = (held?: HeldReads) => costOfOperation(schema, operation, node, knownSizes?.() ?? {}, held);
    const estimate = () => {
      const cost = costWith(held);
      const refusal = tooExpensive(cost, settings, isStream) ?? ofRole?.costRefusal(caller.principal, cost, isStream);
      return { cost, refusal };
    };
    let { cost, refusal } = estimate();
    if (refusal !== undefined && readSizes !== undefined && knownSizes?.().services === undefined) {
      await readSizes();
      ({ cost, refusal } = estimate());
    }
    const { calls, objects } = cost;
    const refused = refusal && { code: refusal.extensions.code, message: refusal.message };
    const cold = held === undefined ? calls : costWith().calls;
    const estimated = { calls, ...(cold !== calls && { callsWithoutInventory: cold }), objects };
    return { data: null, extensions: { ecs: { estimate: { ...estimated, refusal: refused ?? null } } } };
  };
}
