import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { startTestApp } from '../support/gateway/test-app.ts';
import { until } from '../support/time/until.ts';

/** Sends text over one connection, in pieces if there are several, and returns what came back when `count` answers are there. */
async function answers(url: string, pieces: readonly string[], count: number): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  for (const piece of pieces) {
    socket.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until(() => text.split('HTTP/1.1 ').length > count && (text.endsWith('}') || text.endsWith('\n')));
  socket.destroy();
  await once(socket, 'close');
  return text;
}

/** A request as Java's HttpClient and `curl --http2` begin with over plain http. */
function h2c(query: string, headers: readonly string[] = []): string {
  const body = JSON.stringify({ query });
  const head = [
    'POST /graphql HTTP/1.1',
    'Connection: keep-alive, Upgrade, HTTP2-Settings',
    'Upgrade: h2c',
    'HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA',
    'Host: localhost',
    'Content-Type: application/json',
    ...headers,
    `Content-Length: ${body.length}`,
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

describe('a request that asks for another protocol', () => {
  it('is answered over HTTP/1.1', async () => {
    await using server = await startTestApp();
    const text = await answers(await server.listen(), [h2c('{ hello }')], 1);
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(text).toContain('"hello"');
  });

  it('is answered when its body comes in pieces, and so is a plain request pipelined behind it', async () => {
    await using server = await startTestApp();
    const [first, second] = [h2c('{ hello }'), 'GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n'];
    const cut = first.length - 7;
    const text = await answers(await server.listen(), [first.slice(0, cut), first.slice(cut) + second], 2);
    expect(text.match(/HTTP\/1\.1 200 /g)).toHaveLength(2);
  });

  it('ends the connection behind a request that is not answered yet', async () => {
    await using server = await startTestApp();
    const socket = connect(Number(new URL(await server.listen()).port), '127.0.0.1');
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    socket.write(h2c('{ hello }') + h2c('{ again: hello }'));
    await once(socket, 'close');
    expect(text.match(/HTTP\/1\.1 200 /g)).toHaveLength(1);
    expect(text).not.toContain('"again"');
  });

  it('meets the same checks as any other', async () => {
    await using server = await startTestApp({ token: 'a-token-of-many-letters' });
    const url = await server.listen();
    expect(await answers(url, [h2c('{ hello }')], 1)).toMatch(/^HTTP\/1\.1 401 /);
    const authorized = h2c('{ hello }', ['Authorization: Bearer a-token-of-many-letters']);
    expect(await answers(url, [authorized], 1)).toMatch(/^HTTP\/1\.1 200 /);
    expect(await answers(url, [h2c('{ hello }', ['Origin: https://elsewhere.example'])], 1)).toMatch(
      /^HTTP\/1\.1 403 /,
    );
  });

  it('may name an unknown protocol, on any path', async () => {
    await using server = await startTestApp();
    const text = await answers(
      await server.listen(),
      ['GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: x-unknown/1\r\n\r\n'],
      1,
    );
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
  });
});
