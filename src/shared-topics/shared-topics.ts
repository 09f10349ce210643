import { createHash, randomUUID } from 'node:crypto';
import { type Scope, scopeKey } from '../ecs/core/scope.ts';
import type { Timers } from '../ecs/core/timers.ts';
import type { LifeListener, LifeWish, SharedLife, TopicSharing } from '../live/sharing/topic-sharing.ts';
import { sharedKey } from '../shared/keys.ts';
import { SharedError, type SharedStore } from '../shared/store.ts';
import { CommonClock } from './common-clock.ts';
import { LogReader } from './log-reader.ts';
import { KEEP_MS, LEASE_MS, type LifeParts, type OpenedLife, RedisLife } from './redis-life.ts';
import { OPEN } from './scripts.ts';

const TEND_MS = 3_000;
/** A process that is killed closes its connection: the others check for this at this interval, in milliseconds. */
const LOOK_MS = 500;
const LIFE = /^[\w-]{1,64}$/;

export interface SharedTopicsOptions {
  readonly store: SharedStore;
  readonly timers: Timers;
  /** Processes of different versions share nothing: each must understand the states of the others. */
  readonly version: string;
}

/** The followed topics of all replicas in Redis: which process polls each, and the log of its events. */
export class SharedTopics {
  readonly store: SharedStore;
  readonly timers: Timers;
  readonly clock: CommonClock;
  readonly reader: LogReader;
  readonly #version: string;
  readonly #lives = new Set<RedisLife>();
  readonly #listeners = new Set<() => void>();
  /** Goodbyes under way. */
  readonly #leaving = new Set<Promise<void>>();
  /** Connections that were missed once. */
  #missing: ReadonlySet<string> = new Set();
  #client: string | undefined;
  #cancelTend: () => void = () => undefined;
  #cancelLook: () => void = () => undefined;
  #mayLook = true;

