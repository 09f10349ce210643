import type { Timers } from '../ecs/core/timers.ts';
import type {
  LifeEntry,
  LifeListener,
  LifeReport,
  LifeState,
  Published,
  SharedLife,
} from '../live/sharing/topic-sharing.ts';
import type { Script } from '../shared/script.ts';
import { SharedError, type SharedStore } from '../shared/store.ts';
import type { CommonClock } from './common-clock.ts';
import { type LogEntry, toArguments, toLifeEntry, toLogEntries } from './log-entry.ts';
import type { LogReader, ReadLog } from './log-reader.ts';
import { ASK, HAND_OVER, HISTORY, LEAVE, PUBLISH, SYNC, TEND } from './scripts.ts';

/** How long a lease holds. It is renewed three times as often. */
export const LEASE_MS = 10_000;
/** The holder itself counts on it for less. */
const TRUSTED_MS = 8_000;
/** How long a life without followers is kept. */
export const KEEP_MS = 300_000;
/** A log keeps this many entries, and fewer if they are large. */
const MOST_ENTRIES = 1_000;
const LEAST_ENTRIES = 20;
const MOST_LOG_LENGTH = 1_000_000;
/** Entries of the past that are read at once. */
const PAGE = 100;

/** The parts of the process that a life needs. */
export interface LifeParts {
  readonly store: SharedStore;
  readonly timers: Timers;
  readonly clock: CommonClock;
  readonly reader: LogReader;
  /** The id of this process's connection. */
  readonly client: () => string;
  /** The process that polls, if these follow a life. */
  readonly first: (replicas: readonly string[]) => string | undefined;
  /** Whether a connection was found to be gone. */
  readonly isMissing: (client: string) => boolean;
  readonly onLeave: (life: RedisLife) => void;
}

/** The result of the script OPEN. */
export interface OpenedLife {
  readonly id: string;
  readonly prefix: string;
  /** The key with the topic's current life. */
  readonly currentKey: string;
  readonly mine: boolean;
  readonly epoch: string;
  /** The process that holds the lease, and its connection. */
  readonly owner: string;
  readonly client: string;
  readonly sequence: number;
  readonly number: number;
  readonly about: string;
  readonly state: string;
  readonly hasEnded: boolean;
  readonly replicas: readonly string[];
  readonly spans: readonly string[];
}

/** One life of a topic in Redis. */
export class RedisLife implements SharedLife, ReadLog {
  readonly id: string;
  readonly opened: LifeState;
  readonly logKey: string;
  lastId: string;
  position: number;
  spans: readonly number[];
  /** The connection of the process that holds the lease. */
  holder: string;
  /** The processes that follow it, and their connections. */
  replicas: readonly string[];
  clients: readonly string[];
  readonly hasEnded: boolean;
  readonly #parts: LifeParts;
  readonly #listener: LifeListener;
  readonly #keys: { readonly h: string; readonly who: string; readonly log: string; readonly current: string };
  #epoch: string | undefined;
  /** The process that holds the lease. */
  #owner: string;
  #leaseUntil = Number.NEGATIVE_INFINITY;
  #ownSpans = '';
  #isGone = false;
  #entryLength = 0;
  #isTending = false;

