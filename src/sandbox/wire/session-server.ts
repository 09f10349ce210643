import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Backend } from '../backend/backend.ts';
import { Channel } from '../sessions/data-channel.ts';

/** Path of a session's data channel: the same as at AWS. */
export const CHANNEL_PATH = '/v1/data-channel/';
const MAX_MESSAGE_BYTES = 64 * 1024;

/**
 * Passes a request back to the server as one without an upgrade: with a listener, Node hands every upgrade to it,
 * including those to HTTP/2 that some clients offer with each request.
 */
function answerPlainly(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const { method, url, httpVersion, rawHeaders } = request;
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name = '', value] = rawHeaders.slice(at, at + 2);
    if (!/^(upgrade|connection|http2-settings)$/i.test(name)) lines.push(`${name}: ${value}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}

/**
 * Serves the sessions of ExecuteCommand on the sandbox's own port until it is closed. Clients that ask for another
 * session, or have no token, are refused.
 */
export function serveSessions(server: Server, backend: Backend): { close(): void } {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  server.on('upgrade', (request, socket, head) => {
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') {
      answerPlainly(server, request, socket, head);
      return;
    }
    // Not parsed as a URL, because some paths, such as `//`, cannot be.
    const [pathname = ''] = (request.url ?? '').split('?');
    const session = pathname.startsWith(CHANNEL_PATH)
      ? backend.sessions.get(pathname.slice(CHANNEL_PATH.length))
      : undefined;
    if (session === undefined) {
      // Node leaves an upgraded socket to its listener, including its errors.
      socket.on('error', () => socket.destroy());
      socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      const channel = new Channel(client, session, backend.clock);
      client.on('message', (data, isBinary) => channel.receive(data, isBinary));
      client.on('error', () => client.terminate());
      client.on('close', (code) => {
        if (code === 1000) backend.sessions.end(session.sessionId);
      });
    });
  });
  return {
    close() {
      for (const client of sockets.clients) client.terminate();
    },
  };
}
