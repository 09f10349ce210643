import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ExecutionArgs, type GraphQLError, getOperationAST } from 'graphql';
import { CloseCode, type Context, handleProtocols, makeServer, type Server } from 'graphql-ws';
import type { Logger } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Principal } from '../schema/context.ts';
import type { Authenticate } from './auth.ts';
import { formatError, requestError } from './errors.ts';
import { payloadText, toPayload } from './event-result.ts';
import type { Caller, Operations } from './operation.ts';
import type { Origins } from './origins.ts';
import type { Prepared } from './prepare.ts';
import { openSocket, type SocketSettings } from './websocket-socket.ts';

export interface WebSocketSettings extends SocketSettings {
  readonly wsMaxSockets: number;
  readonly wsMaxSubscriptions: number;
  readonly wsInitTimeout: number;
}

export interface WebSocketParts {
  readonly path: string;
  readonly settings: WebSocketSettings;
  readonly prepare: (query: string) => Prepared;
  readonly operations: Operations;
  readonly authenticate: Authenticate;
  readonly origins: Origins;
  readonly accepting: () => boolean;
  readonly log: Logger;
}

/** What we keep of a connection beside graphql-ws's own state. */
export interface Connection extends Record<PropertyKey, unknown> {
  readonly authorization: string | undefined;
  readonly signal: AbortSignal;
  /** Sends a message. What it returns is to be waited for before the next. */
  readonly send: (message: string) => Promise<void> | undefined;
  readonly close: (code: number, reason: string) => void;
  principal?: Principal;
}

type ConnectionContext = Context<Record<string, unknown> | undefined, Connection>;

/** GraphQL over WebSocket (graphql-transport-ws). */
export interface WebSockets {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Tells every client to come back later, and waits until they are gone. */
  close(): Promise<void>;
}

export function createWebSockets(parts: WebSocketParts): WebSockets {
  const { settings, origins } = parts;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: settings.wsMaxMessage,
    perMessageDeflate: false,
    handleProtocols: (protocols) => handleProtocols(protocols),
  });
  const server = createProtocol(parts);

  function refusal(request: IncomingMessage): string | undefined {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
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
        socket.end(`HTTP/1.1 ${refused}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
        return;
      }
      sockets.handleUpgrade(request, socket, head, (webSocket: WebSocket) => {
        openSocket(webSocket, request, server, settings, parts.log);
      });
    },
    async close() {
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

function createProtocol(parts: WebSocketParts): Server<Connection> {
  const { settings, operations } = parts;
  const callers = new WeakMap<object, Caller>();
  const callerOf = (args: ExecutionArgs): Caller => {
    const caller = callers.get(args);
    if (!caller) throw new Error('an operation without a caller');
    return caller;
  };
  return makeServer<Record<string, unknown> | undefined, Connection>({
    connectionInitWaitTimeout: settings.wsInitTimeout,
    onConnect(context) {
      const principal = parts.authenticate(authorizationOf(context));
      if (!principal) {
        // The 4403 that `false` stands for is what graphql-ws's client tries again; this one it takes for final.
        context.extra.close(CloseCode.Unauthorized, 'Unauthorized');
        return false;
      }
      context.extra.principal = principal;
      return true;
    },
    onSubscribe(context, id, payload) {
      const errors = refusedSubscription(context, id, payload.query, settings.wsMaxSubscriptions);
      if (errors) return errors;
      const prepared = parts.prepare(payload.query);
      if (!prepared.document) return [...prepared.errors];
      if (prepared.errors.length > 0) return [...prepared.errors];
      if (!getOperationAST(prepared.document, payload.operationName)) {
        return [requestError('OPERATION_RESOLUTION_FAILURE', 'Name one of the operations of the document.')];
      }
      const { principal, signal } = context.extra;
      if (!principal) return [requestError('UNAUTHENTICATED', 'The connection was not initialised.')];
      const args = {
        document: prepared.document,
        operationName: payload.operationName,
        variableValues: payload.variables,
        contextValue: undefined,
      } as unknown as ExecutionArgs;
      callers.set(args, { requestId: randomUUID(), principal, signal, transport: 'ws' });
      return args;
    },
    execute: (args) => operations.execute(args, callerOf(args)),
    subscribe: (args) => operations.subscribe(args, callerOf(args)),
    // graphql-ws would serialise an event anew for each subscriber, so it gets a stream that sends its events itself.
    onOperation(context, id, _payload, _args, result) {
      if (!(Symbol.asyncIterator in result)) return undefined;
      const head = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
      return sendEvents(result, (event) => context.extra.send(`${head}${payloadText(event)}}`));
    },
    onNext: (_context, _id, _payload, _args, result) => toPayload(result),
    onError: (_context, _id, _payload, errors) => errors.map(formatError),
  });
}

/** A stream that yields nothing: it sends each event, one after the other, and ends as its source does. */
function sendEvents<Event>(
  source: AsyncIterable<Event>,
  send: (event: Event) => Promise<void> | undefined,
): AsyncGenerator<never, void> {
  const iterator = source[Symbol.asyncIterator]();
  const ended: IteratorReturnResult<void> = { done: true, value: undefined };
  const stop = async () => {
    await iterator.return?.();
    return ended;
  };
  return {
    async next() {
      for (let item = await iterator.next(); item.done !== true; item = await iterator.next()) await send(item.value);
      return ended;
    },
    return: stop,
    throw: stop,
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** The token from `connection_init`, else from the upgrade request, which clients that are no browsers can set. */
function authorizationOf(context: ConnectionContext): string | undefined {
  const params = context.connectionParams ?? {};
  const given = params.Authorization ?? params.authorization;
  return typeof given === 'string' ? given : context.extra.authorization;
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
