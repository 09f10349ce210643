import { randomUUID } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { fromText, toText } from '../ecs/consistency/output-text.ts';
import { TtlMap } from '../ecs/consistency/ttl-map.ts';
import type { Timers } from '../ecs/core/timers.ts';
import type { SharedWrite, WriteSharing } from '../ecs/outcomes/write-sharing.ts';
import { fleetKey } from './keys.ts';
import { createScript } from './script.ts';
import { SharedError, type SharedStore } from './store.ts';

/** Writes that are older do not matter any more: ECS shows them. */
const RECENT_MS = 30_000;
const MOST_ENTRIES = 5_000;
/** A replica without requests reads this often. */
const IDLE_MS = 1_000;
const PAGE = 200;
const START = '0-0';

/** Appends a write. KEYS: the log. ARGV: entry. An idle log disappears. */
const PUBLISH = createScript(
  'publish-write',
  `redis.call('XADD',KEYS[1],'MAXLEN','~',${MOST_ENTRIES},'*','w',ARGV[1]) return redis.call('PEXPIRE',KEYS[1],${RECENT_MS * 4})`,
);

/** Reads what is new. KEYS: the log. ARGV: last id. Returns the server's time in ms, and the entries after that id. */
const READ = createScript(
  'read-writes',
  `local t=redis.call('TIME')
return {string.format('%.0f',t[1]*1000+math.floor(t[2]/1000)),redis.call('XRANGE',KEYS[1],'('..ARGV[1],'+','COUNT',${PAGE})}`,
);

const KEY = fleetKey('{writes}', 'log');

interface Entry {
  readonly id: string;
  readonly scope: string;
  readonly write: SharedWrite;
}

/**
 * The recent writes of all replicas, in one stream. A replica appends a write before it answers its caller, and reads
 * what is new before it starts a request. So a read behind any replica's answer sees its write.
 */
export class WriteLog {
  readonly #store: SharedStore;
  readonly #timers: Timers;
  readonly #listeners = new Map<string, ((write: SharedWrite) => void)[]>();
  /** Recent writes of all replicas that this one knows, by their id. */
  readonly #known: TtlMap<Entry>;
  /** Writes of this replica that could not be published. */
  #unpublished: { readonly entry: Entry; readonly at: number }[] = [];
  #lastId = START;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #stop: () => void = () => undefined;
  #isClosed = false;

  constructor(store: SharedStore, timers: Timers) {
    this.#store = store;
    this.#timers = timers;
    this.#known = new TtlMap({ ttlMs: RECENT_MS, most: MOST_ENTRIES }, timers);
    store.onChange(({ isAway, isNewServer }) => {
      if (isAway) return;
      // A server that was restarted counts from the beginning.
      if (isNewServer) this.#lastId = START;
      void this.#publishAgain();
    });
    this.#readLater();
  }

  /** The writes of one account and region. */
  of(scope: string): WriteSharing {
    return {
      publish: async (write) => this.#publish({ id: randomUUID(), scope, write }),
      onWrite: (listener) => {
        this.#listeners.set(scope, [...(this.#listeners.get(scope) ?? []), listener]);
        // The scope may have been opened after a write was read.
        for (const entry of this.#known.values()) if (entry.scope === scope) listener(entry.write);
      },
    };
  }

  /**
   * Resolves when every write is known that another replica has answered before now; undefined while that cannot be
   * known. Requests that come together share a command.
   */
  current(): Promise<void> | undefined {
    if (this.#store.isAway) return undefined;
    if (this.#running === undefined) return this.#read();
    this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      return this.#read();
    });
    return this.#next;
  }

  close(): void {
    this.#isClosed = true;
    this.#stop();
  }

  async #publish(entry: Entry): Promise<void> {
    this.#known.put(entry.id, entry);
    try {
      await this.#store.run(PUBLISH, [KEY], [packed(entry)]);
    } catch (error) {
      if (!(error instanceof SharedError)) throw error;
      this.#unpublished.push({ entry, at: this.#timers.monotonic() });
      if (this.#unpublished.length > MOST_ENTRIES) this.#unpublished.shift();
    }
  }

  /** The others know a write by its id, should it have come through all the same. */
  async #publishAgain(): Promise<void> {
    const missed = this.#unpublished;
    this.#unpublished = [];
    for (const { entry, at } of missed) {
      if (this.#timers.monotonic() - at < RECENT_MS) await this.#publish(entry);
    }
  }

  #read(): Promise<void> {
    const reading = this.#readAll().finally(() => {
      if (this.#running === reading) this.#running = undefined;
      this.#readLater();
    });
    this.#running = reading;
    return reading;
  }

  async #readAll(): Promise<void> {
    try {
      for (let isFull = true; isFull; ) {
        const [now, entries] = (await this.#store.run(READ, [KEY], [this.#lastId])) as [string, [string, string[]][]];
        for (const [id, [, text = '']] of entries) {
          this.#lastId = id;
          if (Number(now) - Number(id.split('-')[0]) < RECENT_MS) this.#apply(text);
        }
        isFull = entries.length === PAGE;
      }
    } catch (error) {
      if (!(error instanceof SharedError)) throw error;
    }
  }

  #apply(text: string): void {
    const entry = unpacked(text);
    if (this.#known.get(entry.id) !== undefined) return;
    this.#known.put(entry.id, entry);
    for (const listener of this.#listeners.get(entry.scope) ?? []) listener(entry.write);
  }

  #readLater(): void {
    this.#stop();
    if (this.#isClosed) return;
    this.#stop = this.#timers.schedule(IDLE_MS, () => {
      if (this.current() === undefined) this.#readLater();
    });
  }
}

function packed(entry: Entry): string {
  return deflateRawSync(toText(entry), { level: 1 }).toString('base64');
}

function unpacked(text: string): Entry {
  return fromText(inflateRawSync(Buffer.from(text, 'base64')).toString()) as Entry;
}
