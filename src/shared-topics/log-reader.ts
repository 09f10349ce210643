import type { BlockingReader, SharedStore } from '../shared/store.ts';
import { type LogEntry, toLogEntries } from './log-entry.ts';

/** A log that is read. */
export interface ReadLog {
  readonly logKey: string;
  /** The id of the last entry that was taken. */
  readonly lastId: string;
  take(entries: readonly LogEntry[]): void;
}

const BLOCK_MS = 1_000;
const MOST_AT_ONCE = 1_000;
const RETRY_MS = 200;
/** Logs that are added within this time interrupt the reader once. */
const GATHER_MS = 5;

/** Reads the logs of all lives that this process follows, by one command that waits at the server. */
export class LogReader {
  readonly #store: SharedStore;
  readonly #logs = new Map<string, ReadLog>();
  #reader: BlockingReader | undefined;
  #isRunning = false;
  #isInterrupting = false;

  constructor(store: SharedStore) {
    this.#store = store;
  }

  add(log: ReadLog): void {
    this.#logs.set(log.logKey, log);
    if (!this.#isRunning) void this.#run();
    else this.#interrupt();
  }

  delete(log: ReadLog): void {
    if (this.#logs.get(log.logKey) === log) this.#logs.delete(log.logKey);
  }

  close(): void {
    this.#logs.clear();
    this.#reader?.close();
  }

  #interrupt(): void {
    if (this.#isInterrupting) return;
    this.#isInterrupting = true;
    setTimeout(() => {
      this.#isInterrupting = false;
      this.#reader?.interrupt();
    }, GATHER_MS).unref();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    this.#reader ??= this.#store.openReader();
    while (this.#logs.size > 0) {
      const logs = [...this.#logs.values()];
      const streams = [...logs.map(({ logKey }) => logKey), ...logs.map(({ lastId }) => lastId)];
      try {
        const args = ['XREAD', 'COUNT', String(MOST_AT_ONCE), 'BLOCK', String(BLOCK_MS), 'STREAMS', ...streams];
        const found = await this.#reader.read(args, BLOCK_MS);
        if (found !== null) for (const [key, raw] of pairsOf(found)) this.#logs.get(key)?.take(toLogEntries(raw));
      } catch {
        // The store notices when Redis is away. Nothing is lost: reading goes on after the last id.
        await new Promise((resolve) => void setTimeout(resolve, RETRY_MS).unref());
      }
    }
    this.#isRunning = false;
  }
}

/** A reply by stream is a map in RESP3, and an array of pairs in RESP2. */
function pairsOf(found: unknown): Iterable<readonly [string, unknown]> {
  if (found instanceof Map) return found as Map<string, unknown>;
  if (!Array.isArray(found)) return Object.entries(found as object);
  if (Array.isArray(found[0])) return found as [string, unknown][];
  return found.flatMap((key, index) => (index % 2 === 0 ? [[String(key), found[index + 1]] as const] : []));
}
