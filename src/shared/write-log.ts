import { randomUUID } from 'node:crypto';
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
const PAGE = 200;
const START = '0-0';
/** How long the reader waits at the server for a write. */
const BLOCK_MS = 500;
/** A replica that has known of no later moment than this long ago asks before it reads. More than BLOCK_MS. */
const CURRENT_MS = 700;
/** A write waits this long for replicas to apply it, so that one that has not will ask. More than CURRENT_MS. */
const CONFIRM_MS = 800;
/** A replica is new to the others for this long after it connected, so that they do not wait for it. */
const UNKNOWN_MS = 5_000;
const LONGEST_LOOK_MS = 50;
const RETRY_MS = 100;

/** Appends a write. KEYS: the log. ARGV: entry. An idle log disappears. Returns the id. */
const PUBLISH = createScript(
  'publish-write',
  `local id=redis.call('XADD',KEYS[1],'MAXLEN','~',${MOST_ENTRIES},'*','w',ARGV[1])
redis.call('PEXPIRE',KEYS[1],${RECENT_MS * 4}) return id`,
);

/** Reads what is new. KEYS: the log. ARGV: last id. Returns the server's time in ms, and the entries after that id. */
const READ = createScript(
  'read-writes',
  `local t=redis.call('TIME')
return {string.format('%.0f',t[1]*1000+math.floor(t[2]/1000)),redis.call('XRANGE',KEYS[1],'('..ARGV[1],'+','COUNT',${PAGE})}`,
);

const KEY = fleetKey('writes', 'log');
/** Key of the last write that a replica has applied. */
const appliedKey = (replica: string) => fleetKey('writes', 'applied', replica);

interface Entry {
  readonly id: string;
  readonly scope: string;
  readonly write: SharedWrite;
}

interface OwnEntry {
  readonly entry: Entry;
  readonly at: number;
}

type Entries = readonly (readonly [id: string, fields: readonly string[]])[];

/**
 * The recent writes of all replicas, in one stream. A replica appends a write, and waits until the others have applied
 * it, before it answers its caller. One that has not applied it in time has not been current either, and asks before it
 * starts its next request. So a read behind any replica's answer sees its write, and most reads send no command.
 */
export class WriteLog {
  readonly #store: SharedStore;
  readonly #timers: Timers;
  readonly #listeners = new Map<string, ((write: SharedWrite) => void)[]>();
  /** Recent writes of all replicas that this one knows, by their id. */
  readonly #known: TtlMap<Entry>;
  /** Recent writes of this replica, by their id. */
  readonly #own: TtlMap<OwnEntry>;
  /** Writes of this replica that could not be published. */
  #unpublished: OwnEntry[] = [];
  #lastId = START;
  /** The last id that the other replicas know this one to have applied. */
  #reportedId = START;
  /** Every write of other replicas until this monotonic time is applied. */
  #currentAt = Number.NEGATIVE_INFINITY;
  /** Until then, others may not wait for this replica. */
  #unknownUntil = Number.POSITIVE_INFINITY;
  /** Replicas that have not applied a write in time, with its id. They ask before they read, so no write waits for them. */
  readonly #silent = new Map<string, string>();
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #isFollowing = false;
  #isClosed = false;

