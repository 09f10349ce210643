import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';
import { addressKeyOf } from '../pipeline/admission/caller-key.ts';

/** Closes connections of an address above this number at once. */
export function limitAddresses(server: Server, most: number): void {
  const connections = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const address = addressKeyOf(socket.remoteAddress);
    const count = connections.get(address) ?? 0;
    if (count >= most) {
      socket.destroy();
      return;
    }
    connections.set(address, count + 1);
    socket.once('close', () => {
      const left = (connections.get(address) ?? 1) - 1;
      if (left > 0) connections.set(address, left);
      else connections.delete(address);
    });
  });
}

/**
 * Requests of one connection that are handled at the same time. HTTP/1.1 sends their answers one after the other
 * anyway.
 */
const MOST_AT_ONCE = 10;

interface Pipeline {
  running: number;
  readonly waiting: (() => void)[];
}

/**
 * Queues pipelined requests, so that a client that sends hundreds on one connection does not start all of them in one
 * turn.
 */
export function inOrder(handle: RequestListener): RequestListener {
  const pipelines = new WeakMap<Socket, Pipeline>();
  return (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    const pipeline = pipelines.get(socket) ?? { running: 0, waiting: [] };
    pipelines.set(socket, pipeline);
    const start = () => {
      pipeline.running += 1;
      response.once('close', () => {
        pipeline.running -= 1;
        const next = pipeline.waiting.shift();
        if (next !== undefined) setImmediate(next);
      });
      handle(request, response);
    };
    if (pipeline.running < MOST_AT_ONCE && pipeline.waiting.length === 0) start();
    else pipeline.waiting.push(start);
  };
}
