/**
 * Whether the extensions of an operation's request ask for reads of ECS: `{"ecs": {"fresh": true}}`. It means the same as
 * `Cache-Control: no-cache`, for transports without headers for each operation.
 */
export function asksFresh(extensions: unknown): boolean {
  return memberOf(memberOf(extensions, 'ecs'), 'fresh') === true;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
