import { createHash, timingSafeEqual } from 'node:crypto';
import type { Principal } from '../../schema/core/context.ts';

/** Tells who sent an `Authorization` value; undefined where it proves nobody. */
export type Authenticate = (authorization: string | null | undefined) => Principal | undefined;

const ANONYMOUS: Principal = { name: 'anonymous' };
const BEARER: Principal = { name: 'bearer' };

/** With a token, only its bearer is let in; without one (loopback only), everybody is, by the name `anonymous`. */
export function createAuthenticate(token: string | undefined): Authenticate {
  if (token === undefined) return () => ANONYMOUS;
  // Digests have one length, which timingSafeEqual needs, and tell nothing of the token's.
  const expected = digest(token);
  return (authorization) => {
    const match = /^Bearer +(\S+)$/i.exec(authorization ?? '');
    return match?.[1] !== undefined && timingSafeEqual(digest(match[1]), expected) ? BEARER : undefined;
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
