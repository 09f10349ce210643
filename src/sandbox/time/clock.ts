import type { Due } from './due.ts';
import type { DueAction } from './due-action.ts';
import { DueQueue } from './due-queue.ts';

/** Node caps a timer at 2^31 - 1 ms; a later event simply makes the timer fire and set itself again. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** After so many events, or real milliseconds, the clock yields: requests are answered while a large world catches up. */
const EVENTS_PER_TURN = 2_000;
const TURN_MS = 5;

/** So many real milliseconds behind, a clock catches up; what is more is lost to it, or it would race for minutes. */
const MOST_BEHIND_MS = 1_000;

export interface ClockState {
  readonly now: string;
  readonly speed: number;
  readonly paused: boolean;
  readonly pending: number;
}

/** The machine's own time, in epoch milliseconds: for where virtual time starts, and for what a client compares with its own clock. */
export function epochNow(): number {
  return Date.now();
}

/** A clock's time, how many things have been due on it, and those that still are, soonest first. */
export interface ClockSnapshot {
  readonly now: number;
  readonly order: number;
  readonly due: readonly Due[];
}

/**
 * Virtual time. The only place in the sandbox that knows the machine's own time: everything else asks `now` and says
 * what is due when. Speed 0 is paused: time then moves only by `advance` and `advanceToNext`.
 */
export class Clock {
  readonly #queue = new DueQueue();
  readonly #listeners = new Set<() => void>();
  /** What has been reached: nothing due by then is left. */
  #virtual: number;
  /** A moment of virtual time and of the machine's that belong together. */
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
   * Virtual epoch milliseconds. While an event runs, the moment for which it was due; while events wait whose moment has
   * passed, that of the last one that ran, so that nobody sees a moment before all that came to pass until then.
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

  /** When the next event is due, if any is. */
  get nextAt(): number | undefined {
    return this.#queue.peek()?.time;
  }

  describe(): ClockState {
    const now = new Date(this.now()).toISOString();
    return { now, speed: this.#speed, paused: this.paused, pending: this.#queue.size };
  }

  /** Runs an action with two values at a moment of virtual time. */
  at<A, B>(time: number, run: DueAction<A, B>, first: A, second: B): Due {
    return this.#push({ time: 0, order: 0, run, first, second, next: undefined, isQueued: false }, time);
  }

  after<A, B>(delay: number, run: DueAction<A, B>, first: A, second: B): Due {
    return this.at(this.now() + delay, run, first, second);
  }

  /** The same by way of what is over, where it is: for what follows step upon step. */
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
   * Runs what is due by now; called before a request is answered, so that no answer is behind the clock. A clock that
   * cannot keep up stands still meanwhile rather than let anybody wait.
   */
  settle(): void {
    if (!this.#running) this.#runUntil(this.#goal(), true);
  }

  /** Moves time on by `ms`, running all that comes due on the way, in order. */
  advance(ms: number): void {
    if (!(ms >= 0)) throw new RangeError('Time only moves forward');
    this.#runUntil(this.now() + ms, false);
    this.#drop();
    this.#arm();
  }

  /** Jumps to the next event and runs it, and all others due at the same moment. False when nothing is due, ever. */
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

  /** Lets time run again, at `speed` or as fast as before. */
  resume(speed = this.#speedWhenRunning): void {
    if (!(speed > 0)) throw new RangeError('Speed must be above 0; pause stops the clock');
    this.settle();
    this.#setSpeed(speed);
  }

  /** Real milliseconds, for faults that a client feels on its own clock. */
  sleep(realMs: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, realMs));
  }

  /** Real milliseconds since some moment, for limits that hold on the client's clock. */
  realNow(): number {
    return performance.now();
  }

  /** Calls back after each time that events have run. */
  onProgress(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes over what is due on another clock, which must stand where this one does. */
  adopt(other: Clock): void {
    for (let due = other.#queue.pop(); due !== undefined; due = other.#queue.pop()) {
      this.#order += 1;
      due.order = this.#order;
      this.#queue.push(due);
    }
    this.#arm();
  }

  /** Where time stands and what is still due. */
  snapshot(): ClockSnapshot {
    this.settle();
    return { now: this.now(), order: this.#order, due: this.#queue.pending() };
  }

  /** Stands where another clock stood, with what was due there; time goes on from now at this clock's speed. */
  restore({ now, order, due }: ClockSnapshot): void {
    this.clear(now);
    this.#order = order;
    for (const item of due) this.#queue.push(item);
    this.#arm();
  }

  /** Forgets all that is due. */
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

  /** Where virtual time would be if everything took no time. */
  #goal(): number {
    if (this.#speed === 0) return this.#virtual;
    return Math.max(this.#virtual, this.#anchor + Math.floor((Date.now() - this.#anchorReal) * this.#speed));
  }

  /** Virtual time goes on from what has been reached, `behind` real milliseconds late. */
  #drop(behind = 0): void {
    this.#anchor = this.#virtual + behind * this.#speed;
    this.#anchorReal = Date.now();
    this.#isBehind = behind > 0;
  }

  /** Whether it is time to yield, after so many events of a turn. */
  #isOver(ran: number, started: number): boolean {
    return ran >= EVENTS_PER_TURN || (ran > 0 && Date.now() - started >= TURN_MS);
  }

  #runUntil(end: number, inTurns: boolean): void {
    let ran = 0;
    const started = Date.now();
    this.#running = true;
    try {
      for (let due = this.#queue.peek(); due !== undefined && due.time <= end; due = this.#queue.peek()) {
        if (inTurns && this.#isOver(ran, started)) {
          this.#isBehind = true;
          if (this.#goal() - this.#virtual > MOST_BEHIND_MS * this.#speed) this.#drop(MOST_BEHIND_MS);
          return;
        }
        this.#queue.pop();
        due.isQueued = false;
        if (due.time > this.#virtual) this.#virtual = due.time;
        const { run } = due;
        // Whoever still holds it holds no more than that it is over.
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
