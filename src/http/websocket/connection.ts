import type { Duplex } from 'node:stream';
import { CloseCode, type WebSocket as ProtocolSocket, type Server } from 'graphql-ws';
import type { Logger } from 'pino';
import { type RawData, WebSocket } from 'ws';
import type { CredentialEnd } from '../../auth/credential.ts';
import type { Identity } from '../../auth/principal.ts';
import { addressKeyOf, callerKeyOf } from '../../pipeline/admission/caller-key.ts';
import type { CallerLimits } from '../../pipeline/limits/caller-limits.ts';
import type { Terms } from '../../util/balance.ts';
import type { Heartbeat } from './heartbeat.ts';
import { MessageBudget } from './message-budget.ts';
import { type SocketPlaces, TOO_MANY_SOCKETS } from './socket-places.ts';
import { textFrame } from './text-frame.ts';

export interface ConnectionSettings {
  /** Milliseconds in which a client must send `connection_init`; 0 means no limit. */
  readonly wsInitTimeout: number;
  /** Whether events may bypass `ws`. */
  readonly fastPaths: boolean;
}

/** The parts that all connections of a server share. */
export interface ConnectionParts {
  readonly server: Server<{ readonly connection: Connection }>;
  readonly heartbeat: Heartbeat;
  readonly places: SocketPlaces;
  /** Counts one more socket of a principal with as many, or returns why not; absent without limits of roles. */
  readonly openSocket?: CallerLimits['openSocket'] | undefined;
  readonly messageTerms: Terms;
  readonly settings: ConnectionSettings;
  readonly log: Logger;
}

/** Facts about the peer from its upgrade request, which is not kept. */
export interface Peer {
  readonly authorization: string | undefined;
  readonly address: string | undefined;
}

/** Most bytes that a client may send before it is authenticated. */
const MAX_MESSAGE_BEFORE_ACK = 4_096;
const MESSAGE_TOO_BIG = 1009;
/** With this many unsent bytes, the next message waits until they are sent. */
const MOST_BUFFERED = 16_384;

const monotonic = () => performance.now();

/** A socket of `ws` that knows its connection, so that all sockets share their listeners. */
export class ServedSocket extends WebSocket {
  connection: Connection | undefined;
}

/**
 * A WebSocket as the protocol sees it: with a message budget, a heartbeat and a signal that aborts when it closes.
 * There may be many thousands, so it uses fields instead of closures and creates rarely used parts on demand.
 */
export class Connection implements ProtocolSocket {
  /** The Authorization header of the upgrade request, until the connection is authenticated: a token may have 2 kB. */
  authorization: string | undefined;
  readonly address: string | undefined;
  #identity: Identity | undefined;
  #unlisten: (() => void) | undefined;
  readonly #parts: ConnectionParts;
  readonly #socket: ServedSocket;
  readonly #wire: Duplex;
  readonly #budget: MessageBudget;
  #gone: AbortController | undefined;
  #isGone = false;
  #initTimer: NodeJS.Timeout | undefined;
  #handle: ((data: string) => Promise<void>) | undefined;
  #closed: ((code: number, reason: string) => Promise<void>) | undefined;

  /** @param wire the stream below the socket, to which nothing has been written yet */
  constructor(socket: ServedSocket, wire: Duplex, { authorization, address }: Peer, parts: ConnectionParts) {
    this.authorization = authorization;
    this.address = address;
    this.#socket = socket;
    this.#wire = wire;
    this.#parts = parts;
    this.#budget = new MessageBudget(parts.messageTerms, monotonic());
  }

  get protocol(): string {
    return this.#socket.protocol;
  }

  /** The authenticated caller; undefined until the connection is authenticated. */
  get identity(): Identity | undefined {
    return this.#identity;
  }

  /**
   * Assigns the connection to a caller, until the caller's credential ends. Returns why not if the caller has no free
   * place.
   */
  async accept(identity: Identity): Promise<string | undefined> {
    const { places, openSocket } = this.#parts;
    const { principal } = identity;
    const opening = openSocket?.(principal, places.ofPrincipal(principal.name));
    // Without a promise, nothing may come between the check of the limit and the count of the socket.
    const leave = opening instanceof Promise ? await opening : opening;
    if (typeof leave === 'string') return leave;
    const refusal = this.#place(identity);
    if (refusal !== undefined) {
      leave?.();
      return refusal;
    }
    this.authorization = undefined;
    this.#identity = identity;
    const unlisten = identity.credential?.onEnd('connection', (end) => this.#endWith(end));
    this.#unlisten =
      leave === undefined
        ? unlisten
        : () => {
            unlisten?.();
            leave();
          };
    return undefined;
  }

  #place({ principal }: Identity): string | undefined {
    if (this.#isGone) return 'The connection has closed.';
    const holder = { caller: callerKeyOf({ principal, address: this.address }), principal: principal.name };
    return this.#parts.places.accept(this.#socket, addressKeyOf(this.address), holder) ? undefined : TOO_MANY_SOCKETS;
  }

  /** Clients treat 4401 as final, and reconnect after 4403, with a new token if they have one. */
  #endWith(end: CredentialEnd): void {
    this.close(CloseCode.Forbidden, `The token has ${end === 'EXPIRED' ? 'expired' : 'been withdrawn'}.`);
  }

