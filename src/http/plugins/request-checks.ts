import type { GraphQLError } from 'graphql';
import type { FetchAPI } from 'graphql-yoga';
import { type Authenticate, KeysUnavailableError } from '../../auth/authenticator.ts';
import type { Identity } from '../../auth/principal.ts';
import { type Origins, OTHER_HOST, OTHER_ORIGIN } from '../../pipeline/admission/allowed-origins.ts';
import { addressKeyOf } from '../../pipeline/admission/caller-key.ts';
import { formatError, requestError } from '../../pipeline/core/public-errors.ts';
import type { OnUnauthenticated } from '../../pipeline/core/request-context.ts';
import { Job } from '../../turns/job.ts';
import type { Turns } from '../../turns/turns.ts';
import { isRecord } from '../../util/json.ts';
import { GRAPHQL_PATH, type HttpPlugin, MCP_PATH, METRICS_PATH } from './http-plugin.ts';
import { answerType, JSON_TYPE, notAcceptable, RESPONSE_TYPE } from './media-types.ts';

/** Refuses requests for hosts that this server does not answer for. */
export function useHostCheck(origins: Origins): HttpPlugin {
  return {
    onRequest({ request, url, serverContext, fetchAPI, endResponse }) {
      // HTTP/1.0 may leave the header out. Only a request without a socket has its host in the URL.
      const host = request.headers.get('host') ?? (serverContext.address === undefined ? url.host : undefined);
      if (origins.isHostAllowed(host)) return;
      endResponse(errorResponse(fetchAPI, request, requestError('MISDIRECTED_REQUEST', OTHER_HOST)));
    },
  };
}

/**
 * Refuses requests from pages of unlisted origins: the page could not read the answer, but ECS would be called and
 * streams would be held open. Following a link to this server is allowed.
 */
export function useSiteCheck(origins: Origins): HttpPlugin {
  return {
    onRequest({ request, url, fetchAPI, endResponse }) {
      const header = (name: string) => request.headers.get(name);
      if (request.method === 'OPTIONS' || !isFromOtherSite(header)) return;
      if (header('sec-fetch-mode') === 'navigate' && header('sec-fetch-dest') === 'document') return;
      if (origins.isOriginAllowed(header('origin') ?? 'null', url.host)) return;
      endResponse(errorResponse(fetchAPI, request, requestError('ORIGIN_NOT_ALLOWED', OTHER_ORIGIN)));
    },
  };
}

/**
 * Whether a page of another site may have caused a request. Browsers set Sec-Fetch-Site, which no script can set. They
 * omit it on plain http (except for this machine), and old browsers omit it everywhere; then Origin is checked.
 */
function isFromOtherSite(header: (name: string) => string | null): boolean {
  const site = header('sec-fetch-site');
  return site === null ? header('origin') !== null : OTHER_SITES.has(site);
}

const OTHER_SITES: ReadonlySet<string> = new Set(['cross-site', 'same-site']);

/**
 * Refuses every path except ours: Yoga accepts every URL that ends in `/graphql`, and the plugins after this one rely
 * on exact paths.
 */
export function usePaths(hasMcp: boolean): HttpPlugin {
  return {
    onRequest({ url, fetchAPI, endResponse }) {
      const isOurs =
        url.pathname === GRAPHQL_PATH || url.pathname === METRICS_PATH || (hasMcp && url.pathname === MCP_PATH);
      if (!isOurs) endResponse(new fetchAPI.Response(null, { status: 404 }));
    },
  };
}

/**
 * Identifies the caller and refuses callers without a valid credential. Refusals take turns by address, so that many of
 * them do not hold up callers who are let in.
 */
export function useAuthentication(authenticate: Authenticate, turns: Turns, onRefused?: OnUnauthenticated): HttpPlugin {
  return {
    onRequest({ request, serverContext, fetchAPI, endResponse }) {
      const refuse = (error: GraphQLError, headers?: Record<string, string>) =>
        endResponse(errorResponse(fetchAPI, request, error, headers));
      const take = (identity: Identity | undefined) => {
        if (identity && serverContext.caller) {
          serverContext.caller = { ...serverContext.caller, ...identity };
          return undefined;
        }
        onRefused?.({ address: serverContext.address, requestId: serverContext.caller?.requestId });
        const error = requestError('UNAUTHENTICATED', 'Send the token as "Authorization: Bearer <token>".');
        const refuseThem = () => refuse(error, { 'www-authenticate': 'Bearer' });
        const turn = turns.take(new Job(`unauthenticated ${addressKeyOf(serverContext.address)}`));
        return turn === undefined ? refuseThem() : turn.then(refuseThem);
      };
      const identity = authenticate(request.headers.get('authorization'));
      if (!(identity instanceof Promise)) return take(identity);
      return identity.then(take, (error: unknown) => {
        if (!(error instanceof KeysUnavailableError)) throw error;
        refuse(keysUnavailable(), { 'retry-after': String(KEYS_RETRY_S) });
      });
    },
  };
}

