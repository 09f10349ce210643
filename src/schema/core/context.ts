import type { GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import type { Principal } from '../../auth/principal.ts';
import type { ChangeTurns } from '../../ecs/consistency/change-turns.ts';
import type { KeyedWrites } from '../../ecs/consistency/idempotency-keys.ts';
import { partitionOf } from '../../ecs/core/arn.ts';
import { CallBudget, type CallLimit, type EcsCost, sumOfCosts } from '../../ecs/core/call-cost.ts';
import type { OperationName } from '../../ecs/core/operations.ts';
import { scopeKey } from '../../ecs/core/scope.ts';
import type { WriteOperation } from '../../ecs/outcomes/check.ts';
import { EcsSession } from '../../ecs/request-session.ts';
import type { Recorder } from '../../history/recorder.ts';
import { createLoaders, type Loaders } from '../../loaders/index.ts';
import type { AuditLog } from '../../policy/audit-log.ts';
import type { Policies } from '../../policy/policies.ts';
import type { Job } from '../../turns/job.ts';
import { Access } from '../access/access.ts';
import { auditUnavailable, toAuditEntry, toReplayEntry } from '../access/audit.ts';
import type { AccessReader } from '../access/known-facts.ts';
import type { SecretKind } from './overrides.ts';
import type { ScopeEntry, ScopeServices, Scopes } from './scopes.ts';
import { auditedInput, SecretsView, withoutSecrets } from './secrets.ts';

/** The transport's part of a request's state. `createContext` adds the rest of its state. */
export interface RequestInfo {
  readonly requestId: string;
  readonly principal: Principal;
  /** Aborts when the client has disconnected. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** The work that the request causes on the event loop. */
  readonly job?: Job | undefined;
  /** Whether the caller wants to bypass the cache. */
  readonly fresh?: boolean | undefined;
  /** Limits the ECS calls of its reads; absent if its estimate does. */
  readonly callLimit?: CallLimit | undefined;
  /** The members that the operation's fields read; absent means that any member may be read. */
  readonly reads?: ReadonlySet<string> | undefined;
  /** Called once the stream is allowed, with a function that checks whether it still is. */
  readonly onAuthorized?: ((check: (context: GraphContext) => Promise<void>) => void) | undefined;
  /** The cursor of the last event that an SSE client has seen. */
  readonly lastEventId?: string | undefined;
}

/** The limits of an operation, from the settings of the same names. */
export interface ServerLimits {
  readonly maxCost: number;
  readonly maxObjects: number;
  readonly maxEventCost: number;
  readonly maxEventObjects: number;
  readonly maxDepth: number;
  readonly maxAliases: number;
  readonly maxClusters: number;
}

/** Facts about this gateway for front ends. */
export interface ServerInfo {
  readonly version: string;
  /** False where another endpoint than AWS's is configured. */
  readonly isAws: boolean;
  readonly limits: ServerLimits;
}

/** Services that all requests share, created once in the composition root. Those of `ScopeServices` are of one scope. */
export interface GraphServices extends ScopeServices {
  /** Every account and region of the gateway. */
  readonly scopes: Scopes;
  /** The one that these services are of; absent without a scopes file. */
  readonly scope?: ScopeEntry | undefined;
  /** Results of mutations with an idempotency key. */
  readonly keyedWrites: KeyedWrites;
  /** Changes of one thing, one after another. */
  readonly changeTurns: ChangeTurns;
  readonly readDeadlineMs: number;
  readonly writeDeadlineMs: number;
  /** The kinds of secrets whose values callers see where no policy decides. */
  readonly exposedSecrets: ReadonlySet<SecretKind>;
  /** Resources that ECS no longer shows; absent if the gateway keeps no history. */
  readonly history?: Recorder | undefined;
  /** Where writes and refusals are written down; absent: nowhere. */
  readonly audit?: AuditLog | undefined;
  /** Authorisation; absent if every caller may do everything. */
  readonly policies?: Policies | undefined;
  /** Most clusters that one look-up or feed reads completely; 0 means no limit. */
  readonly maxClusters: number;
  readonly server: ServerInfo;
}

/** An enum value of ECS that the schema does not know. Its field reads UNRECOGNIZED. */
export interface UnrecognizedValue {
  readonly path: readonly (string | number)[];
  readonly value: string;
}

/** Facts about the writes of a request that its answer shows. */
export interface RequestWrites {
  /** Whether a write was done before, under the same key. */
  replayed: boolean;
  /** False once a write without a key was done or may have been done: sending the request again would repeat it. */
  isRepeatable: boolean;
  /** The key that the caller gave the mutation under way. */
  idempotencyKey?: string | undefined;
}

/** The state of one GraphQL request, or of one event of a subscription. */
export interface GraphContext extends RequestInfo {
  readonly services: GraphServices;
  /** Reads and writes of ECS, with this request's deadline and cost. */
  readonly ecs: EcsSession;
  readonly loaders: Loaders;
  /** The rights of the caller; absent where nothing is restricted. */
  readonly access: Access | undefined;
  /** Which values of secrets the caller sees. */
  readonly secrets: SecretsView;
  /** The kinds of secrets of which the answer hides values so far. */
  readonly hiddenSecrets: readonly SecretKind[];
  readonly writes: RequestWrites;
  /** Writes down a mutation that was done before under its key; absent without an audit log. */
  readonly auditReplay?: ((replay: Replay) => void) | undefined;
  /** The account and region that this context reads and writes. */
  readonly scope: ScopeEntry;
  /** The context of the same request in an account and region. Everything but its session, loaders and rights is shared. */
  in(scope: ScopeEntry): GraphContext;
  /** Every context of the request so far, this one included. */
  readonly contexts: Iterable<GraphContext>;
  /** The scope of the objects that the request has read outside the default one. */
  readonly scopeOf: WeakMap<object, ScopeEntry>;
  /** Adds an error to the answer although its field has a value: one of several scopes could not be read. */
  addError(error: GraphQLError): void;
  /** Errors that were added. */
  readonly addedErrors: readonly GraphQLError[];
  /** Keeps batches open while resolvers wait for a later turn. The returned function ends that. */
  hold(): () => void;
  /** Whether a write was started: from then on, the request may have had an effect. */
  readonly hasWritten: boolean;
  /** The cost of the request so far. */
  cost(): EcsCost;
  /** Releases the timers of the request. */
  release(): void;
  unrecognized(path: readonly (string | number)[], value: string): void;
  readonly unrecognizedValues: readonly UnrecognizedValue[];
}

/** A write that was sent before, and not now. */
export interface Replay {
  readonly operation: WriteOperation;
  /** The input that was sent. */
  readonly input: object;
  /** The caller's input, which the policies decided about. */
  readonly asked: object;
  /** Why its outcome is not known. */
  readonly error?: unknown;
}

/** Most values that are reported. */
const MOST_UNRECOGNIZED = 20;

/** Creates all state of one request. Each event of a subscription counts as a request. With policies, their `place` must be known. */
export function createContext(info: RequestInfo, services: GraphServices): GraphContext {
  return new RequestContext(info, services, services.scope ?? services.scopes.standard, new RequestState(info));
}

/** The state that the contexts of one request share. */
class RequestState {
  readonly budget: CallBudget | undefined;
  readonly writes: RequestWrites = { replayed: false, isRepeatable: true };
  readonly unrecognizedValues: UnrecognizedValue[] = [];
  readonly addedErrors: GraphQLError[] = [];
  readonly contexts = new Map<ScopeEntry, RequestContext>();
  readonly scopeOf = new WeakMap<object, ScopeEntry>();
  /** For each hold, the functions that end it in each scope. */
  readonly holds = new Set<(() => void)[]>();

  constructor({ callLimit }: RequestInfo) {
    this.budget = callLimit && new CallBudget(callLimit);
  }
}

class RequestContext implements GraphContext {
  readonly requestId: string;
  readonly principal: Principal;
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly fresh: boolean | undefined;
  readonly reads: ReadonlySet<string> | undefined;
  readonly onAuthorized: RequestInfo['onAuthorized'];
  readonly lastEventId: string | undefined;
  readonly services: GraphServices;
  readonly scope: ScopeEntry;
  readonly ecs: EcsSession;
  readonly access: Access | undefined;
  readonly auditReplay: GraphContext['auditReplay'];
  readonly #info: RequestInfo;
  readonly #state: RequestState;
  #loaders: Loaders | undefined;
  #secrets: SecretsView | undefined;

  constructor(info: RequestInfo, services: GraphServices, scope: ScopeEntry, state: RequestState) {
    this.#info = info;
    this.#state = state;
    this.scope = scope;
    state.contexts.set(scope, this);
    this.requestId = info.requestId;
    this.principal = info.principal;
    this.signal = info.signal;
    this.log = info.log;
    this.fresh = info.fresh;
    this.reads = info.reads;
    this.onAuthorized = info.onAuthorized;
    this.lastEventId = info.lastEventId;
    this.services = services;
    const { audit, policies, upstream, describer, readDeadlineMs, writeDeadlineMs } = services;
    this.ecs = new EcsSession({
      upstream,
      describer,
      readDeadlineMs,
      writeDeadlineMs,
      signal: info.signal,
      fresh: info.fresh,
      lane: 'query',
      caller: info.principal.name,
      job: info.job,
      budget: state.budget,
      afterWrite: () => this.#loaders?.clear(),
      authorize:
        (policies ?? audit ?? services.confirmOwner) && ((operation, input) => this.#authorize(operation, input)),
      toShownError: withoutSecrets,
      onWrite:
        audit && ((write) => audit.record(toAuditEntry(info, write, this.#details(write.operation, write.input)))),
    });
    this.access = createAccess(info, services, scope, () => this);
    if (audit === undefined) return;
    this.auditReplay = ({ operation, input, asked, error }) => {
      const more = { ...this.#details(operation, input), decidedBy: asked };
      audit.record(toReplayEntry(info, { operation, input, error }, more));
    };
  }

  // Created on demand: most requests meet no secret.
  get secrets(): SecretsView {
    this.#secrets ??= new SecretsView(
      (kind) => this.access?.showsSecret(kind) ?? this.services.exposedSecrets.has(kind),
    );
    return this.#secrets;
  }

  get hiddenSecrets(): readonly SecretKind[] {
    const { contexts } = this.#state;
    if (contexts.size === 1) return this.#secrets?.hidden ?? [];
    return [...new Set([...contexts.values()].flatMap((context) => context.#secrets?.hidden ?? []))];
  }

  get writes(): RequestWrites {
    return this.#state.writes;
  }

  get unrecognizedValues(): readonly UnrecognizedValue[] {
    return this.#state.unrecognizedValues;
  }

  get addedErrors(): readonly GraphQLError[] {
    return this.#state.addedErrors;
  }

  get scopeOf(): WeakMap<object, ScopeEntry> {
    return this.#state.scopeOf;
  }

  get contexts(): Iterable<GraphContext> {
    return this.#state.contexts.values();
  }

  in(scope: ScopeEntry): GraphContext {
    const known = this.#state.contexts.get(scope);
    if (known !== undefined) return known;
    const { onAuthorized } = this.#info;
    const info: RequestInfo = {
      ...this.#info,
      onAuthorized: onAuthorized && ((check) => onAuthorized((now) => check(now.in(scope)))),
    };
    const made = new RequestContext(info, servicesIn(scope, this.services), scope, this.#state);
    // Resolvers that wait now may add keys in this scope too.
    for (const ends of this.#state.holds) ends.push(made.ecs.hold());
    return made;
  }

  addError(error: GraphQLError): void {
    this.#state.addedErrors.push(error);
  }

  // Created on demand: most events of a subscription load nothing.
  get loaders(): Loaders {
    const { access } = this;
    this.#loaders ??= createLoaders(this.ecs, this.reads, undefined, access && ((kind) => access.membersFor(kind)));
    return this.#loaders;
  }

  hold(): () => void {
    if (this.services.scopes.entries.length === 1) return this.ecs.hold();
    const { contexts, holds } = this.#state;
    const ends = [...contexts.values()].map(({ ecs }) => ecs.hold());
    holds.add(ends);
    return () => {
      holds.delete(ends);
      for (const end of ends) end();
    };
  }

  get hasWritten(): boolean {
    return [...this.#state.contexts.values()].some(({ ecs }) => ecs.hasWritten);
  }

  cost(): EcsCost {
    const costs = [...this.#state.contexts.values()].map(({ ecs, scope }) => ({ scope, cost: ecs.cost() }));
    const sum = sumOfCosts(costs.map(({ cost }) => cost));
    if (!this.services.scopes.isConfigured) return sum;
    const called = costs.filter(({ cost }) => cost.calls > 0);
    const byScope = called.map(({ scope: { scope }, cost }) => [scopeKey(scope), cost.calls]);
    return { ...sum, byScope: Object.fromEntries(byScope) as Record<string, number> };
  }

  release(): void {
    for (const { ecs } of this.#state.contexts.values()) ecs.release();
  }

  unrecognized(path: readonly (string | number)[], value: string): void {
    const { unrecognizedValues } = this.#state;
    if (unrecognizedValues.length < MOST_UNRECOGNIZED) unrecognizedValues.push({ path, value });
  }

  #details(operation: OperationName, input: object) {
    const shownInput = auditedInput(operation, input);
    return { access: this.access, shownInput, idempotencyKey: this.writes.idempotencyKey };
  }

  async #authorize(operation: OperationName, input: object): Promise<void> {
    if (this.services.audit?.isFull === true) throw auditUnavailable();
    await this.access?.authorizeWrite(operation, input);
    await this.services.confirmOwner?.();
  }
}

/** The services of a request in one scope: the same object for all requests, because queues of writes belong to it. */
function servicesIn(scope: ScopeEntry, services: GraphServices): GraphServices {
  const known = scopedServices.get(scope);
  if (known !== undefined) return known;
  const made = { ...services, ...scope.services, scope };
  scopedServices.set(scope, made);
  return made;
}

const scopedServices = new WeakMap<ScopeEntry, GraphServices>();

function createAccess(
  info: RequestInfo,
  services: GraphServices,
  { scope }: ScopeEntry,
  reader: () => AccessReader,
): Access | undefined {
  const { policies, scopes } = services;
  if (policies === undefined) return undefined;
  const place = scopes.isConfigured ? { ...scope, partition: partitionOf(scope.region) } : policies.place();
  if (place instanceof Promise) throw new Error('a request before the account is known');
  const fresh = () => {
    const ecs = new EcsSession({ ...services, ...info, lane: 'query', caller: info.principal.name, fresh: true });
    return { ecs, loaders: createLoaders(ecs) };
  };
  const readsActions = info.reads === undefined || info.reads.has('viewerActions');
  return new Access({ policies, principal: info.principal, place, reader, fresh, readsActions });
}
