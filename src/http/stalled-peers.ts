import type { Server, Socket } from 'node:net';

interface Watched {
  /** Number of bytes that the peer had accepted at its last progress. */
  taken: number;
  since: number;
}

/**
 * Node's native handle below a socket's streams. It is private: if it is missing, the socket's own counters are used,
 * which see whole chunks only.
 */
interface Handle {
  readonly bytesWritten?: number;
  /** Bytes that the operating system has not accepted yet. */
  readonly writeQueueSize?: number;
}

/** Number of progress checks within the timeout. */
const LOOKS = 4;

/**
 * Closes connections whose peers accept no data: answers, streams of events and WebSockets. A socket's own timeout does
 * not help, because anything that the peer sends restarts it.
 */
export class StalledPeers {
  readonly #stallMs: number;
  readonly #now: () => number;
  readonly #sockets = new Map<Socket, Watched>();
  /** One function for all sockets: there may be many thousands. */
  readonly #onClose: (this: Socket) => void;

  constructor(stallMs: number, now: () => number = () => performance.now()) {
    this.#stallMs = stallMs;
    this.#now = now;
    const sockets = this.#sockets;
    this.#onClose = function () {
      sockets.delete(this);
    };
  }

  /** Watches all connections of a server until it closes. */
  watch(server: Server): void {
    if (this.#stallMs === 0) return;
    server.on('connection', (socket) => this.add(socket));
    const timer = setInterval(() => this.look(), Math.max(100, this.#stallMs / LOOKS)).unref();
    server.once('close', () => clearInterval(timer));
  }

  add(socket: Socket): void {
    this.#sockets.set(socket, { taken: 0, since: this.#now() });
    socket.on('close', this.#onClose);
  }

  /** Closes the connections that have accepted nothing for too long. */
  look(): void {
    const now = this.#now();
    for (const [socket, watched] of this.#sockets) {
      const taken = bytesTaken(socket);
      if (taken !== watched.taken || socket.writableLength === 0) {
        watched.taken = taken;
        watched.since = now;
      } else if (now - watched.since >= this.#stallMs) socket.destroy();
    }
  }
}

function bytesTaken(socket: Socket): number {
  const { bytesWritten, writeQueueSize } = (socket as Socket & { readonly _handle?: Handle | null })._handle ?? {};
  if (bytesWritten === undefined || writeQueueSize === undefined) return socket.bytesWritten - socket.writableLength;
  return bytesWritten - writeQueueSize;
}
