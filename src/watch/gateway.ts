/** A running gateway, and how to authenticate with it. */
export interface Gateway {
  /** Its GraphQL endpoint. */
  readonly url: string;
  /** Undefined if it needs no token. */
  readonly token: string | undefined;
}

/** A GraphQL error as a gateway answers it. */
export interface GatewayError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: { readonly code?: string; readonly retryable?: boolean } & Readonly<Record<string, unknown>>;
}

/** The gateway refused the request with this message. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  /** The error of the gateway; undefined if it answered something else than GraphQL. */
  readonly reason: GatewayError | undefined;

  constructor(message: string, reason?: GatewayError) {
    super(message);
    this.reason = reason;
  }
}

/** Whether the gateway refused an argument of the command line. */
export function isWrongArgument(error: unknown): boolean {
  return error instanceof RefusedError && error.reason?.extensions?.code === 'BAD_USER_INPUT';
}

/** No gateway answers at the address. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
  /** Whether the gateway may have got the request. */
  readonly mayBeSent: boolean;

  constructor(message: string, mayBeSent = true) {
    super(message);
    this.mayBeSent = mayBeSent;
  }
}

/** Codes of connections that were not made. */
const NOT_CONNECTED: ReadonlySet<unknown> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH']);

/** Help on the flag and the variables that choose the gateway. */
export const GATEWAY_HELP =
  "  --url <url>           the gateway's GraphQL endpoint (ECS_GRAPHQL_URL; default http://127.0.0.1:4000/graphql)\n";

/**
 * The gateway that the command line or the environment names.
 * @throws {RangeError} if the URL is not valid
 */
export function gatewayOf(given: string | undefined, env: Readonly<Record<string, string | undefined>>): Gateway {
  const url = given ?? (env.ECS_GRAPHQL_URL || 'http://127.0.0.1:4000/graphql');
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new RangeError(`--url ${url} is not an http or https URL`);
  return { url, token: env.ECS_GRAPHQL_TOKEN || undefined };
}

interface Posted {
  readonly query: string;
  readonly variables: object;
  readonly accept: string;
  readonly signal: AbortSignal;
}

/**
 * Sends an operation.
 * @throws {UnreachableError}
 */
export async function post({ url, token }: Gateway, { query, variables, accept, signal }: Posted): Promise<Response> {
  const init = {
    method: 'POST',
    signal,
    headers: {
      'content-type': 'application/json',
      accept,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query, variables }),
  };
  return fetch(url, init).catch((error: unknown) => {
    // An interrupt is not the gateway's fault.
    if (signal.aborted || !(error instanceof Error)) throw error;
    const { code } = (error.cause ?? {}) as { readonly code?: unknown };
    throw new UnreachableError(`cannot reach the gateway at ${url} (${messageOf(error)})`, !NOT_CONNECTED.has(code));
  });
}

/** Status codes of a proxy whose gateway is unavailable or overloaded. */
const AWAY: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** The error of an answer that is not GraphQL: a proxy answers in its own words while the gateway is unavailable. */
export function unexpected(url: string, { status, statusText }: Response): Error {
  const answered = `${url} answered ${status} ${statusText}`;
  return AWAY.has(status) ? new UnreachableError(answered) : new RefusedError(answered);
}

/** The error of the gateway, with its code in brackets. */
export function refused(error: GatewayError): RefusedError {
  const code = error.extensions?.code;
  return new RefusedError(code === undefined ? error.message : `${error.message} (${code})`, error);
}

/** `fetch` keeps the reason of a failure in the cause of its error. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
}
