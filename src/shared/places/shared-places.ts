import { setMaxListeners } from 'node:events';
import type { Timers } from '../../ecs/core/timers.ts';
import { onlyShared, type SharedChange, SharedError, type SharedStore } from '../store.ts';
import { fairPartOf, Holding, partOf, placesInHand, type Waiter } from './holding.ts';
import { placesKey, reportOf, takeOf } from './place-scripts.ts';

/** How often a replica looks whether there is a place. */
const LOOK_MS = 50;
/** A place that others could wait for is given back after this time: the next operation of the same replica may start at once. */
const LINGER_MS = 1;
/** How often a replica reports its places, and learns whether others lack some. */
const REPORT_MS = 1_000;
/** Places that were not used for this long are given back. */
const IDLE_MS = 5_000;
/** When Redis is back, replicas report what they use before any of them takes more. */
const SETTLE_MS = 1_000;
/** Most hashes that one command reports. */
const MOST_REPORTED = 100;
/** Commands without an answer, after which a replica uses its part. */
const MOST_UNANSWERED = 3;

export interface PlaceRequest {
  readonly kind: string;
  readonly principal: string;
  /** The limit over all replicas. */
  readonly most: number;
  /** How long to wait for a place; without it, only an answer is waited for. */
  readonly wait?: { readonly ms: number; readonly signal: AbortSignal };
}

/**
 * Counts what principals have open at all replicas. Redis holds how many places each replica has; a replica uses no more without
 * asking, so all of them together stay within the limit. Without Redis each uses its part of the limit.
 */
export class SharedPlaces {
  readonly #store: SharedStore;
  readonly #timers: Timers;
  /** By kind and principal. */
  readonly #held = new Map<string, Holding>();
  /** Whether Redis counts. */
  #isJoined: boolean;
  #wasJoined: boolean;
  #version = 0;
  #cancelJoin = (): void => undefined;
  #cancelReport: (() => void) | undefined;

