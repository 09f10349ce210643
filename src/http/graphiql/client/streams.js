// The subscriptions that run. They belong to the page and not to GraphiQL, which ends a subscription at each change of the tab.
import { readEvents } from './sse.js';

/** Browsers open six connections to a server over HTTP/1.1, and queries need some. */
const MOST_LIVE = 4;
/** Events kept of each subscription. */
const MOST_EVENTS = 50;
const MOST_ATTEMPTS = 10;
const LONGEST_WAIT_MS = 10_000;

/** The same text with the same variables is the same subscription. */
export function keyOf({ query, variables }) {
  return JSON.stringify([query, variables ?? {}]);
}

export function createStreams() {
  const all = new Map();
  const listeners = new Set();
  const changed = () => {
    for (const listener of listeners) listener();
  };

  /** Follows a subscription until it ends. `request(lastEventId, signal)` sends it. */
  async function run(stream, request) {
    let lastEventId;
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
      try {
        const response = await request(lastEventId, stream.controller.signal);
        if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
          const text = await response.text();
          const isAway = response.status === 429 || response.status >= 502;
          if (isAway && lastEventId !== undefined) throw new Error(`the gateway answered ${response.status}`);
          add(stream, resultOf(text, response));
          return finish(stream, 'refused');
        }
        for await (const { event, id, data } of readEvents(response)) {
          if (event === 'complete') return finish(stream, 'ended');
          attempt = 0;
          lastEventId = id ?? lastEventId;
          stream.state = 'live';
          add(stream, JSON.parse(data));
        }
        throw new Error('the connection was closed');
      } catch (error) {
        if (stream.controller.signal.aborted) return finish(stream, 'stopped');
        stream.state = 'reconnecting';
        stream.problem = String(error.message ?? error);
        changed();
        await new Promise((resolve) => setTimeout(resolve, Math.min(LONGEST_WAIT_MS, 500 * 2 ** attempt)));
        if (stream.controller.signal.aborted) return finish(stream, 'stopped');
      }
    }
    return finish(stream, 'lost');
  }

  function add(stream, result) {
    stream.count += 1;
    stream.events.unshift({ number: stream.count, at: new Date(), result });
    stream.events.length = Math.min(stream.events.length, MOST_EVENTS);
    stream.consumer?.push(result);
    changed();
  }

  function finish(stream, state) {
    stream.state = state;
    stream.consumer?.end();
    changed();
  }

  return {
    all: () => [...all.values()],
    find: (key) => all.get(key),
    isLive: (stream) => stream?.state === 'live' || stream?.state === 'connecting' || stream?.state === 'reconnecting',
    onChange: (listener) => listeners.add(listener),
    stop(stream) {
      stream.controller.abort();
      finish(stream, 'stopped');
    },
    forget(stream) {
      stream.controller.abort();
      all.delete(stream.key);
      changed();
    },

    /** Starts a subscription, or takes up the one that runs, and returns its results as GraphiQL reads them. */
    open(key, title, request, { first } = {}) {
      let stream = all.get(key);
      if (stream !== undefined && (first !== undefined || !this.isLive(stream))) this.forget(stream);
      stream = all.get(key);
      if (stream === undefined) {
        const controller = new AbortController();
        stream = {
          key,
          title,
          controller,
          state: 'connecting',
          events: [],
          count: 0,
          consumer: undefined,
          problem: '',
        };
        for (const oldest of this.all()
          .filter(this.isLive)
          .slice(0, -(MOST_LIVE - 1)))
          this.stop(oldest);
        all.set(key, stream);
        if (first !== undefined) add(stream, first);
        void run(stream, request);
      }
      // GraphiQL has the first result of a mutation already.
      stream.consumer = createConsumer(first === undefined ? stream.events[0]?.result : undefined);
      this.onOpened?.(stream);
      return stream.consumer.results(() => {
        stream.consumer = undefined;
        this.onDetached?.(stream);
      });
    },
  };
}

/** A queue between a stream and GraphiQL, which shows the last result only. */
function createConsumer(latest) {
  let waiting = latest === undefined ? [] : [latest];
  let isOver = false;
  let wake = () => {};
  return {
    push(result) {
      waiting.push(result);
      wake();
    },
    end() {
      isOver = true;
      wake();
    },
    results(onReturn) {
      return {
        [Symbol.asyncIterator]() {
          return this;
        },
        async next() {
          while (waiting.length === 0 && !isOver) await new Promise((resolve) => (wake = resolve));
          if (waiting.length > 0) return { done: false, value: waiting.shift() };
          return { done: true, value: undefined };
        },
        async return() {
          isOver = true;
          waiting = [];
          wake();
          onReturn();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

/** The JSON of an answer, or an error in its place. */
export function resultOf(text, response) {
  try {
    return JSON.parse(text);
  } catch {
    return { errors: [{ message: `The gateway answered ${response.status}: ${text.slice(0, 200)}` }] };
  }
}
