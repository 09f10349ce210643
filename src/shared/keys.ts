const PREFIX = 'ecs-graphql';

/**
 * Key of something that replicas share in one account and region. The part in braces is the hash tag: a cluster keeps
 * all keys of a scope on one node, so that a script may use several.
 */
export function sharedKey(scope: string, ...parts: readonly string[]): string {
  return [`${PREFIX}:{${scope.replaceAll(/[{}]/g, '_')}}`, ...parts].join(':');
}

/** Key of something that replicas share in all accounts and regions. */
export function fleetKey(...parts: readonly string[]): string {
  return [PREFIX, ...parts].join(':');
}
