import { unknownMember } from '../../util/json.ts';

export type Members = Readonly<Record<string, unknown>>;

/** Collects everything that is wrong with a file, so that one start reports all of it. */
export class Problems {
  readonly #lines = new Set<string>();

  /** The same problem at the same place counts once. */
  add(at: string, problem: string): void {
    this.#lines.add(at === '' ? problem : `${at} ${problem}`);
  }

  unknownMembers(at: string, object: Members, known: readonly string[]): void {
    for (const name of Object.keys(object)) {
      if (!known.includes(name)) this.add(at, `${unknownMember(name)}; known are ${known.join(', ')}`);
    }
  }

  /** @throws {Error} if there are problems */
  throwAny(): void {
    if (this.#lines.size > 0) throw new Error([...this.#lines].join('\n'));
  }
}