  constructor(parts: LifeParts, listener: LifeListener, opened: OpenedLife) {
    const { id, prefix, currentKey, sequence, about, state } = opened;
    this.#parts = parts;
    this.#listener = listener;
    this.id = id;
    const base = `${prefix}${id}`;
    this.#keys = { h: `${base}:h`, who: `${base}:who`, log: `${base}:log`, current: currentKey };
    this.logKey = this.#keys.log;
    this.hasEnded = opened.hasEnded;
    this.opened = { sequence, texts: this.#textsOf(about, state) };
    this.position = opened.number;
    this.lastId = `${opened.epoch}-${opened.number}`;
    this.holder = opened.client;
    this.#owner = opened.owner;
    this.replicas = opened.replicas;
    this.clients = toClients(opened.spans);
    this.spans = toSpans(opened.spans);
    if (opened.mine) this.#hold(opened.epoch);
    if (!opened.hasEnded) parts.reader.add(this);
  }

  get leads(): boolean {
    return this.#epoch !== undefined && this.#parts.timers.monotonic() < this.#leaseUntil;
  }

  /** Whether this process polls once the one that holds the lease is gone. */
  get isNext(): boolean {
    const { first, store } = this.#parts;
    const others = this.replicas.filter((replica) => replica !== this.#owner);
    return first(others) === store.replica;
  }

  setSpans(spans: readonly number[]): void {
    this.#ownSpans = spans.join();
  }

  async publish(report: LifeReport): Promise<Published | 'refused' | 'away'> {
    const { store, timers, clock } = this.#parts;
    const { entries, sequence, readAt, hasEnded, texts } = report;
    if (this.#isGone) return 'away';
    if (this.#epoch === undefined) return 'refused';
    const packed = entries.flatMap((entry) => toArguments(entry, store));
    this.#measure(packed);
    const skipped = entries.some(({ kind }) => kind === 'broken') ? 1 : 0;
    const most = Math.min(MOST_ENTRIES, Math.max(LEAST_ENTRIES, Math.floor(MOST_LOG_LENGTH / this.#entryLength)));
    const state = texts === undefined ? ['', ''] : [store.pack(texts.about), store.pack(texts.state)];
    const { h, who, log } = this.#keys;
    const head = [store.replica, this.#epoch, sequence, Math.floor(readAt), hasEnded ? '1' : '', ...state];
    const sentAt = timers.monotonic();
    try {
      const args = [...head, LEASE_MS, KEEP_MS, most, skipped, ...packed];
      const [answer, before, now] = (await store.run(PUBLISH, [h, who, log], args)) as string[];
      if (answer === 'LOST') return 'away';
      if (answer !== 'OK') {
        this.#epoch = undefined;
        return 'refused';
      }
      clock.sample(sentAt, Number(now));
      this.#leaseUntil = sentAt + TRUSTED_MS;
      void this.#handOver();
      return { before: Number(before) };
    } catch (error) {
      // An id that is too low: another process has written with a later epoch.
      if (!(error instanceof SharedError) || error.kind !== 'ERR') return 'away';
      this.#epoch = undefined;
      return 'refused';
    }
  }

  async ask(marks: readonly string[]): Promise<number> {
    const { h, log } = this.#keys;
    return Number((await this.#tryRun(ASK, [h, log], [this.#parts.store.replica, JSON.stringify(marks)])) ?? 0);
  }

  async sync(): Promise<LifeState | undefined> {
    const { h, log } = this.#keys;
    const found = (await this.#tryRun(SYNC, [h, log], [this.lastId])) as [string, string, string, unknown] | undefined;
    const [sequence, about, state, raw] = found ?? [];
    if (sequence === undefined || about === undefined || state === undefined) return undefined;
    this.take(toLogEntries(raw));
    return { sequence: Number(sequence), texts: this.#textsOf(about, state) };
  }

  async history(after: number): Promise<readonly LifeEntry[] | undefined> {
    const events: LifeEntry[] = [];
    for (let end = '+'; ; ) {
      const page = toLogEntries((await this.#tryRun(HISTORY, [this.logKey], [end, PAGE])) ?? []);
      for (const entry of page) {
        const one = this.#read(entry);
        if (one?.kind === 'event' && entry.sequence > after) events.unshift(one);
        if (entry.kind !== 'broken' && one?.kind === 'broken' && entry.sequence > after) return undefined;
        if (entry.sequence <= after || entry.number === 1) return events;
        if (entry.kind === 'broken') return undefined;
      }
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return undefined;
      end = `(${last.id}`;
    }
  }

  leave(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#parts.reader.delete(this);
    this.#parts.onLeave(this);
  }

  /** Takes this process off the list, and gives its lease back. */
  async goodbye(): Promise<void> {
    this.#epoch = undefined;
    const { h, log, who } = this.#keys;
    await this.#tryRun(LEAVE, [h, log, who], [this.#parts.store.replica]);
  }

  take(entries: readonly LogEntry[]): void {
    for (const entry of entries) {
      if (this.#isGone) return;
      if (entry.number <= this.position) continue;
      // Entries that were cut off before they were read.
      if (entry.number > this.position + 1) this.#listener.onEntries([{ kind: 'broken' }]);
      this.position = entry.number;
      this.lastId = entry.id;
      this.#pass(entry);
    }
  }

  /**
   * Renews the lease, or takes one that is free.
   * @param dead a connection that is gone: a lease of it is free
   */
  async tend(mayTake = true, dead = ''): Promise<void> {
    if (this.#isGone || this.#isTending) return;
    this.#isTending = true;
    const { store, timers, clock, client } = this.#parts;
    const { h, who, log, current } = this.#keys;
    const sentAt = timers.monotonic();
    const args = [store.replica, client(), LEASE_MS, KEEP_MS, dead, mayTake ? '1' : '0', this.#ownSpans];
    const answer = await this.#tryRun(TEND, [h, who, log, current], args);
    this.#isTending = false;
    if (answer === undefined || this.#isGone) return;
    const [now, mine, epoch = '', owner = '', holder = '', replicas = [], spans = []] = answer as Tended;
    if (mine === -1) {
      this.#listener.onGone();
      return;
    }
    clock.sample(sentAt, Number(now));
    this.holder = holder;
    this.#owner = owner;
    this.replicas = replicas;
    this.clients = toClients(spans);
    this.spans = toSpans(spans);
    if (mine === 0) this.#lose();
    else if (this.#epoch === epoch) this.#leaseUntil = sentAt + TRUSTED_MS;
    else await this.#lead(epoch, sentAt);
  }

  /** Begins to poll, from the state that the process before has left. */
  async #lead(epoch: string, sentAt: number): Promise<void> {
    const state = await this.sync();
    if (state === undefined || this.#isGone) return;
    this.#hold(epoch);
    this.#leaseUntil = sentAt + TRUSTED_MS;
    this.#listener.onLead(state);
  }

  #hold(epoch: string): void {
    this.#epoch = epoch;
    this.#leaseUntil = this.#parts.timers.monotonic() + TRUSTED_MS;
  }

  /** All topics of a scope gather at one process, so that their reads share calls. */
  async #handOver(): Promise<void> {
    const { store, first, isMissing } = this.#parts;
    const to = first(this.replicas.filter((_, index) => !isMissing(this.clients[index] ?? '')));
    if (to === undefined || to === store.replica || this.#epoch === undefined) return;
    const { h, log, who } = this.#keys;
    const isGiven = await this.#tryRun(HAND_OVER, [h, log, who], [store.replica, this.#epoch, to, LEASE_MS]);
    if (isGiven === 1 && !this.#isGone) this.#lose();
  }

  /** Another process polls. */
  #lose(): void {
    const wasHeld = this.#epoch !== undefined;
    this.#epoch = undefined;
    if (wasHeld) this.#listener.onFollow();
  }

  #measure(packed: readonly string[]): void {
    const length = packed.reduce((sum, text) => sum + text.length, 0) / Math.max(1, packed.length / 2);
    this.#entryLength = this.#entryLength === 0 ? length : (this.#entryLength * 7 + length) / 8;
  }

  #pass(entry: LogEntry): void {
    const { replica } = this.#parts.store;
    if (entry.kind === 'held') {
      this.#owner = entry.by;
      this.holder = entry.text;
      if (entry.by !== replica) this.#lose();
    } else if (entry.kind === 'lead') {
      const [to = '', client = ''] = entry.text.split(' ');
      this.#owner = to;
      this.holder = client;
      if (to === replica) void this.tend();
      else this.#lose();
    } else if (entry.kind === 'free') {
      const left = this.replicas.indexOf(entry.by);
      this.replicas = this.replicas.filter((_, index) => index !== left);
      this.clients = this.clients.filter((_, index) => index !== left);
      void this.tend(this.#parts.first(this.replicas) === replica);
    }
    const isOwn = entry.by === replica && entry.kind !== 'ask' && entry.kind !== 'read';
    const one = isOwn ? undefined : this.#read(entry);
    if (one !== undefined) this.#listener.onEntries([one]);
  }

  #read(entry: LogEntry): LifeEntry | undefined {
    return toLifeEntry(entry, this.#parts.store);
  }

  /** A state that cannot be read counts as none: the replica that polls reads ECS. */
  #textsOf(about: string, state: string): LifeState['texts'] {
    const [notes, value] = [about, state].map((text) => this.#parts.store.unpack(text));
    return notes && value ? { about: notes, state: value } : undefined;
  }

  async #tryRun(script: Script, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    try {
      return await this.#parts.store.run(script, keys, args);
    } catch (error) {
      if (error instanceof SharedError) return undefined;
      throw error;
    }
  }
}

type Tended = [string, number, string?, string?, string?, (readonly string[])?, (readonly string[])?];

function toClients(texts: readonly string[]): string[] {
  return texts.map((text) => text.split('|')[0] ?? '');
}

/** Every value of `stallAfter` that any replica asks for. Each text is a connection, `|`, and values. */
function toSpans(spans: readonly string[]): number[] {
  const all = spans.flatMap((text) => (text.split('|')[1] ?? '').split(',').filter(Boolean).map(Number));
  return [...new Set(all)];
}
