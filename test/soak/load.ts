import { setTimeout as delay } from 'node:timers/promises';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { startDeadline } from '../../src/ecs/core/deadline.ts';
import { type Request, randomMutation, randomQuery, randomSubscription } from './operations.ts';
import { Random } from './random.ts';

/** The work and the results of the load so far. */
export interface LoadCounts {
  queries: number;
  mutations: number;
  aborted: number;
  subscriptions: number;
  resumed: number;
  events: number;
  /** By code; refusals that a random load brings about (a cluster that is not empty, a name that is taken) are among them. */
  readonly errors: Map<string, number>;
}

export interface LoadOptions {
  readonly url: string;
  readonly seed: number;
  readonly queriesPerSecond: number;
  readonly streams: number;
  readonly signal: AbortSignal;
}

/** The cache of documents fills up in the first ten minutes, so that it does not look like growth afterwards. */
const WARM_UP_MS = 600_000;
const NEW_TEXTS = { warmUp: 0.3, later: 0.05 } as const;
const MUTATION_EVERY = 10;
const ABORTED_SHARE = 0.03;

/** Sends queries and mutations, and keeps this many streams open, each for up to a minute, until the signal aborts. */
export async function applyLoad(options: LoadOptions, counts: LoadCounts): Promise<void> {
  const random = new Random(options.seed);
  const workers = Array.from({ length: options.streams }, (_, index) =>
    follow(options, new Random(options.seed + 1 + index), counts),
  );
  await Promise.all([send(options, random, counts), ...workers]);
}

export function noCounts(): LoadCounts {
  return { queries: 0, mutations: 0, aborted: 0, subscriptions: 0, resumed: 0, events: 0, errors: new Map() };
}

async function send({ url, queriesPerSecond, signal }: LoadOptions, random: Random, counts: LoadCounts): Promise<void> {
  const open = new Set<Promise<void>>();
  const began = performance.now();
  const newTexts = () => (performance.now() - began < WARM_UP_MS ? NEW_TEXTS.warmUp : NEW_TEXTS.later);
  for (let index = 1; !signal.aborted; index += 1) {
    await pause((1_000 / queriesPerSecond) * 2 * random.next(), signal);
    const isMutation = index % MUTATION_EVERY === 0;
    const request = isMutation ? randomMutation(random) : randomQuery(random, newTexts());
    const leaves = !isMutation && random.chance(ABORTED_SHARE) ? AbortSignal.timeout(random.integer(30)) : undefined;
    counts[isMutation ? 'mutations' : 'queries'] += 1;
    const answered = ask(url, request, leaves)
      .then((result) => countErrors(counts, result.errors))
      .catch((error: Error) => {
        if (leaves?.aborted === true) counts.aborted += 1;
        else countErrors(counts, [{ extensions: { code: error.message } }]);
      })
      .finally(() => open.delete(answered));
    open.add(answered);
  }
  await Promise.allSettled(open);
}

interface Result {
  readonly data?: { readonly stream?: { readonly cursor: string } } | null;
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
}

async function ask(url: string, request: Request, signal: AbortSignal | undefined): Promise<Result> {
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers,
    body: JSON.stringify(request),
    ...(signal && { signal }),
  });
  const text = await response.text();
  try {
    return JSON.parse(text) as Result;
  } catch (error) {
    if (signal?.aborted === true) throw error;
    const length = response.headers.get('content-length') ?? 'none';
    const start = JSON.stringify(text.slice(0, 80));
    throw new Error(`status ${response.status}, content-length ${length}, ${text.length} characters: ${start}`);
  }
}

function countErrors({ errors }: LoadCounts, found: Result['errors']): void {
  for (const { extensions } of found ?? []) {
    const code = extensions?.code ?? 'none';
    errors.set(code, (errors.get(code) ?? 0) + 1);
  }
}

/** Follows one thing after another, half of them over WebSocket; one in three times it goes on where it was cut off. */
async function follow({ url, signal }: LoadOptions, random: Random, counts: LoadCounts): Promise<void> {
  let request = randomSubscription(random);
  while (!signal.aborted) {
    const isSocket = random.chance(0.5);
    const stay = startDeadline(signal, 1_000 + random.integer(60_000));
    const leave = stay.signal;
    counts.subscriptions += 1;
    const events = isSocket ? overWebSocket(url, request, leave) : overSse(url, request, leave);
    let after: string | undefined;
    try {
      for await (const event of events) {
        counts.events += 1;
        countErrors(counts, event.errors);
        after = event.data?.stream?.cursor ?? after;
      }
    } catch (error) {
      if (!leave.aborted) countErrors(counts, [{ extensions: { code: `stream: ${(error as Error).message}` } }]);
    }
    stay.release();
    if (after !== undefined && random.chance(1 / 3)) {
      counts.resumed += 1;
      request = { ...request, variables: { ...request.variables, after } };
    } else request = randomSubscription(random);
    await pause(random.integer(2_000), signal);
  }
}

async function* overSse(url: string, request: Request, signal: AbortSignal): AsyncGenerator<Result> {
  const headers = { 'content-type': 'application/json', accept: 'text/event-stream' };
  const body = JSON.stringify(request);
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body, signal });
  let text = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    const whole = text.split('\n\n');
    text = whole.pop() ?? '';
    for (const event of whole) {
      const data = /^data: ?(\{.*)$/m.exec(event)?.[1];
      if (data !== undefined) yield JSON.parse(data) as Result;
    }
  }
}

/** A client that leaves while it connects gets an event that nothing else listens to. */
class LeavableWebSocket extends WebSocket {
  constructor(...args: ConstructorParameters<typeof WebSocket>) {
    super(...args);
    this.on('error', () => undefined);
  }
}

async function* overWebSocket(url: string, request: Request, signal: AbortSignal): AsyncGenerator<Result> {
  const client: Client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: LeavableWebSocket,
    retryAttempts: 0,
  });
  const events = client.iterate({ ...request, variables: request.variables ?? {} });
  const end = () => void client.terminate();
  signal.addEventListener('abort', end);
  try {
    for await (const event of events) yield event as Result;
  } finally {
    signal.removeEventListener('abort', end);
    await client.dispose();
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}
