import { randomUUID } from 'node:crypto';
import type { Timers } from '../../ecs/core/timers.ts';
import type { Packing } from '../packing.ts';
import type { Script } from '../script.ts';
import {
  type BlockingReader,
  type ChangeListener,
  onlyShared,
  type SharedChange,
  SharedError,
  type SharedStats,
  type SharedStore,
} from '../store.ts';
import { awayLine, awayReason, movedTo } from './away-reason.ts';
import { type Beat, goodbyeOf, HEARTBEAT, heartbeatOf, nameOf, toBeat } from './heartbeat.ts';
import { isUnusable, LimitedCommands, Silence } from './limited-commands.ts';
import {
  createRedisClient,
  type RedisClient,
  type RedisNode,
  type RedisTarget,
  startConnecting,
} from './redis-client.ts';
import { RedisReader } from './redis-reader.ts';
import { ReplicaCount } from './replica-count.ts';
import { parseServerInfo, type ServerInfo, warningsAbout } from './server-info.ts';
import { StoredState } from './stored-state.ts';

/** Time for a command on the way of a request. */
const COMMAND_MS = 250;
/** Redis is away when it has answered nothing for so many times the time of a command. */
const SILENT_COMMANDS = 8;
const HEARTBEAT_MS = 2_000;
/** While Redis is away, it is tried again this often. */
const PROBE_MS = 500;
/** While replicas store again what Redis has lost. */
const STORING_BEAT_MS = 200;
const LOST = 'Redis has lost data while it was connected (FLUSHALL, evicted keys): replicas store again what they know';
/** Redirections of a cluster that are followed at once. */
const QUICK_MOVES = 3;
const JITTER = 0.2;

export interface SharedOptions {
  readonly target: RedisTarget;
  readonly packing: Packing;
  /** Replicas to assume at least while their number is not known. */
  readonly leastReplicas: number;
  readonly timers: Timers;
  /** Time for a command, in milliseconds; 250 by default. */
  readonly commandMs?: number | undefined;
  readonly log: {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
  };
}

/** Connects to Redis, and goes on without it while it is away. */
export function openRedis(options: SharedOptions): SharedStore {
  return new RedisStore(options);
}

class RedisStore implements SharedStore {
  readonly replica: string;
  readonly #options: SharedOptions;
  readonly #commandMs: number;
  readonly #timers: Timers;
  readonly #commands: LimitedCommands;
  readonly #silence: Silence;
  /** Commands that wait for their answers. */
  readonly #waiting = new Set<(error: SharedError) => void>();
  readonly #count: ReplicaCount;
  readonly #stored: StoredState;
  readonly #listeners = new Set<ChangeListener>();
  readonly #readers = new Set<RedisReader>();
  #client: RedisClient;
  /** The node of a cluster to which another one has sent us. */
  #node: RedisNode | undefined;
  #runId: string | undefined;
  #others: readonly string[] = [];
  /** Connected and proven by a heartbeat. */
  #isUsable = false;
  #isClosed = false;
  #awaySince: number | undefined;
  #awayReason: string | undefined;
  #awayMs = 0;
  #losses = 0;
  #lastChange: SharedChange | undefined;
  #cancelBeat: () => void = () => undefined;
  #cancelMove: () => void = () => undefined;
  /** New connections since Redis was last usable. */
  #moves = 0;
  #isBeating = false;

  constructor(options: SharedOptions) {
    this.#options = options;
    this.replica = nameOf(randomUUID(), options.packing);
    this.#commandMs = options.commandMs ?? COMMAND_MS;
    this.#timers = options.timers;
    this.#commands = new LimitedCommands(options.timers);
    this.#silence = new Silence(SILENT_COMMANDS * this.#commandMs, options.timers, () => this.#giveUp());
    this.#count = new ReplicaCount(options.leastReplicas, options.timers);
    this.#stored = new StoredState(this.replica, options.timers);
    this.#awaySince = this.#timers.monotonic();
    this.#client = this.#connect();
  }

  get isAway(): boolean {
    return !this.#isUsable;
  }

  get others(): readonly string[] {
    return this.#others;
  }

  get epoch(): string {
    return this.#stored.epoch;
  }

  get isWhole(): boolean {
    return this.#stored.isWhole;
  }

  checkEpoch(): void {
    void this.#beat();
  }

  get replicas(): number {
    return this.#count.get(this.isAway);
  }

  async run(script: Script, keys: readonly string[], args: readonly (string | number)[] = []): Promise<unknown> {
    this.#checkUsable();
    return await this.#watched(this.#run(script, keys, args));
  }

  async command(...args: readonly string[]): Promise<unknown> {
    this.#checkUsable();
    return await this.#watched(this.#send(args));
  }

