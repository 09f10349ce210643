import type { DocumentNode } from 'graphql';
import type { Credential } from '../../auth/credential.ts';
import type { Principal } from '../../auth/principal.ts';
import type { Job } from '../../turns/job.ts';

/** The caller of an operation and its transport. */
export interface Caller {
  readonly requestId: string;
  readonly principal: Principal;
  /** The caller's credential; absent if it never expires. */
  readonly credential?: Credential | undefined;
  /** The network address of the peer; absent if the request came without a socket. */
  readonly address?: string | undefined;
  /** The caller wants every read to bypass the cache (`Cache-Control: no-cache`). */
  readonly fresh?: boolean | undefined;
  /** The caller wants to know what the operation could cost, and nothing else. */
  readonly estimate?: boolean | undefined;
  /** The options of the request that cannot be followed: running the operation without them could do what was not asked. */
  readonly badOptions?: string | undefined;
  /** Aborts when the caller disconnects. */
  readonly signal: AbortSignal;
  readonly transport: 'http' | 'ws';
  /**
   * Whether the transport ends its streams by `return` when the caller disconnects, so that they need not listen to the
   * signal.
   */
  readonly endsStreams?: boolean | undefined;
  /** Absent where the transport knows no trace context. */
  readonly trace?: TraceHolder | undefined;
  /** The last event that a reconnecting SSE client has seen. */
  readonly lastEventId?: string | undefined;
  /** The state that the operations of one HTTP request share; absent where each operation is a request. */
  readonly request?: RequestTally | undefined;
  /** The work of the request on the event loop; absent for an operation that is a job of its own. */
  readonly job?: Job | undefined;
}

export interface RequestTally {
  /** Fields that end something that exists or runs. */
  destructive: number;
}

/** The trace context of a request. */
export interface TraceHolder {
  /** The trace headers of the caller, by the names of W3C Trace Context. */
  readonly given: { readonly traceparent: string; readonly tracestate?: string } | undefined;
  /** The `traceparent` of the operation's own span, once it has one that is recorded. */
  response?: string | undefined;
}

/** Called for each caller without a valid credential. */
export type OnUnauthenticated = (caller: {
  readonly address: string | undefined;
  readonly requestId?: string | undefined;
}) => void;

/** An operation of a prepared document. */
export interface Operation {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variableValues?: { readonly [name: string]: unknown } | null | undefined;
}
