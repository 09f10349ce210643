import { GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import { ERROR_CODES, type ErrorCode, isErrorCode } from '../../schema/core/error-codes.ts';
import { ecsErrorExtensions, findEcsError } from '../../schema/core/errors.ts';
import { capMessage, withoutValues } from './public-message.ts';

/** The most `locations` of one error. A conflict of merged fields has one for each of its fields. */
const MOST_LOCATIONS = 10;

interface ErrorOptions {
  readonly headers?: Record<string, string>;
  readonly extensions?: Record<string, unknown>;
}

/** An error that fails the whole request. */
export function requestError(code: ErrorCode, message: string, options: ErrorOptions = {}): GraphQLError {
  const { status, retryable } = ERROR_CODES[code];
  const http = { status, spec: isWellFormed(code), ...(options.headers && { headers: options.headers }) };
  return new GraphQLError(message, { extensions: { code, retryable, ...options.extensions, http } });
}

/** GraphQL over HTTP returns 200 for a well-formed request if the caller accepts only application/json. */
function isWellFormed(code: ErrorCode): boolean {
  return ERROR_CODES[code].status === 400 && code !== 'BAD_REQUEST';
}

/** The log for errors whose details are hidden from callers. */
export interface ErrorReporter {
  readonly requestId: string;
  readonly log: Logger;
}

/**
 * The public form of an error: an error with a code is kept, any other becomes INTERNAL_SERVER_ERROR with an id to look
 * up in the log.
 */
export function toPublicError(error: unknown, reporter: ErrorReporter): GraphQLError {
  const upstream = findEcsError(error);
  if (upstream) return located(upstream.message, error, { ...ecsErrorExtensions(upstream), ...scopeOf(error) });
  if (error instanceof GraphQLError) {
    const code = publicCode(error);
    if (code !== undefined) return withCode(code === 'BAD_USER_INPUT' ? withoutValues(error) : error, code);
  }
  const { requestId, log } = reporter;
  const cause = error instanceof GraphQLError ? (error.originalError ?? error) : error;
  log.error(
    { err: cause, requestId, path: error instanceof GraphQLError ? error.path?.join('.') : undefined },
    'internal error',
  );
  const code = 'INTERNAL_SERVER_ERROR';
  const { status, retryable } = ERROR_CODES[code];
  const whole = !(error instanceof GraphQLError && error.path);
  return located('Internal server error.', error, { code, requestId, retryable, ...(whole && { http: { status } }) });
}

/** The account and region of an error, or all of them, where a gateway serves several. */
function scopeOf(error: unknown): Record<string, unknown> {
  const { scope, scopes } = error instanceof GraphQLError ? error.extensions : {};
  return { ...(scope !== undefined && { scope }), ...(scopes !== undefined && { scopes }) };
}

/** A new error at the location of another. */
function located(message: string, at: unknown, extensions: Record<string, unknown>): GraphQLError {
  const place = at instanceof GraphQLError ? { nodes: at.nodes ?? null, path: at.path ?? null } : {};
  return new GraphQLError(capMessage(message), { ...place, extensions });
}

function publicCode(error: GraphQLError): ErrorCode | undefined {
  const { code, http } = error.extensions;
  if (http?.status === 405) return 'METHOD_NOT_ALLOWED';
  if (isErrorCode(code)) return code;
  // graphql-js raises errors without a path for invalid variables. An error with a path is a resolver's fault.
  const own = error.originalError === undefined || error.originalError instanceof GraphQLError;
  return own && error.path === undefined ? 'BAD_USER_INPUT' : undefined;
}

/** The same error with a code. `retryable` is the error's own value, else the code's. */
export function withCode(error: GraphQLError, code: ErrorCode): GraphQLError {
  const { originalError: _hidden, unexpected: _internal, http: _status, code: _own, ...extensions } = error.extensions;
  // An error with a path leaves its siblings' data intact, so it does not change the HTTP status.
  const { status, retryable } = ERROR_CODES[code];
  const http = error.path === undefined ? { ...error.extensions.http, status, spec: isWellFormed(code) } : undefined;
  return new GraphQLError(capMessage(error.message), {
    nodes: error.nodes?.slice(0, MOST_LOCATIONS) ?? null,
    source: error.source ?? null,
    positions: error.positions?.slice(0, MOST_LOCATIONS) ?? null,
    path: error.path ?? null,
    extensions: { code, retryable, ...extensions, ...(http && { http }) },
  });
}

/** The same error in the answer to a request that already had an effect: sending it again would repeat the effect. */
export function asFinal(error: GraphQLError): GraphQLError {
  if (error.extensions.retryable !== true) return error;
  const { retryAfterMs: _wait, ...extensions } = error.extensions;
  const { nodes = null, source = null, positions = null, path = null } = error;
  return new GraphQLError(error.message, {
    nodes,
    source,
    positions,
    path,
    extensions: { ...extensions, retryable: false },
  });
}

/** An error as JSON on a transport without HTTP status. */
export function formatError(error: GraphQLError) {
  const { extensions, ...rest } = error.toJSON();
  const { http: _status, ...visible } = extensions ?? {};
  return { ...rest, extensions: visible };
}
