import type { MessageQueue, QueueMessage } from '../../../src/ecs/queue/message-queue.ts';

/** A queue in memory: a receipt waits until a test sends messages, and everything that is done to them is kept. */
export class FakeQueue implements MessageQueue {
  readonly deleted: string[][] = [];
  readonly extended: string[][] = [];
  /** Errors of the next receipts. */
  readonly failures: Error[] = [];
  /** Ids that the next delete does not delete. */
  undeletable: readonly string[] = [];
  isDestroyed = false;
  receipts = 0;
  /** How long each receipt would wait, in milliseconds. */
  readonly waits: number[] = [];
  #waiting: ((messages: readonly QueueMessage[]) => void)[] = [];
  #ready: QueueMessage[][] = [];

  /** Receipts that wait for messages. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Answers one receipt. */
  send(...messages: QueueMessage[]): void {
    const answer = this.#waiting.shift();
    if (answer === undefined) this.#ready.push(messages);
    else answer(messages);
  }

  receive(waitMs: number, signal: AbortSignal): Promise<readonly QueueMessage[]> {
    this.receipts += 1;
    this.waits.push(waitMs);
    const failure = this.failures.shift();
    if (failure !== undefined) return Promise.reject(failure);
    const ready = this.#ready.shift();
    if (ready !== undefined) return Promise.resolve(ready);
    return new Promise((resolve, reject) => {
      const end = () => {
        this.#waiting = this.#waiting.filter((waiter) => waiter !== answer);
        reject(new Error('aborted'));
      };
      const answer = (messages: readonly QueueMessage[]) => {
        signal.removeEventListener('abort', end);
        resolve(messages);
      };
      this.#waiting.push(answer);
      signal.addEventListener('abort', end);
    });
  }

  async delete(messages: readonly QueueMessage[]): Promise<readonly QueueMessage[]> {
    this.deleted.push(messages.map(({ id }) => id));
    const left = messages.filter(({ id }) => this.undeletable.includes(id));
    this.undeletable = [];
    return left;
  }

  async extend(messages: readonly QueueMessage[]): Promise<void> {
    this.extended.push(messages.map(({ id }) => id));
  }

  destroy(): void {
    this.isDestroyed = true;
  }
}

export function message(id: string, body: unknown, more: Partial<QueueMessage> = {}): QueueMessage {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { id, receipt: `receipt-${id}`, body: text, sentAt: undefined, receives: 1, ...more };
}
