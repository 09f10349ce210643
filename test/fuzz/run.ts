import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { App } from '../../src/app.ts';
import { ERROR_CODES } from '../../src/schema/core/error-codes.ts';
import { CANARY } from './documents.ts';
import type { MessageMaker } from './messages.ts';

/** The fault of an answer; undefined for a proper one. */
export type Problem = { readonly input: string; readonly problem: string } | undefined;

/** How a server may close a WebSocket for its client's mistakes. */
const CLOSES = new Set([1000, 1003, 1007, 1009, 4400, 4401, 4406, 4408, 4409, 4429]);
const LONGEST_MESSAGE = 600;

/** Sends one body over HTTP, without a socket. */
export async function tryBody(app: App, body: string): Promise<Problem> {
  const wantsEvents = /"query":"\s*subscription/.test(body);
  const gone = new AbortController();
  const response = await app.fetch(
    new Request('http://localhost/graphql', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: wantsEvents ? 'text/event-stream' : 'application/graphql-response+json',
      },
      body,
      signal: gone.signal,
    }),
  );
  if (response.status >= 500) return { input: body, problem: `status ${response.status}: ${await response.text()}` };
  const text = await firstPart(response);
  gone.abort();
  const problem = problemIn(text);
  return problem === undefined ? undefined : { input: body, problem };
}

/** The answer, or of a stream what comes before its first event is over. */
async function firstPart(response: Response): Promise<string> {
  if (response.headers.get('content-type')?.startsWith('text/event-stream') !== true) return response.text();
  const reader = response.body?.getReader();
  let text = '';
  while (reader !== undefined && !/event: (next|complete)[\s\S]*\n\n/.test(text)) {
    const { done, value } = await reader.read();
    if (done) break;
    text += Buffer.from(value as Uint8Array).toString();
  }
  void reader?.cancel().catch(() => undefined);
  return text;
}

/** Sends some messages on one WebSocket, and waits until the server has seen all of them. */
export async function tryMessages(url: string, messages: readonly string[]): Promise<Problem> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws');
  const input = messages.join('\n');
  const problems: string[] = [];
  let isAlive: () => void = () => undefined;
  const alive = new Promise<void>((resolve) => {
    isAlive = resolve;
  });
  socket.on('message', (data) => {
    const text = String(data);
    if (text === '{"type":"pong"}') isAlive();
    const problem = problemIn(text);
    if (problem !== undefined) problems.push(problem);
  });
  const closed = once(socket, 'close') as Promise<[number, Buffer]>;
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  for (const message of messages) socket.send(message);
  // One that was sent before may have been answered by a pong, too: then the connection closes below with messages unseen.
  socket.send('{"type":"ping"}');
  const end = await Promise.race([alive, closed]);
  if (end === undefined) socket.close();
  const [code] = await closed;
  if (end !== undefined && !CLOSES.has(code)) problems.push(`closed with ${code}`);
  return problems.length === 0 ? undefined : { input, problem: problems.join('; ') };
}

function problemIn(text: string): string | undefined {
  if (text.includes(CANARY) && !text.includes('"data"')) return `repeats what may be secret: ${text.slice(0, 300)}`;
  for (const [, code] of text.matchAll(/"code":"(\w+)"/g)) {
    if (code === undefined || code === 'INTERNAL_SERVER_ERROR') return `internal error: ${text.slice(0, 300)}`;
    if (!Object.hasOwn(ERROR_CODES, code)) return `a code that is not documented: ${code}`;
  }
  for (const [, message = ''] of text.matchAll(/"message":"((?:[^"\\]|\\.)*)"/g)) {
    if (message.length > LONGEST_MESSAGE && text.includes('"errors"'))
      return `a long message: ${message.slice(0, 300)}`;
  }
  return undefined;
}

/** Tries bodies and messages by turns. */
export async function tryOne(app: App, url: string, maker: MessageMaker, index: number): Promise<Problem> {
  if (index % 5 !== 0) return tryBody(app, maker.body());
  return tryMessages(url, [maker.message(), maker.message(), maker.message()]);
}
