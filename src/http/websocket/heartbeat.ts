import type { WebSocket } from 'ws';

/** Sockets are pinged in this many groups, so that thousands are not pinged at once. */
const GROUPS = 12;

/**
 * Pings each socket once an interval, with one timer for all, and closes sockets that have not answered by their next
 * ping.
 */
export class Heartbeat {
  readonly #interval: number;
  readonly #groups = Array.from({ length: GROUPS }, () => new Set<WebSocket>());
  readonly #silent = new WeakSet<WebSocket>();
  #turn = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param interval in milliseconds; 0 disables pings */
  constructor(interval: number) {
    this.#interval = interval;
  }

  add(socket: WebSocket): void {
    if (this.#interval === 0) return;
    // Start with the group after this one: no socket is pinged before a whole interval has passed.
    const group = this.#groups[this.#turn];
    group?.add(socket);
    const silent = this.#silent;
    socket.on('pong', () => silent.delete(socket));
    socket.once('close', () => group?.delete(socket));
    this.#timer ??= setInterval(() => this.#beat(), this.#interval / GROUPS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #beat(): void {
    this.#turn = (this.#turn + 1) % GROUPS;
    for (const socket of this.#groups[this.#turn] ?? []) {
      if (this.#silent.has(socket)) socket.terminate();
      else {
        this.#silent.add(socket);
        socket.ping();
      }
    }
  }
}
