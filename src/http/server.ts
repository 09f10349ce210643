import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { inOrder, limitAddresses } from './connection-limits.ts';
import { asksForWebSocket, createIgnoreUpgrade } from './ignored-upgrade.ts';
import { StalledPeers } from './stalled-peers.ts';
import { refuseUnreadable, refuseUrl } from './unreadable-requests.ts';
import type { WebSockets } from './websocket/server.ts';

export interface HttpServerParts {
  readonly handle: RequestListener;
  readonly webSockets: WebSockets;
  /** Prefix that is removed from a request's path. A proxy may already have removed it. */
  readonly basePath: string;
  readonly settings: ServerSettings;
}

export interface ServerSettings {
  readonly headersTimeout: number;
  readonly requestTimeout: number;
  readonly stallTimeout: number;
  readonly maxConnections: number;
  readonly maxAddressConnections: number;
}

/** How often, in ms, connections with late headers or bodies are checked. */
const LOOK_MS = 500;

/** Creates the Node server for HTTP and upgrades, with limits on slow senders and readers and on connections. */
export function createHttpServer({ handle, webSockets, basePath, settings }: HttpServerParts): Server {
  const { headersTimeout, requestTimeout } = settings;
  const answer = inOrder(handle);
  const server = createServer(
    {
      headersTimeout: Math.min(headersTimeout, requestTimeout),
      requestTimeout,
      keepAliveTimeout: 65_000,
      connectionsCheckingInterval: LOOK_MS,
      // Node's own refusal has no body; `hasUrl` refuses a request without a host.
      requireHostHeader: false,
    },
    (request, response) => {
      request.url = withoutBase(request.url, basePath);
      if (hasUrl(request)) answer(request, response);
      else refuseUrl(request, response);
    },
  );
  const ignoreUpgrade = createIgnoreUpgrade(server);
  refuseUnreadable(server);
  server.on('upgrade', (request, socket, head) => {
    if (!asksForWebSocket(request)) return ignoreUpgrade(request, socket, head);
    request.url = withoutBase(request.url, basePath);
    if (hasUrl(request)) webSockets.upgrade(request, socket, head);
    else socket.destroy();
  });
  server.maxConnections = settings.maxConnections;
  limitAddresses(server, settings.maxAddressConnections);
  new StalledPeers(settings.stallTimeout).watch(server);
  return server;
}

function withoutBase(url: string | undefined, basePath: string): string | undefined {
  return basePath !== '' && url?.startsWith(`${basePath}/`) === true ? url.slice(basePath.length) : url;
}

/** Whether the host and path form a URL. Everything after this builds one without checking. */
function hasUrl({ url, httpVersion, headers: { host = 'localhost' }, rawHeaders }: IncomingMessage): boolean {
  const hosts = countOf('host', rawHeaders);
  if (httpVersion === '1.1' && hosts === 0) return false;
  // Node takes the first of several Host headers; a proxy in front may take another.
  if (hosts > 1) return false;
  return url?.startsWith('/') === true && URL.canParse(`http://${host}${url}`);
}

/** How often a header was sent. Node's `headersDistinct` would be kept as long as the request, for the life of a stream. */
function countOf(name: string, rawHeaders: readonly string[]): number {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) if (rawHeaders[at]?.toLowerCase() === name) count += 1;
  return count;
}

/** Listens and returns the URL. */
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

/** Turns without a new connection after which the kernel's queue counts as empty. Node accepts one connection each turn. */
const QUIET_TURNS = 3;
/** More than the kernel's queue holds. */
const MOST_TURNS = 1_000;

/** Accepts the connections that wait in the kernel's queue: it resets them when listening stops. */
async function acceptQueued(server: Server): Promise<void> {
  let quiet = 0;
  const count = () => {
    quiet = 0;
  };
  server.on('connection', count);
  for (let turns = 0; quiet < QUIET_TURNS && turns < MOST_TURNS; turns += 1) {
    quiet += 1;
    await nextTurn();
  }
  server.off('connection', count);
}

/** How long connections may still bring a request that was on its way when listening stopped. */
const LAST_REQUESTS_MS = 500;

/**
 * Stops listening and closes idle connections. A connection that was accepted, but whose first request was not read yet, may still
 * send it: it is answered, like any other during a shutdown. The remaining connections close when that time is over.
 */
export async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  await acceptQueued(server);
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const timer = setTimeout(() => server.closeAllConnections(), LAST_REQUESTS_MS);
  await closed;
  clearTimeout(timer);
}
