import type { InstanceRecord } from '../model/instances/instance-record.ts';
import { Heap } from '../util/heap.ts';

export interface Unplaced {
  readonly instance: InstanceRecord | undefined;
  readonly reason: string;
}

/** Judges an instance for a placement. */
export interface Judge {
  /** Number of tasks on it that the spread counts. */
  count(instance: InstanceRecord): number;
  isCandidate(instance: InstanceRecord): boolean;
  /** The lacking resource; undefined if there is room. */
  shortage(instance: InstanceRecord): string | undefined;
  /** Some instances were refused. They are listed only on demand. Room only shrinks while tasks are placed. */
  refuse(who: () => Unplaced[]): void;
}

/** Instances that are taken one by one. A refused instance stays refused. */
export interface Candidates {
  next(): InstanceRecord | undefined;
  /** The last taken instance got its task and can be taken again. */
  putBack(instance: InstanceRecord): void;
}

/** Lower is better. */
export type Score = (instance: InstanceRecord) => number;

interface Entry {
  readonly instance: InstanceRecord;
  readonly keys: readonly number[];
}

function isBefore(a: Entry, b: Entry): boolean {
  for (let at = 0; at < a.keys.length; at += 1) {
    const difference = (a.keys[at] ?? 0) - (b.keys[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return a.instance.sequence < b.instance.sequence;
}

/** Instances by their score when they were added; the oldest first among equals. */
export class Ranking implements Candidates {
  readonly #judge: Judge;
  readonly #scores: readonly Score[];
  readonly #heap = new Heap<Entry>(isBefore);

  constructor(judge: Judge, instances: readonly InstanceRecord[], scores: readonly Score[]) {
    this.#judge = judge;
    this.#scores = scores;
    for (const instance of instances) this.putBack(instance);
  }

  next(): InstanceRecord | undefined {
    for (let entry = this.#heap.pop(); entry !== undefined; entry = this.#heap.pop()) {
      const { instance } = entry;
      const reason = this.#judge.shortage(instance);
      if (reason === undefined) return instance;
      this.#judge.refuse(() => [{ instance, reason }]);
    }
    return undefined;
  }

  putBack(instance: InstanceRecord): void {
    this.#heap.push({ instance, keys: this.#scores.map((score) => score(instance)) });
  }
}

/** Instances in random order. Only as many are examined as it takes to find room. */
export class Lottery implements Candidates {
  readonly #judge: Judge;
  readonly #left: InstanceRecord[];
  readonly #random: () => number;

  constructor(judge: Judge, instances: InstanceRecord[], random: () => number) {
    this.#judge = judge;
    this.#left = instances;
    this.#random = random;
  }

  next(): InstanceRecord | undefined {
    while (this.#left.length > 0) {
      const at = Math.floor(this.#random() * this.#left.length);
      const instance = this.#left[at];
      if (instance === undefined) return undefined;
      const isCandidate = this.#judge.isCandidate(instance);
      const reason = isCandidate ? this.#judge.shortage(instance) : undefined;
      if (isCandidate && reason === undefined) return instance;
      if (reason !== undefined) this.#judge.refuse(() => [{ instance, reason }]);
      const last = this.#left.pop();
      if (last !== undefined && last !== instance) this.#left[at] = last;
    }
    return undefined;
  }

  /** Does nothing: no candidate was removed. */
  putBack(): void {}
}

/**
 * Instances in order of registration, if nothing else decides, or only the number of tasks on each: then instances
 * without tasks come first. Only as many are examined as it takes to find room, because there may be thousands.
 */
export class Line implements Candidates {
  readonly #judge: Judge;
  readonly #instances: readonly InstanceRecord[];
  readonly #isSpread: boolean;
  #at = 0;
  /** Instances with tasks, used when no others are left. */
  #busy: Ranking | undefined;

  constructor(judge: Judge, instances: readonly InstanceRecord[], isSpread: boolean) {
    this.#judge = judge;
    this.#instances = instances;
    this.#isSpread = isSpread;
  }

  /** The first instance that could be taken if it had room. */
  get head(): InstanceRecord | undefined {
    return this.#instances.find((instance) => this.#judge.isCandidate(instance));
  }

  next(): InstanceRecord | undefined {
    const from = this.#at;
    const found = this.#advance();
    if (this.#at > from) this.#judge.refuse(this.#refusal(from, this.#at));
    if (found !== undefined) {
      if (this.#isSpread) this.#at += 1;
      return found;
    }
    if (!this.#isSpread) return undefined;
    this.#busy ??= this.#rankBusy();
    return this.#busy.next();
  }

  putBack(instance: InstanceRecord): void {
    this.#busy?.putBack(instance);
  }

  #isPassedOver(instance: InstanceRecord): boolean {
    return this.#isSpread && this.#judge.count(instance) > 0;
  }

  #advance(): InstanceRecord | undefined {
    for (; this.#at < this.#instances.length; this.#at += 1) {
      const instance = this.#instances[this.#at];
      if (instance === undefined || this.#isPassedOver(instance)) continue;
      // Full instances are quick to detect, and most of the first ones in a busy cluster are full.
      if (this.#judge.shortage(instance) === undefined && this.#judge.isCandidate(instance)) return instance;
    }
    return undefined;
  }

  #rankBusy(): Ranking {
    const busy = this.#instances.filter((item) => this.#judge.count(item) > 0 && this.#judge.isCandidate(item));
    return new Ranking(this.#judge, busy, [(instance) => this.#judge.count(instance)]);
  }

  #refusal(from: number, to: number): () => Unplaced[] {
    return () => {
      const refused: Unplaced[] = [];
      for (const instance of this.#instances.slice(from, to)) {
        const reason = this.#judge.shortage(instance);
        if (reason === undefined || this.#isPassedOver(instance) || !this.#judge.isCandidate(instance)) continue;
        refused.push({ instance, reason });
      }
      return refused;
    };
  }
}
