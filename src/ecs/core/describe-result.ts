import type { EntityKind, EntityShapes } from './describe-specs.ts';

type Shape = EntityShapes[EntityKind];

/** Things by every name that they may have been asked for by. */
export type ByName = ReadonlyMap<string, Shape>;

export interface AnswerParts {
  /** What was asked for beside what ECS always sends. */
  readonly include: readonly string[];
  /** Members that were left out, because nobody was going to read them. */
  readonly lacks?: readonly string[];
  /** Decodes the answer again, with all of it. */
  readonly again?: (() => Promise<ByName>) | undefined;
}

/**
 * What one Describe call told. Members that its readers did without are in its text only, where they cost a tenth of the memory;
 * whoever comes later and wants them causes no call.
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

  /** Whether the call asked for all of these parts. */
  asked(include: readonly string[]): boolean {
    return include.every((part) => this.include.includes(part));
  }

  /** A thing, for a reader who does without some members; null where the answer does not tell of it. */
  read(id: string, without: readonly string[] = []): Shape | null | Promise<Shape | null> {
    const item = this.#items.get(id) ?? null;
    if (item === null || this.#lacks.every((member) => without.includes(member))) return item;
    this.#whole ??= this.#again?.();
    return this.#whole?.then((items) => items.get(id) ?? null) ?? item;
  }
}
