import type { EventResult } from './event-result.ts';
import type { EventSource, SourceListener } from './event-source.ts';
import type { Share, Waiter } from './shared-execution.ts';

/** The callbacks of a stream for its events and its end. */
export interface StreamHandlers {
  /** Executes an event, or joins a running execution of it. */
  execute(event: unknown, waiter: Waiter<EventResult>): Share;
  /** The last result of a stream that failed. */
  onFailure(error: unknown): EventResult;
  onEnd(): void;
}

/** A transport that results are pushed to. It is an object because there may be many thousands. */
export interface Receiver {
  /** Sends a result. The next event waits for the returned promise. */
  send(result: EventResult): Promise<void> | undefined;
  /** Called after the last result; true means that the source itself has ended. */
  onOver(isWhole: boolean): void;
}

const ENDED: IteratorReturnResult<void> = { done: true, value: undefined };

/**
 * One subscriber's results in the order of their events, one at a time: the next event is taken when the previous
 * result was sent. A transport can have results pushed to it (`deliver`), so that an event for thousands of subscribers
 * costs no promise for each, or can pull them from the generator. Ending it takes effect at once, whatever the source
 * is waiting for.
 */
export class EventStream implements AsyncGenerator<EventResult, void>, Waiter<EventResult>, SourceListener {
  readonly #source: EventSource;
  readonly #handlers: StreamHandlers;
  #receiver: Receiver | undefined;
  #share: Share | undefined;
  /** Whether an event was taken whose result is not sent yet. */
  #isBusy = false;
  #isPumping = false;
  #isOver = false;
  /** Why it ends, if that is reported at once, or as soon as there is a listener. */
  #cut: { readonly error: unknown; readonly isTold: boolean } | undefined;
  #cursor: string | undefined;
  #puller: Puller | undefined;

  constructor(source: EventSource, handlers: StreamHandlers) {
    this.#source = source;
    this.#handlers = handlers;
    source.listen(this);
  }

  /** Pushes all results to a receiver. */
  deliver(receiver: Receiver): void {
    if (this.#isOver) {
      receiver.onOver(this.#isWhole);
      return;
    }
    this.#receiver = receiver;
    if (this.#cut === undefined) this.onReady();
    else this.cutOff(() => this.#cut?.error);
  }

  /**
   * Ends it with an error as its last result, without pending events.
   * @param reason creates the error, given the cursor of the last event that was sent
   */
  cutOff(reason: (cursor: string | undefined) => unknown): void {
    if (this.#isOver || this.#cut?.isTold === true) return;
    const error = reason(this.#cursor);
    this.#cut = { error, isTold: this.#receiver !== undefined };
    this.#share?.leave();
    this.#share = undefined;
    if (this.#cut.isTold) this.#pass(this.#handlers.onFailure(error), () => this.#end());
  }

  /** The source has an event available. */
  onReady(): void {
    // A finished execution notifies before `execute` returns, so a loop replaces recursion.
    if (this.#isPumping) return;
    this.#isPumping = true;
    while (
      !this.#isOver &&
      this.#cut === undefined &&
      !this.#isBusy &&
      this.#receiver !== undefined &&
      this.#takeNext()
    );
    this.#isPumping = false;
  }

  /** The event that was taken has been executed. */
  settle(result: EventResult): void {
    this.#share = undefined;
    if (this.#isOver || this.#cut !== undefined) return;
    this.#pass(result, () => {
      this.#isBusy = false;
      this.onReady();
    });
  }

  fail(error: unknown): void {
    this.#share = undefined;
    if (this.#isOver || this.#cut !== undefined) return;
    this.#isBusy = true;
    this.#pass(this.#handlers.onFailure(error), () => this.#end());
  }

  next(): Promise<IteratorResult<EventResult, void>> {
    if (this.#isOver) return Promise.resolve(ENDED);
    const puller = this.#puller ?? new Puller();
    const result = puller.ask();
    if (this.#puller === undefined) {
      this.#puller = puller;
      this.deliver(puller);
    }
    return result;
  }

  async return(): Promise<IteratorResult<EventResult, void>> {
    this.#end();
    return ENDED;
  }

  async throw(): Promise<IteratorResult<EventResult, void>> {
    this.#end();
    return ENDED;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end();
  }

  /** Returns whether an event was available. */
  #takeNext(): boolean {
    let taken: IteratorResult<unknown, unknown> | undefined;
    try {
      taken = this.#source.take();
    } catch (error) {
      this.fail(error);
      return false;
    }
    if (taken === undefined) return false;
    if (taken.done === true) {
      this.#end();
      return false;
    }
    this.#isBusy = true;
    const share = this.#handlers.execute(taken.value, this);
    if (this.#isBusy) this.#share = share;
    return true;
  }

  get #isWhole(): boolean {
    return this.#source.isCut !== true;
  }

  #pass(result: EventResult, onSent: () => void): void {
    let sent: Promise<void> | undefined;
    this.#cursor = result.id ?? this.#cursor;
    try {
      sent = this.#receiver?.send(result);
    } catch {
      // A transport that failed to send has no other way to report it.
      this.#end();
      return;
    }
    if (sent === undefined) onSent();
    else sent.then(onSent, () => this.#end());
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#share?.leave();
    this.#handlers.onEnd();
    this.#receiver?.onOver(this.#isWhole);
    // The source may notice only at its next value, and its failure no longer matters.
    Promise.resolve(this.#source.return()).catch(() => {});
  }
}

/** Holds each result until the next one is requested. */
class Puller implements Receiver {
  readonly #asked: ((result: IteratorResult<EventResult, void>) => void)[] = [];
  #onAsk: (() => void) | undefined;

  ask(): Promise<IteratorResult<EventResult, void>> {
    return new Promise((resolve) => {
      this.#asked.push(resolve);
      this.#onAsk?.();
    });
  }

  send(result: EventResult): Promise<void> | undefined {
    this.#asked.shift()?.({ done: false, value: result });
    if (this.#asked.length > 0) return undefined;
    return new Promise((resolve) => {
      this.#onAsk = resolve;
    });
  }

  onOver(): void {
    for (const resolve of this.#asked) resolve(ENDED);
    this.#asked.length = 0;
  }
}
