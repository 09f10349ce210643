import type { Job } from './job.ts';

/** After this many turns in which only short jobs were served, a long one is. */
const TURNS_OF_SHORT = 4;

/** A piece of work that waits for a turn. */
export interface Piece {
  readonly resume: () => void;
  /** Whether the promises that it settles do most of the work, so that the next piece has to wait for them. */
  readonly isDeep: boolean;
}

/** Which jobs of a principal may be served. */
export type MayServe = 'nothing' | 'short' | 'all';

/** The pieces of one job that wait, first in, first out. */
class Pieces {
  readonly #waiting: Piece[] = [];
  #served = 0;

  add(piece: Piece): void {
    this.#waiting.push(piece);
  }

  take(): Piece | undefined {
    this.#served += 1;
    return this.#waiting[this.#served - 1];
  }

  get size(): number {
    return this.#waiting.length - this.#served;
  }
}

/**
 * The waiting work of one principal. Short jobs go first, so that a small query need not wait for the large ones of the
 * same principal; jobs alternate.
 */
export class PrincipalQueue {
  /** The time that its work has taken, on a clock that all principals share. */
  usedMs = 0;
  readonly #short = new Map<Job, Pieces>();
  readonly #long = new Map<Job, Pieces>();
  /** The turn in which a long job was served, or began to wait. */
  #longSince = 0;

  /** Whether work waits of jobs that may be served. */
  has(may: MayServe): boolean {
    if (may === 'nothing') return false;
    return this.#short.size + (may === 'all' ? this.#long.size : 0) > 0;
  }

  get isEmpty(): boolean {
    return this.#short.size + this.#long.size === 0;
  }

  add(job: Job, piece: Piece, turn: number): void {
    const pieces = this.#short.get(job) ?? this.#long.get(job) ?? this.#open(job, turn);
    pieces.add(piece);
  }

  #open(job: Job, turn: number): Pieces {
    const pieces = new Pieces();
    if (job.isShort) {
      this.#short.set(job, pieces);
    } else {
      if (this.#long.size === 0) this.#longSince = turn;
      this.#long.set(job, pieces);
    }
    return pieces;
  }

  /** The next piece of work; its job goes behind the others. */
  take(turn: number, may: MayServe): { readonly job: Job; readonly piece: Piece } | undefined {
    const isLongDue = may === 'all' && this.#long.size > 0 && turn - this.#longSince >= TURNS_OF_SHORT;
    const [first] = this.#short.size === 0 || isLongDue ? this.#long : this.#short;
    if (first === undefined) return undefined;
    const [job, pieces] = first;
    if (this.#long.delete(job)) this.#longSince = turn;
    else this.#short.delete(job);
    const piece = pieces.take();
    if (pieces.size > 0) (job.isShort ? this.#short : this.#long).set(job, pieces);
    return piece && { job, piece };
  }

  /** @returns the number of pieces that waited */
  forget(job: Job): number {
    const pieces = this.#short.get(job) ?? this.#long.get(job);
    this.#short.delete(job);
    this.#long.delete(job);
    return pieces?.size ?? 0;
  }
}
