import { type Client, CloseCode, createClient, type Sink, type SubscribePayload } from 'graphql-ws';
import { GRAPHQL_URL, readToken } from './gateway';
import { createStore } from './store';

/** How the page is connected. `offline` counts the attempts since the connection was lost. */
export type Connection =
  | { readonly state: 'idle' | 'connecting' | 'live' }
  | { readonly state: 'offline'; readonly attempts: number };

export const connection = createStore<Connection>({ state: 'idle' });

/** Whether the gateway asks for a token that this page does not have. */
export const isLockedOut = createStore(false);

const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
const waitAfter = (attempts: number) => Math.min(500 * 2 ** attempts, 8_000) * (0.75 + Math.random() / 2);

const client: Client = createClient({
  url: GRAPHQL_URL.replace(/^http/, 'ws'),
  connectionParams: () => {
    const token = readToken();
    return token === undefined ? {} : { authorization: `Bearer ${token}` };
  },
  keepAlive: 10_000,
  shouldRetry: () => true,
  retryAttempts: Number.POSITIVE_INFINITY,
  async retryWait(attempts) {
    connection.set({ state: 'offline', attempts: attempts + 1 });
    await sleep(waitAfter(attempts));
  },
  on: {
    connecting: () => connection.get().state === 'idle' && connection.set({ state: 'connecting' }),
    connected: () => connection.set({ state: 'live' }),
    closed: (event) => {
      const wasClean = (event as CloseEvent).code === 1000;
      connection.set(wasClean ? { state: 'idle' } : { state: 'offline', attempts: 0 });
      if ((event as CloseEvent).code === CloseCode.Unauthorized) isLockedOut.set(true);
    },
  },
});

interface Result {
  readonly data?: unknown;
  readonly errors?: readonly {
    readonly extensions?: { readonly retryable?: unknown; readonly retryAfterMs?: unknown };
  }[];
}

/**
 * Subscribes, and subscribes again behind the last event where the gateway restarts, drains or has no room. The document declares
 * the variable `$after` and selects `cursor`.
 */
export function subscribe(payload: SubscribePayload, sink: Sink<Result>): () => void {
  let after: unknown;
  let attempts = 0;
  let isStopped = false;
  let stop = () => {};

  async function again(): Promise<void> {
    attempts += 1;
    await sleep(waitAfter(attempts));
    if (!isStopped) start();
  }

  function start(): void {
    let isRefused = false;
    const request = {
      ...payload,
      // Read each time that it is sent, after a reconnect too.
      get variables() {
        return { ...payload.variables, after };
      },
    };
    stop = client.subscribe<Result['data']>(request as SubscribePayload, {
      next(result) {
        isRefused =
          !result.data && (result as Result).errors?.some(({ extensions }) => extensions?.retryable === true) === true;
        if (isRefused) return;
        attempts = 0;
        after = cursorIn(result.data) ?? after;
        sink.next(result as Result);
      },
      error(error) {
        const refusals = Array.isArray(error) ? (error as Result['errors']) : [];
        if (refusals?.some(({ extensions }) => extensions?.retryable === true)) void again();
        else sink.error(error);
      },
      complete() {
        if (isRefused && !isStopped) void again();
        else sink.complete();
      },
    });
  }

  start();
  return () => {
    isStopped = true;
    stop();
  };
}

function cursorIn(data: unknown): unknown {
  return Object.values((data ?? {}) as Record<string, { cursor?: unknown } | null>)[0]?.cursor;
}
