import { createServer } from 'node:http';
import { WebSocket } from 'ws';
import { createWorld, type World } from '../../support/gateway/world.ts';
import { freePort } from '../../support/programs/free-port.ts';

export const TOKEN = 'a-token-for-the-clients';

/** The parameters of every example of the guide. */
export interface Endpoint {
  readonly url: string;
  readonly token: () => string;
}

/** A gateway on a real port, with a token, before a sandbox. */
export interface Served extends AsyncDisposable, Endpoint {
  readonly world: World;
  /** Another client updates the service `storefront`; ECS gets a moment. */
  change(update: string): Promise<void>;
  /** Runs a mutation of another client. */
  mutate(field: string): Promise<void>;
  /** How often the gateway was asked over HTTP since the last reset. */
  readonly requests: { count: number };
  /** The next HTTP request is answered with this, and the gateway does not see it. */
  intercept(body: object): void;
}

/** Serves, and gives this process what a browser has: a WebSocket, and a fetch that the test can listen to. */
export async function serve(settings: Record<string, string> = {}): Promise<Served> {
  const world = await createWorld({}, { ECS_GRAPHQL_TOKEN: TOKEN, PORT: String(await freePort()), ...settings });
  const { url } = await world.app.listen();
  const own = { fetch: globalThis.fetch, WebSocket: globalThis.WebSocket };
  const requests = { count: 0 };
  const answers: object[] = [];
  Object.assign(globalThis, {
    WebSocket,
    async fetch(...args: Parameters<typeof fetch>): Promise<Response> {
      requests.count += 1;
      const answer = answers.shift();
      return answer ? Response.json(answer) : own.fetch(...args);
    },
  });
  const mutate = async (field: string) => {
    await own.fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify({ query: `mutation { ${field} { service { id } } }` }),
    });
  };
  return {
    world,
    url: `${url}/graphql`,
    token: () => TOKEN,
    requests,
    mutate,
    async change(update) {
      await mutate(`updateService(input: { cluster: "storefront", service: "storefront", ${update} })`);
      world.sandbox.clock.advance(30_000);
    },
    intercept: (body) => answers.push(body),
    async [Symbol.asyncDispose]() {
      Object.assign(globalThis, own);
      await world.dispose();
    },
  };
}

/**
 * Has another server answer in the gateway's place, as a proxy does: with a status and a page, and WebSockets with 503.
 * @returns how to end it
 */
export async function standIn(port: number, status: () => number): Promise<() => Promise<void>> {
  const server = createServer((_request, response) => {
    response.writeHead(status(), { 'content-type': 'text/html', connection: 'close' }).end('<h1>Not now</h1>');
  });
  server.on('upgrade', (_request, socket) => {
    socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
}

/** An answer that asks to be repeated. */
export const THROTTLED = {
  data: null,
  errors: [
    {
      message: 'Rate exceeded',
      extensions: { code: 'UPSTREAM_THROTTLED', retryable: true, retryAfterMs: 1 },
    },
  ],
};