  /** Aborts when the client has disconnected. */
  get signal(): AbortSignal {
    if (this.#gone === undefined) {
      this.#gone = new AbortController();
      if (this.#isGone) this.#gone.abort();
    }
    return this.#gone.signal;
  }

  /** Hands the socket to the protocol until it closes. */
  open(): void {
    const { server, heartbeat, settings } = this.#parts;
    const socket = this.#socket;
    this.#closed = server.opened(this, { connection: this });
    if (settings.wsInitTimeout > 0) this.#initTimer = setTimeout(() => this.#endLate(), settings.wsInitTimeout);
    socket.connection = this;
    socket.on('message', onMessage).on('pong', onPong).on('error', onError).on('close', onClose);
    heartbeat.add(socket);
  }

  /** Called when the client has sent `connection_init`. graphql-ws would keep its timer as long as the connection. */
  noteInit(): void {
    clearTimeout(this.#initTimer);
    this.#initTimer = undefined;
  }

  #endLate(): void {
    this.noteInit();
    this.close(CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout');
  }

  /** Called when the socket has closed. */
  end(code: number, reason: string): void {
    const { heartbeat, places, log } = this.#parts;
    this.#isGone = true;
    this.noteInit();
    heartbeat.remove(this.#socket);
    places.remove(this.#socket, addressKeyOf(this.address));
    this.#unlisten?.();
    this.#gone?.abort();
    this.#closed?.(code, reason).catch((error: unknown) => log.error({ err: error }, 'websocket close failed'));
  }

  /** Called when the peer has answered a ping. */
  hear(): void {
    this.#parts.heartbeat.heard(this.#socket);
  }

  /** Called when the socket has failed; it then closes. */
  note(error: Error): void {
    this.#parts.log.debug({ err: error }, 'websocket error');
  }

  /**
   * Sends a message. The caller awaits the result before the next message; it is undefined unless the peer is behind.
   */
  async send(message: string): Promise<void> {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#wire.writableLength < MOST_BUFFERED) this.#socket.send(message);
    else await new Promise<void>((resolve, reject) => this.#socket.send(message, settle(resolve, reject)));
  }

  /**
   * Sends a message that combines a part for this receiver with bytes that many receivers share. It bypasses `ws`,
   * which writes head and body of a frame separately, and writes one frame of ours to the underlying stream. The order
   * with messages of `ws` is kept because `ws` queues nothing: permessage-deflate is off, and no message is a Blob
   * (`test/contract/internals.test.ts`). With `FAST_PATHS=off`, `ws` sends the message.
   */
  sendParts(head: string, body: Uint8Array, tail: string): Promise<void> | undefined {
    if (!this.#parts.settings.fastPaths) return this.send(`${head}${Buffer.from(body).toString()}${tail}`);
    if (this.#socket.readyState !== this.#socket.OPEN) return undefined;
    const frame = textFrame(head, body, tail);
    // A callback for each message would cost as much as the message itself, so only slow peers have one.
    if (this.#wire.writableLength < MOST_BUFFERED) {
      this.#wire.write(frame);
      return undefined;
    }
    return new Promise((resolve, reject) => this.#wire.write(frame, settle(resolve, reject)));
  }

  close(code?: number, reason?: string): void {
    this.#socket.close(code, reason);
  }

  onMessage(handle: (data: string) => Promise<void>): void {
    this.#handle = handle;
  }

  /** Called with each message of the peer. */
  receive(data: RawData): void {
    const socket = this.#socket;
    if (socket.readyState !== socket.OPEN || this.#isOverBudget(data)) return;
    this.#handle?.(String(data)).catch((error: unknown) => {
      if (this.#isGone) return;
      if (isUnexpectedMessage(error)) {
        socket.close(CloseCode.BadRequest, 'Unexpected message');
        return;
      }
      this.#parts.log.error({ err: error }, 'websocket message failed');
      socket.close(CloseCode.InternalServerError, 'Internal server error');
    });
  }

  /** Sends a pong without the ping's payload, so that a client cannot choose what the server sends. */
  onPing(): void {
    this.#socket.send('{"type":"pong"}');
  }

  #isOverBudget(data: RawData): boolean {
    if (!this.#budget.take(monotonic())) {
      this.#socket.close(CloseCode.TooManyInitialisationRequests, 'Too many messages in a second (WS_MESSAGE_RATE).');
      return true;
    }
    if (this.#identity === undefined && byteLength(data) > MAX_MESSAGE_BEFORE_ACK) {
      this.#socket.close(
        MESSAGE_TOO_BIG,
        `A message before connection_ack has at most ${MAX_MESSAGE_BEFORE_ACK} bytes.`,
      );
      return true;
    }
    return false;
  }
}

function connectionOf(socket: WebSocket): Connection | undefined {
  return socket instanceof ServedSocket ? socket.connection : undefined;
}

function onMessage(this: WebSocket, data: RawData): void {
  connectionOf(this)?.receive(data);
}

function onPong(this: WebSocket): void {
  connectionOf(this)?.hear();
}

function onError(this: WebSocket, error: Error): void {
  connectionOf(this)?.note(error);
}

function onClose(this: WebSocket, code: number, reason: Buffer): void {
  connectionOf(this)?.end(code, String(reason));
}

/** graphql-ws throws on messages that only a server may send. That is the client's mistake and is not logged. */
function isUnexpectedMessage(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Unexpected message of type');
}

function settle(resolve: () => void, reject: (error: Error) => void) {
  return (error?: Error | null) => (error ? reject(error) : resolve());
}

function byteLength(data: RawData): number {
  return Array.isArray(data) ? data.reduce((sum, part) => sum + part.byteLength, 0) : data.byteLength;
}
