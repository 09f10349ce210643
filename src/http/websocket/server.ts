import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ExecutionArgs, type ExecutionResult, GraphQLError, getOperationAST } from 'graphql';
import { CloseCode, type Context, handleProtocols, makeServer, type Server, type SubscribePayload } from 'graphql-ws';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import { type Authenticate, KeysUnavailableError } from '../../auth/authenticator.ts';
import type { Identity } from '../../auth/principal.ts';
import { type Origins, OTHER_HOST, OTHER_ORIGIN } from '../../pipeline/admission/allowed-origins.ts';
import { addressKeyOf, shareKeyOf } from '../../pipeline/admission/caller-key.ts';
import type { Prepared } from '../../pipeline/admission/prepare-document.ts';
import { answerText } from '../../pipeline/core/answer-text.ts';
import type { Writing } from '../../pipeline/core/chunked-json.ts';
import { formatError, requestError } from '../../pipeline/core/public-errors.ts';
import type { Caller, OnUnauthenticated } from '../../pipeline/core/request-context.ts';
import { requestOptions } from '../../pipeline/core/request-options.ts';
import { givenTrace } from '../../pipeline/core/trace-context.ts';
import type { ResolveDocument } from '../../pipeline/documents/resolve-document.ts';
import type { Operations } from '../../pipeline/run-operation.ts';
import { EventResult } from '../../pipeline/subscriptions/event-result.ts';
import { EventStream } from '../../pipeline/subscriptions/event-stream.ts';
import { Job } from '../../turns/job.ts';
import { Connection, type ConnectionParts, type ConnectionSettings, ServedSocket } from './connection.ts';
import { Delivery } from './event-delivery.ts';
import { Heartbeat } from './heartbeat.ts';
import { messageTerms } from './message-budget.ts';
import { RunningOperation, SingleResult } from './running-operation.ts';
import { type PlaceSettings, SocketPlaces, TOO_MANY_SOCKETS } from './socket-places.ts';

export interface WebSocketSettings extends ConnectionSettings, PlaceSettings {
  readonly wsMaxMessage: number;
  readonly wsMessageRate: number;
  readonly wsHeartbeat: number;
  readonly wsMaxSubscriptions: number;
}

export interface WebSocketParts {
  readonly path: string;
  readonly settings: WebSocketSettings;
  readonly prepare: (query: string) => Prepared;
  readonly resolveDocument: ResolveDocument;
  readonly operations: Operations;
  readonly writing: Writing;
  readonly authenticate: Authenticate;
  readonly onUnauthenticated?: OnUnauthenticated | undefined;
  readonly origins: Origins;
  readonly accepting: () => boolean;
  readonly openSocket?: ConnectionParts['openSocket'];
  readonly log: Logger;
}

type Extra = { readonly connection: Connection };
type ConnectionContext = Context<Record<string, unknown> | undefined, Extra>;

/** GraphQL over WebSocket (graphql-transport-ws). */
export interface WebSockets {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Asks every client to come back later, and waits until all are closed. */
  close(): Promise<void>;
  /** Number of open sockets. */
  readonly size: number;
}

export function createWebSockets(parts: WebSocketParts): WebSockets {
  const { settings, log } = parts;
  const options = {
    noServer: true,
    WebSocket: ServedSocket,
    maxPayload: settings.wsMaxMessage,
    perMessageDeflate: false,
    // A client that has not answered the close frame by then is disconnected.
    closeTimeout: CLOSE_TIMEOUT_MS,
    handleProtocols: (protocols: Set<string>) => handleProtocols(protocols),
  };
  const sockets = new WebSocketServer(options);
  const server = createProtocol(parts);
  const heartbeat = new Heartbeat(settings.wsHeartbeat);
  const places = new SocketPlaces(settings);
  const shared: ConnectionParts = {
    server,
    heartbeat,
    places,
    messageTerms: messageTerms(settings.wsMessageRate),
    openSocket: parts.openSocket,
    settings,
    log,
  };
  /**
   * Why the server accepts no client now. A browser sees the code of a close frame, but nothing of a refused upgrade.
   */
  const busyReason = () => {
    if (!parts.accepting()) return 'The server is shutting down.';
    return places.isFull ? TOO_MANY_SOCKETS : undefined;
  };

  return {
    upgrade(request, socket, head) {
      const refused = refusalOf(request, parts);
      if (refused !== undefined) {
        refuse(socket, refused);
        return;
      }
      const { authorization } = request.headers;
      const address = request.socket.remoteAddress;
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        const addressKey = addressKeyOf(address);
        places.add(webSocket, addressKey);
        const busy = busyReason();
        if (busy === undefined) {
          new Connection(webSocket, socket, { authorization, address }, shared).open();
          return;
        }
        webSocket.once('close', () => places.remove(webSocket, addressKey));
        webSocket.on('error', () => webSocket.terminate());
        webSocket.close(TRY_AGAIN_LATER, busy);
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
      // Do not wait for a peer that does not answer the close frame.
      const timer = setTimeout(() => {
        for (const client of open) client.terminate();
      }, 1_000);
      await Promise.all(closed);
      clearTimeout(timer);
      sockets.close();
    },
  };
}

