import type { Timers } from '../../../src/ecs/core/timers.ts';
import { type EcsEvent, toEcsEvent } from '../../../src/inventory/core/ecs-event.ts';
import type { EcsEventSource, EventSink, EventSourceState } from '../../../src/inventory/core/event-source.ts';
import type { Sandbox } from '../../../src/sandbox/index.ts';

/** The fate of events on their way: some are lost, come twice, late or in another order. */
export type Distortion = (events: readonly EcsEvent[]) => readonly EcsEvent[];

/** Delivers the sandbox's events when a test says so, straight from its log. */
export class SandboxSource implements EcsEventSource {
  /** Set while the source is out of reach: it has no contact and delivers nothing. */
  isAway = false;
  distort: Distortion = (events) => events;
  readonly #timers: Timers;
  readonly #region: string;
  #sandbox: Sandbox | undefined;
  #sink: EventSink | undefined;
  #read = 0;
  #contactAt: number | undefined;

  constructor(timers: Timers, region = 'eu-west-1') {
    this.#timers = timers;
    this.#region = region;
  }

  /** Events from before are not delivered. */
  connect(sandbox: Sandbox): void {
    this.#sandbox = sandbox;
    this.#contactAt = this.#timers.monotonic();
    this.skip();
  }

  start(sink: EventSink): void {
    this.#sink = sink;
  }

  state(): EventSourceState {
    return { name: 'sandbox', lastContactAt: this.#contactAt, backlogMs: 0 };
  }

  async close(): Promise<void> {
    this.#sink = undefined;
  }

  /** Delivers what has happened since the last time. */
  async deliver(): Promise<number> {
    if (this.isAway || this.#sink === undefined) return 0;
    this.#contactAt = this.#timers.monotonic();
    const events = this.distort(this.#take());
    if (events.length > 0) await this.#sink?.(events);
    return events.length;
  }

  /** Loses what has happened since the last time. */
  skip(): number {
    return this.#take(true).length;
  }

  #take(mayMiss = false): EcsEvent[] {
    const all: EcsEvent[] = [];
    for (;;) {
      const page = this.#sandbox?.events(this.#region, this.#read);
      if (page === undefined || page.events.length === 0) return all;
      if (page.isTruncated && !mayMiss) throw new Error('the sandbox has forgotten events');
      this.#read = page.next;
      all.push(...page.events.map((event) => toEcsEvent(event)));
    }
  }
}
