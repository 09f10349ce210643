import type { Due } from './due.ts';

/** Milliseconds in the ring, one slot each: more than a task takes between two lifecycle steps. */
const PLACES = 2 ** 14;
const LAST = PLACES - 1;
/** One bit for each slot that is not empty. */
const WORDS = PLACES / 32;

/**
 * Entries due in the next few seconds: a list for each millisecond, in insertion order. Adding and removing take
 * constant time.
 */
export class DueRing {
  readonly #heads: (Due | undefined)[] = new Array<Due | undefined>(PLACES).fill(undefined);
  readonly #tails: (Due | undefined)[] = new Array<Due | undefined>(PLACES).fill(undefined);
  readonly #bits = new Uint32Array(WORDS);
  /** The first millisecond with a slot. */
  #from = 0;
  /** No entry is due before this time. */
  #soonest = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** False if it does not fit: it is due too late, or before the start of the ring. */
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

  /** The next entry that was not cancelled; cancelled entries are dropped on the way. */
  peek(): Due | undefined {
    while (this.#size > 0) {
      const top = this.#find();
      if (top === undefined || top.run !== undefined) return top;
      this.removeTop();
    }
    return undefined;
  }

  /** Removes the entry that `peek` returned. */
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

  /** Nothing will be due before `time` any more: earlier slots are free for later entries. */
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

  /** The first non-empty list from the soonest slot on. */
  #find(): Due | undefined {
    const place = this.#soonest & LAST;
    const head = this.#heads[place];
    if (head !== undefined) return head;
    for (let step = 0; step <= WORDS; step += 1) {
      const at = ((place >> 5) + step) % WORDS;
      let word = this.#bits[at] ?? 0;
      // Of the first word only the bits after the slot; the bits before it are checked last, after the wrap.
      if (step === 0) word &= -1 << (place & 31);
      if (word === 0) continue;
      const found = at * 32 + 31 - Math.clz32(word & -word);
      this.#soonest += (found - place + PLACES) & LAST;
      return this.#heads[found];
    }
    return undefined;
  }
}
