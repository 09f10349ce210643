import type { Logger } from 'pino';
import type { Principal } from '../auth/principal.ts';
import { realTimers, type Timers } from '../ecs/core/timers.ts';
import { type AuditSink, openSink } from './audit-sink.ts';

/** The content of an audit line beside its time. */
export interface AuditEntry {
  /** Absent in a summary of several requests. */
  readonly requestId?: string | undefined;
  readonly principal: Principal;
  /** The operation of ECS, or an action of the gateway. */
  readonly action: string;
  /** ARNs, or names where the account is not known. */
  readonly targets: readonly string[];
  readonly decision: 'ALLOW' | 'DENY';
  /** Ids of the deciding policies; empty without policies, or if none allows it. */
  readonly policies: readonly string[];
  readonly input?: unknown;
  /** `DONE`, or the code of the error. */
  readonly outcome?: string;
  /** Whether the write was sent before, under the same idempotency key, so no write was sent now. */
  readonly replayed?: true;
  /** Set for a write that was only planned. */
  readonly dryRun?: true;
  readonly ecsRequestId?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly durationMs?: number;
  /** Of a summary: how many requests, since when, and from which addresses the most. */
  readonly count?: number;
  readonly since?: string;
  readonly addresses?: Readonly<Record<string, number>>;
  readonly otherAddresses?: number;
}

interface Line {
  readonly bytes: Buffer;
  readonly at: number;
}

/** Waits until as many lines are written. */
interface Settler {
  readonly upTo: number;
  readonly settle: () => void;
}

/** Time in ms without a written line after which the disk is slow and the gateway not ready. */
const SLOW_MS = 1_000;
/** An answer waits for its line for at most this long. */
const ANSWER_WAITS_MS = 2_000;
/** At the end, lines wait for a disk for at most this long. */
const CLOSE_WAITS_MS = 5_000;
const RETRY_MS = 1_000;
/** A pipe whose reader is behind takes more soon. */
const FULL_PIPE_RETRY_MS = 50;
/** Above this number of lines waiting for a disk, writes are refused: each would need one more. */
const MOST_WAITING = 1_000;
const MOST_BYTES_AT_ONCE = 64_000;

/**
 * One JSON line for each write and each refusal, in order. Lines are written without blocking the event loop; the answer
 * of a request waits for its own lines (`settled`). Lines that cannot be written wait. Meanwhile the gateway is not
 * ready, and eventually accepts no writes. No line is dropped: at the end, what could not be written goes to the log.
 */
export class AuditLog {
  readonly #target: string;
  readonly #log: Logger;
  readonly #sink: AuditSink;
  readonly #timers: Timers;
  readonly #waiting: Line[] = [];
  #settlers: Settler[] = [];
  /** Lines written since the start. */
  #written = 0;
  #isWriting = false;
  #problem: string | undefined;
  #cancelRetry: (() => void) | undefined;

  /**
   * @param target a path, or `stdout`
   * @throws {Error} if the file cannot be opened
   */
  constructor(target: string, log: Logger, sink: AuditSink = openSink(target), timers: Timers = realTimers()) {
    this.#target = target;
    this.#log = log;
    this.#sink = sink;
    this.#timers = timers;
  }

  /** Whether lines wait because they cannot be written, or because the disk is slow. */
  get isFailing(): boolean {
    const [oldest] = this.#waiting;
    if (oldest === undefined) return false;
    return this.#problem !== undefined || this.#timers.monotonic() - oldest.at >= SLOW_MS;
  }

  get isFull(): boolean {
    return this.#waiting.length >= MOST_WAITING;
  }

  record({ principal, ...entry }: AuditEntry): void {
    const { name, roles = [] } = principal;
    const line = { time: new Date().toISOString(), principal: name, roles, ...entry };
    // Many refusals must not fill the memory; writes are already refused.
    if (this.isFull && entry.decision === 'DENY') {
      this.#log.error(line, 'an audit line could not be kept');
      return;
    }
    this.#waiting.push({ bytes: Buffer.from(`${JSON.stringify(line)}\n`), at: this.#timers.monotonic() });
    if (this.#cancelRetry === undefined) void this.#write();
  }

  /** Resolves when all lines recorded so far are written, or after two seconds. Undefined if no line waits. */
  settled(mostMs = ANSWER_WAITS_MS): Promise<void> | undefined {
    if (this.#waiting.length === 0) return undefined;
    return new Promise((resolve) => {
      const settler: Settler = {
        upTo: this.#written + this.#waiting.length,
        settle: () => {
          cancel();
          resolve();
        },
      };
      const cancel = this.#timers.schedule(mostMs, () => {
        this.#settlers = this.#settlers.filter((other) => other !== settler);
        resolve();
      });
      this.#settlers.push(settler);
    });
  }

  /** Has the next line open the file again: it may have been moved. */
  reopen(): void {
    this.#sink.reopen();
  }

  /** Writes what waits and closes the file. */
  async close(): Promise<void> {
    // The timers of retries do not keep the process alive.
    const alive = setInterval(() => undefined, CLOSE_WAITS_MS);
    this.#stopRetry();
    void this.#write();
    await this.settled(CLOSE_WAITS_MS);
    this.#stopRetry();
    clearInterval(alive);
    for (const { bytes } of this.#waiting.splice(0)) {
      this.#log.error({ line: bytes.toString().trimEnd() }, 'an audit line could not be written');
    }
    this.#sink.reopen();
  }

  #stopRetry(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
  }

  async #write(): Promise<void> {
    if (this.#isWriting) return;
    this.#isWriting = true;
    try {
      while (this.#waiting.length > 0) this.#took(await this.#sink.write(this.#next()));
      this.#problem = undefined;
    } catch (error) {
      this.#failed(error as NodeJS.ErrnoException);
    }
    this.#isWriting = false;
  }

  /** As many lines as are written at once. */
  #next(): Buffer {
    let size = 0;
    const next = this.#waiting.findIndex(({ bytes }) => {
      size += bytes.length;
      return size > MOST_BYTES_AT_ONCE;
    });
    const lines = next < 0 ? this.#waiting : this.#waiting.slice(0, Math.max(1, next));
    return Buffer.concat(lines.map(({ bytes }) => bytes));
  }

  /** A full disk may accept a part of a line; the rest follows. */
  #took(written: number): void {
    let left = written;
    for (let first = this.#waiting[0]; first !== undefined && left > 0; first = this.#waiting[0]) {
      if (left < first.bytes.length) {
        this.#waiting[0] = { ...first, bytes: first.bytes.subarray(left) };
        break;
      }
      left -= first.bytes.length;
      this.#waiting.shift();
      this.#written += 1;
    }
    for (let next = this.#settlers[0]; next !== undefined && next.upTo <= this.#written; next = this.#settlers[0]) {
      this.#settlers.shift();
      next.settle();
    }
  }

  #failed({ code, message }: NodeJS.ErrnoException): void {
    const isPipeFull = code === 'EAGAIN';
    if (!isPipeFull) {
      if (this.#problem !== message) {
        this.#log.error({ file: this.#target, problem: message }, 'audit lines wait: the file cannot be written');
      }
      this.#problem = message;
      this.#sink.reopen();
    }
    this.#cancelRetry = this.#timers.schedule(isPipeFull ? FULL_PIPE_RETRY_MS : RETRY_MS, () => {
      this.#cancelRetry = undefined;
      void this.#write();
    });
  }
}
