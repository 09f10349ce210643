import type { Job } from './job.ts';
import { PrincipalQueue } from './principal-queue.ts';

/**
 * Time in milliseconds that work takes in one turn of the event loop: while several operations run, and while one runs
 * alone. What arrives from the network waits for the end of a turn, several times for each query.
 */
const SHARED_TURN_MS = 0.5;
const LONE_TURN_MS = 10;
const SHARED_FOR_MS = 100;
/**
 * After a short job has asked for a turn, long ones pause for so many turns, which are then empty and pass quickly: the
 * short job goes through several turns until it waits for ECS. They pause for no longer than so many milliseconds.
 */
const PAUSE_TURNS = 4;
const LONGEST_PAUSE_MS = 2;

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
  /** Leaves the waiting work of a job pending forever. */
  readonly forget: (job: Job) => void;
}

/**
 * Turns for all work of a process. Principals that wait get equal time, whatever the number and size of their
 * operations: the one whose work has taken the least time is served next, and an idle principal saves no time up. Work
 * that a piece causes at once (its promises) counts as part of it.
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
  /** The turn in which a short job last asked for one. */
  let shortTurn = Number.NEGATIVE_INFINITY;
  /** When long jobs began to pause. */
  let pausedAt: number | undefined;
  let lastJob: Job | undefined;
  let sharedUntil = Number.NEGATIVE_INFINITY;
  let served: { readonly job: Job; readonly queue: PrincipalQueue; readonly at: number } | undefined;

  function begin(): void {
    turn += 1;
    const at = now();
    endsAt = at + (at < sharedUntil ? sharedMs : loneMs);
    setImmediate(end);
  }

  function end(): void {
    endsAt = undefined;
    if (waiting === 0) return;
    begin();
    serve();
  }

  function serve(): void {
    charge();
    if (waiting === 0 || isOver()) return;
    const isPause = pausesLong();
    const queue = nextQueue(isPause);
    const next = queue?.take(turn, !isPause);
    if (queue === undefined || next === undefined) return;
    waiting -= 1;
    clockMs = queue.usedMs;
    served = { job: next.job, queue, at: now() };
    if (!next.job.isShort) pausedAt = undefined;
    next.piece.resume();
    // A tick that a promise asks for begins when no promise is left to resume.
    queueMicrotask(next.piece.isDeep ? () => process.nextTick(serve) : serve);
  }

  /** Charges the time since a piece was resumed. */
  function charge(): void {
    if (served === undefined) return;
    const ms = now() - served.at;
    served.job.charge(ms);
    served.queue.usedMs += ms;
    served = undefined;
    if (waiting === 0) queues.clear();
  }

  function pausesLong(): boolean {
    if (turn - shortTurn >= PAUSE_TURNS) {
      pausedAt = undefined;
      return false;
    }
    const at = now();
    pausedAt ??= at;
    return at - pausedAt < LONGEST_PAUSE_MS;
  }

  function nextQueue(onlyShort: boolean): PrincipalQueue | undefined {
    let least: PrincipalQueue | undefined;
    for (const [principal, queue] of queues) {
      if (!queue.isEmpty) {
        if (onlyShort && !queue.hasShort) continue;
        if (least === undefined || queue.usedMs < least.usedMs) least = queue;
      } else if (queue.usedMs <= clockMs) {
        queues.delete(principal);
      }
    }
    return least;
  }

  function isOver(): boolean {
    if (endsAt === undefined) begin();
    return endsAt !== undefined && now() >= endsAt;
  }

  function notice(job: Job): void {
    if (lastJob !== undefined && !lastJob.isOfSame(job)) {
      sharedUntil = now() + SHARED_FOR_MS;
    }
    lastJob = job;
    if (job.isShort) shortTurn = turn;
  }

  function wait(job: Job, isDeep: boolean): Promise<void> {
    const queue = queues.get(job.principal) ?? new PrincipalQueue();
    queues.set(job.principal, queue);
    if (queue.isEmpty) queue.usedMs = Math.max(queue.usedMs, clockMs);
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
      return isOver() ? wait(job, true) : undefined;
    },
    forget(job) {
      waiting -= queues.get(job.principal)?.forget(job) ?? 0;
    },
  };
}
