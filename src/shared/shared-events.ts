import type { Timers } from '../ecs/core/timers.ts';
import { fleetKey } from './keys.ts';
import { createScript } from './script.ts';
import type { BlockingReader, SharedStore } from './store.ts';

/** A reader of the stream. */
export interface EventListener {
  /** Texts that other replicas published, in order. */
  onTexts(texts: readonly string[]): void;
  /** Some texts were lost on the way. */
  onGap(): void;
}

const MOST_ENTRIES = 5_000;
const LIFE_MS = 600_000;
const PAGE = 200;
const BLOCK_MS = 1_000;
const RETRY_MS = 200;
const START = '0-0';
const KEY = fleetKey('events', 'log');

/** Appends texts. KEYS: the stream. ARGV: the replica, and the texts. */
const PUBLISH = createScript(
  'publish-events',
  `for i=2,#ARGV do redis.call('XADD',KEYS[1],'MAXLEN','~',${MOST_ENTRIES},'*','r',ARGV[1],'e',ARGV[i]) end
return redis.call('PEXPIRE',KEYS[1],${LIFE_MS})`,
);

/** Texts in one stream of Redis, which every replica appends to and reads. */
export class SharedEvents {
  /** Monotonic time of the last answer of the stream; undefined before the first. */
  lastReadAt: number | undefined;
  readonly #store: SharedStore;
  readonly #timers: Timers;
  #reader: BlockingReader | undefined;
  #lastId: string | undefined;
  /** Whether entries after the last id may be missing. */
  #isDoubtful = false;
  #isClosed = false;
  #wake: () => void = () => undefined;
  #running: Promise<void> | undefined;

  constructor(store: SharedStore, timers: Timers) {
    this.#store = store;
    this.#timers = timers;
    store.onChange(({ isAway }) => {
      if (!isAway) this.#isDoubtful = true;
    });
  }

  /** @throws {SharedError} if it is unknown whether the others will get the texts */
  async publish(texts: readonly string[]): Promise<void> {
    const packed = texts.map((text) => this.#store.pack(text));
    await this.#store.run(PUBLISH, [KEY], [this.#store.replica, ...packed]);
  }

  /** Begins to read what is published from now on. Called once. */
  follow(listener: EventListener): void {
    this.#running = this.#run(listener);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#wake();
    this.#reader?.close();
    await this.#running;
  }

  async #run(listener: EventListener): Promise<void> {
    this.#reader = this.#store.openReader();
    while (!this.#isClosed) {
      try {
        await this.#read(this.#reader, listener);
      } catch {
        // The store notices when Redis is away. Whether something was lost meanwhile is tested before the next read.
        this.#isDoubtful = true;
        if (!this.#isClosed) await this.#pause();
      }
    }
  }

  async #read(reader: BlockingReader, listener: EventListener): Promise<void> {
    if (this.#lastId === undefined) this.#lastId = await this.#newest();
    else if (this.#isDoubtful) await this.#testCursor(this.#lastId, listener);
    this.#isDoubtful = false;
    const args = ['XREAD', 'COUNT', String(PAGE), 'BLOCK', String(BLOCK_MS), 'STREAMS', KEY, this.#lastId];
    const entries = entriesOf(await reader.read(args, BLOCK_MS));
    this.lastReadAt = this.#timers.monotonic();
    // A reader that is far behind may be overtaken by what Redis cuts off.
    if (entries.length === PAGE) this.#isDoubtful = true;
    const packed = entries.flatMap(([, [, replica, , text = '']]) => (replica === this.#store.replica ? [] : text));
    this.#lastId = entries.at(-1)?.[0] ?? this.#lastId;
    const texts = packed.flatMap((text) => this.#store.unpack(text) ?? []);
    if (texts.length > 0) listener.onTexts(texts);
    if (texts.length < packed.length) listener.onGap();
  }

  /** The last entry that was read is the oldest that matters: if it is still there, so are all after it. */
  async #testCursor(lastId: string, listener: EventListener): Promise<void> {
    const found = (await this.#store.command('XRANGE', KEY, lastId, lastId)) as unknown[];
    if (found.length > 0) return;
    this.#lastId = await this.#newest();
    // An idle stream disappears, and nothing is lost with it.
    if (lastId !== START || this.#lastId !== START) listener.onGap();
  }

  async #newest(): Promise<string> {
    const [newest] = (await this.#store.command('XREVRANGE', KEY, '+', '-', 'COUNT', '1')) as [string][];
    return newest?.[0] ?? START;
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#timers.schedule(RETRY_MS, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}

/** The entries of the one stream in a reply: a map in RESP3, pairs in RESP2; null if nothing came. */
function entriesOf(found: unknown): readonly (readonly [id: string, fields: readonly string[]])[] {
  if (found === null || found === undefined) return [];
  const values = found instanceof Map ? [...found.values()] : Object.values(found as object);
  const [first] = Array.isArray(found) ? (Array.isArray(found[0]) ? [found[0][1]] : [found[1]]) : values;
  return first ?? [];
}
