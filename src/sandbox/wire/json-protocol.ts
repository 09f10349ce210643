import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Backend } from '../backend/backend.ts';
import { ACCOUNT } from '../backend/create-world.ts';
import { EcsError, serializationError, unknownOperation } from '../checks/ecs-errors.ts';
import { answerControl, CONTROL_PREFIX, WORLD_PATH } from '../control/control-api.ts';
import type { Random } from '../util/random.ts';
import { credentialsError, readSignature, type Signed } from './credentials.ts';
import { answerNeighbour } from './neighbour-calls.ts';
import { toEcsError } from './to-ecs-error.ts';

const CONTENT_TYPE = 'application/x-amz-json-1.1';
const TARGET_PREFIX = 'AmazonEC2ContainerServiceV20141113.';
/** The answer for browsers and for clients that speak CBOR or Query: it names the supported protocol. */
const NO_TARGET = `The operation is not known. This is a simulated Amazon ECS: it takes POST with the header x-amz-target: ${TARGET_PREFIX}<operation> and JSON (AWS JSON 1.1), as ECS does. GET ${CONTROL_PREFIX}/clock and the like steer it.`;
const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** Limit of a world file: what fits into one string. */
const MAX_WORLD_BYTES = 400 * 1024 * 1024;

async function readBody(request: IncomingMessage, most: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > most) throw new EcsError('RequestEntityTooLargeException', 'Request body is too large.', 413);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseBody(body: string): unknown {
  try {
    return JSON.parse(body === '' ? '{}' : body);
  } catch {
    throw serializationError('Unexpected token received from parser');
  }
}

interface Call extends Signed {
  readonly operation: string;
}

function readCall(backend: Backend, request: IncomingMessage, signed: Signed): Call {
  const target = request.headers['x-amz-target'];
  if (target === undefined) throw unknownOperation(NO_TARGET);
  if (request.method !== 'POST' || typeof target !== 'string' || !target.startsWith(TARGET_PREFIX)) {
    throw unknownOperation();
  }
  const operation = target.slice(TARGET_PREFIX.length);
  if (!backend.knows(operation)) throw unknownOperation();
  backend.count(operation);
  return { operation, ...signed };
}

/** Whether a request identifies itself as an ECS call. */
function isEcs({ headers }: IncomingMessage): boolean {
  const target = headers['x-amz-target'];
  return typeof target === 'string' && target.startsWith(TARGET_PREFIX);
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string | Uint8Array;
}

function errorAnswer(thrown: unknown): Answer {
  const { code, status, message, details } = toEcsError(thrown);
  return { status, headers: { 'x-amzn-errortype': code }, body: JSON.stringify({ __type: code, message, ...details }) };
}

/** The world's answer to a call, which may be an error. */
function execute(backend: Backend, { region, caller, operation }: Call, body: string): Answer {
  try {
    const output = backend.call(region, caller, operation, parseBody(body));
    return { status: 200, headers: {}, body: JSON.stringify(output) };
  } catch (thrown) {
    return errorAnswer(thrown);
  }
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(body)) });
  response.end(body);
}

/** Sends half an answer with the length of a whole one, like a connection that breaks. */
function sendHalf(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(body)) });
  response.write(body.slice(0, Math.floor(body.length / 2)), () => response.destroy());
}

/** Aborted when the connection closes. */
function goneOf(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return gone.signal;
}

/** The HTTP server: AWS JSON 1.1 on every path except `/_sandbox`, which is the control API. */
export function createWire(backend: Backend, random: Random): Server {
  function complete({ status, headers, body }: Answer, requestId: string, contentType = CONTENT_TYPE): Answer {
    const date = new Date(backend.clock.now()).toUTCString();
    return {
      status,
      headers: { 'x-amzn-requestid': requestId, date, 'content-type': contentType, ...headers },
      body,
    };
  }

  async function answerCall(request: IncomingMessage, response: ServerResponse, body: string, id: string) {
    const signed = readSignature(backend, request.headers, isEcs(request) ? undefined : goneOf(response));
    if (!isEcs(request)) {
      const { headers, url = '/' } = request;
      const neighbour = await answerNeighbour(backend, { headers, url, body, id }, signed);
      if (neighbour !== undefined) {
        send(response, complete(neighbour, id));
        return;
      }
    }
    const call = readCall(backend, request, signed);
    const { kinds, latencyMs, error } = backend.faults.judge(
      `${call.caller.account ?? ACCOUNT}/${call.region}`,
      call.operation,
    );
    if (signed.refusal !== undefined) throw credentialsError(signed.refusal, false);
    if (latencyMs > 0) await backend.clock.sleep(latencyMs);
    if (kinds.has('reset')) {
      response.destroy();
      return;
    }
    if (error !== undefined) throw error;
    const answer = complete(execute(backend, call, body), id);
    if (kinds.has('lostAnswer')) response.destroy();
    else if (kinds.has('truncate')) sendHalf(response, answer);
    else send(response, answer);
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const id = random.uuid();
    try {
      const isWorld = request.url === WORLD_PATH;
      const body = await readBody(request, isWorld ? MAX_WORLD_BYTES : MAX_BODY_BYTES);
      if (request.url?.startsWith(CONTROL_PREFIX)) {
        const { status, value } = answerControl(backend, request.method ?? 'GET', request.url, body);
        send(response, complete({ status, headers: {}, body: `${JSON.stringify(value)}\n` }, id, 'application/json'));
      } else {
        await answerCall(request, response, body, id);
      }
    } catch (thrown) {
      if (response.headersSent || response.destroyed) return;
      send(response, complete(errorAnswer(thrown), id));
    }
  }
  return createServer((request, response) => void answer(request, response));
}
