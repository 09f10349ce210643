import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { startTestApp } from '../support/gateway/test-app.ts';
import { hasBrowser, launchBrowser } from '../support/programs/browser.ts';

/** The headers that Apollo Client, tracing and an application of one's own add to a request. */
const HEADERS = {
  authorization: 'Bearer correct-horse-battery-staple',
  'content-type': 'application/json',
  'apollographql-client-name': 'console',
  'x-apollo-operation-name': 'Hello',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  'x-own': 'yes',
};

/** A page in a browser: calls the gateway and returns the status with a header of the answer, or the error. */
async function ask({ url, headers }: { url: string; headers: Record<string, string> }): Promise<unknown> {
  try {
    const response = await fetch(url, { method: 'POST', headers, body: '{"query":"{ hello }"}' });
    return [response.status, response.headers.has('x-request-id')];
  } catch (error) {
    return String(error);
  }
}

describe.runIf(hasBrowser())('a page of another origin, in a browser', { timeout: 60_000 }, () => {
  it('may send any header if its origin is listed, and nothing if not', async () => {
    const pages = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<title>console</title>');
    });
    pages.listen(0, 'localhost');
    await once(pages, 'listening');
    const { port } = pages.address() as AddressInfo;
    const listed = `http://localhost:${port}`;
    const browser = await launchBrowser();
    try {
      await using server = await startTestApp({
        token: 'correct-horse-battery-staple',
        allowedOrigins: [listed, 'https://another.example'],
      });
      const url = `${await server.listen()}/graphql`;
      const page = await browser.newPage();
      await page.goto(listed);
      expect(await page.evaluate(ask, { url, headers: HEADERS })).toEqual([200, true]);
      // A refusal can be read too.
      expect(await page.evaluate(ask, { url, headers: { ...HEADERS, authorization: 'Bearer wrong' } })).toEqual([
        401,
        true,
      ]);
      await page.goto(`http://127.0.0.1:${port}`);
      expect(await page.evaluate(ask, { url, headers: HEADERS })).toBe('TypeError: Failed to fetch');
    } finally {
      await browser.close();
      pages.close();
    }
  });
});
