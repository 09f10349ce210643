import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { startTestApp } from '../support/gateway/test-app.ts';
import { until } from '../support/time/until.ts';

async function open(url: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

const request = (query: string) => {
  const body = JSON.stringify({ query });
  return `POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
};

describe('connections', () => {
  it.each([
    ['in all', { maxConnections: 2 }],
    ['of one address', { maxAddressConnections: 2 }],
  ])('are so many %s; one more is ended at once', async (_name, settings) => {
    const server = await startTestApp(settings);
    const url = await server.listen();
    const [first, second, third] = [await open(url), await open(url), await open(url)];
    third.resume();
    await once(third, 'close');
    expect([first.destroyed, second.destroyed]).toEqual([false, false]);
    for (const each of [first, second]) each.destroy();
    await server[Symbol.asyncDispose]();
  });

  it('whose headers or bodies are late end with 408', async () => {
    const server = await startTestApp({ headersTimeout: 50, requestTimeout: 100 });
    const url = await server.listen();
    for (const head of ['GET /livez HTTP/1.1\r\nHost: localhost\r\n', request('{ hello }').slice(0, -5)]) {
      const socket = await open(url);
      socket.write(head);
      const [chunk] = (await once(socket.setEncoding('utf8'), 'data')) as [string];
      expect(chunk).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
      expect(JSON.parse(chunk.slice(chunk.indexOf('\r\n\r\n')))).toMatchObject({
        errors: [{ extensions: { code: 'REQUEST_INCOMPLETE', retryable: true } }],
      });
      await once(socket, 'close');
    }
    await server[Symbol.asyncDispose]();
  });

  it('that send nothing are ended with the same answer, which a request that crosses it may get', async () => {
    const server = await startTestApp({ headersTimeout: 50, requestTimeout: 100 });
    const socket = await open(await server.listen());
    const [chunk] = (await once(socket.setEncoding('utf8'), 'data')) as [string];
    expect(chunk).toContain('"code":"REQUEST_INCOMPLETE"');
    await once(socket, 'close');
    await server[Symbol.asyncDispose]();
  });

  it('get no second answer in the middle of the first', async () => {
    const server = await startTestApp();
    const socket = await open(await server.listen());
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    socket.write(request('{ wait hello }'));
    await until(() => server.probe.waiting.length === 1);
    socket.write('no HTTP\r\n\r\n');
    await once(socket, 'close');
    expect(text).toBe('');
    await server[Symbol.asyncDispose]();
  });

  it('have 10 of their pipelined requests run at once, and all answered in order', async () => {
    const server = await startTestApp();
    const socket = await open(await server.listen());
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    socket.write(Array.from({ length: 12 }, (_, index) => request(`{ wait r${index}: hello }`)).join(''));
    await until(() => server.probe.waiting.length === 10);
    while (text.split('HTTP/1.1 200').length < 13) {
      server.probe.release();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect([...text.matchAll(/"r(\d+)"/g)].map(([, index]) => Number(index))).toEqual([...Array(12).keys()]);
    socket.destroy();
    await server[Symbol.asyncDispose]();
  });
});
