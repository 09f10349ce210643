import { errors, type JWTPayload, jwtVerify } from 'jose';
import type { Logger } from 'pino';
import { KeysUnavailableError, VerifiedTokens, type VerifyJwt } from './authenticator.ts';
import { createKeySet } from './key-set.ts';
import { ROLE } from './token-file.ts';

export interface JwtSettings {
  /** The `iss` of tokens, compared as text. */
  readonly issuer: string;
  /** One of these must be in `aud`. */
  readonly audience: readonly string[];
  /** URL of the keys; undefined means the one in the issuer's discovery document. */
  readonly jwksUrl: string | undefined;
  /** The claim that lists roles: its name, or a path of names with dots between. */
  readonly rolesClaim: string;
  /** Claim values and their roles; if empty, each value is a role. */
  readonly roleMap: readonly (readonly [value: string, role: string])[];
  readonly clockSkewMs: number;
  /** The `typ` that tokens must have; undefined: any. */
  readonly tokenType: string | undefined;
}

export interface JwtVerifier {
  readonly verify: VerifyJwt;
  readonly keysAge: () => number | undefined;
}

/** No symmetric algorithm: a public key would serve as its secret. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const DISCOVERY_TIMEOUT_MS = 2_000;
const MOST_SUBJECT = 255;
const MOST_ROLES = 100;

/** Verifies tokens of one issuer. The keys are fetched at once, so that the first caller need not wait. */
export function createJwtVerifier(settings: JwtSettings, log: Logger): JwtVerifier {
  const { issuer, audience, jwksUrl, clockSkewMs, tokenType } = settings;
  const keySet = createKeySet(async () => new URL(jwksUrl ?? (await discover(issuer))));
  const verified = new VerifiedTokens();
  keySet
    .warm()
    .catch((error: unknown) =>
      log.warn({ issuer, problem: (error as Error).message }, 'the keys of the issuer cannot be read yet'),
    );

  async function verify(token: string) {
    const known = verified.find(token);
    if (known !== undefined) return known;
    try {
      const { payload } = await jwtVerify(token, keySet.keys, {
        algorithms: ALGORITHMS,
        issuer,
        audience: [...audience],
        requiredClaims: ['exp', 'sub'],
        clockTolerance: clockSkewMs / 1_000,
        ...(tokenType !== undefined && { typ: tokenType }),
      });
      const { sub = '', exp = 0, iat = 0 } = payload;
      if (sub === '' || sub.length > MOST_SUBJECT) return undefined;
      // jose checks `iat` only together with an age. A time in the future shows a wrong clock.
      if (iat * 1_000 > Date.now() + clockSkewMs) return undefined;
      const principal = { name: `${issuer}#${sub}`, roles: rolesIn(payload, settings) };
      return verified.keep(token, { principal }, exp * 1_000);
    } catch (error) {
      if (error instanceof KeysUnavailableError) throw error;
      if (!(error instanceof errors.JOSEError)) log.warn({ issuer, err: error }, 'a token could not be verified');
      return undefined;
    }
  }
  return { verify, keysAge: keySet.age };
}

/** The key URL that the issuer publishes. */
async function discover(issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(DISCOVERY_TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const document = (await response.json()) as { readonly issuer?: unknown; readonly jwks_uri?: unknown };
  if (document.issuer !== issuer) throw new Error(`${url} is of another issuer`);
  if (typeof document.jwks_uri !== 'string') throw new Error(`${url} names no jwks_uri`);
  const keys = new URL(document.jwks_uri);
  if (keys.protocol !== 'https:' && keys.host !== new URL(issuer).host) throw new Error(`${url} names keys on http`);
  return keys.href;
}

/** The roles in a token: a list, or words in one text as OAuth scopes are. */
export function rolesIn(
  payload: JWTPayload,
  { rolesClaim, roleMap }: Pick<JwtSettings, 'rolesClaim' | 'roleMap'>,
): string[] {
  const claim = Object.hasOwn(payload, rolesClaim) ? payload[rolesClaim] : atPath(payload, rolesClaim.split('.'));
  const values = (typeof claim === 'string' ? claim.split(/[ ,]+/) : Array.isArray(claim) ? claim : []).filter(
    (value): value is string => typeof value === 'string' && value !== '',
  );
  const roles =
    roleMap.length === 0 ? values : roleMap.flatMap(([value, role]) => (values.includes(value) ? role : []));
  return [...new Set(roles.filter((role) => ROLE.test(role)))].slice(0, MOST_ROLES).sort();
}

function atPath(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined) return value;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return atPath((value as Readonly<Record<string, unknown>>)[name], rest);
}
