import { type ClientOptions, WebSocket } from 'ws';

/** A raw graphql-transport-ws peer: the frames that were sent and received. */
export interface WsPeer {
  readonly socket: WebSocket;
  send(message: unknown): void;
  /** The next message from the server. */
  next(): Promise<Record<string, unknown>>;
  /** How the server closed the connection. */
  readonly closed: Promise<{ code: number; reason: string }>;
}

/** Opens a connection; rejects with the HTTP status where the server refuses the upgrade. */
export async function openWs(
  url: string,
  options: ClientOptions & { protocol?: string | undefined } = {},
): Promise<WsPeer> {
  const { protocol = 'graphql-transport-ws', ...rest } = options;
  const socket = new WebSocket(url.replace(/^http/, 'ws'), protocol, rest);
  const queue: Record<string, unknown>[] = [];
  const waiting: ((message: Record<string, unknown>) => void)[] = [];
  socket.on('message', (data) => {
    const message = JSON.parse(String(data)) as Record<string, unknown>;
    const waiter = waiting.shift();
    if (waiter) waiter(message);
    else queue.push(message);
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: String(reason) }));
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('unexpected-response', (_request, response) => reject(new Error(String(response.statusCode))));
    socket.once('error', reject);
  });
  return {
    socket,
    closed,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    next() {
      const message = queue.shift();
      return message ? Promise.resolve(message) : new Promise((resolve) => waiting.push(resolve));
    },
  };
}

/** Opens a connection and has it acknowledged. */
export async function initWs(url: string, payload?: object, options: ClientOptions = {}): Promise<WsPeer> {
  const peer = await openWs(url, options);
  peer.send({ type: 'connection_init', ...(payload && { payload }) });
  const ack = await peer.next();
  if (ack.type !== 'connection_ack') throw new Error(`no ack: ${JSON.stringify(ack)}`);
  return peer;
}
