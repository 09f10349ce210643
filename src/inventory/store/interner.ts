/** Above this number of texts, and of characters of values, all are forgotten together, and later equal ones are stored once more. */
const MOST_TEXTS = 50_000;
const MOST_CHARACTERS = 20_000_000;

/**
 * Keeps one copy of values that many tasks and container instances share: statuses, ARNs of task definitions, images,
 * attributes. A fleet of 100,000 tasks repeats a few thousand of them.
 */
export class Interner {
  #texts = new Map<string, string>();
  #values = new Map<string, unknown>();
  #characters = 0;

  /** Returns the copy that is kept of a text. */
  text<T extends string | undefined>(text: T): T {
    if (text === undefined) return text;
    const known = this.#texts.get(text);
    if (known !== undefined) return known as T;
    if (this.#texts.size >= MOST_TEXTS) this.#texts = new Map();
    const own = ownCopy(text);
    this.#texts.set(own, own);
    return own as T;
  }

  /** Returns the copy that is kept of a value whose JSON is different for different values. It must not be changed. */
  value<T>(value: T): T {
    if (value === undefined || value === null) return value;
    const key = JSON.stringify(value);
    const known = this.#values.get(key);
    if (known !== undefined) return known as T;
    this.#characters += key.length;
    if (this.#characters > MOST_CHARACTERS) {
      this.#values = new Map();
      this.#characters = key.length;
    }
    this.#values.set(key, value);
    return value;
  }
}

/** A copy that does not keep a longer text alive, as a slice of one does. ECS's texts are mostly ASCII. */
export function ownCopy(text: string): string {
  return Buffer.from(text).toString();
}
