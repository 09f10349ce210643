import type { Timers } from '../../ecs/core/timers.ts';
import type { EcsEventSource } from './event-source.ts';

/** Events that are older than this when they arrive come from a queue that is behind. */
const MOST_BACKLOG_MS = 60_000;

/**
 * Whether events would arrive now. A source that was reached proves it for a while; so does every event, the
 * heartbeats of a schedule among them.
 */
export class Contact {
  #sources: readonly EcsEventSource[] = [];
  readonly #timers: Timers;
  readonly #silenceMs: number;
  #lastEventAt: number | undefined;

  constructor(silenceMs: number, timers: Timers) {
    this.#silenceMs = silenceMs;
    this.#timers = timers;
  }

  /** Names the sources. Before that there is no contact. */
  connect(sources: readonly EcsEventSource[]): void {
    this.#sources = sources;
  }

  /** Events have arrived. */
  heard(): void {
    this.#lastEventAt = this.#timers.monotonic();
  }

  /** Monotonic time of the last sign of life; undefined before the first. */
  get lastAt(): number | undefined {
    let last = this.#lastEventAt;
    for (const source of this.#sources) {
      const { lastContactAt } = source.state();
      if (lastContactAt !== undefined && (last === undefined || lastContactAt > last)) last = lastContactAt;
    }
    return last;
  }

  /** How old the oldest waiting event is, as far as a source knows. */
  get backlogMs(): number {
    return Math.max(0, ...this.#sources.map((source) => source.state().backlogMs ?? 0));
  }

  /** Whether there was a sign of life recently, and no source is far behind. */
  get isAlive(): boolean {
    const { lastAt } = this;
    if (lastAt === undefined || this.#timers.monotonic() - lastAt > this.#silenceMs) return false;
    return this.backlogMs <= MOST_BACKLOG_MS;
  }

  /**
   * The time up to which everything that ECS announced has arrived.
   * @param now ECS's time
   */
  asOf(now: number): number {
    const { lastAt } = this;
    const silentFor = lastAt === undefined ? 0 : this.#timers.monotonic() - lastAt;
    return now - silentFor - this.backlogMs;
  }
}
