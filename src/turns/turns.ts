import type { Job } from './job.ts';
import { Pause } from './pause.ts';
import { Principals } from './principal.ts';
import { type MayServe, PrincipalQueue } from './principal-queue.ts';

/**
 * Time in milliseconds that work takes in one turn of the event loop: while several operations run, and while one runs
 * alone. What arrives from the network waits for the end of a turn, several times for each query.
 */
const SHARED_TURN_MS = 0.5;
const LONE_TURN_MS = 10;
const SHARED_FOR_MS = 100;
/** Principals run beside each other if another one has asked within so many milliseconds. */
const BESIDE_FOR_MS = 1_000;
/**
 * Most milliseconds for which long jobs pause for the sake of short ones, and busy principals for the sake of the short
 * jobs of others.
 */
const LONGEST_PAUSE_MS = 2;
const LONGEST_PAUSE_OF_BUSY_MS = 10;
/** How often a principal that rests is looked at, in milliseconds. */
const REST_MS = 1;

export interface TurnSettings {
  /** Milliseconds of a turn while several operations run. */
  readonly sharedMs?: number;
  /** Milliseconds of a turn while one operation runs alone. */
  readonly loneMs?: number;
  /** A monotonic clock in milliseconds. */
  readonly now?: () => number;
}

/** Shares the event loop: before each of its steps, long work asks whether to continue in this turn or in a later one. */
export interface Turns {
  readonly isOver: () => boolean;
  /** Resolves in a later turn. */
  readonly next: (job: Job) => Promise<void>;
  /** As `next` if this turn is over; otherwise undefined: there is nothing to wait for. */
  readonly take: (job: Job) => Promise<void> | undefined;
  /**
   * Whether a job belongs to a busy principal beside others. It then takes turns also where its operation would be small
   * enough to go on without.
   */
  readonly isCrowding: (job: Job) => boolean;
  /** Leaves the waiting work of a job pending forever. */
  readonly forget: (job: Job) => void;
}

/**
 * Turns for all work of a process. Principals that wait get equal time, whatever the number and size of their
 * operations: the one whose work has taken the least time is served next, and an idle principal saves no time up. Work
 * that a piece causes at once (its promises) counts as part of it.
 *
 * Short jobs go first, and other work pauses while they may have more to do. A principal that has used much lately has
 * no short jobs beside others: many small operations are as much work as a large one. One whose part of the time is limited
 * rests when it has used that, so that others also have less of its garbage collected meanwhile.
 */
