import { type Gateway, type GatewayError, post, RefusedError, refused, unexpected } from '../watch/gateway.ts';

export interface Operation {
  readonly query: string;
  readonly variables: object;
  readonly signal: AbortSignal;
}

/** The answer of a gateway to a query or a mutation with one root field. */
export interface Answered<Value> {
  readonly value: Value;
  /** Errors below the root field: what the root field did is done. */
  readonly errors: readonly GatewayError[];
}

interface GraphqlAnswer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly GatewayError[];
}

/**
 * Sends a query or a mutation with one root field, once.
 * @returns the value of the root field; null if the gateway answers null without an error
 * @throws {RefusedError} if the gateway answers with an error instead of a value
 * @throws {UnreachableError}
 */
export async function send<Value>(gateway: Gateway, operation: Operation): Promise<Answered<Value | null>> {
  const response = await post(gateway, { ...operation, accept: 'application/json' });
  const answer = parsed(await response.text());
  if (answer === undefined) throw unexpected(gateway.url, response);
  const { data, errors = [] } = answer;
  const [value = null] = Object.values(data ?? {});
  const [error] = errors;
  if (value === null && error !== undefined) throw refused(error);
  if (data == null) throw new RefusedError(`${gateway.url} answered without data`);
  return { value: value as Value | null, errors };
}

function parsed(text: string): GraphqlAnswer | undefined {
  try {
    const answer = JSON.parse(text) as GraphqlAnswer;
    return answer.data === undefined && answer.errors === undefined ? undefined : answer;
  } catch {
    return undefined;
  }
}