  onChange(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  openReader(): BlockingReader {
    const unblock = (clientId: string) => {
      // A wait that cannot be ended early ends by itself soon.
      this.command('CLIENT', 'UNBLOCK', clientId).catch(() => undefined);
    };
    const reader = new RedisReader(this.#createReaderClient(), this.#commands, unblock);
    this.#readers.add(reader);
    return reader;
  }

  pack(text: string): string {
    return this.#options.packing.pack(text);
  }

  unpack(packed: string): string | undefined {
    const text = this.#options.packing.unpack(packed);
    if (text === undefined) this.#commands.failed('UNREADABLE');
    return text;
  }

  stats(): SharedStats {
    const { commands, failures, lateAnswers } = this.#commands;
    const away = this.#awaySince === undefined ? 0 : this.#timers.monotonic() - this.#awaySince;
    return { commands, failures, lateAnswers, awayMs: this.#awayMs + away, losses: this.#losses };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelBeat();
    this.#cancelMove();
    for (const reader of this.#readers) reader.close();
    if (this.#isUsable) await this.#send(goodbyeOf(this.replica)).catch(() => undefined);
    this.#isUsable = false;
    this.#disconnect();
  }

  #name(): string {
    return `ecs-graphql-${this.replica}`;
  }

  #createReaderClient(): RedisClient {
    return createRedisClient(this.#options.target, `${this.#name()}-reader`, this.#commandMs, this.#node);
  }

  #connect(): RedisClient {
    const client = createRedisClient(this.#options.target, this.#name(), this.#commandMs, this.#node);
    const isCurrent = () => client === this.#client && !this.#isClosed;
    startConnecting(
      client,
      () => isCurrent() && void this.#beat(),
      (error) => isCurrent() && this.#goAway(awayReason(error), error),
    );
    return client;
  }

  #disconnect(): void {
    if (this.#client.isOpen) this.#client.destroy();
  }

  #checkUsable(): void {
    if (!this.#isUsable) throw new SharedError('AWAY', 'Redis is away');
  }

  #send(args: readonly string[]): Promise<unknown> {
    const [name = ''] = args;
    return this.#limited(name.toLowerCase(), this.#commandMs, args);
  }

  async #run(script: Script, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    const rest = [String(keys.length), ...keys, ...args.map(String)];
    const limitMs = Math.max(script.limitMs ?? 0, this.#commandMs);
    const send = (command: string, text: string) => this.#limited(script.name, limitMs, [command, text, ...rest]);
    try {
      return await send('EVALSHA', script.sha);
    } catch (error) {
      // After a restart or a failover the server does not know the script. EVALSHA has then run nothing.
      if (!(error instanceof SharedError) || error.kind !== 'NOSCRIPT') throw error;
      return await send('EVAL', script.text);
    }
  }

  #limited(kind: string, limitMs: number, args: readonly string[]): Promise<unknown> {
    const heard = this.#silence.sent();
    const send = () => this.#client.sendCommand([...args]).finally(heard);
    return this.#commands.send(kind, limitMs, send, this.#waiting);
  }

  /** Redis answers nothing any more: nothing waits for it longer. */
  #giveUp(): void {
    const error = new SharedError('TIMEOUT', 'Redis has stopped to answer');
    this.#goAway('slow', error);
    for (const fail of [...this.#waiting]) fail(error);
  }

  /** Lets a failed command decide whether Redis is away. */
  async #watched(answer: Promise<unknown>): Promise<unknown> {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof SharedError) this.#judge(error);
      throw error;
    }
  }

  #judge(error: SharedError): void {
    if (isUnusable(error.kind)) this.#goAway(error.kind, error);
  }

