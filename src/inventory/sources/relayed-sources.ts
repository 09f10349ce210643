import type { Timers } from '../../ecs/core/timers.ts';
import type { EcsEvent } from '../core/ecs-event.ts';
import type { EcsEventSource, EventSink, EventSourceState } from '../core/event-source.ts';

/** Carries texts between the replicas of a gateway. */
export interface EventRelay {
  /** Monotonic time of the last proof that the texts of others would arrive; undefined before the first. */
  readonly lastReadAt: number | undefined;
  /** Rejects if it is unknown whether the others will get the texts. */
  publish(texts: readonly string[]): Promise<void>;
  follow(listener: { onTexts(texts: readonly string[]): void; onGap(): void }): void;
  close(): Promise<void>;
}

/** Events that wait for the relay. More are a gap: the other replicas then list anew. */
const MOST_WAITING = 5_000;
const BATCH = 50;
const RETRY_MS = 500;
/** The relay answers at least once a second while it works. */
const SLOW_MS = 3_000;
/** How long a gap shows in the state: long enough for the inventory to notice, which looks each second. */
const GAP_MS = 3_000;
/** The text that the others get in place of dropped events. */
const GAP = 'null';

/**
 * Sources of which each replica of a gateway gets a part: a queue hands a message to one reader, and a load balancer a delivery to one
 * replica. Each passes on what it gets, so that every replica has all events.
 */
export class RelayedSources implements EcsEventSource {
  readonly #sources: readonly EcsEventSource[];
  readonly #relay: EventRelay;
  readonly #timers: Timers;
  #waiting: string[] = [];
  #isSending = false;
  #isClosed = false;
  #gapUntil = Number.NEGATIVE_INFINITY;
  #cancel: () => void = () => undefined;

  constructor(sources: readonly EcsEventSource[], relay: EventRelay, timers: Timers) {
    this.#sources = sources;
    this.#relay = relay;
    this.#timers = timers;
  }

  start(sink: EventSink): void {
    this.#relay.follow({
      onTexts: (texts) => {
        if (texts.includes(GAP)) this.#noteGap();
        void sink(texts.filter((text) => text !== GAP).map((text) => JSON.parse(text) as EcsEvent));
      },
      onGap: () => this.#noteGap(),
    });
    for (const source of this.#sources) {
      source.start(async (events) => {
        await sink(events);
        this.#pass(events);
      });
    }
  }

  /** While the relay does not answer, events of others are late: the inventory answers only as far as it has heard. */
  state(): EventSourceState {
    const now = this.#timers.monotonic();
    const states = this.#sources.map((source) => source.state());
    const contacts = states.flatMap(({ lastContactAt }) => lastContactAt ?? []);
    const { lastReadAt = Number.NEGATIVE_INFINITY } = this.#relay;
    const unheardMs = now < this.#gapUntil ? Number.POSITIVE_INFINITY : now - lastReadAt;
    const isLate = unheardMs > SLOW_MS;
    const regions = new Set(states.map(({ region }) => region));
    return {
      name: 'replicas',
      // Of several Regions, the heartbeats of each are its proof.
      region: regions.size === 1 ? states[0]?.region : undefined,
      lastContactAt: contacts.length === 0 ? undefined : Math.max(...contacts),
      backlogMs: Math.max(isLate ? unheardMs : 0, ...states.map(({ backlogMs }) => backlogMs ?? 0)),
      trouble: isLate ? 'events of other replicas do not arrive' : states.find(({ trouble }) => trouble)?.trouble,
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancel();
    await Promise.all([...this.#sources.map((source) => source.close()), this.#relay.close()]);
  }

  #noteGap(): void {
    this.#gapUntil = this.#timers.monotonic() + GAP_MS;
  }

  #pass(events: readonly EcsEvent[]): void {
    if (this.#waiting.length + events.length > MOST_WAITING) this.#waiting = [GAP];
    else this.#waiting.push(...events.map((event) => JSON.stringify(event)));
    if (!this.#isSending) void this.#send();
  }

  async #send(): Promise<void> {
    this.#isSending = true;
    try {
      while (this.#waiting.length > 0 && !this.#isClosed) {
        const batch = this.#waiting.slice(0, BATCH);
        await this.#relay.publish(batch);
        // While it was sent, all may have been replaced by a gap.
        if (this.#waiting[0] === batch[0]) this.#waiting.splice(0, batch.length);
      }
    } catch {
      // Sent again, should it have come through: merging an event twice changes nothing.
      if (!this.#isClosed) this.#cancel = this.#timers.schedule(RETRY_MS, () => void this.#send());
    } finally {
      this.#isSending = false;
    }
  }
}
