import type { ExecutionResult } from 'graphql';
import { createYoga } from 'graphql-yoga';
import type { Logger } from 'pino';
import type { Authenticate } from '../auth/authenticator.ts';
import type { Origins } from '../pipeline/admission/allowed-origins.ts';
import type { Prepared } from '../pipeline/admission/prepare-document.ts';
import type { Writing } from '../pipeline/core/chunked-json.ts';
import { requestError, toPublicError } from '../pipeline/core/public-errors.ts';
import type { Caller, OnUnauthenticated, Operation } from '../pipeline/core/request-context.ts';
import type { ResolveDocument } from '../pipeline/documents/resolve-document.ts';
import type { Operations } from '../pipeline/run-operation.ts';
import { EventStream } from '../pipeline/subscriptions/event-stream.ts';
import { useDashboard } from './dashboard/plugin.ts';
import { type Graphiql, useGraphiql } from './graphiql/plugin.ts';
import { subscriptionInBatch, useBatch } from './plugins/batch.ts';
import { useBodyLimit } from './plugins/body-limit.ts';
import { useAnswerText } from './plugins/chunked-response.ts';
import { useDocumentIds } from './plugins/document-ids.ts';
import { type EventDeliveries, useEvents } from './plugins/events.ts';
import { type Health, useHealth } from './plugins/health.ts';
import { GRAPHQL_PATH, type HttpPlugin, type ServerContext } from './plugins/http-plugin.ts';
import { type AnswerAgent, useMcp } from './plugins/mcp.ts';
import { streamNotAcceptable } from './plugins/media-types.ts';
import { type MayReadMetrics, type MetricsText, useMetrics } from './plugins/metrics.ts';
import { useNotFound } from './plugins/not-found.ts';
import { useAuthentication, useHostCheck, usePaths, useRequestShape, useSiteCheck } from './plugins/request-checks.ts';
import { useCallers } from './plugins/request-id.ts';
import { useResponseHeaders } from './plugins/response-headers.ts';
import { useTurns } from './plugins/turns.ts';
import { useEventStream } from './sse/stream-answer.ts';
import type { openAssets } from './static/assets.ts';

export interface YogaParts {
  readonly prepare: (query: string) => Prepared;
  readonly resolveDocument: ResolveDocument;
  readonly operations: Operations;
  readonly authenticate: Authenticate;
  readonly onUnauthenticated?: OnUnauthenticated | undefined;
  readonly origins: Origins;
  readonly health: Health;
  readonly graphiql: Graphiql | undefined;
  /** Opens the files of the dashboard; undefined if it is not served. */
  readonly dashboard: typeof openAssets | undefined;
  /** Undefined disables the endpoint. */
  readonly metrics: MetricsText | undefined;
  /** Absent: all who are let in may read them. */
  readonly mayReadMetrics?: MayReadMetrics | undefined;
  /** Undefined disables the endpoint for agents. */
  readonly mcp?: AnswerAgent | undefined;
  /** Undefined disables the endpoint for deliveries of EventBridge. */
  readonly events?: EventDeliveries | undefined;
  readonly basePath: string;
  readonly allowedOrigins: readonly string[];
  readonly maxBody: number;
  /** Most operations in one request; 0 refuses arrays. */
  readonly maxBatch: number;
  readonly writing: Writing;
  readonly log: Logger;
}

