import type { WebSocket } from 'ws';
import { Rounds } from '../core/rounds.ts';

/** Pings each socket once an interval, and closes sockets that have not answered by their next ping. */
export class Heartbeat {
  readonly #rounds: Rounds<WebSocket>;
  readonly #silent = new WeakSet<WebSocket>();

  /** @param intervalMs 0 disables pings */
  constructor(intervalMs: number) {
    this.#rounds = new Rounds(intervalMs, (socket) => this.#beat(socket));
  }

  add(socket: WebSocket): void {
    this.#rounds.add(socket);
  }

  /** Called when a socket has answered a ping. */
  heard(socket: WebSocket): void {
    this.#silent.delete(socket);
  }

  /** Called when a socket has closed. */
  remove(socket: WebSocket): void {
    this.#rounds.delete(socket);
  }

  stop(): void {
    this.#rounds.stop();
  }

  #beat(socket: WebSocket): void {
    if (this.#silent.has(socket)) {
      socket.terminate();
      return;
    }
    this.#silent.add(socket);
    socket.ping();
  }
}
