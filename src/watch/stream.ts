import { formatDuration, parseDuration } from '../live/core/duration.ts';
import { type Gateway, type GatewayError, post, RefusedError, refused, unexpected } from './gateway.ts';

export interface StreamRequest extends Gateway {
  readonly query: string;
  readonly variables: StreamVariables;
  readonly signal: AbortSignal;
  /** Called when the connection was lost and will be retried. */
  readonly onReconnect: (error: unknown) => void;
  /** Waits this many milliseconds. */
  readonly wait: (ms: number) => Promise<void>;
  /** Monotonic milliseconds. */
  readonly monotonic: () => number;
  /** Whether an event without an outcome is the last one that is wanted. */
  readonly isLast?: ((event: never) => boolean) | undefined;
}

export interface StreamVariables {
  /** Limit of the whole run, across reconnects. */
  readonly timeout?: string | undefined;
  /** The cursor to begin behind. */
  readonly after?: string | undefined;
  readonly [name: string]: unknown;
}

interface StreamEvent {
  readonly cursor: string;
  readonly observedAt: string;
  /** Set in the last event. */
  readonly outcome: string | null;
}

interface GraphqlResult<Event> {
  readonly data?: Readonly<Record<string, Event>> | null;
  readonly errors?: readonly GatewayError[];
}

/** Give up after this many failed attempts in a row. */
const MOST_ATTEMPTS = 8;
const LONGEST_WAIT_MS = 10_000;

/**
 * The events of a subscription over SSE, up to the event with an outcome. After a lost connection or an early end of
 * the stream it reconnects behind the last event, so that no event is missed or repeated.
 * @throws {RefusedError}
 */
export async function* follow<Event extends StreamEvent>(request: StreamRequest): AsyncGenerator<Event, void> {
  let resume: Resume | undefined;
  for (let attempt = 1; ; attempt += 1) {
    try {
      for await (const { event, data } of connect(request, resume)) {
        if (event === 'complete') break;
        const update = eventOf<Event>(JSON.parse(data) as GraphqlResult<Event>);
        attempt = 0;
        resume = behind(update, resume, request.monotonic());
        yield update;
        if (update.outcome !== null || request.isLast?.(update as never) === true) return;
      }
      throw new Error('the gateway closed the stream');
    } catch (error) {
      if (error instanceof RefusedError || request.signal.aborted || attempt >= MOST_ATTEMPTS) throw error;
      request.onReconnect(error);
      await request.wait(Math.min(LONGEST_WAIT_MS, 500 * 2 ** attempt));
    }
  }
}

/** Where a stream resumes, and how long it has been followed, by the gateway's events and by our own clock. */
interface Resume {
  readonly after: string;
  readonly firstAt: number;
  readonly firstObserved: number;
  readonly lastAt: number;
  readonly lastObserved: number;
}

function behind({ cursor, observedAt }: StreamEvent, before: Resume | undefined, now: number): Resume {
  const observed = Date.parse(observedAt);
  const { firstAt = now, firstObserved = observed } = before ?? {};
  return { after: cursor, firstAt, firstObserved, lastAt: now, lastObserved: observed };
}

/** The same request for a resumed stream, with the remaining time. */
function resumed({ timeout, ...variables }: StreamVariables, resume: Resume | undefined, now: number): StreamVariables {
  if (resume === undefined || timeout == null)
    return { ...variables, timeout, after: resume?.after ?? variables.after };
  // ECS's clock may run faster than ours, as in the sandbox.
  const elapsed = resume.lastObserved - resume.firstObserved + now - resume.lastAt;
  const left = parseDuration(timeout) - Math.max(elapsed, now - resume.firstAt);
  return { ...variables, timeout: formatDuration(left), after: resume.after };
}

function eventOf<Event>({ data, errors }: GraphqlResult<Event>): Event {
  const [error] = errors ?? [];
  if (error !== undefined) {
    const failure = refused(error);
    throw error.extensions?.retryable === true ? new Error(failure.message) : failure;
  }
  const [event] = Object.values(data ?? {});
  if (event === undefined) throw new RefusedError('the gateway sent an event without data');
  return event;
}

async function* connect(
  { query, variables, signal, monotonic, url, token }: StreamRequest,
  resume: Resume | undefined,
): AsyncGenerator<{ event: string; data: string }, void> {
  const given = resumed(variables, resume, monotonic());
  const response = await post({ url, token }, { query, variables: given, accept: 'text/event-stream', signal });
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
    eventOf(resultIn(await response.text()));
    throw unexpected(url, response);
  }
  yield* blocksOf(response.body);
}

function resultIn(text: string): GraphqlResult<unknown> {
  try {
    const { errors } = JSON.parse(text) as GraphqlResult<unknown>;
    return errors === undefined ? { data: { none: null } } : { errors };
  } catch {
    return { data: { none: null } };
  }
}

async function* blocksOf(body: Response['body']): AsyncGenerator<{ event: string; data: string }, void> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const lines = block.split('\n');
      const field = (name: string) =>
        lines.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).trimStart());
      const [event] = field('event');
      if (event !== undefined) yield { event, data: field('data').join('\n') };
    }
  }
}