export function createTurns({
  sharedMs = SHARED_TURN_MS,
  loneMs = LONE_TURN_MS,
  now = () => performance.now(),
}: TurnSettings = {}): Turns {
  const queues = new Map<string, PrincipalQueue>();
  let waiting = 0;
  let turn = 0;
  let endsAt: number | undefined;
  /** The time used by the principal that was served last. */
  let clockMs = 0;
  const principals = new Principals();
  /** For the sake of short jobs of principals that are not busy. */
  const pause = new Pause();
  let lastJob: Job | undefined;
  let sharedUntil = Number.NEGATIVE_INFINITY;
  let besideUntil = Number.NEGATIVE_INFINITY;
  /** The job whose work runs now; with its queue if it was served, without it if it did not have to wait. */
  let running: { readonly job: Job; readonly at: number; readonly queue?: PrincipalQueue } | undefined;

  /** Set while all work that waits is of principals that rest. */
  let rest: NodeJS.Timeout | undefined;

  function begin(): void {
    clearTimeout(rest);
    turn += 1;
    const at = now();
    endsAt = at + (at < sharedUntil ? sharedMs : loneMs);
    setImmediate(end);
  }

  function end(): void {
    charge();
    if (waiting === 0) queues.clear();
    endsAt = undefined;
    if (waiting === 0) return;
    if (doAllRest()) {
      rest = setTimeout(end, REST_MS);
      return;
    }
    begin();
    serve();
  }

  /** Whether a principal has used its part of the time, and others are active. */
  function rests(name: string, at: number): boolean {
    return at < besideUntil && principals.of(name).isSpent(at);
  }

  function doAllRest(): boolean {
    const at = now();
    for (const [name, queue] of queues) if (!queue.isEmpty && !rests(name, at)) return false;
    return true;
  }

  function serve(): void {
    charge();
    if (waiting === 0) queues.clear();
    if (waiting === 0 || isOver()) return;
    const found = nextQueue();
    const next = found?.queue.take(turn, found.may);
    if (found === undefined || next === undefined) return;
    const { queue } = found;
    waiting -= 1;
    clockMs = queue.usedMs;
    running = { job: next.job, queue, at: now() };
    if (!next.job.isShort) principals.of(next.job.principal).pause.end();
    if (isHeld(next.job, running.at)) pause.end();
    next.piece.resume();
    // A tick that a promise asks for begins when no promise is left to resume.
    queueMicrotask(next.piece.isDeep ? () => process.nextTick(serve) : serve);
  }

  /** Charges the time since a job began to run in this turn. */
  function charge(): void {
    if (running === undefined) return;
    const { job, at, queue } = running;
    const until = now();
    job.charge(until - at);
    principals.charge(job, until - at, until);
    if (queue !== undefined) queue.usedMs += until - at;
    running = undefined;
  }

  /** Whether a job pauses for the sake of short jobs of other principals. */
  function isHeld(job: Job, at: number): boolean {
    return !job.isShort || principals.of(job.principal).isBusy(at);
  }

  function mayServe(name: string, at: number): MayServe {
    const principal = principals.of(name);
    if (rests(name, at)) return 'nothing';
    const pausedMs = pause.lastsFor(turn, at) ?? Number.POSITIVE_INFINITY;
    if (!principal.isBusy(at)) return pausedMs < LONGEST_PAUSE_MS ? 'short' : 'all';
    if (pausedMs < LONGEST_PAUSE_OF_BUSY_MS) return 'nothing';
    const ownMs = principal.pause.lastsFor(turn, at) ?? Number.POSITIVE_INFINITY;
    return ownMs < LONGEST_PAUSE_MS ? 'short' : 'all';
  }

  /** Whether a job need not pause. */
  function mayGoOn(job: Job): boolean {
    const may = mayServe(job.principal, now());
    return may === 'all' || (may === 'short' && job.isShort);
  }

  function nextQueue(): { readonly queue: PrincipalQueue; readonly may: MayServe } | undefined {
    let least: { readonly queue: PrincipalQueue; readonly may: MayServe } | undefined;
    const at = now();
    for (const [name, queue] of queues) {
      if (!queue.isEmpty) {
        const may = mayServe(name, at);
        if (queue.has(may) && (least === undefined || queue.usedMs < least.queue.usedMs)) least = { queue, may };
      } else if (queue.usedMs <= clockMs) {
        queues.delete(name);
      }
    }
    return least;
  }

  function isOver(): boolean {
    if (endsAt === undefined) begin();
    return endsAt !== undefined && now() >= endsAt;
  }

  function notice(job: Job): void {
    // Work that a piece causes counts as part of it, whichever job asks meanwhile.
    if (running?.queue === undefined) charge();
    const at = now();
    if (lastJob !== undefined && !lastJob.isOfSame(job)) sharedUntil = at + SHARED_FOR_MS;
    if (lastJob !== undefined && lastJob.principal !== job.principal) besideUntil = at + BESIDE_FOR_MS;
    lastJob = job;
    if (job.isShort) (isHeld(job, at) ? principals.of(job.principal).pause : pause).ask(turn);
  }

  function wait(job: Job, isDeep: boolean): Promise<void> {
    const queue = queues.get(job.principal) ?? new PrincipalQueue();
    queues.set(job.principal, queue);
    // Where nothing waits, nothing has paused.
    if (waiting === 0) pause.end();
    if (queue.isEmpty) {
      principals.of(job.principal).pause.end();
      queue.usedMs = Math.max(queue.usedMs, clockMs);
    }
    waiting += 1;
    if (endsAt === undefined) begin();
    return new Promise((resolve) => queue.add(job, { resume: resolve, isDeep }, turn));
  }

  return {
    isOver,
    next(job) {
      notice(job);
      return wait(job, false);
    },
    take(job) {
      notice(job);
      if (isOver() || !mayGoOn(job)) return wait(job, true);
      running ??= { job, at: now() };
      return undefined;
    },
    isCrowding(job) {
      const at = now();
      return at < besideUntil && (principals.of(job.principal).isBusy(at) || rests(job.principal, at));
    },
    forget(job) {
      waiting -= queues.get(job.principal)?.forget(job) ?? 0;
    },
  };
}
