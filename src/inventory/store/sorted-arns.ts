/**
 * ARNs in order, for lists in pages. Order by ARN makes a position mean the same in every process, and after a restart.
 * ARNs are sorted when they are read: only few were added since the last time, at the end.
 */
export class SortedArns {
  #arns: string[] = [];
  readonly #removed = new Set<string>();
  #isSorted = true;

  add(arn: string): void {
    if (this.#removed.size > 0) this.#compact();
    this.#arns.push(arn);
    this.#isSorted = false;
  }

  remove(arn: string): void {
    this.#removed.add(arn);
  }

  /** All of them, in order. The array is valid until the next change. */
  read(): readonly string[] {
    if (this.#removed.size > 0) this.#compact();
    if (!this.#isSorted) this.#arns.sort();
    this.#isSorted = true;
    return this.#arns;
  }

  #compact(): void {
    this.#arns = this.#arns.filter((arn) => !this.#removed.has(arn));
    this.#removed.clear();
  }
}

/** The index of the first of some sorted texts that comes after another one. */
export function indexAfter(sorted: readonly string[], text: string | undefined): number {
  if (text === undefined) return 0;
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? '') <= text) low = middle + 1;
    else high = middle;
  }
  return low;
}
