import { Hub } from '../../../src/live/hub/hub.ts';
import type { HubOptions } from '../../../src/live/hub/hub-options.ts';
import type { LiveEvent, TopicSpec, Update } from '../../../src/live/topic/topic-spec.ts';
import { FakeTimers } from '../../support/time/fake-timers.ts';

/** Lets promises that are ready run. */
export async function breathe(turns = 5): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}

export interface HubUnderTest<Session> {
  readonly hub: Hub<Session>;
  readonly timers: FakeTimers;
  advance(ms: number): Promise<void>;
}

export function hubUnderTest<Session>(
  openSession: (signal: AbortSignal) => Session,
  options: Partial<HubOptions<Session>> = {},
): HubUnderTest<Session> {
  const timers = new FakeTimers();
  const hub = new Hub<Session>({
    timers,
    openSession,
    now: () => EPOCH + timers.monotonic(),
    describeError: (error) => ({
      code: error instanceof TransientError ? 'UPSTREAM_THROTTLED' : 'FORBIDDEN_UPSTREAM',
      message: String(error),
      retryable: error instanceof TransientError,
    }),
    random: () => 0.5,
    ...options,
  });
  const settle = async () => {
    await breathe();
    await hub.settled();
    await breathe();
  };
  return { hub, timers, advance: (ms) => timers.pass(ms, settle) };
}

export const EPOCH = Date.parse('2026-03-01T12:00:00Z');

export class TransientError extends Error {}

/** A topic over a number that the test sets: news when it changes, the end when it is negative. */
export class Counter {
  value = 0;
  reads = 0;
  error: Error | undefined;
  readonly sessions: unknown[] = [];
  readonly key: string;
  /** Set while a look is not to be answered. */
  held: Promise<void> | undefined;
  readonly #more: Partial<Pick<TopicSpec<unknown, number, number, number>, 'group' | 'pulse' | 'confirms' | 'facts'>>;

  constructor(
    key = 'counter',
    more: Partial<Pick<TopicSpec<unknown, number, number, number>, 'group' | 'pulse' | 'confirms' | 'facts'>> = {},
  ) {
    this.key = key;
    this.#more = more;
  }

  topic(): TopicSpec<unknown, number, number, number> {
    const toUpdate = (value: number, before: number | undefined): Update<number> => ({
      body: value,
      changes: before === undefined ? [] : [{ field: 'value', before: String(before), after: String(value) }],
      summary: `value ${value}`,
      outcome: value < 0 ? 'SUCCEEDED' : null,
    });
    return {
      key: this.key,
      read: async (session) => {
        this.reads += 1;
        this.sessions.push(session);
        if (this.error !== undefined) throw this.error;
        await this.held;
        return this.value;
      },
      step: (state, look) => ({ state: look, news: state === look ? [] : [toUpdate(look, state)] }),
      whole: (state) => toUpdate(state, undefined),
      pulse: () => 'active',
      timedOut: (state) => ({ ...toUpdate(state, undefined), outcome: 'TIMED_OUT' }),
      ...this.#more,
    };
  }
}

/** The events of a stream so far. */
export interface Collected<T> {
  readonly events: T[];
  isDone: boolean;
  error: unknown;
}

/** Reads a stream to its end, in the background. */
export function collect<T>(stream: AsyncIterable<T>): Collected<T> {
  const collected: Collected<T> = { events: [], isDone: false, error: undefined };
  void (async () => {
    try {
      for await (const event of stream) collected.events.push(event);
    } catch (error) {
      collected.error = error;
    }
    collected.isDone = true;
  })();
  return collected;
}

/** Events of a counter in a line each. */
export const short = (events: readonly LiveEvent<number>[]): string[] =>
  events.map(({ type, body }) => `${type} ${body}`);
