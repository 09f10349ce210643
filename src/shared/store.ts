import type { Script } from './script.ts';

/**
 * A command that failed. The kind is the first word of Redis's own error (`OOM`, `WRONGTYPE`, ...), or
 *
 * - `AWAY`: Redis cannot be used at present, and the command was not sent;
 * - `TIMEOUT`: no answer came in time, so the command may have run, or may run later;
 * - `LOST`: the connection broke while the command was under way, so it may have run.
 */
export class SharedError extends Error {
  override readonly name = 'SharedError';
  readonly kind: string;

  constructor(kind: string, message: string) {
    super(message);
    this.kind = kind;
  }

  /** Whether the command may have run, or may still run. */
  get mayHaveRun(): boolean {
    return this.kind === 'TIMEOUT' || this.kind === 'LOST';
  }
}

/** Takes the failure of a command whose result is not needed. Any other error is thrown. */
export function onlyShared(error: unknown): void {
  if (!(error instanceof SharedError)) throw error;
}

/** A change of the connection. */
export interface SharedChange {
  readonly isAway: boolean;
  /** Why Redis went away: `connection`, `slow`, or the first word of an error such as `OOM`. */
  readonly reason?: string | undefined;
  /**
   * Redis is back, and it is another server or was restarted, or it has lost data while it was connected (FLUSHALL, evicted keys):
   * everything that was stored may be missing, leases and streams included. True for the first connection of this process, too.
   */
  readonly isNewServer: boolean;
}

/** The promise of a listener resolves when it has stored again what it knows. It counts for nothing if Redis went away before. */
export type ChangeListener = (change: SharedChange) => void | Promise<void>;

/** Counters of the connection since the start. */
export interface SharedStats {
  readonly commands: ReadonlyMap<string, number>;
  /** Failed commands by kind of error. `UNREADABLE`: texts that `unpack` could not read. */
  readonly failures: ReadonlyMap<string, number>;
  /** Answers that came after the command had been given up. */
  readonly lateAnswers: number;
  /** Milliseconds during which Redis could not be used. */
  readonly awayMs: number;
  /** How often Redis may have lost what replicas had stored. */
  readonly losses: number;
}

/**
 * The Redis that the replicas of a gateway share. ECS remains the source of truth: a caller must be able to go on when
 * a command fails, which takes at most 250 ms. No command is ever sent twice.
 */
export interface SharedStore {
  /** Name of this process among the replicas, new at each start. */
  readonly replica: string;
  readonly isAway: boolean;
  /** Replicas that are alive, this one included. While Redis is away: the last known number, at least `sharedReplicas`. */
  readonly replicas: number;
  /** Names of the other replicas that were alive at the last heartbeat, at most some seconds ago. */
  readonly others: readonly string[];
  /** Changes whenever Redis may have lost what was stored. Scripts compare it with the one in Redis. */
  readonly epoch: string;
  /** False from the notice of a loss until all replicas that could know something have stored it again. */
  readonly isWhole: boolean;
  /** A script has found another epoch. */
  checkEpoch(): void;
  /**
   * Runs a script. All keys must have the same hash tag.
   * @throws {SharedError}
   */
  run(script: Script, keys: readonly string[], args?: readonly (string | number)[]): Promise<unknown>;
  /**
   * Sends one command. It must not block: use a reader for that.
   * @throws {SharedError}
   */
  command(...args: readonly string[]): Promise<unknown>;
  /** Calls back when Redis goes away, comes back, or has lost data. Returns a function that removes the listener. */
  onChange(listener: ChangeListener): () => void;
  /** Opens a connection of its own for commands that block. */
  openReader(): BlockingReader;
  /** The form in which a text may stand in Redis, which holds nothing else of what ECS says or callers give. */
  pack(text: string): string;
  /** The inverse of `pack` of any replica; undefined for a text that this one cannot read. */
  unpack(packed: string): string | undefined;
  stats(): SharedStats;
  close(): Promise<void>;
}

/** A connection for commands that wait at the server, such as XREAD BLOCK. One command at a time. */
export interface BlockingReader {
  /**
   * Sends a command that blocks for at most `blockMs`, itself at most `MOST_BLOCK_MS`. Null if nothing came, or if
   * `interrupt` was called.
   * @throws {SharedError}
   */
  read(args: readonly string[], blockMs: number): Promise<unknown>;
  /** Ends the command that is waiting, for example because the caller wants to read from one more stream. */
  interrupt(): void;
  close(): void;
}

/** A blocking read is silent, and a connection that is silent for two seconds is cut. */
export const MOST_BLOCK_MS = 1_000;