const KEYS_RETRY_S = 10;

function keysUnavailable(): GraphQLError {
  const message = "The token cannot be checked now: the issuer's keys cannot be read.";
  return requestError('AUTHENTICATION_UNAVAILABLE', message, { extensions: { retryAfterMs: KEYS_RETRY_S * 1_000 } });
}

/**
 * Refuses three kinds of requests before anything runs: callers that accept no type of answer; bodies that a web page
 * could post without a preflight (forms, text/plain), other body types of Yoga, and compressed bodies; and GET
 * parameters that are not JSON.
 */
export function useRequestShape(): HttpPlugin {
  return {
    onRequest({ request, url, fetchAPI, endResponse }) {
      const refuse = (error: GraphQLError, headers?: Record<string, string>) =>
        endResponse(errorResponse(fetchAPI, request, error, headers));
      const type = answerType(request.headers.get('accept'));
      if (type === undefined) {
        refuse(notAcceptable());
      } else if (request.method === 'POST') {
        const encoding = request.headers.get('content-encoding') ?? 'identity';
        if (mediaType(request) !== JSON_TYPE) {
          refuse(requestError('UNSUPPORTED_MEDIA_TYPE', 'Send the request as application/json.'), {
            accept: JSON_TYPE,
          });
        } else if (!isUtf8(request)) {
          const message = 'Send the request in UTF-8: JSON has no other encoding, and no other charset is read.';
          refuse(requestError('UNSUPPORTED_MEDIA_TYPE', message), { accept: JSON_TYPE });
        } else if (encoding.toLowerCase() !== 'identity') {
          const message = 'Send the request body uncompressed, without Content-Encoding.';
          refuse(requestError('UNSUPPORTED_MEDIA_TYPE', message), { 'accept-encoding': 'identity' });
        }
      } else if (request.method === 'GET') {
        const broken = ['variables', 'extensions'].find((name) => !isObjectOrAbsent(url.searchParams.get(name)));
        if (broken !== undefined) refuse(requestError('BAD_REQUEST', `"${broken}" must be a JSON object.`));
      }
      // Yoga takes the first or the last type of the header and ignores `q`.
      if (type !== undefined) request.headers.set('accept', type);
    },
    onParams({ params }) {
      // An item of a batch may be any JSON value.
      const operation: unknown = params;
      if (operation === null) throw requestError('BAD_REQUEST', 'An operation must be a JSON object, not null.');
      const name: unknown = params.operationName;
      if (name !== undefined && name !== null && typeof name !== 'string') {
        throw requestError('BAD_REQUEST', '"operationName" must be a string.');
      }
    },
  };
}

function mediaType({ headers }: Request): string | undefined {
  return headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
}

/** Whether the body is in UTF-8, by its type. JSON needs no charset, and ASCII is part of UTF-8. */
function isUtf8({ headers }: Request): boolean {
  const parameters = headers.get('content-type')?.split(';').slice(1) ?? [];
  return parameters.every((parameter) => {
    const [name = '', value = ''] = parameter.split('=').map((part) => part.trim().toLowerCase());
    return name !== 'charset' || UTF8.has(value.replace(/^"(.*)"$/, '$1'));
  });
}

const UTF8: ReadonlySet<string> = new Set(['utf-8', 'utf8', 'us-ascii']);

function isObjectOrAbsent(text: string | null): boolean {
  if (!text) return true;
  try {
    const value: unknown = JSON.parse(text);
    return value === null || isRecord(value);
  } catch {
    return false;
  }
}

/** Returns a 405 response for any method other than GET or HEAD; undefined otherwise. */
export function refusalToWrite({ method }: Request, fetchAPI: FetchAPI): Response | undefined {
  if (method === 'GET' || method === 'HEAD') return undefined;
  return new fetchAPI.Response(null, { status: 405, headers: { allow: 'GET, HEAD' } });
}

/**
 * An error as the whole answer, in the type that the caller prefers. Clients read errors of the HTTP status only in
 * GraphQL's own type.
 */
function errorResponse(
  fetchAPI: FetchAPI,
  request: Request,
  error: GraphQLError,
  headers: Record<string, string> = {},
): Response {
  const status = error.extensions.http?.status ?? 400;
  const type = answerType(request.headers.get('accept')) === RESPONSE_TYPE ? RESPONSE_TYPE : JSON_TYPE;
  const body = JSON.stringify({ errors: [formatError(error)] });
  return new fetchAPI.Response(body, { status, headers: { 'content-type': `${type}; charset=utf-8`, ...headers } });
}
