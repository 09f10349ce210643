import type { GraphQLError } from 'graphql';
import type { FetchAPI } from 'graphql-yoga';
import type { Origins } from '../../pipeline/admission/allowed-origins.ts';
import type { Authenticate } from '../../pipeline/admission/authenticate.ts';
import { formatError, requestError } from '../../pipeline/core/public-errors.ts';
import { GRAPHQL_PATH, type HttpPlugin, METRICS_PATH } from './http-plugin.ts';
import { ANSWER_TYPES, accepts, notAcceptable, RESPONSE_TYPE } from './media-types.ts';

/** Refuses hosts that are not ours to answer for. */
export function useHostCheck(origins: Origins): HttpPlugin {
  return {
    onRequest({ request, url, fetchAPI, endResponse }) {
      if (origins.isHostAllowed(request.headers.get('host') ?? url.host)) return;
      const message = 'This server answers for localhost and 127.0.0.1 only; ALLOWED_ORIGINS names others.';
      endResponse(errorResponse(fetchAPI, request, requestError('MISDIRECTED_REQUEST', message)));
    },
  };
}

/**
 * Refuses what a page of another site has a browser ask for, unless its origin is listed: it could not read the answer, but it would
 * have ECS called, and streams held open. Following a link is no such thing.
 */
export function useSiteCheck(origins: Origins): HttpPlugin {
  return {
    onRequest({ request, url, fetchAPI, endResponse }) {
      const told = (name: string) => request.headers.get(`sec-fetch-${name}`);
      if (!OTHER_SITES.has(told('site')) || request.method === 'OPTIONS') return;
      if (told('mode') === 'navigate' && told('dest') === 'document') return;
      if (origins.isOriginAllowed(request.headers.get('origin') ?? 'null', url.host)) return;
      const message = 'Pages of other origins may not call this server; ALLOWED_ORIGINS lists those that may.';
      endResponse(errorResponse(fetchAPI, request, requestError('ORIGIN_NOT_ALLOWED', message)));
    },
  };
}

/** As browsers say it, and no script can: a page of this very origin, or none, is neither. */
const OTHER_SITES: ReadonlySet<string | null> = new Set(['cross-site', 'same-site']);

/**
 * Answers for no other path from here on, whatever is like one of ours: Yoga takes every URL that ends in `/graphql`, and the
 * rules that follow would have to know.
 */
export function usePaths(): HttpPlugin {
  return {
    onRequest({ url, fetchAPI, endResponse }) {
      if (url.pathname !== GRAPHQL_PATH && url.pathname !== METRICS_PATH)
        endResponse(new fetchAPI.Response(null, { status: 404 }));
    },
  };
}

/** Finds out who asks, and refuses those whom nothing vouches for. */
export function useAuthentication(authenticate: Authenticate): HttpPlugin {
  return {
    onRequest({ request, serverContext, fetchAPI, endResponse }) {
      const principal = authenticate(request.headers.get('authorization'));
      if (principal && serverContext.caller) {
        serverContext.caller = { ...serverContext.caller, principal };
        return;
      }
      const error = requestError('UNAUTHENTICATED', 'Send the token as "Authorization: Bearer <token>".');
      endResponse(errorResponse(fetchAPI, request, error, { 'www-authenticate': 'Bearer' }));
    },
  };
}

/**
 * Refuses bodies that a web page could post without asking first (forms, text/plain), and Yoga's other body types with them; GET
 * parameters that are no JSON; and those who accept no answer, whom Yoga would tell so when all is done.
 */
export function useRequestShape(): HttpPlugin {
  return {
    onRequest({ request, url, fetchAPI, endResponse }) {
      if (!ANSWER_TYPES.some((type) => accepts(request, type))) {
        endResponse(errorResponse(fetchAPI, request, notAcceptable(ANSWER_TYPES)));
      } else if (request.method === 'POST') {
        const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
        if (type === 'application/json') return;
        const error = requestError('UNSUPPORTED_MEDIA_TYPE', 'Send the request as application/json.');
        endResponse(errorResponse(fetchAPI, request, error, { accept: 'application/json' }));
      } else if (request.method === 'GET') {
        const broken = ['variables', 'extensions'].find((name) => !isObjectOrAbsent(url.searchParams.get(name)));
        if (broken === undefined) return;
        endResponse(
          errorResponse(fetchAPI, request, requestError('BAD_REQUEST', `"${broken}" must be a JSON object.`)),
        );
      }
    },
    onParams({ params }) {
      const name: unknown = params.operationName;
      if (name !== undefined && name !== null && typeof name !== 'string') {
        throw requestError('BAD_REQUEST', '"operationName" must be a string.');
      }
    },
  };
}

function isObjectOrAbsent(text: string | null): boolean {
  if (!text) return true;
  try {
    const value: unknown = JSON.parse(text);
    return value === null || (typeof value === 'object' && !Array.isArray(value));
  } catch {
    return false;
  }
}

/** The answer to whoever wants to do more than read what is only there to be read; undefined for a reader. */
export function refusalToWrite({ method }: Request, fetchAPI: FetchAPI): Response | undefined {
  if (method === 'GET' || method === 'HEAD') return undefined;
  return new fetchAPI.Response(null, { status: 405, headers: { allow: 'GET, HEAD' } });
}

/** Says so as the type that the caller prefers: clients read errors of the HTTP status only in GraphQL's own. */
function errorResponse(
  fetchAPI: FetchAPI,
  request: Request,
  error: GraphQLError,
  headers: Record<string, string> = {},
): Response {
  const status = error.extensions.http?.status ?? 400;
  const type = request.headers.get('accept')?.includes(RESPONSE_TYPE) ? RESPONSE_TYPE : 'application/json';
  const body = JSON.stringify({ errors: [formatError(error)] });
  return new fetchAPI.Response(body, { status, headers: { 'content-type': `${type}; charset=utf-8`, ...headers } });
}
