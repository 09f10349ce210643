import {
  type KeyedAnswer,
  type KeyedWrite,
  KeyReusedError,
  KeysExhaustedError,
} from '../../ecs/consistency/idempotency-keys.ts';
import { scopeKey } from '../../ecs/core/scope.ts';
import type { GraphContext } from './context.ts';
import { badUserInput, keysExhausted } from './errors.ts';

/** The description of the argument `idempotencyKey`. */
export const KEY_DESCRIPTION =
  'A mutation that is sent again with the same key and input is not executed again: it returns the first answer, with `replayed: true` in ' +
  'the `extensions` of the response. The server keeps keys for `IDEMPOTENCY_TTL`, in memory: another replica or a restarted one does not know them.';

/**
 * Does a mutation once for an idempotency key, and records in the context whether it was done before.
 * @throws {GraphQLError} BAD_USER_INPUT for an empty key, or one that was used with another input;
 * IDEMPOTENCY_KEYS_EXHAUSTED
 */
export async function writeOnceForKey<Input extends object, Output extends object>(
  { principal, services, writes }: GraphContext,
  mutation: string,
  key: string,
  write: Omit<KeyedWrite<Input, Output>, 'name'>,
): Promise<KeyedAnswer<Input, Output>> {
  if (key === '') throw badUserInput('idempotencyKey', 'must not be empty');
  writes.idempotencyKey = key;
  try {
    // A key counts in one account and region: the same names mean something else in another.
    const where = services.scope === undefined ? [] : [scopeKey(services.scope.scope)];
    const name = [principal.name, mutation, key, ...where];
    const answer = await services.keyedWrites.once<Input, Output>({ name, ...write });
    if (answer.replayed) writes.replayed = true;
    return answer;
  } catch (error) {
    if (error instanceof KeyReusedError) throw badUserInput('idempotencyKey', error.message);
    throw error instanceof KeysExhaustedError ? keysExhausted(error) : error;
  }
}
