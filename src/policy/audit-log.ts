import { closeSync, openSync, writeSync } from 'node:fs';
import type { Logger } from 'pino';
import type { Principal } from '../auth/principal.ts';

/** The content of an audit line without its time. */
export interface AuditEntry {
  readonly requestId: string;
  readonly principal: Principal;
  /** The operation of ECS, or an action of the gateway. */
  readonly action: string;
  /** ARNs, or names where the account is not known. */
  readonly targets: readonly string[];
  readonly decision: 'ALLOW' | 'DENY';
  /** Ids of the deciding policies; empty without policies, or if no policy allows it. */
  readonly policies: readonly string[];
  readonly input?: unknown;
  /** `DONE`, or the code of the error. */
  readonly outcome?: string;
  readonly ecsRequestId?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly durationMs?: number;
}

const STDOUT = 'stdout';
const RETRY_MS = 1_000;
/** Writes are refused while more than this number of lines wait for a disk: each write needs another line. */
const MOST_WAITING = 1_000;

/**
 * One JSON line for each write and each refusal. A line is passed to the system before the answer is sent, so that the
 * end of the process loses none. Lines that cannot be written wait in order; meanwhile the gateway is not ready, and
 * eventually accepts no writes.
 */
export class AuditLog {
  readonly #path: string;
  readonly #log: Logger;
  readonly #waiting: Buffer[] = [];
  #file: number | undefined;
  #retry: NodeJS.Timeout | undefined;

  /**
   * @param target a path, or `stdout`
   * @throws {Error} if the file cannot be opened
   */
  constructor(target: string, log: Logger) {
    this.#path = target;
    this.#log = log;
    this.#file = this.#open();
  }

  /** Whether lines wait because they cannot be written. */
  get isFailing(): boolean {
    return this.#waiting.length > 0;
  }

  get isFull(): boolean {
    return this.#waiting.length >= MOST_WAITING;
  }

  record({ principal, ...entry }: AuditEntry): void {
    const { name, roles = [] } = principal;
    const line = { time: new Date().toISOString(), principal: name, roles, ...entry };
    // Many refusals must not fill memory; writes are already refused.
    if (this.isFull && entry.decision === 'DENY') this.#log.error(line, 'an audit line could not be kept');
    else this.#waiting.push(Buffer.from(`${JSON.stringify(line)}\n`));
    if (this.#retry === undefined) this.#flush();
  }

  /** Closes the file, so that the next line opens it again: it may have been moved. */
  reopen(): void {
    if (this.#file !== undefined && this.#path !== STDOUT) closeSync(this.#file);
    this.#file = undefined;
  }

  close(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#flush();
    clearTimeout(this.#retry);
    this.reopen();
  }

  #open(): number {
    return this.#path === STDOUT ? 1 : openSync(this.#path, 'a', 0o600);
  }

  #flush(): void {
    this.#retry = undefined;
    try {
      this.#file ??= this.#open();
      for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
        const written = writeSync(this.#file, next);
        // A full disk may accept a part of a line; the rest follows.
        if (written < next.length) this.#waiting[0] = next.subarray(written);
        else this.#waiting.shift();
      }
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'EAGAIN')
        this.#log.error({ file: this.#path, problem: message }, 'audit lines wait: the file cannot be written');
      this.#retry = setTimeout(() => this.#flush(), RETRY_MS).unref();
    }
  }
}

/** Members whose texts hold secrets in practice; names and structure stay. */
const SECRET: ReadonlySet<string> = new Set([
  'command',
  'credentialsParameter',
  'dockerLabels',
  'driverOpts',
  'entryPoint',
  'environmentFiles',
  'environment',
  'options',
  'sessionDetails',
  'tokenValue',
]);
const MOST_TEXT = 1_000;

/** An input as the audit log shows it: secrets as `***`, long texts truncated. */
export function maskedInput(value: unknown, isSecret = false, member = ''): unknown {
  if (typeof value === 'string') {
    if (isSecret && member !== 'name') return '***';
    return value.length > MOST_TEXT ? `${value.slice(0, MOST_TEXT)}...` : value;
  }
  if (Array.isArray(value)) return value.map((item) => maskedInput(item, isSecret, member));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, maskedInput(item, isSecret || SECRET.has(name), name)]),
  );
}
