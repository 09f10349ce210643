import { readFile, stat } from 'node:fs/promises';
import type { Logger } from 'pino';

export interface ReloadableOptions<T> {
  readonly path: string;
  /** Name for the log and the metrics: `tokens`, `policy`. */
  readonly what: string;
  /** @throws {Error} whose message says what is wrong with the text */
  readonly parse: (text: string) => T | Promise<T>;
  /** Called with each version that is taken, the first included. */
  readonly apply: (value: T) => void;
  readonly log: Logger;
}

/** A version is applied when two consecutive checks saw it: a file that is being written changes in between. */
const LOOK_MS = 1_000;
const MOST_BYTES = 10_000_000;

/**
 * A file that is read at the start, and again when it changes or `reload` is called. An invalid version changes
 * nothing.
 */
export class ReloadableFile<T> {
  readonly #options: ReloadableOptions<T>;
  #looks: NodeJS.Timeout | undefined;
  #seen: string | undefined;
  #read: string | undefined;
  #isStale = false;
  #reloading: Promise<unknown> = Promise.resolve();

  private constructor(options: ReloadableOptions<T>) {
    this.#options = options;
  }

  /**
   * Reads the first version and starts to watch for changes.
   * @throws {Error} if the file cannot be read, or its text is invalid
   */
  static async open<T>(options: ReloadableOptions<T>): Promise<ReloadableFile<T>> {
    const file = new ReloadableFile(options);
    file.#read = await file.#version();
    file.#seen = file.#read;
    options.apply(await options.parse(await file.#text()));
    file.#looks = setInterval(() => void file.#look(), LOOK_MS).unref();
    return file;
  }

  get what(): string {
    return this.#options.what;
  }

  /** Whether the file has a version that was refused, so that an older one is in force. */
  get isStale(): boolean {
    return this.#isStale;
  }

  /** Reads the file now. False if it is refused: the log says why, and the old version stays in force. */
  reload(): Promise<boolean> {
    // One after the other, so that the newest version is applied last.
    const reloaded = this.#reloading.then(() => this.#readAgain());
    this.#reloading = reloaded;
    return reloaded;
  }

  async #readAgain(): Promise<boolean> {
    const { path, what, parse, apply, log } = this.#options;
    try {
      this.#read = await this.#version();
      apply(await parse(await this.#text()));
      this.#isStale = false;
      log.info({ file: path }, `the ${what} file was read again and is in force`);
      return true;
    } catch (error) {
      this.#isStale = true;
      const problem = (error as Error).message;
      log.error({ file: path, problem }, `the ${what} file is refused; the version before it stays in force`);
      return false;
    }
  }

  close(): void {
    clearInterval(this.#looks);
  }

  async #look(): Promise<void> {
    const seen = await this.#version().catch(() => 'missing');
    const isSettled = seen === this.#seen;
    this.#seen = seen;
    if (!isSettled || seen === this.#read) return;
    this.#read = seen;
    await this.reload();
  }

  async #version(): Promise<string> {
    const { ino, size, mtimeNs } = await stat(this.#options.path, { bigint: true });
    return `${ino} ${size} ${mtimeNs}`;
  }

  async #text(): Promise<string> {
    const bytes = await readFile(this.#options.path);
    if (bytes.length > MOST_BYTES) throw new Error(`is larger than ${MOST_BYTES} bytes`);
    return bytes.toString();
  }
}
