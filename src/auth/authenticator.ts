import { LatestValues } from '../util/latest-values.ts';
import { Credential } from './credential.ts';
import type { Identity } from './principal.ts';
import { digestOf } from './token-file.ts';
import type { TokenStore } from './token-store.ts';

/**
 * The caller of an `Authorization` value; undefined if it is not valid. A promise only for a JWT that was not seen
 * recently.
 * @throws {KeysUnavailableError} if the issuer's keys cannot be read
 */
export type Authenticate = (
  authorization: string | null | undefined,
) => Identity | undefined | Promise<Identity | undefined>;

/** Verifies a JWT; undefined if it is not valid. */
export type VerifyJwt = (token: string) => Promise<Identity | undefined>;

/** The issuer's keys cannot be read, and no cached keys can replace them: not the caller's fault. */
export class KeysUnavailableError extends Error {
  override readonly name = 'KeysUnavailableError';
}

export interface AuthenticatorParts {
  /** The one token of `ECS_GRAPHQL_TOKEN`. */
  readonly token?: string | undefined;
  readonly tokens?: TokenStore | undefined;
  readonly verifyJwt?: VerifyJwt | undefined;
}

/** The identity of the bearer of `ECS_GRAPHQL_TOKEN`, who may do everything unless a policy restricts it. */
const BEARER: Identity = { principal: { name: 'bearer', roles: ['admin'] } };
const ANONYMOUS: Identity = { principal: { name: 'anonymous', roles: ['anonymous'] } };

const JWT = /^eyJ[\w-]*\.[\w-]+\.[\w-]+$/;
const MOST_TOKEN_LENGTH = 16_000;

/** The token in an `Authorization` value; undefined if it holds no bearer token. */
export function bearerTokenOf(authorization: string | null | undefined): string | undefined {
  const given = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  return given === undefined || given.length > MOST_TOKEN_LENGTH ? undefined : given;
}

/** One verifier for all transports. Without configuration, every caller is admitted as `anonymous`. */
export function createAuthenticate({ token, tokens, verifyJwt }: AuthenticatorParts): Authenticate {
  if (token === undefined && tokens === undefined && verifyJwt === undefined) return () => ANONYMOUS;
  const expected = token === undefined ? undefined : digestOf(token);
  return (authorization) => {
    const given = bearerTokenOf(authorization);
    if (given === undefined) return undefined;
    // Digests are compared: the number of equal characters reveals nothing about the token.
    if (expected !== undefined && digestOf(given) === expected) return BEARER;
    const held = tokens?.find(given);
    if (held !== undefined || verifyJwt === undefined || !JWT.test(given)) return held;
    return verifyJwt(given);
  };
}

/** Identities of verified JWTs, by the digest of the token, so that each is verified about once. */
export class VerifiedTokens {
  readonly #keepMs: number;
  readonly #held: LatestValues<{ readonly identity: Identity; readonly until: number }>;

  constructor(most = 5_000, keepMs = 300_000) {
    this.#held = new LatestValues(most);
    this.#keepMs = keepMs;
  }

  find(token: string): Identity | undefined {
    const held = this.#held.get(digestOf(token));
    if (held === undefined || held.identity.credential?.ended !== undefined || Date.now() >= held.until)
      return undefined;
    return held.identity;
  }

  /** Caches it, with one credential for all connections with the same token. */
  keep(token: string, { principal }: Identity, expiresAt: number): Identity {
    const identity = { principal, credential: new Credential(expiresAt) };
    this.#held.set(digestOf(token), { identity, until: Date.now() + this.#keepMs });
    return identity;
  }
}
