import type { Logger } from 'pino';
import type { Scope } from '../ecs/scope.ts';

/** Who is asking. `anonymous` only where the server listens on loopback with no token configured. */
export interface Principal {
  readonly name: string;
}

/** What the transport knows of a request; `createContext` makes the rest of its state from it. */
export interface RequestInfo {
  readonly requestId: string;
  readonly principal: Principal;
  readonly signal: AbortSignal;
  readonly log: Logger;
}

/** The state of one GraphQL request (of one event, for a subscription). */
export interface GraphContext extends RequestInfo {
  readonly scope: Scope;
}
