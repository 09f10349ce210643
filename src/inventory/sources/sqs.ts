import { setMaxListeners } from 'node:events';
import type { Logger } from 'pino';
import type { Timers } from '../../ecs/core/timers.ts';
import {
  BATCH,
  LONGEST_WAIT_MS,
  type MessageQueue,
  type QueueMessage,
  VISIBILITY_MS,
} from '../../ecs/queue/message-queue.ts';
import type { EcsEvent } from '../core/ecs-event.ts';
import type { EcsEventSource, EventSink, EventSourceState } from '../core/event-source.ts';
import { DeleteBatches } from './delete-batches.ts';
import { EventIntake, type Outcome, type Trusts } from './intake.ts';

export interface SqsSourceParts {
  readonly queue: MessageQueue;
  /** The Region of the queue: a rule sends to a queue of its own Region. */
  readonly region: string;
  readonly trusts: Trusts;
  readonly timers: Timers;
  /** AWS's clock, in epoch milliseconds. */
  readonly now: () => number;
  readonly log: Logger;
}

/** Most receivers at a time. One alone waits while little happens; each full batch starts another. */
const MOST_RECEIVERS = 8;
/** Messages that cannot be read are deleted at this receipt. A redrive policy moves them to the dead-letter queue before. */
const MOST_RECEIPTS = 10;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** The first poll, and the first after an error, shows soon whether the queue can be read: the inventory waits for that. */
const FIRST_POLL_MS = 1_000;
/** An empty answer that comes sooner than this after a long poll began is not its end. */
const SHORTEST_POLL_MS = 1_000;
/** Time for the last deletes at shutdown. */
const CLOSE_MS = 250;

/**
 * Events from an SQS queue that an EventBridge rule feeds. Messages are deleted when their events are merged: one whose merge failed
 * comes again. Any number of gateways may read one queue, in any order, because merging goes by version.
 *
 * Messages that are not events stay in the queue, so that its redrive policy moves them to the dead-letter queue, where a person can
 * read them. A queue without that policy would deliver them again until their retention ends, so the tenth receipt deletes them.
 */
export class SqsSource implements EcsEventSource {
  readonly #parts: SqsSourceParts;
  readonly #intake: EventIntake;
  readonly #deletes: DeleteBatches;
  readonly #abort = new AbortController();
  #sink: EventSink | undefined;
  #receivers = 0;
  #pauseMs = 0;
  #failure: { readonly since: number; readonly problem: string } | undefined;
  #answeredAt: number | undefined;
  #oldestMs: number | undefined;

  constructor(parts: SqsSourceParts) {
    this.#parts = parts;
    this.#intake = new EventIntake(parts.trusts);
    // Every call in flight listens: one for each receiver, and deletes.
    setMaxListeners(4 * MOST_RECEIVERS, this.#abort.signal);
    this.#deletes = new DeleteBatches(parts.queue, parts.timers, (error) => {
      if (!this.#abort.signal.aborted) parts.log.warn({ problem: problemOf(error) }, 'messages could not be deleted');
    });
  }

