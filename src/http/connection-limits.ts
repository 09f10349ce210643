import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';
import { addressKeyOf } from '../pipeline/admission/caller-key.ts';
import { addToCount } from '../util/add-to-count.ts';

/** Closes connections of an address above this number at once. */
export function limitAddresses(server: Server, most: number): void {
  const connections = new Map<string, number>();
  const addresses = new Map<Socket, string>();
  // One function for all sockets: there may be many thousands.
  function onClose(this: Socket): void {
    const address = addresses.get(this) ?? '';
    addresses.delete(this);
    addToCount(connections, address, -1);
  }
  server.on('connection', (socket: Socket) => {
    const address = addressKeyOf(socket.remoteAddress);
    const count = connections.get(address) ?? 0;
    if (count >= most) {
      socket.destroy();
      return;
    }
    addToCount(connections, address, 1);
    addresses.set(socket, address);
    socket.on('close', onClose);
  });
}

/**
 * Requests of one connection that are handled at the same time. HTTP/1.1 sends their answers one after the other
 * anyway.
 */
const MOST_AT_ONCE = 10;

interface Pipeline {
  running: number;
  /** Absent until a request has to wait. */
  waiting: (() => void)[] | undefined;
}

/**
 * Queues pipelined requests, so that a client that sends hundreds on one connection does not start all of them in one
 * turn.
 */
export function inOrder(handle: RequestListener): RequestListener {
  const pipelines = new WeakMap<Socket, Pipeline>();
  function onClose(this: ServerResponse): void {
    const pipeline = pipelines.get(this.req.socket);
    if (pipeline === undefined) return;
    pipeline.running -= 1;
    const next = pipeline.waiting?.shift();
    if (next !== undefined) setImmediate(next);
  }
  function start(pipeline: Pipeline, request: IncomingMessage, response: ServerResponse): void {
    pipeline.running += 1;
    response.on('close', onClose);
    handle(request, response);
  }
  return (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    const pipeline: Pipeline = pipelines.get(socket) ?? { running: 0, waiting: undefined };
    pipelines.set(socket, pipeline);
    const { running, waiting = [] } = pipeline;
    if (running < MOST_AT_ONCE && waiting.length === 0) start(pipeline, request, response);
    else {
      waiting.push(() => start(pipeline, request, response));
      pipeline.waiting = waiting;
    }
  };
}
