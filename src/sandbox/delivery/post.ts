import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { ApiDestination, Delivery, EventConnection } from '../model/messaging/event-bus.ts';
import type { World } from '../model/world.ts';
import type { Clock } from '../time/clock.ts';
import { addressOf } from './addressees.ts';
import { type ApiRequest, apiRequest } from './api-request.ts';
import { endpointProblem } from './endpoints.ts';
import { payloadOf } from './payload.ts';
import type { Refusal } from './send-to-queue.ts';

/** EventBridge waits this long for an answer, on the real clock. */
const TIMEOUT_MS = 5_000;
/** A burst of virtual time is a moment of real time; the endpoint is spared what AWS would spread. */
const MOST_AT_ONCE = 20;
const RETRIED: ReadonlySet<number> = new Set([401, 407, 409, 429]);

export interface Destination {
  readonly destination: ApiDestination;
  readonly connection: EventConnection | undefined;
}

/** The API destination of an ARN; undefined if it does not exist. */
export function destinationOf({ messaging }: World, arn: string): Destination | undefined {
  const [type, name = ''] = addressOf(arn)?.resource.split('/') ?? [];
  const destination = type === 'api-destination' ? messaging.destinations.get(name) : undefined;
  if (destination?.arn !== arn) return undefined;
  const connection = [...messaging.connections.values()].find(({ arn: own }) => own === destination.connectionArn);
  return { destination, connection };
}

function refusal(message: string, more: Partial<Refusal> = {}): Refusal {
  return { code: 'ERROR_FROM_TARGET', message, isFinal: false, ...more };
}

/** Seconds of `Retry-After`; a date counts as absent. */
function retryAfter(header: string | undefined): number | undefined {
  return header !== undefined && /^-?\d+$/.test(header) ? Number(header) : undefined;
}

function judge(status: number, header: string | undefined): Refusal | undefined {
  if (status >= 200 && status < 300) return undefined;
  const seconds = retryAfter(header);
  const isFinal = !(RETRIED.has(status) || status >= 500) || (seconds !== undefined && seconds < 0);
  return refusal(`The endpoint answered with status ${status}.`, {
    isFinal,
    ...(seconds === undefined ? {} : { afterMs: Math.max(0, seconds) * 1000 }),
  });
}

function exchange(
  clock: Clock,
  { url, method, headers, body }: ApiRequest,
  signal: AbortSignal,
): Promise<Refusal | undefined> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve) => {
    const length = { 'content-length': String(Buffer.byteLength(body)), connection: 'close' };
    // Redirects are not followed: a redirect is a refusal.
    const call = request(url, { method, headers: { ...headers, ...length }, agent: false, signal }, (response) => {
      const after = response.headers['retry-after'];
      response.destroy();
      resolve(judge(response.statusCode ?? 0, after));
    });
    const limit = clock.afterReal(TIMEOUT_MS, () => call.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
    call.on('close', () => limit.cancel());
    call.on('error', (error) => resolve(refusal(`The endpoint cannot be reached: ${error.message}`)));
    call.end(body);
  });
}

function send(world: World, { destination, connection }: Destination, delivery: Delivery, signal: AbortSignal) {
  if (connection === undefined) {
    const message = `There is no ${destination.connectionArn}.`;
    return Promise.resolve<Refusal>({ code: 'NO_RESOURCE', message, isFinal: true });
  }
  const problem = endpointProblem(destination.endpoint, world.endpoints);
  if (problem !== undefined) return Promise.resolve(refusal(problem, { isFinal: true }));
  return exchange(world.clock, apiRequest(destination, connection, delivery.target, payloadOf(delivery)), signal);
}

/** The requests of one destination: those under way, and those that wait for one of them to end. */
interface Line {
  readonly active: Set<AbortController>;
  readonly waiting: (() => void)[];
}

const LINES = new WeakMap<ApiDestination, Line>();

function lineOf(destination: ApiDestination): Line {
  const line = LINES.get(destination) ?? { active: new Set(), waiting: [] };
  LINES.set(destination, line);
  return line;
}

/** Sends an event to an API destination, and reports the outcome unless the world has been replaced meanwhile. */
export function post(
  world: World,
  to: Destination,
  delivery: Delivery,
  report: (outcome: Refusal | undefined) => void,
): void {
  const { posting } = world.messaging;
  const line = lineOf(to.destination);
  posting.add(delivery);
  const start = (): void => {
    const stop = new AbortController();
    line.active.add(stop);
    void send(world, to, delivery, stop.signal).then((outcome) => {
      line.active.delete(stop);
      if (posting.delete(delivery)) report(outcome);
      line.waiting.shift()?.();
    });
  };
  if (line.active.size < MOST_AT_ONCE) start();
  else line.waiting.push(start);
}

/** Ends all requests of a world that is replaced or closed. */
export function stopPosting({ messaging }: World): void {
  messaging.posting.clear();
  for (const destination of messaging.destinations.values()) {
    const line = lineOf(destination);
    line.waiting.length = 0;
    for (const stop of line.active) stop.abort();
  }
}
