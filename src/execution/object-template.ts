/** What is begun so often is worth a function of its own. */
const OFTEN = 64;

/** Makes answers with the same keys, in order, to be filled in any order. */
export class Template {
  readonly #keys: readonly string[];
  readonly #first: Readonly<Record<string, unknown>>;
  #begun = 0;
  #make: (() => Record<string, unknown>) | undefined;

  constructor(keys: readonly string[]) {
    this.#keys = keys;
    // Parsed, because that makes one compact object that owns each key, `__proto__` too.
    this.#first = JSON.parse(`{${keys.map((key) => `${JSON.stringify(key)}:null`).join(',')}}`);
  }

  start(): Record<string, unknown> {
    if (this.#make !== undefined) return this.#make();
    this.#begun += 1;
    if (this.#begun === OFTEN) this.#make = literalOf(this.#keys);
    return { ...this.#first };
  }
}

/**
 * An object literal in a function of its own. One place that copies objects of many shapes, as this program sees documents of
 * many, is ten times as slow.
 */
function literalOf(keys: readonly string[]): (() => Record<string, unknown>) | undefined {
  // Not in brackets, `__proto__` would be the prototype.
  const members = keys.map((key) => `${key === '__proto__' ? '["__proto__"]' : JSON.stringify(key)}:null`);
  try {
    return new Function(`return {${members.join(',')}};`) as () => Record<string, unknown>;
  } catch {
    // Where Node was told to make no code from text.
    return undefined;
  }
}
