import type { Credential } from './credential.ts';

/** Who is asking. `anonymous` only where the server asks nobody for a token: on loopback, or with `ALLOW_ANONYMOUS`. */
export interface Principal {
  /** The token's name; of a JWT, its issuer and subject as `issuer#subject`. */
  readonly name: string;
  /** What policies may name; absent means no role. */
  readonly roles?: readonly string[];
}

/** A caller who was recognised. */
export interface Identity {
  readonly principal: Principal;
  /** What the caller proved it with; absent where that never ends. */
  readonly credential?: Credential;
}
