import { type ExecutionResult, type GraphQLSchema, getOperationAST } from 'graphql';
import type { KnownSizes } from '../../ecs/lists/fleet-sizes.ts';
import { requestError } from '../core/public-errors.ts';
import type { Caller, Operation } from '../core/request-context.ts';
import { type AdmissionSettings, type RoleRefusals, tooExpensive } from './admit-operation.ts';
import { estimateCost } from './cost-estimate.ts';
import { brokenVariables } from './document-limits.ts';

export interface EstimateParts {
  readonly schema: GraphQLSchema;
  readonly settings: AdmissionSettings;
  readonly knownSizes?: (() => KnownSizes) | undefined;
  /** Reads how much there is: an estimate without that knowledge could refuse what may run. */
  readonly readSizes?: (() => Promise<void>) | undefined;
  /** The limits of roles on cost. */
  readonly ofRole?: Pick<RoleRefusals, 'costRefusal'> | undefined;
}

/**
 * Returns a function that answers what an operation could cost, without running it: `extensions.ecs.estimate`. Of a subscription it is the
 * cost of one event. `refusal` is the error that the operation would get for its cost.
 */
export function createEstimate({ schema, settings, knownSizes, readSizes, ofRole }: EstimateParts) {
  return async (
    { document, operationName, variableValues }: Operation,
    { principal }: Caller,
  ): Promise<ExecutionResult> => {
    const node = getOperationAST(document, operationName);
    if (!node)
      return { errors: [requestError('OPERATION_RESOLUTION_FAILURE', 'Name one of the operations of the document.')] };
    const broken = brokenVariables(variableValues, settings.maxVariables);
    if (broken !== undefined) return { errors: [broken] };
    const isStream = node.operation === 'subscription';
    const estimate = () => {
      const cost = estimateCost(document, node.name?.value, variableValues ?? {}, schema, knownSizes?.() ?? {});
      const refusal = tooExpensive(cost, settings, isStream) ?? ofRole?.costRefusal(principal, cost, isStream);
      return { cost, refusal };
    };
    let { cost, refusal } = estimate();
    if (refusal !== undefined && readSizes !== undefined && knownSizes?.().services === undefined) {
      await readSizes();
      ({ cost, refusal } = estimate());
    }
    const { calls, objects } = cost;
    const refused = refusal && { code: refusal.extensions.code, message: refusal.message };
    return { data: null, extensions: { ecs: { estimate: { calls, objects, refusal: refused ?? null } } } };
  };
}
