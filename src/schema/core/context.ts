import type { Logger } from 'pino';
import type { Principal } from '../../auth/principal.ts';
import type { KeyedWrites } from '../../ecs/consistency/idempotency-keys.ts';
import type { EcsCost } from '../../ecs/core/call-cost.ts';
import type { OperationName } from '../../ecs/core/operations.ts';
import type { WriteOperation } from '../../ecs/outcomes/check.ts';
import { EcsSession } from '../../ecs/request-session.ts';
import type { Recorder } from '../../history/recorder.ts';
import { createLoaders, type Loaders } from '../../loaders/index.ts';
import type { AuditLog } from '../../policy/audit-log.ts';
import type { Policies } from '../../policy/policies.ts';
import { Access } from '../access/access.ts';
import { auditUnavailable, toAuditEntry, toReplayEntry } from '../access/audit.ts';
import type { AccessReader } from '../access/known-facts.ts';
import type { SecretKind } from './overrides.ts';
import type { ScopeServices, Scopes } from './scopes.ts';
import { auditedInput, SecretsView, withoutSecrets } from './secrets.ts';

/** What the transport knows about a request. `createContext` adds the rest of its state. */
export interface RequestInfo {
  readonly requestId: string;
  readonly principal: Principal;
  /** Aborts when the client has disconnected. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** Whether the caller wants to bypass the cache. */
  readonly fresh?: boolean | undefined;
  /** The members that the operation's fields read; absent means that any member may be read. */
  readonly reads?: ReadonlySet<string> | undefined;
  /** Called once the stream is allowed, with a function that checks whether it still is. */
  readonly onAuthorized?: ((check: (context: GraphContext) => Promise<void>) => void) | undefined;
  /** The cursor of the last event that an SSE client has seen. */
  readonly lastEventId?: string | undefined;
}

/** What an operation may ask for at most, as the settings of the same names say. */
export interface ServerLimits {
  readonly maxCost: number;
  readonly maxObjects: number;
  readonly maxEventCost: number;
  readonly maxEventObjects: number;
  readonly maxDepth: number;
  readonly maxAliases: number;
  readonly maxClusters: number;
}

/** What front ends may know of this gateway. */
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
  /** Results of mutations with an idempotency key. */
  readonly keyedWrites: KeyedWrites;
  readonly readDeadlineMs: number;
  readonly writeDeadlineMs: number;
  /** The kinds of secrets whose values callers see where no policy decides. */
  readonly exposedSecrets: ReadonlySet<SecretKind>;
  /** What ECS has forgotten; absent if the gateway keeps no history. */
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
  /** What the caller may do; absent where nothing is restricted. */
  readonly access: Access | undefined;
  /** Which values of secrets the caller sees. */
  readonly secrets: SecretsView;
  /** The kinds of secrets of which the answer hides values so far. */
  readonly hiddenSecrets: readonly SecretKind[];
  readonly writes: RequestWrites;
  /** Writes down a mutation that was done before under its key; absent without an audit log. */
  readonly auditReplay?: ((replay: Replay) => void) | undefined;
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
  return new RequestContext(info, services);
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
  readonly ecs: EcsSession;
  readonly access: Access | undefined;
  readonly auditReplay: GraphContext['auditReplay'];
  readonly writes: RequestWrites = { replayed: false, isRepeatable: true };
  readonly unrecognizedValues: UnrecognizedValue[] = [];
  #loaders: Loaders | undefined;
  #secrets: SecretsView | undefined;

  constructor(info: RequestInfo, services: GraphServices) {
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
      afterWrite: () => this.#loaders?.clear(),
      authorize: (policies ?? audit) && ((operation, input) => this.#authorize(operation, input)),
      toShownError: withoutSecrets,
      onWrite:
        audit && ((write) => audit.record(toAuditEntry(info, write, this.#details(write.operation, write.input)))),
    });
    this.access = createAccess(info, services, () => this);
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
    return this.#secrets?.hidden ?? [];
  }

  // Created on demand: most events of a subscription load nothing.
  get loaders(): Loaders {
    const { access } = this;
    this.#loaders ??= createLoaders(this.ecs, this.reads, undefined, access && ((kind) => access.membersFor(kind)));
    return this.#loaders;
  }

  hold(): () => void {
    return this.ecs.hold();
  }

  get hasWritten(): boolean {
    return this.ecs.hasWritten;
  }

  cost(): EcsCost {
    return this.ecs.cost();
  }

  release(): void {
    this.ecs.release();
  }

  unrecognized(path: readonly (string | number)[], value: string): void {
    if (this.unrecognizedValues.length < MOST_UNRECOGNIZED) this.unrecognizedValues.push({ path, value });
  }

  #details(operation: OperationName, input: object) {
    const shownInput = auditedInput(operation, input);
    return { access: this.access, shownInput, idempotencyKey: this.writes.idempotencyKey };
  }

  async #authorize(operation: OperationName, input: object): Promise<void> {
    if (this.services.audit?.isFull === true) throw auditUnavailable();
    await this.access?.authorizeWrite(operation, input);
  }
}

function createAccess(info: RequestInfo, services: GraphServices, reader: () => AccessReader): Access | undefined {
  const { policies } = services;
  if (policies === undefined) return undefined;
  const place = policies.place();
  if (place instanceof Promise) throw new Error('a request before the account is known');
  const fresh = () => {
    const ecs = new EcsSession({ ...services, ...info, lane: 'query', caller: info.principal.name, fresh: true });
    return { ecs, loaders: createLoaders(ecs) };
  };
  const readsActions = info.reads === undefined || info.reads.has('viewerActions');
  return new Access({ policies, principal: info.principal, place, reader, fresh, readsActions });
}
