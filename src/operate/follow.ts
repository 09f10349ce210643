import { timeoutOf, type WatchKind } from '../watch/arguments.ts';
import type { Run } from './command.ts';
import type { FOLLOWING_FLAGS } from './write.ts';

interface Followed {
  readonly kind: WatchKind;
  /** Variables of the subscription; `after` is the cursor that a mutation returned. */
  readonly variables: Readonly<Record<string, unknown>> & { readonly after: string };
  /** Outcomes that count as success; that of the kind if absent. */
  readonly success?: readonly string[];
}

/** Follows what a mutation began to its end, as `watch` does, and resolves with the exit code. */
export async function follow(
  { host, gateway, isJson, values }: Run<typeof FOLLOWING_FLAGS>,
  { kind, variables, success }: Followed,
): Promise<number> {
  const timeout = timeoutOf(kind, values.timeout);
  // Only commands that follow load what follows.
  const { followToEnd } = await import('../watch/index.ts');
  return followToEnd({ ...gateway, kind, json: isJson, success, variables: { timeout, ...variables } }, host);
}

/** @throws {RangeError} for a wrong --timeout, before anything is sent */
export function checkTimeout(kind: WatchKind, { values }: Run<typeof FOLLOWING_FLAGS>): void {
  timeoutOf(kind, values.timeout);
}