  /** @param unknownMs how long a replica is new to the others */
  constructor(store: SharedStore, timers: Timers, unknownMs = UNKNOWN_MS) {
    this.#store = store;
    this.#timers = timers;
    this.#known = new TtlMap({ ttlMs: RECENT_MS, most: MOST_ENTRIES }, timers);
    this.#own = new TtlMap({ ttlMs: RECENT_MS, most: MOST_ENTRIES }, timers);
    const start = (isNewServer: boolean) => {
      // A server that was restarted counts from the beginning.
      if (isNewServer) {
        this.#lastId = START;
        // A replica that starts soon would miss what the log has lost.
        this.#unpublished = [...this.#own.values()];
      }
      this.#currentAt = Number.NEGATIVE_INFINITY;
      this.#unknownUntil = timers.monotonic() + unknownMs;
      void this.#publishAgain();
      if (!this.#isFollowing) void this.#follow();
    };
    store.onChange(({ isAway, isNewServer }) => {
      if (!isAway) start(isNewServer);
    });
    if (!store.isAway) start(true);
  }

  /** The writes of one account and region. */
  of(scope: string): WriteSharing {
    return {
      publish: async (write) => {
        const own = { entry: { id: randomUUID(), scope, write }, at: this.#timers.monotonic() };
        this.#own.put(own.entry.id, own);
        await this.#publish(own);
      },
      onWrite: (listener) => {
        this.#listeners.set(scope, [...(this.#listeners.get(scope) ?? []), listener]);
        // The scope may have been opened after a write was read.
        for (const entry of this.#known.values()) if (entry.scope === scope) listener(entry.write);
      },
    };
  }

  /**
   * Resolves when every write is known that another replica has answered before now. Undefined if that is so already, or
   * cannot be known at present. Requests that come together share a command.
   */
  current(): Promise<void> | undefined {
    if (this.#store.isAway) return undefined;
    const now = this.#timers.monotonic();
    if (now >= this.#unknownUntil && now - this.#currentAt < CURRENT_MS) return undefined;
    if (this.#running === undefined) return this.#read();
    this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      return this.#read();
    });
    return this.#next;
  }

  close(): void {
    this.#isClosed = true;
  }

  async #publish(own: OwnEntry): Promise<void> {
    const { entry } = own;
    this.#known.put(entry.id, entry);
    try {
      const id = String(await this.#store.run(PUBLISH, [KEY], [this.#store.pack(toText(entry))]));
      await this.#confirm(id);
    } catch (error) {
      if (!(error instanceof SharedError)) throw error;
      this.#unpublished.push(own);
      if (this.#unpublished.length > MOST_ENTRIES) this.#unpublished.shift();
    }
  }

  /** The others know a write by its id, should it have come through all the same. */
  async #publishAgain(): Promise<void> {
    const missed = this.#unpublished;
    this.#unpublished = [];
    for (const own of missed) {
      if (this.#timers.monotonic() - own.at < RECENT_MS) await this.#publish(own);
    }
  }

  /** Waits until the others have applied a write. */
  async #confirm(id: string): Promise<void> {
    const until = this.#timers.monotonic() + CONFIRM_MS;
    for (let lookMs = 1; ; lookMs = Math.min(2 * lookMs, LONGEST_LOOK_MS)) {
      const missing = await this.#missing(id);
      if (missing.length === 0) return;
      if (this.#timers.monotonic() >= until) {
        for (const replica of missing) this.#silent.set(replica, id);
        return;
      }
      await this.#pass(lookMs);
    }
  }

  /** The replicas that have not applied a write, but for those that are silent. */
  async #missing(id: string): Promise<readonly string[]> {
    const { others } = this.#store;
    for (const replica of this.#silent.keys()) if (!others.includes(replica)) this.#silent.delete(replica);
    if (others.length === 0) return [];
    const applied = (await this.#store.command('MGET', ...others.map(appliedKey))) as readonly (string | null)[];
    return others.filter((replica, index) => {
      const last = applied[index] ?? START;
      const silentAt = this.#silent.get(replica);
      if (silentAt !== undefined && !isBefore(last, silentAt)) this.#silent.delete(replica);
      return isBefore(last, id) && !this.#silent.has(replica);
    });
  }

  /** Applies writes as they come. */
  async #follow(): Promise<void> {
    this.#isFollowing = true;
    const reader = this.#store.openReader();
    while (!this.#isClosed) {
      if (this.#currentAt === Number.NEGATIVE_INFINITY) await this.current();
      const sentAt = this.#timers.monotonic();
      const from = this.#lastId;
      const command = ['XREAD', 'COUNT', `${PAGE}`, 'BLOCK', `${BLOCK_MS}`, 'STREAMS', KEY, from];
      try {
        const answer = (await reader.read(command, BLOCK_MS)) as Readonly<Record<string, Entries>> | null;
        // The server has waited before it said that there is no write.
        if (answer === null) this.#currentAt = Math.max(this.#currentAt, sentAt + BLOCK_MS);
        else if (this.#take(answer[KEY] ?? [], from)) this.#currentAt = Math.max(this.#currentAt, sentAt);
      } catch (error) {
        if (!(error instanceof SharedError)) throw error;
        await this.#pass(RETRY_MS);
      }
    }
    reader.close();
  }

  /** Applies what was read behind an id. Returns whether no more can have been there. */
  #take(entries: Entries, from: string): boolean {
    // Redis was restarted meanwhile, and counts from the beginning.
    if (isBefore(this.#lastId, from)) return false;
    for (const [id, [, text = '']] of entries) {
      if (isBefore(this.#lastId, id)) this.#lastId = id;
      this.#apply(text);
    }
    this.#report();
    return entries.length < PAGE;
  }

  #report(): void {
    if (this.#reportedId === this.#lastId) return;
    this.#reportedId = this.#lastId;
    const args = ['SET', appliedKey(this.#store.replica), this.#lastId, 'PX', String(2 * RECENT_MS)];
    this.#store.command(...args).catch((error: unknown) => {
      if (!(error instanceof SharedError)) throw error;
    });
  }

  #read(): Promise<void> {
    const reading = this.#readAll().finally(() => {
      if (this.#running === reading) this.#running = undefined;
    });
    this.#running = reading;
    return reading;
  }

  async #readAll(): Promise<void> {
    try {
      for (let isFull = true; isFull; ) {
        const sentAt = this.#timers.monotonic();
        const from = this.#lastId;
        const [now, entries] = (await this.#store.run(READ, [KEY], [from])) as [string, Entries];
        const recent = entries.filter(([id]) => Number(now) - millisecondsOf(id) < RECENT_MS);
        const last = entries.at(-1)?.[0];
        if (this.#take(recent, from)) this.#currentAt = Math.max(this.#currentAt, sentAt);
        if (last !== undefined && isBefore(this.#lastId, last)) this.#lastId = last;
        isFull = entries.length === PAGE;
      }
    } catch (error) {
      if (!(error instanceof SharedError)) throw error;
    }
  }

  #pass(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#timers.schedule(ms, resolve));
  }

  #apply(text: string): void {
    const unpacked = this.#store.unpack(text);
    if (unpacked === undefined) return;
    const entry = fromText(unpacked) as Entry;
    if (this.#known.get(entry.id) !== undefined) return;
    this.#known.put(entry.id, entry);
    for (const listener of this.#listeners.get(entry.scope) ?? []) listener(entry.write);
  }
}

const millisecondsOf = (id: string) => Number(id.slice(0, id.indexOf('-')));
const sequenceOf = (id: string) => Number(id.slice(id.indexOf('-') + 1));

/** Whether an id of the stream comes before another one. */
function isBefore(one: string, other: string): boolean {
  const [at, otherAt] = [millisecondsOf(one), millisecondsOf(other)];
  return at < otherAt || (at === otherAt && sequenceOf(one) < sequenceOf(other));
}
