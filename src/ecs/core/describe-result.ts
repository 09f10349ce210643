import type { EntityKind, EntityShapes } from './describe-specs.ts';

type Shape = EntityShapes[EntityKind];

/** Items by every name that they may have been requested by. */
export type ByName = ReadonlyMap<string, Shape>;

export interface AnswerParts {
  /** The includes that the call requested. */
  readonly include: readonly string[];
  /** Members that were omitted, because no reader needed them. */
  readonly lacks?: readonly string[];
  /** Decodes the complete answer. */
  readonly again?: (() => Promise<ByName>) | undefined;
}

/**
 * The answer of one Describe call. Members that its readers do not need stay encoded, which takes a tenth of the
 * memory. A later reader that needs them causes no call.
 */
export class Answer {
  readonly include: readonly string[];
  readonly #items: ByName;
  readonly #lacks: readonly string[];
  readonly #again: (() => Promise<ByName>) | undefined;
  #whole: Promise<ByName> | undefined;

  constructor(items: ByName, { include, lacks = [], again }: AnswerParts) {
    this.include = include;
    this.#items = items;
    this.#lacks = again === undefined ? [] : lacks;
    this.#again = again;
  }

  has(id: string): boolean {
    return this.#items.has(id);
  }

  /** Whether the call requested all of these includes. */
  asked(include: readonly string[]): boolean {
    return include.every((part) => this.include.includes(part));
  }

  /** An item without the members that the reader does not need; null if the answer does not contain the item. */
  read(id: string, without: readonly string[] = []): Shape | null | Promise<Shape | null> {
    const item = this.#items.get(id) ?? null;
    if (item === null || this.#lacks.every((member) => without.includes(member))) return item;
    this.#whole ??= this.#again?.();
    return this.#whole?.then((items) => items.get(id) ?? null) ?? item;
  }
}
