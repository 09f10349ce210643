import { DEFAULT_ACCOUNT, type Scope, scopeKey } from '../../ecs/core/scope.ts';
import type { Timers } from '../../ecs/core/timers.ts';
import type { EcsEventSource } from './event-source.ts';

/** Events that are older than this when they arrive come from a queue that is behind. */
const MOST_BACKLOG_MS = 60_000;

/** Whether the events of an account and Region would arrive now. */
export interface Contact {
  /** Monotonic time of the last sign of life; undefined before the first. */
  readonly lastAt: number | undefined;
  /** Whether there was a sign of life recently, and no source is far behind. */
  readonly isAlive: boolean;
  /**
   * The time up to which everything that ECS announced has arrived.
   * @param now ECS's time
   */
  asOf(now: number): number;
}

/**
 * Signs of life of the sources: a queue that answered, and every event, the heartbeats of a schedule among them. Each
 * proves for a while that the events of its Region would arrive.
 */
export class Contacts {
  readonly #timers: Timers;
  readonly #silenceMs: number;
  readonly #heardAt = new Map<string, number>();
  /** Accounts and Regions of which an event has arrived. */
  readonly #covered = new Set<string>();
  /** Last event of accounts and Regions that have a heartbeat of their own. */
  readonly #beatAt = new Map<string, number>();
  #sources: readonly EcsEventSource[] = [];

  constructor(silenceMs: number, timers: Timers) {
    this.#silenceMs = silenceMs;
    this.#timers = timers;
  }

  /** Names the sources. Before that there is no contact. */
  connect(sources: readonly EcsEventSource[]): void {
    this.#sources = sources;
  }

  /** An event has arrived. */
  heard(scope: Scope, isHeartbeat = false): void {
    const [key, now] = [scopeKey(scope), this.#timers.monotonic()];
    this.#heardAt.set(scope.region, now);
    this.#covered.add(key);
    if (isHeartbeat || this.#beatAt.has(key)) this.#beatAt.set(key, now);
  }

  /**
   * The contact with one account and Region. A queue that answers proves nothing about the rules of other accounts: of several accounts,
   * each has contact from its first event on. One that has sent a heartbeat must go on sending.
   */
  with(scope: Scope): Contact {
    const { account, region } = scope;
    const isCovered = () => account === DEFAULT_ACCOUNT || this.#covered.has(scopeKey(scope));
    const lastAt = () => (isCovered() ? (this.#beatAt.get(scopeKey(scope)) ?? this.#lastAt(region)) : undefined);
    const backlogOf = () => this.#backlogMs(region);
    const [timers, silenceMs] = [this.#timers, this.#silenceMs];
    return {
      get lastAt() {
        return lastAt();
      },
      get isAlive() {
        const last = lastAt();
        return last !== undefined && timers.monotonic() - last <= silenceMs && backlogOf() <= MOST_BACKLOG_MS;
      },
      asOf(now) {
        const last = lastAt();
        return now - (last === undefined ? 0 : timers.monotonic() - last) - backlogOf();
      },
    };
  }

  /** Milliseconds since the last sign of life of any source; undefined before the first. */
  get silentForMs(): number | undefined {
    const times = [...this.#heardAt.values(), ...this.#sources.flatMap((source) => source.state().lastContactAt ?? [])];
    return times.length === 0 ? undefined : this.#timers.monotonic() - Math.max(...times);
  }

  /**
   * A queue proves it for its own Region. An endpoint is reached from any, so only its events do, unless it is all there
   * is to know.
   */
  #lastAt(region: string): number | undefined {
    let last = this.#heardAt.get(region);
    for (const source of this.#sources) {
      const { region: own, lastContactAt } = source.state();
      const isProof = own === region || (own === undefined && this.#heardAt.size <= 1);
      if (isProof && lastContactAt !== undefined && (last === undefined || lastContactAt > last)) last = lastContactAt;
    }
    return last;
  }

  #backlogMs(region: string): number {
    const behind = this.#sources.map((source) => source.state()).filter(({ region: own = region }) => own === region);
    return Math.max(0, ...behind.map(({ backlogMs }) => backlogMs ?? 0));
  }
}
