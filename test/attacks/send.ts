import { once } from 'node:events';
import { type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';

export const TOKEN = 'corpus-token-0123456789';

/** A request as an attacker sends it: nothing is added that is not said here, but for its length and a Host. */
export interface HttpVector {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: OutgoingHttpHeaders;
  /** A value that is not a text is sent as JSON. */
  readonly body?: unknown;
}

/** How the server answered. */
export interface HttpAnswer {
  readonly status: number;
  /** `extensions.code` of the first error; absent where nothing says one. */
  readonly code?: string;
  readonly text: string;
}

const MOST_READ = 100_000;

export async function sendHttp(
  url: string,
  { method = 'POST', path = '/graphql', headers, body }: HttpVector,
): Promise<HttpAnswer> {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const length = text === undefined ? 0 : Buffer.byteLength(text);
  const defaults = text === undefined ? {} : { 'content-type': 'application/json', 'content-length': length };
  const sent = request(url, {
    method,
    path,
    agent: false,
    headers: { accept: 'application/graphql-response+json', ...defaults, ...headers },
  });
  sent.on('error', () => undefined);
  sent.end(text);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  let answer = '';
  // A stream goes on: its first event says what there is to say.
  for await (const chunk of response.setEncoding('utf8')) {
    answer += chunk;
    if (answer.includes('event: ') || answer.length > MOST_READ) break;
  }
  response.destroy();
  return { status: response.statusCode ?? 0, ...codeIn(answer), text: answer };
}

/** Sends bytes that no HTTP client would. */
export async function sendBytes(url: string, bytes: string): Promise<HttpAnswer> {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  socket.end(bytes);
  let answer = '';
  for await (const chunk of socket.setEncoding('latin1')) answer += chunk;
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0), ...codeIn(answer), text: answer };
}

function codeIn(text: string): { readonly code?: string } {
  const code = /"code":"(\w+)"/.exec(text)?.[1];
  return code === undefined ? {} : { code };
}
