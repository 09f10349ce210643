import type { IncomingMessage } from 'node:http';
import { CloseCode, type Server } from 'graphql-ws';
import type { Logger } from 'pino';
import type { RawData, WebSocket } from 'ws';
import type { Connection } from './websocket.ts';
import { createMessageBudget } from './websocket-budget.ts';

export interface SocketSettings {
  readonly wsMaxMessage: number;
  readonly wsMessageRate: number;
  readonly wsHeartbeat: number;
}

/** What a client may send before anybody vouched for it. */
const MAX_MESSAGE_BEFORE_ACK = 4_096;
const MESSAGE_TOO_BIG = 1009;
/** With so many bytes unsent, the next message waits until it is out. */
const MOST_BUFFERED = 16_384;

/** Hands one WebSocket to the protocol: within its budget of messages, alive, and with a signal that ends with it. */
export function openSocket(
  socket: WebSocket,
  request: IncomingMessage,
  server: Server<Connection>,
  settings: SocketSettings,
  log: Logger,
): void {
  const gone = new AbortController();
  const budget = createMessageBudget(settings.wsMessageRate, () => performance.now());
  /** Waits only for a peer that is behind: a callback for each message would cost as much as the message. */
  const send = (data: string): Promise<void> | undefined => {
    if (socket.readyState !== socket.OPEN) return undefined;
    if (socket.bufferedAmount < MOST_BUFFERED) {
      socket.send(data);
      return undefined;
    }
    return new Promise((resolve, reject) => socket.send(data, (error) => (error ? reject(error) : resolve())));
  };
  const close = (code?: number, reason?: string) => socket.close(code, reason);
  const connection: Connection = {
    authorization: request.headers.authorization,
    signal: gone.signal,
    send,
    close,
  };

  function overBudget(data: RawData): boolean {
    if (!budget.take()) {
      socket.close(CloseCode.TooManyInitialisationRequests, 'Too many messages');
      return true;
    }
    if (connection.principal === undefined && byteLength(data) > MAX_MESSAGE_BEFORE_ACK) {
      socket.close(MESSAGE_TOO_BIG, 'Message too big');
      return true;
    }
    return false;
  }

  const closed = server.opened(
    {
      protocol: socket.protocol,
      send: async (data) => send(data),
      close,
      onMessage(handle) {
        socket.on('message', async (data) => {
          if (socket.readyState !== socket.OPEN || overBudget(data)) return;
          try {
            await handle(String(data));
          } catch (error) {
            if (gone.signal.aborted) return;
            log.error({ err: error }, 'websocket message failed');
            socket.close(CloseCode.InternalServerError, 'Internal server error');
          }
        });
      },
      // A pong of ours without the ping's payload, so that nobody has us send what they like.
      onPing: () => socket.send('{"type":"pong"}'),
    },
    connection,
  );

  const stopHeartbeat = startHeartbeat(socket, settings.wsHeartbeat);
  socket.on('error', (error) => log.debug({ err: error }, 'websocket error'));
  socket.once('close', (code, reason) => {
    stopHeartbeat();
    gone.abort();
    closed(code, String(reason)).catch((error: unknown) => log.error({ err: error }, 'websocket close failed'));
  });
}

/** Pings, and gives up a peer that has not answered by the next ping. */
function startHeartbeat(socket: WebSocket, interval: number): () => void {
  if (interval === 0) return () => {};
  let answered = true;
  socket.on('pong', () => {
    answered = true;
  });
  const timer = setInterval(() => {
    if (!answered) {
      socket.terminate();
      return;
    }
    answered = false;
    socket.ping();
  }, interval);
  return () => clearInterval(timer);
}

function byteLength(data: RawData): number {
  return Array.isArray(data) ? data.reduce((sum, part) => sum + part.byteLength, 0) : data.byteLength;
}