  #goAway(reason: string, error: unknown): void {
    if (this.#isClosed) return;
    const moved = movedTo(error);
    if (moved === undefined && reason !== this.#awayReason) this.#options.log.warn(...awayLine(reason, error));
    this.#awayReason = reason;
    if (moved !== undefined) this.#follow(moved);
    // The name may point to another server by now.
    else if (reason === 'READONLY' && this.#isUsable) this.#reconnect(this.#node);
    // The node may be gone. The setting names one that knows the others.
    else if (reason === 'connection' && this.#node !== undefined) this.#reconnect(undefined);
    const wasUsable = this.#isUsable;
    this.#isUsable = false;
    if (this.#awaySince === undefined) this.#awaySince = this.#timers.monotonic();
    this.#beatAfter(PROBE_MS);
    if (!wasUsable) return;
    this.#emit({ isAway: true, reason, isNewServer: false });
  }

  /** Goes on at the node that has the keys. All commands that were under way name it. */
  #follow(node: RedisNode): void {
    if (node.host === this.#node?.host && node.port === this.#node.port) return;
    this.#options.log.info(node, 'the Redis cluster has the keys on another node');
    this.#reconnect(node);
  }

  /** Connects anew: at once for the first times, so that nodes of a cluster that send us to each other do not make it busy. */
  #reconnect(node: RedisNode | undefined): void {
    this.#cancelMove();
    this.#node = node;
    this.#moves += 1;
    const connect = () => {
      const old = this.#client;
      this.#client = this.#connect();
      if (old.isOpen) old.destroy();
      for (const reader of this.#readers) reader.moveTo(this.#createReaderClient());
    };
    if (this.#moves <= QUICK_MOVES) connect();
    else this.#cancelMove = this.#timers.schedule(PROBE_MS, connect);
  }

  #beatAfter(delayMs: number): void {
    this.#cancelBeat();
    if (this.#isClosed) return;
    const jittered = delayMs * (1 + JITTER * (2 * Math.random() - 1));
    this.#cancelBeat = this.#timers.schedule(jittered, () => void this.#beat());
  }

  /** One heartbeat, which shows whether Redis can be used. */
  async #beat(): Promise<void> {
    if (this.#isBeating) return;
    this.#isBeating = true;
    try {
      if (this.#client.isReady) await this.#prove();
    } catch (error) {
      if (!(error instanceof SharedError)) throw error;
      if (this.isAway) this.#goAway(error.kind === 'TIMEOUT' ? 'slow' : error.kind, error);
      else this.#judge(error);
    } finally {
      this.#isBeating = false;
      const isStoring = !this.#stored.isWhole || this.#stored.mustMark;
      this.#beatAfter(!this.#isUsable ? PROBE_MS : isStoring ? STORING_BEAT_MS : HEARTBEAT_MS);
    }
  }

  async #prove(): Promise<void> {
    const wasUsable = this.#isUsable;
    const info = wasUsable ? undefined : await this.#readInfo();
    // A server that does not say whether it is the same counts as new, which is the safe side.
    if (info?.runId === '') this.#stored.doubt();
    const { keys, args } = heartbeatOf(this.replica, this.#options.packing, {
      newEpoch: randomUUID(),
      stored: this.#stored.mark,
    });
    const isNew = this.#take(toBeat(await this.#run(HEARTBEAT, keys, args)));
    if (info !== undefined) this.#warnOf(info);
    if (this.#isClosed || !this.#client.isReady) return;
    if (!wasUsable) this.#comeBack(isNew || this.#stored.mustStore);
    else if (isNew && this.#isUsable) {
      this.#options.log.warn({}, LOST);
      this.#emit({ isAway: false, isNewServer: true });
    }
  }

  #comeBack(isNewServer: boolean): void {
    this.#isUsable = true;
    this.#awayReason = undefined;
    this.#moves = 0;
    if (this.#awaySince !== undefined) this.#awayMs += this.#timers.monotonic() - this.#awaySince;
    this.#awaySince = undefined;
    this.#options.log.info({ replicas: this.#others.length + 1, isNewServer }, 'Redis is connected');
    this.#emit({ isAway: false, isNewServer });
  }

  /** Empty for a user without permission for INFO. */
  async #readInfo(): Promise<ServerInfo> {
    const text = await this.#send(['INFO']).catch((error: unknown) => {
      if (error instanceof SharedError && error.kind === 'NOPERM') return '';
      throw error;
    });
    const info = parseServerInfo(String(text));
    if (info.mode === 'sentinel') throw new SharedError('SENTINEL', 'Sentinel has no data');
    return info;
  }

  /** Returns whether what was stored may be lost. */
  #take(beat: Beat): boolean {
    const isFirst = this.#stored.epoch === '';
    const isNew = this.#stored.take(beat, this.#others);
    if (isNew && !isFirst) this.#losses += 1;
    if (isNew) this.#count.forgotten();
    this.#count.counted(beat.alive.length);
    // Replicas that have not reached a server which forgot them are still there.
    this.#others = [...new Set([...beat.alive, ...this.#stored.waiting])].filter((name) => name !== this.replica);
    return isNew;
  }

  #warnOf(info: ServerInfo): void {
    const isNew = info.runId === '' || info.runId !== this.#runId;
    if (isNew) for (const warning of warningsAbout(info)) this.#options.log.warn({}, warning);
    this.#runId = info.runId;
  }

  #emit(change: SharedChange): void {
    const { epoch } = this;
    this.#lastChange = change;
    const stored = [...this.#listeners].map((listener) => listener(change));
    if (change.isAway) return;
    Promise.all(stored).then(() => {
      // Redis may lack what listeners stored before it went away. When it is back, they store it again.
      if (change !== this.#lastChange) return;
      this.#stored.hasStored(epoch);
      if (this.#stored.mustMark) void this.#beat();
    }, onlyShared);
  }
}
