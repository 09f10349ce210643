/** Compile a factory function once a selection has been executed this many times. */
const OFTEN = 64;

/** Creates result objects with the same keys in the same order. The values can be set in any order. */
export class Template {
  readonly #keys: readonly string[];
  readonly #first: Readonly<Record<string, unknown>>;
  #begun = 0;
  #make: (() => Record<string, unknown>) | undefined;

  constructor(keys: readonly string[]) {
    this.#keys = keys;
    // JSON.parse creates a compact object that owns each key, including `__proto__`.
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
 * Compiles an object literal into a function of its own. One shared place that copies objects of many shapes is ten
 * times as slow.
 */
function literalOf(keys: readonly string[]): (() => Record<string, unknown>) | undefined {
  // Without brackets, `__proto__` would set the prototype.
  const members = keys.map((key) => `${key === '__proto__' ? '["__proto__"]' : JSON.stringify(key)}:null`);
  try {
    return new Function(`return {${members.join(',')}};`) as () => Record<string, unknown>;
  } catch {
    // Node was started with a flag that forbids code generation from strings.
    return undefined;
  }
}
