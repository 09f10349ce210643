import { isUnique } from '../ecs/core/arn.ts';
import { arnOf, type EntityKind, type EntityShapes, heavyBeside, includesFor } from '../ecs/core/describe-specs.ts';
import { EcsError } from '../ecs/core/errors.ts';
import type { EcsSession } from '../ecs/request-session.ts';

/** Which thing, and which members of it somebody is going to read. */
export interface LoadKey {
  readonly id: string;
  readonly cluster?: string | undefined;
  /**
   * Members that will be read: those that ECS sends only when asked (`tags`, `statistics`, ...), and heavy ones (`events`,
   * `containers`, ...), have to be named. Where none is named, all may be read but those to ask for.
   */
  readonly members?: Iterable<string>;
}

/**
 * One kind's loader for one request: each thing is described once and looks the same wherever it is reached. A DataLoader
 * without its batches: those are the describer's work, across requests, and one here would make every key wait for the slowest
 * chunk.
 */
export class EntityLoader<Kind extends EntityKind> {
  readonly #kind: Kind;
  readonly #session: EcsSession;
  /** Heavy members that nothing in the operation selects. */
  readonly #unread: readonly string[];
  /** By what was asked for. What was read with more also answers those who need less. */
  readonly #readers = new Map<string, Reader<Kind>>();
  /** Those of the lists of members that were handed in: a list's items share one. */
  readonly #byMembers = new WeakMap<Iterable<string>, Reader<Kind>>();
  readonly #read = new Map<string, EntityShapes[Kind]>();
  #epoch = 0;

  /** @param reads the members that the operation's fields read, of any kind; absent means that any may be */
  constructor(kind: Kind, session: EcsSession, reads?: ReadonlySet<string>) {
    this.#kind = kind;
    this.#session = session;
    this.#unread = reads === undefined ? NONE : heavyBeside(kind, reads);
  }

  /**
   * Null where there is no such thing.
   * @throws {EcsError}
   */
  load(key: LoadKey): Promise<EntityShapes[Kind] | null> {
    const reader = this.#readerFor(key.members ?? NONE);
    const text = textOf(key);
    for (const other of this.#readers.values()) {
      const known = tellsAll(other, reader) ? other.known.get(text) : undefined;
      if (known === undefined) continue;
      if (other === reader) return known;
      const item = known.catch((error: unknown) => {
        if (isOfIncludes(error, other, reader)) return this.#describe(key, reader);
        throw error;
      });
      reader.known.set(text, item);
      return item;
    }
    const item = this.#describe(key, reader);
    reader.known.set(text, item);
    return item;
  }

  /** What this request has read already; never a call. */
  peek(key: LoadKey): EntityShapes[Kind] | undefined {
    return this.#read.get(textOf(key));
  }

  /** Forgets all: after a write nothing that was read before it is sure. */
  clear(): void {
    this.#epoch += 1;
    for (const reader of this.#readers.values()) reader.known.clear();
    this.#read.clear();
  }

  #readerFor(members: Iterable<string>): Reader<Kind> {
    const known = this.#byMembers.get(members);
    if (known !== undefined) return known;
    const all = new Set(members);
    const include = includesFor(this.#kind, all);
    const contentOnly =
      this.#kind === 'TaskDefinition' && members !== NONE && ![...all].some((member) => CHANGING.has(member));
    // Who names no members reads whichever it likes.
    const without = all.size === 0 ? NONE : this.#unread.filter((member) => !all.has(member));
    const name = `${contentOnly} ${include.join()} ${without.join()}`;
    const reader = this.#readers.get(name) ?? { include, contentOnly, without, known: new Map() };
    this.#readers.set(name, reader);
    this.#byMembers.set(members, reader);
    return reader;
  }

  #describe(
    { id, cluster }: LoadKey,
    { include, contentOnly, without, known }: Reader<Kind>,
  ): Promise<EntityShapes[Kind] | null> {
    const epoch = this.#epoch;
    const read = this.#session.describe({ kind: this.#kind, id, cluster, include, contentOnly, without });
    return read.then((item) => {
      // What was on its way when a write ended must not be found by whoever reads after it.
      if (item === null || epoch !== this.#epoch) return item;
      // Whoever asked by its name finds it by its ARN, too.
      const arn = arnOf(this.#kind, item);
      if (arn === undefined) return item;
      const text = textOf({ id: arn, cluster });
      this.#read.set(text, item);
      if (!known.has(text)) known.set(text, Promise.resolve(item));
      return item;
    });
  }
}

const NONE: readonly string[] = [];

/** Members of a task definition that change; the rest of a revision never does. */
const CHANGING: ReadonlySet<string> = new Set(['status', 'tags', 'deregisteredAt', 'deleteRequestedAt']);

/** Those who read the same of things of a kind, and what they have asked for. */
interface Reader<Kind extends EntityKind> {
  readonly include: readonly string[];
  readonly contentOnly: boolean;
  /** Heavy members that they do without. */
  readonly without: readonly string[];
  readonly known: Map<string, Promise<EntityShapes[Kind] | null>>;
}

/** Whether a description may have failed only for what one reader asked for beyond the other, such as tags without permission. */
function isOfIncludes<Kind extends EntityKind>(error: unknown, one: Reader<Kind>, other: Reader<Kind>): boolean {
  const isRefused =
    error instanceof EcsError && (error.code === 'FORBIDDEN_UPSTREAM' || error.code === 'INVALID_PARAMETER');
  return isRefused && one.include.length > other.include.length;
}

/** Whether what one has read is all that the other wants to know. */
function tellsAll<Kind extends EntityKind>(one: Reader<Kind>, other: Reader<Kind>): boolean {
  if (one === other) return true;
  return (
    other.include.every((part) => one.include.includes(part)) &&
    one.without.every((member) => other.without.includes(member)) &&
    (other.contentOnly || !one.contentOnly)
  );
}

function textOf({ id, cluster = '' }: LoadKey): string {
  return isUnique(id) ? id : `${cluster} ${id}`;
}
