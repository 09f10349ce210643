import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type FlattenedJWSInput,
  type JWTHeaderParameters,
  type JWTVerifyGetKey,
} from 'jose';
import { KeysUnavailableError } from './authenticator.ts';

const TIMEOUT_MS = 2_000;
/** After a failed fetch, cached keys are used for this long before the next one. */
const PAUSE_MS = 10_000;
/** How long keys that cannot be refreshed are trusted. */
const STALE_MS = 6 * 3_600_000;

export interface KeySet {
  readonly keys: JWTVerifyGetKey;
  /** Fetches the keys unless they are held. */
  warm(): Promise<void>;
  /** Milliseconds since the last successful fetch; undefined before the first one. */
  age(): number | undefined;
}

/**
 * The issuer's keys. jose refuses every token as soon as a refresh fails; this class keeps the last good keys for some
 * hours, fetches at most once in ten seconds meanwhile, and never accepts a key that was not in the set.
 */
export function createKeySet(findUrl: () => Promise<URL>): KeySet {
  let remote: ReturnType<typeof createRemoteJWKSet> | undefined;
  let opening: Promise<ReturnType<typeof createRemoteJWKSet>> | undefined;
  let good: number | undefined;
  let failed = Number.NEGATIVE_INFINITY;

  function stale(header: JWTHeaderParameters, token: FlattenedJWSInput) {
    const held = remote?.jwks();
    if (held === undefined || good === undefined || Date.now() - good > STALE_MS) return undefined;
    return createLocalJWKSet(held)(header, token);
  }

  function fresh(): Promise<ReturnType<typeof createRemoteJWKSet>> {
    opening ??= findUrl().then(
      (url) => {
        remote = createRemoteJWKSet(url, { timeoutDuration: TIMEOUT_MS });
        return remote;
      },
      (error: unknown) => {
        opening = undefined;
        throw error;
      },
    );
    return opening;
  }

  const isPaused = () => remote?.fresh !== true && Date.now() - failed < PAUSE_MS;

  return {
    async keys(header, token) {
      if (isPaused()) {
        const key = stale(header, token);
        if (key !== undefined) return key;
        throw new KeysUnavailableError('the keys of the issuer cannot be read');
      }
      try {
        const set = await fresh();
        const key = await set(header, token);
        good = Date.now();
        failed = Number.NEGATIVE_INFINITY;
        return key;
      } catch (error) {
        if (isAboutTheToken(error)) throw error;
        failed = Date.now();
        const key = stale(header, token);
        if (key !== undefined) return key;
        throw new KeysUnavailableError('the keys of the issuer cannot be read');
      }
    },
    async warm() {
      try {
        await (await fresh()).reload();
        good = Date.now();
      } catch (error) {
        failed = Date.now();
        throw error;
      }
    },
    age: () => (good === undefined ? undefined : Date.now() - good),
  };
}

/** Whether the set was read and the token names no key in it. */
function isAboutTheToken(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  );
}
