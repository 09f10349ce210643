import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * Whether a request asks for a WebSocket, the only protocol that this server upgrades to. HTTP/1.0 has no upgrade: a
 * server ignores the header there (RFC 9110, 7.8).
 */
export function asksForWebSocket({ headers: { upgrade }, httpVersion }: IncomingMessage): boolean {
  return upgrade?.toLowerCase() === 'websocket' && httpVersion !== '1.0';
}

/**
 * Returns a function that answers a request as if it did not ask for another protocol, as RFC 9110 (7.8) allows, and asks for in HTTP/1.0. Java's
 * HttpClient and `curl --http2` ask for h2c in their first request over plain http. Node passes every such request to
 * the `upgrade` listener (only Node 24 lets a server choose), so the request's head goes back to Node's parser without
 * the upgrade headers. If an earlier request on the connection is not answered yet, the new one is not read: the
 * connection closes after the pending answer, and the client sends the request again.
 * @param server as `createServer` returned it: its first `connection` listener is Node's own parser
 */
export function createIgnoreUpgrade(server: Server): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
  const [parse] = server.listeners('connection');
  const latest = new WeakMap<Duplex, ServerResponse>();
  server.on('request', ({ socket }, response) => latest.set(socket, response));
  return (request, socket, head) => {
    const response = latest.get(socket);
    if (response !== undefined && !response.writableFinished && !response.destroyed) {
      response.once('close', () => socket.end());
      return;
    }
    socket.unshift(Buffer.concat([Buffer.from(headWithoutUpgrade(request), 'latin1'), head]));
    parse?.call(server, socket);
  };
}

const ASKS: ReadonlySet<string> = new Set(['upgrade', 'http2-settings']);

function headWithoutUpgrade({ method, url, httpVersion, rawHeaders }: IncomingMessage): string {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const [name = '', value = ''] = rawHeaders.slice(i, i + 2);
    const lower = name.toLowerCase();
    if (ASKS.has(lower)) continue;
    const kept =
      lower === 'connection' ? value.split(',').filter((option) => !ASKS.has(option.trim().toLowerCase())) : [value];
    if (kept.length > 0) lines.push(`${name}: ${kept.join(',').trim()}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}
