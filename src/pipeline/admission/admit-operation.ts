import { type GraphQLError, type GraphQLSchema, getOperationAST, type OperationDefinitionNode } from 'graphql';
import type { Principal } from '../../auth/principal.ts';
import type { CallLimit } from '../../ecs/core/call-cost.ts';
import type { KnownSizes } from '../../ecs/lists/fleet-sizes.ts';
import type { InFlight } from '../core/in-flight.ts';
import { requestError } from '../core/public-errors.ts';
import type { Caller, Operation } from '../core/request-context.ts';
import { callerKeyOf } from './caller-key.ts';
import { type Cost, estimateCost } from './cost-estimate.ts';
import { brokenVariables } from './document-limits.ts';
import { type HeldFleet, type HeldReads, heldOnceFilled, heldReadsOf } from './held-reads.ts';
import { countDestructive, rootFieldsOf } from './root-fields.ts';

export interface AdmissionSettings {
  readonly maxVariables: number;
  readonly maxCost: number;
  readonly maxObjects: number;
  readonly maxEventCost: number;
  readonly maxEventObjects: number;
  readonly sseMaxStreams: number;
  readonly sseMaxCallerStreams: number;
}

/** An operation that may start. */
export interface Admitted {
  readonly node: OperationDefinitionNode;
  readonly cost: Cost;
  /** Limits its ECS calls while it runs; absent if its estimate without an inventory is within the limit. */
  readonly callLimit?: CallLimit | undefined;
  /** Its fields that write. */
  readonly writes: number;
  /** Fields of the request so far that end something, this operation's included. */
  readonly destructive: number;
}

export type Admit = (operation: Operation, caller: Caller) => Admitted | GraphQLError;

const NOTHING_KNOWN: KnownSizes = {};

/** Refuses operations that must not start, before any work is done for them. */
export function createAdmission(
  schema: GraphQLSchema,
  settings: AdmissionSettings,
  inFlight: InFlight,
  knownSizes: () => KnownSizes = () => NOTHING_KNOWN,
  ofRole?: RoleRefusals,
  heldFleet?: HeldFleet,
): Admit {
  const costOf = createCosts(schema);
  return (operation, caller) => {
    if (!inFlight.accepting) return serverDraining();
    const node = getOperationAST(operation.document, operation.operationName);
    if (!node) return requestError('OPERATION_RESOLUTION_FAILURE', 'Name one of the operations of the document.');
    const broken = brokenVariables(operation.variableValues, settings.maxVariables);
    if (broken) return broken;
    const isStream = node.operation === 'subscription';
    // graphql-js treats a subscription without a field as impossible.
    if (isStream && rootFieldsOf(schema, operation, node)?.fields.length === 0) {
      return requestError('BAD_USER_INPUT', 'The subscription skips its only field, so there is nothing to follow.');
    }
    const { principal } = caller;
    const full =
      (isStream && caller.transport === 'http' ? noMoreStreams(caller, settings, inFlight) : undefined) ??
      (isStream ? ofRole?.streamRefusal(principal, inFlight.streamsOf(principal.name)) : undefined);
    if (full) return full;
    const cold = costOf(operation, node, knownSizes());
    const refusalOf = (cost: Cost) =>
      tooExpensive(cost, settings, isStream) ?? ofRole?.costRefusal(principal, cost, isStream);
    const isCold = refusalOf(cold) === undefined;
    const held = isCold ? undefined : heldReadsOf(schema, heldFleet, operation, node, caller);
    const cost = held === undefined ? cold : costOfOperation(schema, operation, node, knownSizes(), held);
    const refused = isCold ? undefined : refusalOf(cost);
    const refusal =
      refused && whileFilling(refused, { schema, heldFleet, knownSizes, refusalOf }, operation, node, caller);
    const writes = node.operation === 'mutation' ? (rootFieldsOf(schema, operation, node)?.fields.length ?? 0) : 0;
    return (
      refusal ??
      // Last, because it counts.
      (writes > 0 ? ofRole?.mutationRefusal(principal, writes) : undefined) ?? {
        node,
        cost,
        callLimit: held && lowerLimit(callLimitOf(settings), ofRole?.callLimitOf(principal)),
        writes,
        destructive: addDestructive(caller, countDestructive(schema, operation, node)),
      }
    );
  };
}

/** Estimates costs, and remembers the last estimate of each operation without variables. */
function createCosts(schema: GraphQLSchema) {
  const known = new WeakMap<OperationDefinitionNode, { readonly cost: Cost; readonly sizes: KnownSizes }>();
  return (operation: Operation, node: OperationDefinitionNode, sizes: KnownSizes): Cost => {
    const hasVariables = node.variableDefinitions !== undefined && node.variableDefinitions.length > 0;
    const last = hasVariables ? undefined : known.get(node);
    if (last?.sizes === sizes) return last.cost;
    const cost = costOfOperation(schema, operation, node, sizes);
    if (!hasVariables) known.set(node, { cost, sizes });
    return cost;
  };
}

/** @param held the reads that an inventory answers */
export function costOfOperation(
  schema: GraphQLSchema,
  { document, variableValues }: Operation,
  node: OperationDefinitionNode,
  sizes: KnownSizes,
  held?: HeldReads,
): Cost {
  return estimateCost(document, node.name?.value, variableValues ?? {}, schema, sizes, held);
}

function callLimitOf({ maxCost }: Pick<AdmissionSettings, 'maxCost'>): CallLimit | undefined {
  return maxCost === 0 ? undefined : { most: maxCost, setting: 'MAX_COST' };
}

