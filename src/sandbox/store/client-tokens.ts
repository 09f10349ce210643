import { EcsError } from '../checks/ecs-errors.ts';
import type { World } from '../model/world.ts';
import { dueAction } from '../time/due-action.ts';

const LIFE_MS = 24 * 3600_000;

/** A token is bound to its cluster. */
function keyOf(operation: string, cluster: string, token: string): string {
  return `${operation}\n${cluster}\n${token}`;
}

export interface Replay<T> {
  readonly operation: string;
  readonly cluster: string;
  readonly token: string | undefined;
  readonly input: object;
  /** Executes the call the first time. */
  readonly run: () => T;
  /** Repeats the first answer; undefined if it is no longer valid. */
  readonly replay: (first: T) => T | undefined;
  /** The error for the same token with other parameters. */
  readonly conflict: (first: T) => EcsError;
}

/** RunTask's own error; other operations with client tokens have none. */
export function tokenConflict(resourceIds: readonly string[]): EcsError {
  const message = 'The client token was used before with other parameters.';
  return new EcsError('ConflictException', message, 400, { resourceIds });
}

/** Runs a call once for each client token. The same token with other parameters is a conflict. */
export function once<T>(world: World, call: Replay<T>): T {
  if (call.token === undefined) return call.run();
  const key = keyOf(call.operation, call.cluster, call.token);
  const fingerprint = JSON.stringify(call.input);
  const known = world.idempotency.get(key);
  if (known !== undefined && known.until > world.clock.now()) {
    const first = known.answer as T;
    const again = call.replay(first);
    if (again !== undefined && known.fingerprint !== fingerprint) throw call.conflict(first);
    if (again !== undefined) return again;
  }
  const answer = call.run();
  const until = world.clock.now() + LIFE_MS;
  world.idempotency.set(key, { fingerprint, answer, until });
  world.clock.at(until, forgetToken, world, { key, answer });
  return answer;
}

const forgetToken = dueAction(
  'clientToken.forget',
  (world: World, { key, answer }: { readonly key: string; readonly answer: unknown }) => {
    if (world.idempotency.get(key)?.answer === answer) world.idempotency.delete(key);
  },
);
