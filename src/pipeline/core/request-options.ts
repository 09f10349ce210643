import type { Caller } from './request-context.ts';

/** Options of an operation's request: the member `ecs` of its `extensions`. */
export type RequestOptions = Pick<Caller, 'fresh' | 'estimate'>;

/**
 * Reads `{"ecs": {"fresh": true, "estimate": true}}`. `fresh` means the same as `Cache-Control: no-cache`, for transports without headers for
 * each operation. Absent members are absent in the result.
 */
export function requestOptions(extensions: unknown): RequestOptions {
  const asked = memberOf(extensions, 'ecs');
  return {
    ...(memberOf(asked, 'fresh') === true && { fresh: true }),
    ...(memberOf(asked, 'estimate') === true && { estimate: true }),
  };
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
