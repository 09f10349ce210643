import {
  type KeyedAnswer,
  type KeyedWrite,
  KeyReusedError,
  KeyUnusableError,
} from '../../ecs/consistency/idempotency-keys.ts';
import { scopeKey } from '../../ecs/core/scope.ts';
import type { GraphContext } from './context.ts';
import { badUserInput, keyUnusable } from './errors.ts';

/** The description of the argument `idempotencyKey`. */
export const KEY_DESCRIPTION =
  'A mutation that is sent again with the same key and input is not executed again: it returns the first answer, with `replayed: true` in ' +
  'the `extensions` of the response. The server keeps keys for `IDEMPOTENCY_TTL`, in memory or in a store that its replicas share.';

/**
 * Does a mutation once for an idempotency key, and records in the context whether it was done before.
 * @throws {GraphQLError} BAD_USER_INPUT for an empty key, or one that was used with another input;
 * IDEMPOTENCY_KEYS_EXHAUSTED; IDEMPOTENCY_KEYS_UNAVAILABLE; IDEMPOTENCY_KEY_IN_USE
 */
export async function writeOnceForKey<Input extends object, Output extends object>(
  { principal, services, writes, ecs }: GraphContext,
  mutation: string,
  key: string,
  write: Omit<KeyedWrite<Input, Output>, 'name'>,
): Promise<KeyedAnswer<Input, Output>> {
  if (key === '') throw badUserInput('idempotencyKey', 'must not be empty');
  writes.idempotencyKey = key;
  // A key counts in one account and region: the same names mean something else in another.
  const name = [scopeKey(ecs.scope), principal.name, mutation, key];
  try {
    const answer = await services.keyedWrites.once<Input, Output>({ name, ...write });
    if (answer.replayed) writes.replayed = true;
    return answer;
  } catch (error) {
    if (error instanceof KeyReusedError) throw badUserInput('idempotencyKey', error.message);
    throw error instanceof KeyUnusableError ? keyUnusable(error) : error;
  }
}
