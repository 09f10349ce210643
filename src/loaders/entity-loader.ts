import DataLoader, { type BatchLoadFn } from 'dataloader';
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

/** A key of the DataLoader: what to describe, for which readers. */
interface DescribeKey<Kind extends EntityKind> {
  readonly reader: Reader<Kind>;
  readonly id: string;
  readonly cluster: string | undefined;
  /** Names the thing in the cache of its reader. */
  readonly text: string;
}

/**
 * The DataLoader of one kind for one request: each thing is described once and looks the same wherever it is reached. Its batch
 * function hands the keys to the process-wide describe batcher (`ecs/batching`), which forms the Describe calls across requests.
 * In front of it, a description that was read with more members also answers those who read fewer.
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
  readonly #loader: DataLoader<DescribeKey<Kind>, EntityShapes[Kind] | null>;
  #epoch = 0;

  /** @param reads the members that the operation's fields read, of any kind; absent means that any may be */
  constructor(kind: Kind, session: EcsSession, reads?: ReadonlySet<string>) {
    this.#kind = kind;
    this.#session = session;
    this.#unread = reads === undefined ? NONE : heavyBeside(kind, reads);
    this.#loader = new DataLoader(
      settledOneByOne((key) => this.#describe(key)),
      {
        // Each reader has a cache, so that a description can be found for one reader that was read for another.
        cacheMap: {
          get: ({ reader, text }) => reader.known.get(text),
          set: ({ reader, text }, item) => reader.known.set(text, item),
          delete: ({ reader, text }) => reader.known.delete(text),
          clear: () => {
            for (const { known } of this.#readers.values()) known.clear();
          },
        },
        // The describe batcher decides when a call leaves. It has to have the keys before it finds the request idle, so no turn of
        // the event loop may pass until then.
        batchScheduleFn: queueMicrotask,
      },
    );
  }

  /**
   * Null where there is no such thing.
   * @throws {EcsError}
   */
  load(key: LoadKey): Promise<EntityShapes[Kind] | null> {
    const { id, cluster } = key;
    const text = textOf(key);
    const reader = this.#readerFor(key.members ?? NONE);
    const own = { reader, id, cluster, text };
    const mine = reader.known.get(text);
    if (mine !== undefined) return mine;
    for (const other of this.#readers.values()) {
      const known = tellsAll(other, reader) ? other.known.get(text) : undefined;
      if (known === undefined) continue;
      const item = known.catch((error: unknown) => {
        if (!isOfIncludes(error, other, reader)) throw error;
        return this.#loader.clear(own).load(own);
      });
      reader.known.set(text, item);
      return item;
    }
    return this.#loader.load(own);
  }

  /** What this request has read already; never a call. */
  peek(key: LoadKey): EntityShapes[Kind] | undefined {
    return this.#read.get(textOf(key));
  }

  /** Forgets all: after a write nothing that was read before it is sure. */
  clear(): void {
    this.#epoch += 1;
    this.#loader.clearAll();
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

  #describe({ reader, id, cluster }: DescribeKey<Kind>): Promise<EntityShapes[Kind] | null> {
    const { include, contentOnly, without } = reader;
    const epoch = this.#epoch;
    const read = this.#session.describe({ kind: this.#kind, id, cluster, include, contentOnly, without });
    return read.then((item) => {
      // A reading that was under way when a write ended must not be found by those who read after the write.
      if (item === null || epoch !== this.#epoch) return item;
      // A thing that was asked for by its name is found by its ARN, too.
      const arn = arnOf(this.#kind, item);
      if (arn === undefined) return item;
      const text = textOf({ id: arn, cluster });
      this.#read.set(text, item);
      if (arn !== id) this.#loader.prime({ reader, id: arn, cluster, text }, item);
      return item;
    });
  }
}

/**
 * A batch function whose keys settle one by one: DataLoader resolves each key with its value, and a promise among the values is
 * waited for by its own key alone. With values, every key would wait for the slowest Describe call of the batch.
 */
function settledOneByOne<Key, Value>(load: (key: Key) => Promise<Value>): BatchLoadFn<Key, Value> {
  return async (keys) => keys.map(load) as unknown as Value[];
}

const NONE: readonly string[] = [];

/** Members of a task definition that change; the rest of a revision never does. */
const CHANGING: ReadonlySet<string> = new Set(['status', 'tags', 'deregisteredAt', 'deleteRequestedAt']);

/** Those who read the same members of things of a kind, and what was described for them. */
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
