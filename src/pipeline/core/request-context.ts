import type { DocumentNode } from 'graphql';
import type { Credential } from '../../auth/credential.ts';
import type { Principal } from '../../auth/principal.ts';

/** Who sent an operation, and how. */
export interface Caller {
  readonly requestId: string;
  readonly principal: Principal;
  /** What the caller proved it with; absent where that never ends. */
  readonly credential?: Credential | undefined;
  /** The network address of the peer; absent where a request came without a socket. */
  readonly address?: string | undefined;
  /** Wants everything read from ECS anew (`Cache-Control: no-cache`). */
  readonly fresh?: boolean | undefined;
  /** Ends when the caller goes away. */
  readonly signal: AbortSignal;
  readonly transport: 'http' | 'ws';
  /** Its streams are ended by `return` when it goes away, so that they need not hear of it by the signal. */
  readonly endsStreams?: boolean | undefined;
  /** The last event that an SSE client has seen, as it says when it comes back. */
  readonly lastEventId?: string | undefined;
}

/** An operation of a document that was prepared. */
export interface Operation {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variableValues?: { readonly [name: string]: unknown } | null | undefined;
}
