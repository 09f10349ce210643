import type { Due } from './due.ts';
import type { DueAction } from './due-action.ts';
import { DueQueue } from './due-queue.ts';

/** Node limits a timer to 2^31 - 1 ms; for a later event the timer fires early and is set again. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * The clock yields after this many events, or real milliseconds, so that requests are answered while a large world
 * catches up.
 */
const EVENTS_PER_TURN = 2_000;
const TURN_MS = 5;

/** A clock catches up this many real milliseconds. It skips the rest, or it would race for minutes. */
const MOST_BEHIND_MS = 1_000;

export interface ClockState {
  readonly now: string;
  readonly speed: number;
  readonly paused: boolean;
  readonly pending: number;
}

/**
 * The machine's time in epoch milliseconds: where virtual time starts, and what a client compares with its own clock.
 */
export function epochNow(): number {
  return Date.now();
}

/** A clock's time, the number of events so far, and the pending ones, soonest first. */
export interface ClockSnapshot {
  readonly now: number;
  readonly order: number;
  readonly due: readonly Due[];
}

/**
 * Virtual time. Only this class knows the machine's time: everything else calls `now` and schedules actions. Speed 0 is
 * paused: time then moves only by `advance` and `advanceToNext`.
 */
export class Clock {
  readonly #queue = new DueQueue();
  readonly #listeners = new Set<() => void>();
  /** The time that has been reached: nothing due before it is pending. */
  #virtual: number;
  /** Corresponding points of virtual and machine time. */
  #anchor: number;
  #anchorReal = Date.now();
  #isBehind = false;
  #speed: number;
  #speedWhenRunning: number;
  #order = 0;
  #running = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(start: number, speed: number) {
    this.#virtual = start;
    this.#anchor = start;
    this.#speed = speed;
    this.#speedWhenRunning = speed > 0 ? speed : 1;
  }

  /**
   * Virtual epoch milliseconds. While an event runs, the time for which it was due; while overdue events wait, the time
   * of the last one that ran, so that no reader sees a time before all earlier events have run.
   */
  now(): number {
    return this.#running || this.#isBehind ? this.#virtual : this.#goal();
  }

  get speed(): number {
    return this.#speed;
  }

  get paused(): boolean {
    return this.#speed === 0;
  }

  /** Time of the next pending event, if any. */
  get nextAt(): number | undefined {
    return this.#queue.peek()?.time;
  }

  describe(): ClockState {
    const now = new Date(this.now()).toISOString();
    return { now, speed: this.#speed, paused: this.paused, pending: this.#queue.size };
  }

  /** Runs an action with two values at a virtual time. */
  at<A, B>(time: number, run: DueAction<A, B>, first: A, second: B): Due {
    return this.#push({ time: 0, order: 0, run, first, second, next: undefined, isQueued: false }, time);
  }

  after<A, B>(delay: number, run: DueAction<A, B>, first: A, second: B): Due {
    return this.at(this.now() + delay, run, first, second);
  }

  /** The same, reusing a finished entry if given, for sequences of steps. */
  again<A, B>(over: Due | undefined, delay: number, run: DueAction<A, B>, first: A, second: B): Due {
    if (over === undefined || over.isQueued) return this.after(delay, run, first, second);
    over.run = run;
    over.first = first;
    over.second = second;
    return this.#push(over, this.now() + delay);
  }

  cancel(due: Due | undefined): void {
    if (due !== undefined) due.run = undefined;
  }

  /**
   * Runs everything that is due; called before a request is answered, so that no answer is behind the clock. A clock
   * that cannot keep up stops meanwhile instead of delaying requests.
   */
  settle(): void {
    if (!this.#running) this.#runUntil(this.#goal(), true);
  }

  /** Advances time by `ms` and runs everything that becomes due, in order. */
  advance(ms: number): void {
    if (!(ms >= 0)) throw new RangeError('Time only moves forward');
    this.#runUntil(this.now() + ms, false);
    this.#drop();
    this.#arm();
  }

  /** Jumps to the next event and runs it, with all others due at the same time. False if nothing is pending. */
  advanceToNext(): boolean {
    const next = this.nextAt;
    if (next === undefined) return false;
    this.#runUntil(Math.max(next, this.now()), false);
    this.#drop();
    this.#arm();
    return true;
  }

  pause(): void {
    this.settle();
    this.#setSpeed(0);
  }

  /** Resumes time at `speed` or the previous speed. */
  resume(speed = this.#speedWhenRunning): void {
    if (!(speed > 0)) throw new RangeError('Speed must be above 0; pause stops the clock');
    this.settle();
    this.#setSpeed(speed);
  }

  /** Waits real milliseconds, for faults that a client measures on its own clock. */
  sleep(realMs: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, realMs));
  }

  /** Runs an action after real milliseconds, unless it is cancelled. It does not keep the process alive. */
  afterReal(realMs: number, run: () => void): { cancel(): void } {
    const timer = setTimeout(run, realMs);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  }

  /** Monotonic real milliseconds, for limits that hold on the client's clock. */
  realNow(): number {
    return performance.now();
  }

  /** Calls back after each batch of events. */
  onProgress(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes over the pending events of another clock with the same time. */
  adopt(other: Clock): void {
    for (let due = other.#queue.pop(); due !== undefined; due = other.#queue.pop()) {
      this.#order += 1;
      due.order = this.#order;
      this.#queue.push(due);
    }
    this.#arm();
  }

  /** The current time and all pending events. */
  snapshot(): ClockSnapshot {
    this.settle();
    return { now: this.now(), order: this.#order, due: this.#queue.pending() };
  }

  /** Restores the time and pending events of another clock; time continues at this clock's speed. */
  restore({ now, order, due }: ClockSnapshot): void {
    this.clear(now);
    this.#order = order;
    for (const item of due) this.#queue.push(item);
    this.#arm();
  }

  /** Removes all pending events. */
  clear(start?: number): void {
    this.#queue.clear();
    if (start === undefined) return;
    this.#virtual = start;
    this.#drop();
  }

  close(): void {
    this.#queue.clear();
    clearTimeout(this.#timer);
    this.#speed = 0;
  }

  #push(due: Due, time: number): Due {
    this.#order += 1;
    const soonest = this.#running ? this.#virtual : this.now();
    due.time = Math.ceil(Math.max(time, soonest));
    due.order = this.#order;
    due.isQueued = true;
    const wasNext = this.#running ? due.time : this.nextAt;
    this.#queue.push(due);
    if (wasNext === undefined || due.time < wasNext) this.#arm();
    return due;
  }

  #setSpeed(speed: number): void {
    this.#virtual = this.now();
    this.#drop();
    this.#speed = speed;
    if (speed > 0) this.#speedWhenRunning = speed;
    this.#arm();
  }

  /** The virtual time that corresponds to the machine's time. */
  #goal(): number {
    if (this.#speed === 0) return this.#virtual;
    return Math.max(this.#virtual, this.#anchor + Math.floor((Date.now() - this.#anchorReal) * this.#speed));
  }

  /** Virtual time continues from what has been reached, `behind` real milliseconds late. */
  #drop(behind = 0): void {
    this.#anchor = this.#virtual + behind * this.#speed;
    this.#anchorReal = Date.now();
    this.#isBehind = behind > 0;
  }

  /** Whether to yield after this many events of a turn. */
  #isOver(ran: number, started: number): boolean {
    return ran >= EVENTS_PER_TURN || (ran > 0 && Date.now() - started >= TURN_MS);
  }

  #runUntil(end: number, inTurns: boolean): void {
    let ran = 0;
    const started = Date.now();
    this.#running = true;
    try {
      for (;;) {
        if (inTurns && this.#isOver(ran, started)) {
          if ((this.nextAt ?? Number.POSITIVE_INFINITY) > end) break;
          this.#isBehind = true;
          if (this.#goal() - this.#virtual > MOST_BEHIND_MS * this.#speed) this.#drop(MOST_BEHIND_MS);
          return;
        }
        const due = this.#queue.take(end);
        if (due === undefined) break;
        due.isQueued = false;
        if (due.time > this.#virtual) this.#virtual = due.time;
        const { run } = due;
        // Holders of the entry see that it is over.
        due.run = undefined;
        run?.(due.first as never, due.second as never);
        ran += 1;
      }
      if (end > this.#virtual) this.#virtual = end;
      this.#isBehind = false;
    } finally {
      this.#running = false;
      if (ran > 0) for (const listener of this.#listeners) listener();
    }
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const next = this.nextAt;
    if (this.#speed === 0 || next === undefined) return;
    const wait = Math.min(Math.max(0, Math.ceil((next - this.#goal()) / this.#speed)), LONGEST_TIMER_MS);
    this.#timer = setTimeout(() => {
      this.#runUntil(this.#goal(), true);
      this.#arm();
    }, wait);
    this.#timer.unref();
  }
}