  constructor(store: SharedStore, timers: Timers) {
    this.#store = store;
    this.#timers = timers;
    this.#isJoined = !store.isAway;
    this.#wasJoined = this.#isJoined;
    store.onChange((change) => this.#changed(change));
  }

  get isAway(): boolean {
    return !this.#isJoined;
  }

  /**
   * Takes a place. The function gives it back.
   * @returns a promise if Redis has to be asked; of undefined if there is no place
   */
  take(request: PlaceRequest): (() => void) | Promise<(() => void) | undefined> {
    if (request.most === 0) return Promise.resolve(undefined);
    const held = this.#holdingOf(request);
    if (held.waiting.length === 0 && held.used < this.#allowed(held)) return this.#begin(held);
    return new Promise((resolve) => this.#wait(held, request, resolve));
  }

  #holdingOf({ kind, principal, most, wait }: PlaceRequest): Holding {
    const name = `${kind} ${principal}`;
    const held = this.#held.get(name) ?? new Holding(placesKey(kind, principal), wait !== undefined);
    const isLower = most < held.most;
    held.most = most;
    if (isLower) {
      held.isOver = true;
      this.#trim(held);
    }
    this.#held.set(name, held);
    this.#cancelReport ??= this.#timers.schedule(REPORT_MS, () => this.#reportAll());
    return held;
  }

  #allowed(held: Holding): number {
    const isCounted = this.#isJoined && !held.isUncounted;
    return isCounted ? Math.min(held.granted, held.most) : partOf(held.most, this.#store.replicas);
  }

  #begin(held: Holding): () => void {
    held.used += 1;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      held.used -= 1;
      held.freedAt = this.#timers.monotonic();
      if (held.isOver || this.#givesWay(held)) this.#trim(held);
      this.#serve(held);
      if (held.canWait) this.#trimSoon(held);
      else this.#trim(held);
    };
  }

  #wait(held: Holding, { wait }: PlaceRequest, resolve: (giveBack: (() => void) | undefined) => void): void {
    const settle = (isServed: boolean) => {
      held.waiting.splice(held.waiting.indexOf(waiter), 1);
      cancel();
      wait?.signal.removeEventListener('abort', leave);
      resolve(isServed ? this.#begin(held) : undefined);
    };
    const leave = () => settle(false);
    const waiter: Waiter = { settle };
    const cancel = wait === undefined ? () => undefined : this.#timers.schedule(wait.ms, leave);
    held.waiting.push(waiter);
    if (wait !== undefined) setMaxListeners(0, wait.signal);
    wait?.signal.addEventListener('abort', leave, { once: true });
    if (wait?.signal.aborted === true) leave();
    else void this.#ask(held);
  }

  /** Gives those who wait what there is. */
  #serve(held: Holding): void {
    while (held.waiting.length > 0 && held.used < this.#allowed(held)) held.waiting[0]?.settle(true);
  }

  /** Asks Redis until no caller waits. */
  async #ask(held: Holding): Promise<void> {
    if (held.isAsking) return;
    held.isAsking = true;
    for (let unanswered = 0; held.waiting.length > 0; ) {
      const asked = new Set(held.waiting);
      if (this.#isJoined && !(await this.#takeMore(held))) {
        unanswered += 1;
        if (unanswered < MOST_UNANSWERED && this.#isJoined && !held.isUncounted) continue;
        held.isUncounted = true;
      }
      if (held.isOver) this.#trim(held);
      this.#serve(held);
      const without = held.waiting.filter((waiter) => asked.has(waiter));
      if (!held.canWait) for (const waiter of without) waiter.settle(false);
      // Waiters who came meanwhile are asked for at once.
      const isKnown = held.waiting.length > 0 && held.waiting.every((waiter) => asked.has(waiter));
      if (isKnown) await new Promise<void>((resolve) => void this.#timers.schedule(LOOK_MS, resolve));
    }
    held.isAsking = false;
  }

  /** @returns false if Redis did not answer */
  async #takeMore(held: Holding): Promise<boolean> {
    const need = Math.min(held.most, held.used + held.waiting.length);
    const want = this.#givesWay(held) ? 0 : Math.max(need, this.#inHand(held));
    this.#version += 1;
    const { replica, epoch } = this.#store;
    const keep = Math.max(held.granted, held.used);
    const request = { replica, version: this.#version, keep, want, need, most: held.most, epoch };
    held.isTaking = true;
    try {
      const [got, wanted, over] = (await this.#store.run(...takeOf(held.key, request))) as readonly unknown[];
      if (!this.#isJoined) return false;
      if (got === undefined) {
        this.#store.checkEpoch();
        return false;
      }
      held.granted = Number(got);
      held.isWanted = Number(wanted) === 1;
      held.isOver = Number(over) === 1;
      held.isUncounted = false;
      return true;
    } catch (error) {
      if (!(error instanceof SharedError)) throw error;
      if (error.mayHaveRun) held.isUnsure = true;
      // Redis refuses the command itself, and would do so again.
      else if (this.#isJoined) held.isUncounted = true;
      return false;
    } finally {
      held.isTaking = false;
    }
  }

  /** Gives back what is not needed. */
  #trim(held: Holding): void {
    const needed = this.#neededOf(held);
    if (!this.#isJoined || held.isTaking || held.granted <= needed) return;
    held.granted = needed;
    void this.#report([held]);
  }

  #trimSoon(held: Holding): void {
    if (held.isLingering || held.granted <= this.#neededOf(held)) return;
    held.isLingering = true;
    this.#timers.schedule(LINGER_MS, () => {
      held.isLingering = false;
      this.#trim(held);
    });
  }

  #neededOf(held: Holding): number {
    const isUnused = held.used === 0 && this.#timers.monotonic() - held.freedAt >= IDLE_MS;
    return Math.max(held.used, isUnused ? 0 : this.#inHand(held));
  }

  #inHand({ canWait, isWanted, isOver, most }: Holding): number {
    return canWait && !isWanted && !isOver ? placesInHand(most, this.#store.replicas) : 0;
  }

  /** Whether this replica leaves free places to another one where operations wait. */
  #givesWay({ canWait, isWanted, used, most }: Holding): boolean {
    return canWait && isWanted && used >= fairPartOf(most, this.#store.replicas);
  }

  /** Reports all places. What a late or lost command has changed is right again afterwards. */
  #reportAll(): void {
    this.#cancelReport = undefined;
    for (const [name, held] of this.#held) {
      this.#trim(held);
      if (held.isIdle) this.#held.delete(name);
    }
    if (this.#held.size === 0) return;
    const settled = [...this.#held.values()].filter(({ isTaking }) => !isTaking);
    if (this.#isJoined) void this.#reportEach(settled);
    this.#cancelReport = this.#timers.schedule(REPORT_MS, () => this.#reportAll());
  }

  async #reportEach(holdings: readonly Holding[]): Promise<void> {
    const reports: Promise<void>[] = [];
    for (let from = 0; from < holdings.length; from += MOST_REPORTED)
      reports.push(this.#report(holdings.slice(from, from + MOST_REPORTED)));
    await Promise.all(reports);
  }

  async #report(holdings: readonly Holding[]): Promise<void> {
    this.#version += 1;
    const reported = holdings.map(({ key, granted, used, most }) => ({ key, places: Math.max(granted, used), most }));
    // Until the answer comes. A holding that is forgotten before could leave its places counted.
    for (const held of holdings) held.isUnsure = true;
    try {
      const answer = (await this.#store.run(
        ...reportOf(this.#store.replica, this.#version, reported),
      )) as readonly unknown[];
      for (const [index, held] of holdings.entries()) {
        held.isUnsure = false;
        held.isWanted = Number(answer[2 * index]) === 1;
        held.isOver = Number(answer[2 * index + 1]) === 1;
        if (held.isWanted || held.isOver) this.#trim(held);
      }
    } catch (error) {
      onlyShared(error);
      for (const held of holdings) held.isUnsure = true;
    }
  }

  /** Resolves when Redis knows what is in use here. */
  async #changed({ isAway }: SharedChange): Promise<void> {
    this.#cancelJoin();
    this.#isJoined = false;
    if (isAway) {
      for (const held of this.#held.values()) this.#serve(held);
      return;
    }
    if (!this.#wasJoined) {
      this.#join();
      return;
    }
    this.#joinAfter(SETTLE_MS);
    await this.#recount();
  }

  /** Joins once all replicas have reported what they use. */
  #joinAfter(ms: number): void {
    this.#cancelJoin = this.#timers.schedule(ms, () => (this.#store.isWhole ? this.#join() : this.#joinAfter(LOOK_MS)));
  }

  #join(): void {
    this.#isJoined = true;
    this.#wasJoined = true;
    for (const held of this.#held.values()) held.isUncounted = false;
    void this.#recount();
  }

  /** Lets Redis count what is in use, however it came to be. */
  async #recount(): Promise<void> {
    for (const held of this.#held.values()) held.granted = held.used;
    await this.#reportEach([...this.#held.values()]);
  }
}