  constructor({ store, timers, version }: SharedTopicsOptions) {
    this.store = store;
    this.timers = timers;
    this.#version = version;
    this.clock = new CommonClock(timers);
    this.reader = new LogReader(store);
    store.onChange(({ isAway }) => (isAway ? this.#goAway() : void this.#comeBack()));
    if (!store.isAway) void this.#comeBack();
  }

  get isAway(): boolean {
    return this.store.isAway || this.#client === undefined;
  }

  /** How the hub of an account and region shares its topics. */
  of(scope: Scope): TopicSharing {
    return new ScopeTopics(this, scopeKey(scope), this.#version);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get client(): string {
    return this.#client ?? '';
  }

  isMissing(client: string): boolean {
    return this.#missing.has(client);
  }

  add(life: RedisLife): void {
    this.#lives.add(life);
  }

  leave(life: RedisLife): void {
    this.#lives.delete(life);
    if (this.store.isAway) return;
    const leaving = life.goodbye().finally(() => this.#leaving.delete(leaving));
    this.#leaving.add(leaving);
  }

  /** Gives all leases back. */
  async close(): Promise<void> {
    this.#cancelTend();
    this.#cancelLook();
    for (const life of [...this.#lives]) life.leave();
    await Promise.all(this.#leaving);
    this.reader.close();
  }

  #goAway(): void {
    this.#client = undefined;
    this.#cancelTend();
    this.#cancelLook();
    for (const listener of [...this.#listeners]) listener();
  }

  async #comeBack(): Promise<void> {
    const client = await this.#readClient();
    if (client === undefined) return;
    this.#client = client;
    // Lives that Redis has lost begin anew.
    for (const life of this.#lives) void life.tend();
    this.#tend();
    this.#look();
    for (const listener of [...this.#listeners]) listener();
  }

  /** The id of this process's connection; empty without permission, undefined if Redis went away. */
  async #readClient(): Promise<string | undefined> {
    while (!this.store.isAway) {
      try {
        return String(await this.store.command('CLIENT', 'ID'));
      } catch (error) {
        if (!(error instanceof SharedError)) throw error;
        if (error.mayHaveRun || this.store.isAway) continue;
        // A process that ends is then noticed when its leases do.
        this.#mayLook = false;
        return '';
      }
    }
    return undefined;
  }

  #tend(): void {
    this.#cancelTend();
    this.#cancelTend = this.timers.schedule(TEND_MS, () => {
      for (const life of this.#lives) void life.tend();
      this.#tend();
    });
  }

  #look(): void {
    this.#cancelLook();
    if (!this.#mayLook) return;
    this.#cancelLook = this.timers.schedule(LOOK_MS, () => {
      this.#findDead()
        .catch((error: unknown) => {
          if (!(error instanceof SharedError)) throw error;
          if (error.kind === 'NOPERM') this.#mayLook = false;
        })
        .finally(() => this.store.isAway || this.#look());
    });
  }

  /** Takes the leases of processes whose connection is gone. */
  async #findDead(): Promise<void> {
    const holders = new Set([...this.#lives].flatMap(({ holder, clients }) => [holder, ...clients]));
    holders.delete('');
    holders.delete(this.client);
    if (holders.size === 0) return;
    const list = String(await this.store.command('CLIENT', 'LIST', 'ID', ...holders));
    const alive = new Set([...list.matchAll(/^id=(\d+) /gm)].map(([, id]) => id));
    const missing = new Set([...holders].filter((id) => !alive.has(id)));
    const before = this.#missing;
    this.#missing = missing;
    for (const life of this.#lives) {
      if (!missing.has(life.holder)) continue;
      // The others wait a moment, so that all topics gather at one process.
      if (life.isNext || before.has(life.holder)) void life.tend(true, life.holder);
    }
  }
}

/** The topics of one account and region. */
class ScopeTopics implements TopicSharing {
  readonly #shared: SharedTopics;
  readonly #prefix: string;
  readonly #parts: LifeParts;

  constructor(shared: SharedTopics, scope: string, version: string) {
    const { store, timers, clock, reader } = shared;
    this.#shared = shared;
    this.#prefix = `${sharedKey(scope, 'live', version)}:`;
    const rankOf = (replica: string) => hash(`${scope} ${replica}`);
    this.#parts = {
      store,
      timers,
      clock,
      reader,
      client: () => shared.client,
      first: (replicas) => [...replicas].sort((a, b) => (rankOf(a) < rankOf(b) ? -1 : 1))[0],
      isMissing: (client) => shared.isMissing(client),
      onLeave: (life) => shared.leave(life),
    };
  }

  get replicas(): number {
    return this.#shared.store.replicas;
  }

  get isAway(): boolean {
    return this.#shared.isAway;
  }

  toShared(monotonic: number): number {
    return this.#shared.clock.toShared(monotonic);
  }

  toMonotonic(shared: number): number {
    return this.#shared.clock.toMonotonic(shared);
  }

  onChange(listener: () => void): () => void {
    return this.#shared.onChange(listener);
  }

  async open(wish: LifeWish, listener: LifeListener): Promise<SharedLife | undefined> {
    if (this.isAway) return undefined;
    const { store, timers, clock } = this.#shared;
    const topic = hash(wish.key);
    const currentKey = `${this.#prefix}current:${topic}`;
    // The id of a life comes from a client's cursor.
    const wanted = wish.life !== undefined && LIFE.test(wish.life) ? wish.life : '';
    const names = [this.#prefix, topic, store.replica, this.#shared.client, randomUUID(), wanted];
    const sentAt = timers.monotonic();
    let answer: Opened;
    try {
      const args = [...names, LEASE_MS, KEEP_MS, wish.freshMs, wish.sequence];
      answer = (await store.run(OPEN, [currentKey], args)) as Opened;
    } catch (error) {
      if (error instanceof SharedError) return undefined;
      throw error;
    }
    if (this.isAway) return undefined;
    clock.sample(sentAt, Number(answer[1]));
    const life = new RedisLife(this.#parts, listener, toOpened(answer, this.#prefix, currentKey));
    this.#shared.add(life);
    return life;
  }
}

/** life, time, mine, epoch, owner, client, sequence, entries, notes, state, ended, replicas, spans */
type Opened = [
  string,
  string,
  number,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  readonly string[],
  readonly string[],
];

function toOpened(answer: Opened, prefix: string, currentKey: string): OpenedLife {
  const [id, , mine, epoch, owner, client, sequence, number, about, state, ended, replicas, spans] = answer;
  return {
    id,
    prefix,
    currentKey,
    mine: mine === 1,
    epoch,
    owner,
    client,
    sequence: Number(sequence),
    number: Number(number),
    about,
    state,
    hasEnded: ended !== '',
    replicas,
    spans,
  };
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
