import type { Service, ServiceDeployment, Task } from '@aws-sdk/client-ecs';
import type { EntityKind, EntityShapes } from '../ecs/core/describe-specs.ts';
import type { Timers } from '../ecs/core/timers.ts';
import { LatestValues } from '../util/latest-values.ts';
import { ofDeployment, ofEvents, ofTask } from './entries.ts';
import type { HistoryEntry, HistoryQuery, HistoryStore } from './history.ts';

/** Entries reach the store within this time: a crash loses no more. */
const FLUSH_MS = 1_000;
/** After a failure of the store. */
const RETRY_MS = 5_000;
const PRUNE_MS = 10 * 60_000;
/** Entries written at once, so that a long list does not hold up answers. */
const AT_ONCE = 500;
/** Entries that may wait for a store that fails; then the oldest are dropped. */
const MOST_WAITING = 20_000;
/** Entries whose length is remembered, so that the same reading is not written at each poll. */
const MOST_REMEMBERED = 50_000;

export interface RecorderOptions {
  readonly store: HistoryStore;
  readonly timers: Timers;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly maxAgeMs: number;
  readonly onFailure: (error: unknown) => void;
}

/** Passes to the store what answers of ECS show in passing. It makes no call. */
export class Recorder {
  readonly #options: RecorderOptions;
  #waiting = new Map<string, HistoryEntry>();
  /** The length of each entry's body, by key. */
  readonly #written = new LatestValues<number>(MOST_REMEMBERED);
  /** The time of the newest event that was recorded, by service. */
  readonly #newest = new LatestValues<number>(MOST_REMEMBERED);
  #cancel: (() => void) | undefined;
  #cancelPrune: (() => void) | undefined;
  #writing: Promise<void> | undefined;
  dropped = 0;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#schedulePrune(0);
  }

  /** Looks at described resources. */
  observe(kind: EntityKind, items: readonly EntityShapes[EntityKind][]): void {
    if (kind === 'Task') for (const task of items) this.#add(ofTask(task as Task));
    else if (kind === 'ServiceDeployment') for (const one of items) this.#add(ofDeployment(one as ServiceDeployment));
    else if (kind === 'Service') for (const service of items) this.#addEvents(service as Service);
  }

  /** Entries of a query, those included that are not written yet. */
  async read(query: HistoryQuery, most: number): Promise<readonly HistoryEntry[]> {
    await this.flush();
    return this.#options.store.read(query, most);
  }

  async count(query: HistoryQuery): Promise<number> {
    await this.flush();
    return this.#options.store.count(query);
  }

  /** Writes what waits. */
  flush(): Promise<void> {
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  async close(): Promise<void> {
    this.#cancel?.();
    this.#cancelPrune?.();
    await this.#writing;
    await this.flush();
    this.#cancel?.();
    await this.#options.store.close();
  }

  #addEvents(service: Service): void {
    const { serviceArn = '' } = service;
    const entries = ofEvents(service, this.#newest.get(serviceArn) ?? 0);
    for (const entry of entries) this.#add(entry);
    const newest = Math.max(...entries.map(({ at }) => at));
    if (entries.length > 0) this.#newest.set(serviceArn, newest);
  }

  #add(entry: HistoryEntry | undefined): void {
    if (entry === undefined) return;
    const { key, body } = entry;
    if ((this.#written.get(key) ?? 0) >= body.length) return;
    this.#written.set(key, body.length);
    this.#waiting.set(key, entry);
    if (this.#waiting.size > MOST_WAITING) {
      const [oldest] = this.#waiting.keys();
      if (oldest !== undefined) this.#waiting.delete(oldest);
      this.dropped += 1;
    }
    this.#schedule(FLUSH_MS);
  }

  #schedule(delayMs: number): void {
    if (this.#cancel !== undefined) return;
    this.#cancel = this.#options.timers.schedule(delayMs, () => {
      this.#cancel = undefined;
      void this.flush();
    });
  }

  async #write(): Promise<void> {
    while (this.#waiting.size > 0) {
      const some = [...this.#waiting.values()].slice(0, AT_ONCE);
      try {
        await this.#options.store.record(some);
      } catch (error) {
        this.#options.onFailure(error);
        this.#schedule(RETRY_MS);
        return;
      }
      // An entry may have been replaced meanwhile.
      for (const entry of some) if (this.#waiting.get(entry.key) === entry) this.#waiting.delete(entry.key);
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  #schedulePrune(delayMs: number): void {
    const { timers, store, now, maxAgeMs, onFailure } = this.#options;
    this.#cancelPrune = timers.schedule(delayMs, () => {
      Promise.resolve()
        .then(() => store.prune(now() - maxAgeMs))
        .catch(onFailure);
      this.#schedulePrune(PRUNE_MS);
    });
  }
}