/** GraphQL over HTTP and SSE. Each plugin applies one rule; Yoga does negotiation, body parsing and streams. */
export function createHttp(parts: YogaParts) {
  return createYoga<ServerContext>({
    graphqlEndpoint: GRAPHQL_PATH,
    landingPage: false,
    graphiql: false,
    logging: false,
    multipart: false,
    batching: parts.maxBatch > 0 && { limit: parts.maxBatch },
    maskedErrors: false,
    // Our cache keeps limits apart from validation. Yoga's would reuse one caller's verdict for the next.
    parserAndValidationCache: false,
    // `useBodyLimit` does it with less work.
    maxRequestBodySize: false,
    // Yoga's health check matches the end of any URL, so it gets a path that no URL can have.
    healthCheckEndpoint: '\0',
    cors: corsOf(parts.allowedOrigins),
    plugins: [
      useCallers(parts.log),
      useNotFound(parts.basePath),
      useResponseHeaders(),
      useHealth(parts.health),
      ...(parts.events ? [useEvents(parts.events)] : []),
      useHostCheck(parts.origins),
      useSiteCheck(parts.origins),
      ...(parts.graphiql ? [useGraphiql(parts.graphiql)] : []),
      ...(parts.dashboard ? [useDashboard(parts.dashboard)] : []),
      usePaths(parts.mcp !== undefined),
      useAuthentication(parts.authenticate, parts.writing.turns, parts.onUnauthenticated),
      useTurns(parts.writing.turns),
      ...(parts.metrics ? [useMetrics(parts.metrics, parts.mayReadMetrics)] : []),
      ...(parts.mcp ? [useMcp(parts.mcp)] : []),
      useEventStream(),
      useRequestShape(),
      useBodyLimit(parts.maxBody),
      useBatch(parts.maxBatch),
      useDocumentIds(parts.resolveDocument),
      useOperations(parts),
      usePublicErrors(parts),
      useAnswerText(parts.writing),
    ],
  });
}

function corsOf(origins: readonly string[]) {
  if (origins.length === 0) return false;
  const options = {
    methods: ['GET', 'POST'],
    // Without `allowedHeaders` Yoga allows the headers that the page asks for: clients and tracing add their own.
    exposedHeaders: ['retry-after', 'www-authenticate', 'x-request-id'],
    credentials: false,
    maxAge: 600,
  };
  // With several origins to choose from, Yoga answers all others with `null`, which is the origin of a sandboxed frame.
  return (request: Request) => {
    const origin = request.headers.get('origin') ?? '';
    return origins.includes('*') || origins.includes(origin) ? { ...options, origin: [...origins] } : false;
  };
}

/** Replaces graphql-js's four functions by our pipeline. */
function useOperations({ prepare, operations }: YogaParts): HttpPlugin {
  const preparedBy = new WeakMap<object, Prepared>();
  const callerOf = (args: { contextValue?: unknown }): Caller => {
    const caller = (args.contextValue as ServerContext | undefined)?.caller;
    if (!caller) throw new Error('an operation without a caller');
    return caller;
  };
  return {
    onParse({ setParseFn }) {
      setParseFn((source: string) => {
        const prepared = prepare(source);
        if (!prepared.document) throw new AggregateError(prepared.errors);
        preparedBy.set(prepared.document, prepared);
        return prepared.document;
      });
    },
    onValidate({ params, setResult }) {
      setResult(preparedBy.get(params.documentAST)?.errors ?? []);
    },
    onExecute({ setExecuteFn }) {
      setExecuteFn((args: Operation & { contextValue?: unknown }) => operations.execute(args, callerOf(args)));
    },
    onSubscribe({ setSubscribeFn }) {
      setSubscribeFn(async (args: Operation & { contextValue?: ServerContext }) => {
        // Yoga would start the subscription and notice later that no answer can carry its events.
        if (args.contextValue?.isBatch === true) return { errors: [subscriptionInBatch()] };
        if (args.contextValue?.format === undefined) return { errors: [streamNotAcceptable()] };
        const result = await operations.subscribe(args, callerOf(args));
        if (args.contextValue && result instanceof EventStream) args.contextValue.stream = result;
        return result;
      });
    },
  };
}

/** Errors raised before execution are published in the same way as execution errors. */
function usePublicErrors({ log }: YogaParts): HttpPlugin {
  return {
    onResultProcess({ result, setResult, serverContext, request }) {
      const requestId = serverContext.caller?.requestId ?? 'none';
      const toPublicResult = (one: ExecutionResult): ExecutionResult => {
        if (!one.errors) return one;
        const errors = one.errors.map((error) => toPublicError(error, { requestId, log }));
        if (errors.length === 0 && !('data' in one) && request.signal.aborted) {
          errors.push(requestError('REQUEST_TIMEOUT', 'The caller went away.'));
        }
        return { ...one, errors };
      };
      if (Array.isArray(result)) setResult(result.map(toPublicResult));
      else if ('errors' in result) setResult(toPublicResult(result));
    },
  };
}
