import { isRecord } from '../../util/json.ts';
import type { Caller } from './request-context.ts';

/** Options of an operation's request: the member `ecs` of its `extensions`. */
export type RequestOptions = Pick<Caller, 'fresh' | 'estimate' | 'badOptions'>;

const OPTIONS: ReadonlySet<string> = new Set(['fresh', 'estimate']);

/**
 * Reads `{"ecs": {"fresh": true, "estimate": true}}`. `fresh` means the same as `Cache-Control: no-cache`, for transports without headers for
 * each operation. Null means the same as absent, for clients that write null for each value that is not set. Absent
 * members are absent in the result.
 */
export function requestOptions(extensions: unknown): RequestOptions {
  const asked = isRecord(extensions) ? (extensions.ecs ?? {}) : {};
  const isKnown = ([name, value]: [string, unknown]) => OPTIONS.has(name) && typeof (value ?? false) === 'boolean';
  if (!isRecord(asked) || !Object.entries(asked).every(isKnown))
    return { badOptions: '"ecs" in the extensions of a request takes "fresh" and "estimate", each true or false.' };
  return { ...(asked.fresh === true && { fresh: true }), ...(asked.estimate === true && { estimate: true }) };
}
