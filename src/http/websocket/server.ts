import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ExecutionArgs, type ExecutionResult, GraphQLError, getOperationAST } from 'graphql';
import { CloseCode, type Context, handleProtocols, makeServer, type Server } from 'graphql-ws';
import type { Logger } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Origins } from '../../pipeline/admission/allowed-origins.ts';
import type { Authenticate } from '../../pipeline/admission/authenticate.ts';
import type { Prepared } from '../../pipeline/admission/prepare-document.ts';
import { answerText } from '../../pipeline/core/answer-text.ts';
import type { Writing } from '../../pipeline/core/chunked-json.ts';
import { formatError, requestError } from '../../pipeline/core/public-errors.ts';
import type { Caller } from '../../pipeline/core/request-context.ts';
import type { Operations } from '../../pipeline/run-operation.ts';
import { EventResult, toPayload } from '../../pipeline/subscriptions/event-result.ts';
import { EventStream } from '../../pipeline/subscriptions/event-stream.ts';
import type { ResolveDocument } from '../plugins/persisted-queries.ts';
import { Connection, type ConnectionSettings } from './connection.ts';
import { Delivery } from './event-delivery.ts';
import { Heartbeat } from './heartbeat.ts';
import { RunningQuery, SingleResult } from './running-query.ts';

export interface WebSocketSettings extends ConnectionSettings {
  readonly wsMaxMessage: number;
  readonly wsHeartbeat: number;
  readonly wsMaxSockets: number;
  readonly wsMaxSubscriptions: number;
  readonly wsInitTimeout: number;
}

export interface WebSocketParts {
  readonly path: string;
  readonly settings: WebSocketSettings;
  readonly prepare: (query: string) => Prepared;
  readonly resolveDocument: ResolveDocument;
  readonly operations: Operations;
  readonly writing: Writing;
  readonly authenticate: Authenticate;
  readonly origins: Origins;
  readonly accepting: () => boolean;
  readonly log: Logger;
}

type Extra = { readonly connection: Connection };
type ConnectionContext = Context<Record<string, unknown> | undefined, Extra>;

/** GraphQL over WebSocket (graphql-transport-ws). */
export interface WebSockets {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Tells every client to come back later, and waits until they are gone. */
  close(): Promise<void>;
  /** How many are open. */
  readonly size: number;
}

