import type { Timers } from '../../ecs/core/timers.ts';
import { BATCH, type MessageQueue, type QueueMessage } from '../../ecs/queue/message-queue.ts';

/** How long a message waits for others that are deleted by the same call. Shorter than it stays hidden by far. */
const WAIT_MS = 1_000;

/** Deletes messages ten at a time. One that cannot be deleted comes again, and merging it again changes nothing. */
export class DeleteBatches {
  readonly #queue: MessageQueue;
  readonly #timers: Timers;
  readonly #onFailure: (error: unknown) => void;
  readonly #running = new Set<Promise<void>>();
  #waiting: QueueMessage[] = [];
  #cancel: (() => void) | undefined;

  constructor(queue: MessageQueue, timers: Timers, onFailure: (error: unknown) => void) {
    this.#queue = queue;
    this.#timers = timers;
    this.#onFailure = onFailure;
  }

  add(messages: readonly QueueMessage[], signal: AbortSignal): void {
    this.#waiting.push(...messages);
    while (this.#waiting.length >= BATCH) this.#send(signal);
    if (this.#waiting.length === 0) this.#cancel?.();
    else this.#cancel ??= this.#timers.schedule(WAIT_MS, () => this.#send(signal));
  }

  /** Sends what waits, and resolves when every call has ended. */
  async flush(signal: AbortSignal): Promise<void> {
    while (this.#waiting.length > 0) this.#send(signal);
    await Promise.all(this.#running);
  }

  #send(signal: AbortSignal): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const messages = this.#waiting.splice(0, BATCH);
    if (messages.length === 0) return;
    const sent = this.#delete(messages, signal)
      .catch(this.#onFailure)
      .finally(() => this.#running.delete(sent));
    this.#running.add(sent);
  }

  async #delete(messages: readonly QueueMessage[], signal: AbortSignal): Promise<void> {
    const left = await this.#queue.delete(messages, signal).catch(() => messages);
    if (left.length === 0 || signal.aborted) return;
    const kept = await this.#queue.delete(left, signal);
    if (kept.length > 0) this.#onFailure(new Error(`SQS did not delete ${kept.length} messages`));
  }
}