function lowerLimit(one: CallLimit | undefined, other: CallLimit | undefined): CallLimit | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one.most <= other.most ? one : other;
}

/** The limits of the caller's role. */
export interface RoleRefusals {
  streamRefusal(principal: Principal, streams: number): GraphQLError | undefined;
  costRefusal(principal: Principal, cost: Cost, isStream: boolean): GraphQLError | undefined;
  /** The most ECS calls of an operation; undefined if the role has no such limit. */
  callLimitOf(principal: Principal): CallLimit | undefined;
  mutationRefusal(principal: Principal, count: number): GraphQLError | undefined;
}

/** The operations of a batch are one request. */
function addDestructive({ request }: Caller, count: number): number {
  if (count === 0 || request === undefined) return count;
  request.destructive += count;
  return request.destructive;
}

function noMoreStreams(caller: Caller, settings: AdmissionSettings, inFlight: InFlight): GraphQLError | undefined {
  const { sseMaxStreams, sseMaxCallerStreams } = settings;
  const isFull = inFlight.streams.http >= sseMaxStreams;
  if (!isFull && inFlight.httpStreamsOf(callerKeyOf(caller)) < sseMaxCallerStreams) return undefined;
  const message = isFull
    ? `The server follows ${sseMaxStreams} streams, its limit (SSE_MAX_STREAMS).`
    : `One caller follows at most ${sseMaxCallerStreams} streams (SSE_MAX_CALLER_STREAMS).`;
  return requestError('TOO_MANY_SUBSCRIPTIONS', message, RETRY_SOON);
}

/** The error for an operation that could cost more than a limit allows; undefined if it could not. */
export function tooExpensive(
  { calls, objects }: Cost,
  settings: Pick<AdmissionSettings, 'maxCost' | 'maxObjects' | 'maxEventCost' | 'maxEventObjects'>,
  isStream: boolean,
): GraphQLError | undefined {
  const what = isStream ? 'An event of the subscription' : 'The operation';
  const advice = 'Smaller pages (first) need fewer.';
  const [mostCalls, callsSetting] = isStream
    ? [settings.maxEventCost, 'MAX_EVENT_COST']
    : [settings.maxCost, 'MAX_COST'];
  if (mostCalls > 0 && calls > mostCalls) {
    const message = `${what} could need ${calls} ECS calls, and the limit is ${mostCalls} (${callsSetting}). ${advice}`;
    return requestError('QUERY_TOO_EXPENSIVE', message, { extensions: { cost: calls, limit: mostCalls } });
  }
  const [mostObjects, objectsSetting] = isStream
    ? [settings.maxEventObjects, 'MAX_EVENT_OBJECTS']
    : [settings.maxObjects, 'MAX_OBJECTS'];
  if (mostObjects === 0 || objects <= mostObjects) return undefined;
  const message = `${what} could have ${objects} objects, and the limit is ${mostObjects} (${objectsSetting}). ${advice}`;
  return requestError('QUERY_TOO_EXPENSIVE', message, { extensions: { objects, limit: mostObjects } });
}

interface FillingParts {
  readonly schema: GraphQLSchema;
  readonly heldFleet?: HeldFleet | undefined;
  readonly knownSizes: () => KnownSizes;
  readonly refusalOf: (cost: Cost) => GraphQLError | undefined;
}

/** After how long an operation is tried again that the inventory will answer: as long again as it has been filling so far. */
const FILLED_AFTER_MS = { least: 1_000, most: 60_000 };

/** A refusal for cost; retryable if the operation could run once the inventory has listed what it is listing. */
export function whileFilling(
  refusal: GraphQLError,
  { schema, heldFleet, knownSizes, refusalOf }: FillingParts,
  operation: Operation,
  node: OperationDefinitionNode,
  caller: Pick<Caller, 'principal' | 'fresh'>,
): GraphQLError {
  const filled = heldOnceFilled(schema, heldFleet, operation, node, caller);
  if (filled === undefined) return refusal;
  const cost = costOfOperation(schema, operation, node, knownSizes(), filled.held);
  if (refusalOf(cost) !== undefined) return refusal;
  const { least, most } = FILLED_AFTER_MS;
  const retryAfterMs = Math.min(most, Math.max(least, Math.ceil(filled.fillingForMs)));
  return requestError(
    'QUERY_TOO_EXPENSIVE',
    `${refusal.message} When the inventory is filled, the operation needs at most ${cost.calls} calls.`,
    {
      headers: { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) },
      extensions: { ...costOf(refusal), retryable: true, retryAfterMs },
    },
  );
}

/** The members of a refusal for cost that say how much it is. */
function costOf({
  extensions: { http: _http, code: _code, ...cost },
}: GraphQLError): Readonly<Record<string, unknown>> {
  return cost;
}

const RETRY_AFTER_S = 1;
const RETRY_SOON = {
  headers: { 'retry-after': String(RETRY_AFTER_S) },
  extensions: { retryAfterMs: RETRY_AFTER_S * 1_000 },
};

/** The error during a shutdown: another process can answer. */
export function serverDraining(): GraphQLError {
  const headers = { ...RETRY_SOON.headers, connection: 'close' };
  return requestError('SERVER_DRAINING', 'The server is shutting down.', { ...RETRY_SOON, headers });
}

/** The error when the limits on running and waiting operations are reached. */
export function serverBusy(message: string): GraphQLError {
  return requestError('SERVER_BUSY', message, RETRY_SOON);
}
