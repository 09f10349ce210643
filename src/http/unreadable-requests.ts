import { type IncomingMessage, maxHeaderSize, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { formatError, requestError } from '../pipeline/core/public-errors.ts';

/** How a request that Node cannot read is refused, by the code of Node's error. All others are not HTTP. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    code: 'REQUEST_INCOMPLETE',
    message: 'The request did not arrive in time. Nothing was done.',
  },
  HPE_HEADER_OVERFLOW: {
    status: 431,
    code: 'BAD_REQUEST',
    message: `The request has more than ${maxHeaderSize} bytes of headers.`,
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    status: 413,
    code: 'PAYLOAD_TOO_LARGE',
    message: 'The chunk extensions of the request body are too long.',
  },
};
const NO_HTTP: Refusal = { status: 400, code: 'BAD_REQUEST', message: 'The request is not HTTP/1.1.' };

interface Refusal {
  readonly status: number;
  readonly code: Parameters<typeof requestError>[0];
  readonly message: string;
}

/**
 * Answers requests that cannot be read with an error that has a code. Node's own answers have no body, which clients
 * report as broken JSON. A client may get one for a request that it sent as the server gave up an unused connection.
 */
export function refuseUnreadable(server: Server): void {
  const unanswered = new WeakMap<Duplex, Set<ServerResponse>>();
  function onClose(this: ServerResponse): void {
    unanswered.get(this.req.socket)?.delete(this);
  }
  server.on('request', ({ socket }, response) => {
    const responses = unanswered.get(socket) ?? new Set();
    unanswered.set(socket, responses.add(response));
    response.on('close', onClose);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable || isInAnAnswer([...(unanswered.get(socket) ?? [])])) {
      socket.destroy();
      return;
    }
    const refusal = REFUSALS[error.code ?? ''] ?? NO_HTTP;
    const { headers, body } = toAnswer(refusal);
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}\r\n${lines.join('')}\r\n${body}`, () =>
      socket.destroy(),
    );
  });
}

/**
 * Whether bytes that are written to a connection would be part of the answer to an earlier request, or taken for it.
 * Otherwise the only request without an answer is the one that cannot be read, because its body is broken or late.
 */
function isInAnAnswer([first, ...others]: readonly ServerResponse[]): boolean {
  return first !== undefined && (others.length > 0 || first.headersSent || first.req.complete);
}

/** Refuses a request whose Host header and path do not form a URL. */
export function refuseUrl(_request: IncomingMessage, response: ServerResponse): void {
  const refusal: Refusal = { ...NO_HTTP, message: 'The Host header and the path of the request do not form a URL.' };
  const { headers, body } = toAnswer(refusal);
  response.writeHead(refusal.status, headers).end(body);
}

function toAnswer({ code, message }: Refusal): { headers: Record<string, string | number>; body: string } {
  const body = JSON.stringify({ errors: [formatError(requestError(code, message))] });
  const type = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' };
  return { headers: { connection: 'close', ...type, 'content-length': Buffer.byteLength(body) }, body };
}
