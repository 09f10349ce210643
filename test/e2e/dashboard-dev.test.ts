import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';
import { afterEach, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { startDemo } from '../support/gateway/demo.ts';

afterEach(() => vi.unstubAllEnvs());

it('the development server of the dashboard passes queries, mutations and sockets of its page on', async () => {
  await using demo = await startDemo({}, { speed: 0 });
  const { url } = await demo.app.listen();
  vi.stubEnv('GATEWAY', url);
  const configFile = fileURLToPath(new URL('../../examples/dashboard/vite.config.ts', import.meta.url));
  const vite = await createServer({ configFile, server: { port: 0, hmr: false }, logLevel: 'silent' });
  try {
    await vite.listen();
    const address = vite.httpServer?.address() as AddressInfo | undefined;
    const page = `http://127.0.0.1:${address?.port}`;
    expect((await fetch(`${page}/`)).status).toBe(200);
    const query =
      'mutation { updateService(input: { cluster: "storefront", service: "cart", desiredCount: 4 }) { service { desiredCount } } }';
    const response = await fetch(`${page}/graphql`, {
      method: 'POST',
      headers: { origin: page, 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    expect(await response.json()).toMatchObject({ data: { updateService: { service: { desiredCount: 4 } } } });
    const socket = new WebSocket(`${page.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { origin: page });
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    const [message] = await once(socket, 'message');
    expect(JSON.parse(String(message))).toMatchObject({ type: 'connection_ack' });
    socket.terminate();
  } finally {
    await vite.close();
  }
});