/** Close code on which clients reconnect after a while. */
const TRY_AGAIN_LATER = 1013;
const CLOSE_TIMEOUT_MS = 1_000;

/** A close frame holds a reason of at most 123 bytes. */
function closeReason(text: string): string {
  return Buffer.byteLength(text) <= MOST_REASON ? text : `${text.slice(0, MOST_REASON - 3)}...`;
}

const MOST_REASON = 123;

interface Refusal {
  readonly status: string;
  readonly error?: GraphQLError;
}

function refusalOf({ url, headers }: IncomingMessage, { path, origins }: WebSocketParts): Refusal | undefined {
  const { pathname } = new URL(`http://localhost${url ?? '/'}`);
  if (pathname !== path) return { status: '404 Not Found' };
  if (!origins.isHostAllowed(headers.host)) {
    return { status: '421 Misdirected Request', error: requestError('MISDIRECTED_REQUEST', OTHER_HOST) };
  }
  if (!origins.isOriginAllowed(headers.origin, headers.host)) {
    return { status: '403 Forbidden', error: requestError('ORIGIN_NOT_ALLOWED', OTHER_ORIGIN) };
  }
  return undefined;
}

/** Answers an upgrade request with plain HTTP. */
function refuse(socket: Duplex, { status, error }: Refusal): void {
  const body = error === undefined ? '' : JSON.stringify({ errors: [formatError(error)] });
  const type = error === undefined ? '' : 'Content-Type: application/json; charset=utf-8\r\n';
  socket.on('error', () => socket.destroy());
  // A peer that leaves its half open would keep ours open.
  socket.once('finish', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\n${type}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** An operation that graphql-ws executes. */
interface Started {
  /** Its place among the operations of the connection, until it has a result. */
  readonly running: RunningOperation;
  readonly caller: Caller;
}

/**
 * The end of graphql-ws's part of an operation. It does nothing more for an operation that its client has completed: it knows operations
 * by their ids alone, and a client may use an id again, so that any answer would go to the operation that has the id now. Nor for
 * one that is delivered: nothing refers to this promise, so all that waits for it is garbage.
 */
function never(): Promise<never> {
  return new Promise(() => undefined);
}

/**
 * Ends an operation with errors, before it is executed. graphql-ws would free its id only when a client that is behind has read them: by
 * then another operation may have the id, which nothing could end any more.
 */
function refuseOperation({ subscriptions, extra }: ConnectionContext, id: string, errors: readonly GraphQLError[]) {
  delete subscriptions[id];
  // A socket that fails closes.
  void extra.connection
    .send(JSON.stringify({ id, type: 'error', payload: errors.map(formatError) }))
    .catch(() => undefined);
  return never();
}

function createProtocol(parts: WebSocketParts): Server<Extra> {
  const { settings, operations } = parts;
  const started = new WeakMap<object, Started>();
  const startedBy = (args: ExecutionArgs): Started => {
    const found = started.get(args);
    if (!found) throw new Error('an operation without a caller');
    return found;
  };
  return makeServer<Record<string, unknown> | undefined, Extra>({
    // The connection does it.
    connectionInitWaitTimeout: 0,
    async onConnect(context) {
      const { connection } = context.extra;
      connection.noteInit();
      const identity = await identityOf(context, parts.authenticate);
      if (identity === 'unavailable') {
        connection.close(TRY_AGAIN_LATER, "The issuer's keys cannot be read now.");
        return false;
      }
      if (!identity) {
        parts.onUnauthenticated?.({ address: connection.address });
        // graphql-ws's client reconnects on 4403, which `false` would send. It treats this code as final.
        connection.close(CloseCode.Unauthorized, UNAUTHORIZED);
        return false;
      }
      const refusal = await connection.accept(identity);
      if (refusal !== undefined) {
        connection.close(TRY_AGAIN_LATER, closeReason(refusal));
        return false;
      }
      // graphql-ws keeps the payload for the life of the connection, and with it the token.
      const { traceparent, tracestate } = context.connectionParams ?? {};
      const connectionParams = traceparent === undefined ? undefined : { traceparent, tracestate };
      Object.assign(context, { connectionParams });
      return true;
    },
    async onSubscribe(context, id, payload) {
      const errors = refusedSubscription(context, id, payload.query, settings.wsMaxSubscriptions);
      if (errors) return refuseOperation(context, id, errors);
      const { identity, address } = context.extra.connection;
      if (!identity) {
        return refuseOperation(context, id, [
          requestError(
            'UNAUTHENTICATED',
            'Send connection_init, and wait for connection_ack, before the first operation.',
          ),
        ]);
      }
      const job = new Job(shareKeyOf({ ...identity, address }));
      const running = new RunningOperation();
      context.subscriptions[id] = running;
      await parts.writing.turns.take(job);
      if (context.subscriptions[id] !== running) return never();
      const args = toArguments(context, running, payload, { ...identity, address, job });
      return Array.isArray(args) ? refuseOperation(context, id, args) : args;
    },
    execute: (args) => operations.execute(args, startedBy(args).caller),
    subscribe: (args) => operations.subscribe(args, startedBy(args).caller),
    async onOperation(context, id, _payload, args, result) {
      const { running, caller } = startedBy(args);
      // graphql-ws keeps the arguments for the life of the stream, and would keep the caller with them.
      started.delete(args);
      const isWanted = () => context.subscriptions[id] === running;
      const write = async (answer: ExecutionResult) => {
        const { signal, job } = caller;
        const json = await answerText(answer, { ...parts.writing, signal, job }).catch((error: unknown) => {
          if (isWanted()) throw error;
          return '';
        });
        return new SingleResult(new EventResult(answer, undefined, json));
      };
      const stream = result instanceof EventStream ? result : await write(result as ExecutionResult);
      if (isWanted()) new Delivery(stream, context, id).start();
      else void stream.return();
      return never();
    },
  });

  /** The arguments of an operation, or the errors that refuse it. */
  function toArguments(
    context: ConnectionContext,
    running: RunningOperation,
    payload: SubscribePayload,
    { principal, credential, address, job }: Identity & Pick<Caller, 'address' | 'job'>,
  ): ExecutionArgs | GraphQLError[] {
    const requestId = randomUUID();
    const text = parts.resolveDocument(payload, { requestId, principal }) ?? payload.query;
    if (text instanceof GraphQLError) return [text];
    const prepared = parts.prepare(text);
    if (!prepared.document) return [...prepared.errors];
    if (prepared.errors.length > 0) return [...prepared.errors];
    // Clients send an empty name for a name that is not set, and no operation can have it.
    const operationName = payload.operationName || undefined;
    const node = getOperationAST(prepared.document, operationName);
    if (!node) {
      return [requestError('OPERATION_RESOLUTION_FAILURE', 'Name one of the operations of the document.')];
    }
    const args = {
      document: prepared.document,
      operationName,
      variableValues: payload.variables,
      contextValue: undefined,
    } as unknown as ExecutionArgs;
    // graphql-ws keeps the message for the life of the subscription, and with it a copy of a text that others share.
    Object.assign(payload, { query: prepared.document.loc?.source.body });
    // A client that goes on without the answer of a mutation does not cancel it.
    const { signal } = node.operation === 'mutation' ? context.extra.connection : running;
    const { traceparent, tracestate } = { ...context.connectionParams, ...payload.extensions };
    const trace = { given: givenTrace(traceparent, tracestate) };
    const options = requestOptions(payload.extensions);
    const caller = { requestId, principal, credential, address, signal, trace, job, ...options };
    started.set(args, { running, caller: { ...caller, transport: 'ws', endsStreams: true } });
    return args;
  }
}

async function identityOf(context: ConnectionContext, authenticate: Authenticate) {
  try {
    return await authenticate(authorizationOf(context));
  } catch (error) {
    if (error instanceof KeysUnavailableError) return 'unavailable';
    throw error;
  }
}

/** Close reason for a connection without a valid token; at most 123 bytes. */
const UNAUTHORIZED = 'Send {"authorization": "Bearer <token>"} as the payload of connection_init.';

/**
 * The token from `connection_init`: a member `authorization` in any case, in the payload or in its `headers`. Otherwise
 * the token of the upgrade request, whose headers a browser cannot set.
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
  if (typeof query !== 'string') return [requestError('BAD_REQUEST', '"payload.query" must be a string.')];
  if (id.length > 128) return [requestError('BAD_REQUEST', '"id" has more than 128 characters.')];
  // The new operation is already counted.
  if (Object.keys(context.subscriptions).length <= most) return undefined;
  return [requestError('TOO_MANY_SUBSCRIPTIONS', `A connection runs at most ${most} operations at a time.`)];
}
