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
