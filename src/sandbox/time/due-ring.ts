import type { Due } from './due.ts';

/** So many milliseconds, and each has a place: more than a task takes from one step of its life to the next. */
const PLACES = 2 ** 14;
const LAST = PLACES - 1;
/** A bit for each place tells whether anything is in it. */
const WORDS = PLACES / 32;

/**
 * What is due in the next few seconds: a chain for each millisecond, in the order in which it was added. To add to it
 * and to take from it costs the same however much there is.
 */
export class DueRing {
  readonly #heads: (Due | undefined)[] = new Array<Due | undefined>(PLACES).fill(undefined);
  readonly #tails: (Due | undefined)[] = new Array<Due | undefined>(PLACES).fill(undefined);
  readonly #bits = new Uint32Array(WORDS);
  /** The first millisecond that has a place. */
  #from = 0;
  /** Nothing is due before. */
  #soonest = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** False if it has no place: it is due too late, or before the ring begins. */
  push(due: Due): boolean {
    const { time } = due;
    if (time < this.#from || time - this.#from >= PLACES) return false;
    const place = time & LAST;
    const tail = this.#tails[place];
    if (tail === undefined) {
      this.#heads[place] = due;
      this.#bits[place >> 5] = (this.#bits[place >> 5] ?? 0) | (1 << (place & 31));
    } else tail.next = due;
    this.#tails[place] = due;
    if (this.#size === 0 || time < this.#soonest) this.#soonest = time;
    this.#size += 1;
    return true;
  }

  /** The next entry that was not cancelled; cancelled ones are dropped on the way. */
  peek(): Due | undefined {
    while (this.#size > 0) {
      const top = this.#find();
      if (top === undefined || top.run !== undefined) return top;
      this.removeTop();
    }
    return undefined;
  }

  /** Of what `peek` has found. */
  removeTop(): void {
    const place = this.#soonest & LAST;
    const top = this.#heads[place];
    if (top === undefined) return;
    this.#heads[place] = top.next;
    if (top.next === undefined) {
      this.#tails[place] = undefined;
      this.#bits[place >> 5] = (this.#bits[place >> 5] ?? 0) & ~(1 << (place & 31));
    }
    top.next = undefined;
    this.#size -= 1;
  }

  /** Nothing will be due before `time` any more: places before it are free for what is due later. */
  begin(time: number): void {
    if (this.#size === 0 || time <= this.#soonest) this.#from = time;
  }

  *all(): Generator<Due> {
    for (const head of this.#heads) {
      for (let due = head; due !== undefined; due = due.next) yield due;
    }
  }

  clear(): void {
    this.#heads.fill(undefined);
    this.#tails.fill(undefined);
    this.#bits.fill(0);
    this.#size = 0;
  }

  /** The first chain from the soonest place on. */
  #find(): Due | undefined {
    const place = this.#soonest & LAST;
    const head = this.#heads[place];
    if (head !== undefined) return head;
    for (let step = 0; step <= WORDS; step += 1) {
      const at = ((place >> 5) + step) % WORDS;
      let word = this.#bits[at] ?? 0;
      // Of the first word only what comes after the place; what comes before it is looked at last, when all is round.
      if (step === 0) word &= -1 << (place & 31);
      if (word === 0) continue;
      const found = at * 32 + 31 - Math.clz32(word & -word);
      this.#soonest += (found - place + PLACES) & LAST;
      return this.#heads[found];
    }
    return undefined;
  }
}
