import type { Logger } from 'pino';
import type { Principal } from '../../auth/principal.ts';
import type { Describer } from '../../ecs/batching/describe-batcher.ts';
import type { KeyedWrites } from '../../ecs/consistency/idempotency-keys.ts';
import { EcsSession } from '../../ecs/request-session.ts';
import type { Upstream } from '../../ecs/sdk/upstream.ts';
import type { LiveHub } from '../../live/core/create-hub.ts';
import { createLoaders, type Loaders } from '../../loaders/index.ts';

/** What the transport knows of a request; `createContext` makes the rest of its state from it. */
export interface RequestInfo {
  readonly requestId: string;
  readonly principal: Principal;
  /** Ends when the client has gone. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** The caller wants everything read anew. */
  readonly fresh?: boolean | undefined;
  /** The members that the operation's fields read; absent means that any may be. */
  readonly reads?: ReadonlySet<string> | undefined;
  /** For a subscription over SSE: the cursor of the last event that the client has seen. */
  readonly lastEventId?: string | undefined;
}

/** What requests share; made once, in the composition root. */
export interface GraphServices {
  readonly upstream: Upstream;
  readonly describer: Describer;
  /** What became of the mutations that came with a key. */
  readonly keyedWrites: KeyedWrites;
  /** Everything that subscriptions follow. */
  readonly live: LiveHub;
  readonly readDeadlineMs: number;
  readonly writeDeadlineMs: number;
  /** Whether secrets (environment values, session tokens, repository credentials) are sent to callers. */
  readonly exposeSecrets: boolean;
  /** Most clusters that one look-up or feed reads whole; 0 is no limit. */
  readonly maxClusters: number;
}

/** A value that ECS sent for an enum that does not know it; the field itself reads UNRECOGNIZED. */
export interface UnrecognizedValue {
  readonly path: readonly (string | number)[];
  readonly value: string;
}

/** What the writes of a request mean for its answer. */
export interface RequestWrites {
  /** One was done before, under the same key. */
  replayed: boolean;
  /** False once one was done, or may have been, without a key: sent again, the request would do it again. */
  isRepeatable: boolean;
}

/** The state of one GraphQL request (of one event, for a subscription). */
export interface GraphContext extends RequestInfo {
  readonly services: GraphServices;
  /** Reads and writes of ECS, with this request's deadline and bill. */
  readonly ecs: EcsSession;
  readonly loaders: Loaders;
  readonly writes: RequestWrites;
  readonly unrecognized: (path: readonly (string | number)[], value: string) => void;
  readonly unrecognizedValues: readonly UnrecognizedValue[];
}

/** More than these are not worth telling. */
const MOST_UNRECOGNIZED = 20;

/** Everything that lives as long as one request, made in one place. Each event of a subscription is a request of its own. */
export function createContext(info: RequestInfo, services: GraphServices): GraphContext {
  const afterWrite = () => loaders?.clear();
  const ecs: EcsSession = new EcsSession({ ...services, ...info, lane: 'query', afterWrite });
  let loaders: Loaders | undefined;
  const unrecognizedValues: UnrecognizedValue[] = [];
  return {
    ...info,
    services,
    ecs,
    writes: { replayed: false, isRepeatable: true },
    // Events of a subscription mostly tell what is known already, and load nothing.
    get loaders() {
      loaders ??= createLoaders(ecs, info.reads);
      return loaders;
    },
    unrecognizedValues,
    unrecognized(path, value) {
      if (unrecognizedValues.length < MOST_UNRECOGNIZED) unrecognizedValues.push({ path, value });
    },
  };
}
