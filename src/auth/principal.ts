import type { Credential } from './credential.ts';

/** The caller. `anonymous` only if the server requires no token: on loopback, or with `ALLOW_ANONYMOUS`. */
export interface Principal {
  /** The token's name; of a JWT, its issuer and subject as `issuer#subject`. */
  readonly name: string;
  /** Roles for policies; absent means no role. */
  readonly roles?: readonly string[];
}

/** An authenticated caller. */
export interface Identity {
  readonly principal: Principal;
  /** The caller's credential; absent if it never expires. */
  readonly credential?: Credential;
}
