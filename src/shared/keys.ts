import { createHash } from 'node:crypto';

/**
 * The part in braces is the hash tag of all keys: a Redis cluster keeps them on one node, so that a script may use several of them, and one
 * blocking read may wait for several streams.
 */
const PREFIX = '{ecs-graphql}';

/** Key of something that replicas share in one account and region. */
export function sharedKey(scope: string, ...parts: readonly string[]): string {
  return [PREFIX, scope, ...parts].join(':');
}

/** Key of something that replicas share in all accounts and regions. */
export function fleetKey(...parts: readonly string[]): string {
  return [PREFIX, ...parts].join(':');
}

/** Key of something with a name of any length, such as a principal. Redis does not learn the name. */
export function hashedKey(parts: readonly string[], name: string): string {
  return fleetKey(...parts, createHash('sha256').update(name).digest('base64url'));
}

/** Key of the epoch: its field `id` changes whenever Redis may have lost what replicas have stored in it. */
export const EPOCH_KEY = fleetKey('replicas', 'epoch');
