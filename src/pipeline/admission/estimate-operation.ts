import { type ExecutionResult, type GraphQLError, type GraphQLSchema, getOperationAST } from 'graphql';
import type { KnownSizes } from '../../ecs/lists/fleet-sizes.ts';
import { requestError } from '../core/public-errors.ts';
import type { Caller, Operation } from '../core/request-context.ts';
import {
  type AdmissionSettings,
  costOfOperation,
  type RoleRefusals,
  tooExpensive,
  whileFilling,
} from './admit-operation.ts';
import type { Cost } from './cost-estimate.ts';
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
    const sizes = () => knownSizes?.() ?? {};
    const costWith = (held?: HeldReads) => costOfOperation(schema, operation, node, sizes(), held);
    const refusalOf = (cost: Cost) =>
      tooExpensive(cost, settings, isStream) ?? ofRole?.costRefusal(caller.principal, cost, isStream);
    const estimate = () => {
      const cost = costWith(held);
      return { cost, refusal: refusalOf(cost) };
    };
    let { cost, refusal } = estimate();
    if (refusal !== undefined && readSizes !== undefined && knownSizes?.().services === undefined) {
      await readSizes();
      ({ cost, refusal } = estimate());
    }
    const { calls, objects } = cost;
    const lasting =
      refusal && whileFilling(refusal, { schema, heldFleet, knownSizes: sizes, refusalOf }, operation, node, caller);
    const refused = lasting && publicly(lasting);
    const cold = held === undefined ? calls : costWith().calls;
    const estimated = { calls, ...(cold !== calls && { callsWithoutInventory: cold }), objects };
    return { data: null, extensions: { ecs: { estimate: { ...estimated, refusal: refused ?? null } } } };
  };
}

/** The refusal as an estimate shows it. */
function publicly({ message, extensions: { code, retryAfterMs } }: GraphQLError) {
  return { code, message, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}
