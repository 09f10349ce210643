import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

/** A refusal that no repetition changes, in the gateway's words. */
export class Refused extends Error {}

interface ErrorLike {
  readonly message: string;
  readonly extensions?: { readonly retryable?: boolean; readonly retryAfterMs?: number };
}

const waitAfter = (attempts: number) => Math.min(500 * 2 ** attempts, 15_000) * (0.75 + Math.random() / 2);

/** The graph as a bot uses it: questions, orders that are done once, and streams that outlive the gateway. */
export class Gateway {
  readonly #client: Client;

  private readonly url: string;
  private readonly token: string | undefined;

  constructor(url: string, token: string | undefined) {
    this.url = url;
    this.token = token;
    this.#client = createClient({
      url: url.replace(/^http/, 'ws'),
      webSocketImpl: WebSocket,
      connectionParams: () => this.#authorization(),
      keepAlive: 15_000,
      shouldRetry: () => true,
      retryAttempts: Number.POSITIVE_INFINITY,
      retryWait: (attempts) => delay(waitAfter(attempts)),
    });
  }

  #authorization(): Record<string, string> {
    return this.token === undefined ? {} : { authorization: `Bearer ${this.token}` };
  }

  /** Runs a query, again while the gateway says that this may help. */
  ask<Data>(query: string, variables: Record<string, unknown> = {}): Promise<Data> {
    return this.#send<Data>(query, variables);
  }

  /** Runs a mutation that declares `$key: ID!`. The gateway does it once, however often it is sent. */
  order<Data>(mutation: string, variables: Record<string, unknown>): Promise<Data> {
    return this.#send<Data>(mutation, { ...variables, key: randomUUID() });
  }

  async #send<Data>(query: string, variables: Record<string, unknown>): Promise<Data> {
    const headers = { 'content-type': 'application/json', accept: 'application/json', ...this.#authorization() };
    const body = JSON.stringify({ query, variables });
    for (let attempts = 0; ; attempts++) {
      const isLast = attempts === 5;
      let wait = waitAfter(attempts);
      try {
        const response = await fetch(this.url, { method: 'POST', headers, body, signal: AbortSignal.timeout(60_000) });
        const answer = (await response.json()) as { data?: Data | null; errors?: ErrorLike[] };
        const [error] = answer.errors ?? [];
        if (error === undefined && answer.data) return answer.data;
        const problem = new Refused(error?.message ?? `The gateway answered ${response.status}.`);
        if (error?.extensions?.retryable !== true || isLast) throw problem;
        wait = error.extensions.retryAfterMs ?? wait;
      } catch (error) {
        if (error instanceof Refused || isLast) throw error;
      }
      await delay(wait);
    }
  }

  /**
   * The events of a subscription that declares `$after: String` and selects `cursor`. It goes on behind the last event when the gateway restarts,
   * drains or has no room. Throws Refused where no repetition helps, and ends with the stream or the signal.
   */
  async *follow<Event extends { readonly cursor: string }>(
    query: string,
    variables: Record<string, unknown>,
    { after: first, signal }: { after: string | undefined; signal: AbortSignal },
  ): AsyncGenerator<Event> {
    let after = first;
    for (let attempts = 0; !signal.aborted; attempts++) {
      let errors: readonly ErrorLike[] = [];
      // Read each time that graphql-ws sends the subscription, after a reconnect too.
      const request = {
        query,
        get variables() {
          return { ...variables, after };
        },
      };
      const stream = this.#client.iterate<Record<string, Event>>(request as never);
      const stop = () => void stream.return?.();
      signal.addEventListener('abort', stop, { once: true });
      try {
        for await (const { data, errors: found } of stream) {
          const event = Object.values(data ?? {})[0];
          if (event === undefined || event === null) {
            errors = (found ?? []) as unknown as ErrorLike[];
            continue;
          }
          attempts = 0;
          after = event.cursor;
          yield event;
        }
        if (errors.length === 0) return;
      } catch (error) {
        if (!Array.isArray(error)) throw error;
        errors = error as ErrorLike[];
      } finally {
        signal.removeEventListener('abort', stop);
      }
      const [error] = errors;
      if (error?.extensions?.retryable !== true) throw new Refused(error?.message ?? 'The stream broke.');
      await delay(error.extensions.retryAfterMs ?? waitAfter(attempts), undefined, { signal }).catch(() => {});
    }
  }

  async close(): Promise<void> {
    await this.#client.dispose();
  }
}