export function createWebSockets(parts: WebSocketParts): WebSockets {
  const { settings, origins, log } = parts;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: settings.wsMaxMessage,
    perMessageDeflate: false,
    handleProtocols: (protocols) => handleProtocols(protocols),
  });
  const server = createProtocol(parts);
  const heartbeat = new Heartbeat(settings.wsHeartbeat);

  function refusal(request: IncomingMessage): string | undefined {
    const { pathname } = new URL(`http://localhost${request.url ?? '/'}`);
    if (pathname !== parts.path) return '404 Not Found';
    if (!origins.isHostAllowed(request.headers.host)) return '421 Misdirected Request';
    if (!origins.isOriginAllowed(request.headers.origin, request.headers.host)) return '403 Forbidden';
    if (!parts.accepting() || sockets.clients.size >= settings.wsMaxSockets) return '503 Service Unavailable';
    return undefined;
  }

  return {
    upgrade(request, socket, head) {
      const refused = refusal(request);
      if (refused !== undefined) {
        socket.on('error', () => socket.destroy());
        // Whoever leaves its half open would keep ours.
        socket.once('finish', () => socket.destroy());
        socket.end(`HTTP/1.1 ${refused}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
        return;
      }
      sockets.handleUpgrade(request, socket, head, (webSocket: WebSocket) => {
        const shared = { server, heartbeat, settings, log };
        const peer = { authorization: request.headers.authorization, address: request.socket.remoteAddress };
        new Connection(webSocket, socket, peer, shared).open(shared);
      });
    },
    get size() {
      return sockets.clients.size;
    },
    async close() {
      heartbeat.stop();
      const open = [...sockets.clients];
      const closed = open.map((client) => new Promise((resolve) => client.once('close', resolve)));
      for (const client of open) client.close(1001, 'Going away');
      // A peer that does not answer the close frame is not waited for.
      const timer = setTimeout(() => {
        for (const client of open) client.terminate();
      }, 1_000);
      await Promise.all(closed);
      clearTimeout(timer);
      sockets.close();
    },
  };
}

function createProtocol(parts: WebSocketParts): Server<Extra> {
  const { settings, operations } = parts;
  const callers = new WeakMap<object, Caller>();
  const callerOf = (args: ExecutionArgs): Caller => {
    const caller = callers.get(args);
    if (!caller) throw new Error('an operation without a caller');
    return caller;
  };
  return makeServer<Record<string, unknown> | undefined, Extra>({
    connectionInitWaitTimeout: settings.wsInitTimeout,
    onConnect(context) {
      const principal = parts.authenticate(authorizationOf(context));
      if (!principal) {
        // The 4403 that `false` stands for is what graphql-ws's client tries again; this one it takes for final.
        context.extra.connection.close(CloseCode.Unauthorized, UNAUTHORIZED);
        return false;
      }
      context.extra.connection.principal = principal;
      return true;
    },
    onSubscribe(context, id, payload) {
      const errors = refusedSubscription(context, id, payload.query, settings.wsMaxSubscriptions);
      if (errors) return errors;
      const text = parts.resolveDocument(payload) ?? payload.query;
      if (text instanceof GraphQLError) return [text];
      const prepared = parts.prepare(text);
      if (!prepared.document) return [...prepared.errors];
      if (prepared.errors.length > 0) return [...prepared.errors];
      const node = getOperationAST(prepared.document, payload.operationName);
      if (!node) {
        return [requestError('OPERATION_RESOLUTION_FAILURE', 'Name one of the operations of the document.')];
      }
      const { principal, address } = context.extra.connection;
      if (!principal) return [requestError('UNAUTHENTICATED', 'The connection was not initialised.')];
      const args = {
        document: prepared.document,
        operationName: payload.operationName,
        variableValues: payload.variables,
        contextValue: undefined,
      } as unknown as ExecutionArgs;
      // graphql-ws keeps the message as long as the subscription, and with it a copy of the text that all others share.
      Object.assign(payload, { query: prepared.document.loc?.source.body });
      const query = node.operation === 'query' ? new RunningQuery() : undefined;
      if (query !== undefined) context.subscriptions[id] = query;
      const signal = query?.signal ?? context.extra.connection.signal;
      callers.set(args, { requestId: randomUUID(), principal, address, signal, transport: 'ws', endsStreams: true });
      return args;
    },
    execute: (args) => operations.execute(args, callerOf(args)),
    subscribe: (args) => operations.subscribe(args, callerOf(args)),
    async onOperation(context, id, _payload, args, result) {
      const { connection } = context.extra;
      if (result instanceof EventStream) return new Delivery(result, connection, id);
      if (!('data' in result) || !result.data) return undefined;
      const answer = result as ExecutionResult;
      const json = await answerText(answer, { ...parts.writing, signal: callerOf(args).signal });
      return new Delivery(new SingleResult(new EventResult(answer, undefined, json)), connection, id);
    },
    onNext: (_context, _id, _payload, _args, result) => toPayload(result),
    onError: (_context, _id, _payload, errors) => errors.map(formatError),
  });
}

/** Why a connection without a valid token is closed; at most 123 bytes. */
const UNAUTHORIZED = 'Send {"authorization": "Bearer <token>"} as the payload of connection_init.';

/**
 * The token from `connection_init`: a member `authorization` in any case, of the payload or of its `headers`, as clients send it. Else
 * from the upgrade request, whose headers a browser cannot set.
 */
function authorizationOf({ connectionParams, extra }: ConnectionContext): string | undefined {
  return (
    authorizationIn(connectionParams) ?? authorizationIn(connectionParams?.headers) ?? extra.connection.authorization
  );
}

function authorizationIn(params: unknown): string | undefined {
  if (typeof params !== 'object' || params === null) return undefined;
  const [, given] = Object.entries(params).find(([name]) => name.toLowerCase() === 'authorization') ?? [];
  return typeof given === 'string' ? given : undefined;
}

function refusedSubscription(
  context: ConnectionContext,
  id: string,
  query: unknown,
  most: number,
): GraphQLError[] | undefined {
  if (typeof query !== 'string') return [requestError('BAD_REQUEST', 'The payload needs a query.')];
  if (id.length > 128) return [requestError('BAD_REQUEST', 'The id of an operation has at most 128 characters.')];
  // The one that asks is counted already.
  if (Object.keys(context.subscriptions).length <= most) return undefined;
  return [requestError('TOO_MANY_SUBSCRIPTIONS', `A connection runs at most ${most} operations at a time.`)];
}