  start(sink: EventSink): void {
    if (this.#sink !== undefined) throw new Error('the source was started before');
    this.#sink = sink;
    this.#addReceiver();
  }

  state(): EventSourceState {
    return {
      name: 'sqs',
      region: this.#parts.region,
      lastContactAt: this.#answeredAt,
      backlogMs: this.#oldestMs,
      trouble: this.#failure?.problem,
    };
  }

  counts(): ReadonlyMap<Outcome, number> {
    return this.#intake.counts();
  }

  /** Ends the polls at once. A message that was handed out just then comes to another receiver when its visibility ends. */
  async close(): Promise<void> {
    this.#abort.abort();
    const last = new AbortController();
    const cancel = this.#parts.timers.schedule(CLOSE_MS, () => last.abort());
    await this.#deletes.flush(last.signal);
    cancel();
    this.#parts.queue.destroy();
  }

  #addReceiver(): void {
    if (this.#receivers >= MOST_RECEIVERS) return;
    this.#receivers += 1;
    void this.#receive().finally(() => {
      this.#receivers -= 1;
    });
  }

  /** Ends with the source, or when the queue is drained and another receiver is there. */
  async #receive(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      const messages = await this.#poll();
      if (messages?.length === BATCH) this.#addReceiver();
      if (messages !== undefined && messages.length > 0) await this.#take(messages);
      if (messages !== undefined && messages.length < BATCH && this.#receivers > 1) return;
    }
  }

  /** One long poll; undefined if it failed, after a pause. */
  async #poll(): Promise<readonly QueueMessage[] | undefined> {
    const { queue, timers } = this.#parts;
    const { signal } = this.#abort;
    const startedAt = timers.monotonic();
    const waitMs = this.#answeredAt === undefined || this.#failure !== undefined ? FIRST_POLL_MS : LONGEST_WAIT_MS;
    let messages: readonly QueueMessage[];
    try {
      messages = await queue.receive(waitMs, signal);
    } catch (error) {
      if (!signal.aborted) await this.#pauseAfter(error);
      return undefined;
    }
    this.#recovered();
    this.#observeAge(messages);
    const isShort =
      messages.length === 0 && waitMs > FIRST_POLL_MS && timers.monotonic() - startedAt < SHORTEST_POLL_MS;
    if (isShort) await this.#pause(SHORTEST_POLL_MS);
    return messages;
  }

  async #take(messages: readonly QueueMessage[]): Promise<void> {
    const { signal } = this.#abort;
    const done: QueueMessage[] = [];
    const merging: QueueMessage[] = [];
    const events: EcsEvent[] = [];
    for (const message of messages) {
      const event = await this.#intake.read(message.body);
      if (typeof event !== 'string') {
        events.push(event);
        merging.push(message);
      } else if (event === 'invalid' ? this.#isGivenUp(message) : event !== 'failed') done.push(message);
    }
    if (events.length > 0) {
      const stop = this.#keepHidden(merging);
      try {
        await this.#sink?.(events);
        this.#intake.count('taken', events.length);
        this.#pauseMs = 0;
        done.push(...merging);
      } catch (error) {
        this.#intake.count('failed', events.length);
        if (!signal.aborted) await this.#pauseAfter(error);
      } finally {
        stop();
      }
    }
    if (done.length > 0 && !signal.aborted) this.#deletes.add(done, signal);
  }

  #isGivenUp({ id, receives }: QueueMessage): boolean {
    const isLast = receives >= MOST_RECEIPTS;
    const next = isLast ? 'it is deleted, because the queue has no redrive policy' : 'it stays for the redrive policy';
    this.#parts.log.warn({ messageId: id, receives }, `a message of the events queue is not an event: ${next}`);
    return isLast;
  }

  /** Extends the visibility of messages while they are merged. Returns a function that ends it. */
  #keepHidden(messages: readonly QueueMessage[]): () => void {
    const { queue, timers, log } = this.#parts;
    const { signal } = this.#abort;
    const extend = () => {
      cancel = timers.schedule((VISIBILITY_MS * 2) / 3, extend);
      queue.extend(messages, signal).catch((error: unknown) => {
        if (!signal.aborted) log.warn({ problem: problemOf(error) }, 'messages could not be kept hidden');
      });
    };
    let cancel = timers.schedule((VISIBILITY_MS * 2) / 3, extend);
    return () => cancel();
  }

  #observeAge(messages: readonly QueueMessage[]): void {
    const { now, timers } = this.#parts;
    this.#answeredAt = timers.monotonic();
    const sent = messages.flatMap(({ sentAt }) => sentAt ?? []);
    this.#oldestMs = sent.length === 0 ? 0 : Math.max(0, now() - Math.min(...sent));
  }

  #recovered(): void {
    if (this.#failure === undefined) return;
    const seconds = Math.round((this.#parts.timers.monotonic() - this.#failure.since) / 1_000);
    this.#parts.log.info({ seconds }, 'the events queue is read again');
    this.#failure = undefined;
    this.#pauseMs = 0;
  }

  async #pauseAfter(error: unknown): Promise<void> {
    const { log, timers } = this.#parts;
    this.#pauseMs = Math.min(Math.max(FIRST_PAUSE_MS, this.#pauseMs * 2), LONGEST_PAUSE_MS);
    const problem = problemOf(error);
    if (this.#failure === undefined)
      log.warn({ problem }, 'events of the queue cannot be read or merged; trying again');
    this.#failure = { since: this.#failure?.since ?? timers.monotonic(), problem };
    // Receivers of many gateways must not come back at one time.
    await this.#pause(this.#pauseMs * (0.5 + Math.random() / 2));
  }

  /** Ends early with the source. */
  #pause(ms: number): Promise<void> {
    const { signal } = this.#abort;
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const end = () => {
        cancel();
        signal.removeEventListener('abort', end);
        resolve();
      };
      const cancel = this.#parts.timers.schedule(ms, end);
      signal.addEventListener('abort', end);
    });
  }
}

function problemOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 300) : String(error).slice(0, 300);
}
