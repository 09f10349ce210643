import { describe, expect, it, vi } from 'vitest';
import { Follower } from '../../../src/live/topic/follower.ts';
import type { LiveEvent } from '../../../src/live/topic/topic-spec.ts';
import { EventResult } from '../../../src/pipeline/subscriptions/event-result.ts';
import { toEventSource } from '../../../src/pipeline/subscriptions/event-source.ts';
import { EventStream, type Receiver, type StreamHandlers } from '../../../src/pipeline/subscriptions/event-stream.ts';
import { until } from '../../support/time/until.ts';

/** Executes an event when the test says so. */
function createHandlers() {
  const executing: { readonly event: unknown; readonly settle: () => void }[] = [];
  const left: unknown[] = [];
  const handlers = {
    execute: vi.fn<StreamHandlers['execute']>((event, waiter) => {
      executing.push({ event, settle: () => waiter.settle(new EventResult({ data: { event } })) });
      return { leave: () => void left.push(event) };
    }),
    onFailure: (error: unknown) => new EventResult({ data: { failure: String(error) } }),
    onEnd: vi.fn(),
  };
  return { handlers, executing, left };
}

const followed = (sequence: number, type = 'CHANGED') => ({ sequence, type, changes: [], body: null }) as never;

/** Pushes the results of a stream, and resolves at its end. */
const deliver = (stream: EventStream, send: Receiver['send']) =>
  new Promise<boolean>((resolve) => stream.deliver({ send, onOver: resolve }));

/** A stream of a follower's events. */
function followingStream() {
  const parts = createHandlers();
  const follower = new Follower<null>({}, {}, { placeAgain: vi.fn() });
  const stream = new EventStream(toEventSource(follower), parts.handlers);
  const push = (sequence: number, type?: string) => follower.push(followed(sequence, type) as LiveEvent<null>, 0);
  return { ...parts, follower, stream, push };
}

describe('a stream that is delivered', () => {
  it('sends each event after the one before, and ends after the last', async () => {
    const { stream, push, executing, handlers } = followingStream();
    const sent: unknown[] = [];
    let isOver = false;
    const over = deliver(stream, ({ data }) => void sent.push(data?.event)).then(() => {
      isOver = true;
    });
    push(1);
    push(2);
    push(3, 'ENDED');
    expect(executing).toHaveLength(1);
    for (let index = 0; index < 3; index += 1) {
      expect(isOver).toBe(false);
      executing[index]?.settle();
    }
    await over;
    expect(sent).toMatchObject([{ sequence: 1 }, { sequence: 2 }, { sequence: 3 }]);
    expect(handlers.onEnd).toHaveBeenCalledTimes(1);
  });

  it('waits for a transport that is behind, while the follower joins what it cannot take', async () => {
    const { stream, push, executing } = followingStream();
    const sent: { readonly sequence: number }[] = [];
    let release = () => {};
    void deliver(stream, ({ data }) => {
      sent.push(data?.event as never);
      return new Promise((resolve) => {
        release = resolve;
      });
    });
    for (let sequence = 1; sequence <= 100; sequence += 1) push(sequence);
    executing[0]?.settle();
    expect(executing).toHaveLength(1);
    while (sent.at(-1)?.sequence !== 100) {
      const { length } = executing;
      release();
      await until(() => executing.length > length);
      executing.at(-1)?.settle();
    }
    // One that was being sent, and sixteen that wait: the rest was joined into the last of them.
    expect(sent).toHaveLength(17);
    expect(sent.map(({ sequence }) => sequence)).toEqual(
      [...sent.keys()].map((index) => (index < 16 ? index + 1 : 100)),
    );
  });

  it('ends at once, whatever it waits for, and leaves what is executed for it', async () => {
    const { stream, push, executing, left, handlers } = followingStream();
    const send = vi.fn(() => undefined);
    const over = deliver(stream, send);
    push(1);
    expect(executing).toHaveLength(1);
    await stream.return();
    await over;
    executing[0]?.settle();
    push(2);
    expect(left).toMatchObject([{ sequence: 1 }]);
    expect(send).not.toHaveBeenCalled();
    expect(handlers.onEnd).toHaveBeenCalledTimes(1);
  });

  it('reports how its source failed, after everything that came before', async () => {
    const { stream, push, executing, follower } = followingStream();
    const sent: unknown[] = [];
    const over = deliver(stream, ({ data }) => void sent.push(data?.event ?? data?.failure));
    push(1);
    follower.fail(new Error('gone'));
    executing[0]?.settle();
    await over;
    expect(sent).toMatchObject([{ sequence: 1 }, 'Error: gone']);
  });

  it('ends where its transport fails, without anybody else noticing', async () => {
    const late = followingStream();
    const over = deliver(late.stream, () => Promise.reject(new Error('broken pipe')));
    late.push(1);
    late.executing[0]?.settle();
    await over;
    const early = followingStream();
    const ended = deliver(early.stream, () => {
      throw new Error('broken pipe');
    });
    early.push(1);
    expect(() => early.executing[0]?.settle()).not.toThrow();
    await ended;
  });

  it('delivers finished executions without recursion', async () => {
    const follower = new Follower<null>({}, {}, { placeAgain: vi.fn() });
    const execute: StreamHandlers['execute'] = (event, waiter) => {
      waiter.settle(new EventResult({ data: { event } }));
      return { leave: vi.fn() };
    };
    const stream = new EventStream(toEventSource(follower), { ...createHandlers().handlers, execute });
    for (let sequence = 1; sequence <= 10; sequence += 1) follower.push(followed(sequence), 0);
    const depths: number[] = [];
    void deliver(stream, () => void depths.push(new Error('depth').stack?.split('\n').length ?? 0));
    expect(depths).toHaveLength(10);
    expect(new Set(depths).size).toBe(1);
  });
});

describe('a stream that is pulled', () => {
  it('gives a result for each call, takes no event early, and ends', async () => {
    const taken: number[] = [];
    async function* count() {
      for (const number of [1, 2]) {
        taken.push(number);
        yield number;
      }
    }
    const { handlers, executing } = createHandlers();
    const stream = new EventStream(toEventSource(count()), handlers);
    expect(taken).toEqual([]);
    const first = stream.next();
    await until(() => executing.length === 1);
    executing[0]?.settle();
    expect(await first).toMatchObject({ done: false, value: { data: { event: 1 } } });
    expect(taken).toEqual([1]);
    const [second, third] = [stream.next(), stream.next()];
    await until(() => executing.length === 2);
    executing[1]?.settle();
    expect(await second).toMatchObject({ value: { data: { event: 2 } } });
    expect(await third).toEqual({ done: true, value: undefined });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  it('lets go of who waits when it is ended', async () => {
    const { handlers } = createHandlers();
    const stream = new EventStream(toEventSource(new Follower<null>({}, {}, { placeAgain: vi.fn() })), handlers);
    const next = stream.next();
    await stream.return();
    expect(await next).toEqual({ done: true, value: undefined });
  });
});
