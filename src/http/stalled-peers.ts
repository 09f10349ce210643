import type { Server, Socket } from 'node:net';

interface Watched {
  /** How many bytes the peer's side had taken when it last took any. */
  taken: number;
  since: number;
}

/** What Node keeps of a socket below its streams. Private: where it is missing, a socket's own counts do, which see whole chunks only. */
interface Handle {
  readonly bytesWritten?: number;
  /** Bytes that the operating system has not taken yet. */
  readonly writeQueueSize?: number;
}

/** How often in that time progress is looked at. */
const LOOKS = 4;

/**
 * Ends connections whose peers take nothing of what is sent to them, whatever they are used for: answers, streams of events and WebSockets. A
 * socket's own timeout does not do, because whatever the peer sends starts it anew.
 */
export class StalledPeers {
  readonly #stallMs: number;
  readonly #now: () => number;
  readonly #sockets = new Map<Socket, Watched>();

  constructor(stallMs: number, now: () => number = () => performance.now()) {
    this.#stallMs = stallMs;
    this.#now = now;
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
    socket.once('close', () => this.#sockets.delete(socket));
  }

  /** Ends those that have taken nothing for too long. */
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
