import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WebSockets } from './websocket/server.ts';

export interface HttpServerParts {
  readonly handle: RequestListener;
  readonly webSockets: WebSockets;
  /** Taken off the front of a request's path; a proxy may have done so already. */
  readonly basePath: string;
}

/** The node server: plain HTTP and upgrades, with time limits on slow senders. */
export function createHttpServer({ handle, webSockets, basePath }: HttpServerParts): Server {
  const server = createServer(
    { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 65_000 },
    (request, response) => {
      request.url = withoutBase(request.url, basePath);
      if (hasUrl(request)) handle(request, response);
      else response.writeHead(400, { connection: 'close' }).end();
    },
  );
  server.on('upgrade', (request, socket, head) => {
    request.url = withoutBase(request.url, basePath);
    if (hasUrl(request)) webSockets.upgrade(request, socket, head);
    else socket.destroy();
  });
  return server;
}

function withoutBase(url: string | undefined, basePath: string): string | undefined {
  return basePath !== '' && url?.startsWith(`${basePath}/`) === true ? url.slice(basePath.length) : url;
}

/** Whether one host and a path make a URL; everything behind builds one without asking. */
function hasUrl({ url, headers: { host = 'localhost' }, headersDistinct }: IncomingMessage): boolean {
  // Node takes the first of several Host headers, and a proxy in front perhaps another.
  if ((headersDistinct.host?.length ?? 0) > 1) return false;
  return url?.startsWith('/') === true && URL.canParse(`http://${host}${url}`);
}

/** Listens, and tells the URL. */
export async function listen(server: Server, host: string, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { port: bound } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${bound}`;
}

/** Stops listening and ends what is still connected. */
export async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
