import DataLoader from 'dataloader';
import { isUnique } from '../ecs/core/arn.ts';
import { arnOf, type EntityKind, type EntityShapes, heavyBeside, includesFor } from '../ecs/core/describe-specs.ts';
import { EcsError } from '../ecs/core/errors.ts';
import { unannouncedAmong } from '../ecs/held/announced-members.ts';
import type { EcsSession } from '../ecs/request-session.ts';
import { settledOneByOne } from './settled-one-by-one.ts';

/** A resource, and the members of it that will be read. */
export interface LoadKey {
  readonly id: string;
  readonly cluster?: string | undefined;
  /**
   * Members that will be read. Members that ECS sends only on request (`tags`, `statistics`, ...) and heavy members
   * (`events`, `containers`, ...) must be named. Absent means all members except those on request.
   */
  readonly members?: Iterable<string>;
}

/** A key of the DataLoader: what to describe, and for which readers. */
interface DescribeKey<Kind extends EntityKind> {
  readonly reader: Reader<Kind>;
  readonly id: string;
  readonly cluster: string | undefined;
  /** Names the resource in the cache of its reader. */
  readonly text: string;
}

/**
 * The DataLoader of one kind for one request: each resource is described once and looks the same wherever the graph
 * reaches it. Its batch function passes the keys to the process-wide describe batcher (`ecs/batching`), which forms the
 * Describe calls across requests. A description that was read with more members also answers readers of fewer members.
 */
export class EntityLoader<Kind extends EntityKind> {
  readonly #kind: Kind;
  readonly #session: EcsSession;
  /** Heavy members that the operation does not select. */
  readonly #unread: readonly string[];
  readonly #alwaysRead: readonly string[];
  /** Members that the operation reads of anything. */
  readonly #nested: ReadonlySet<string> | undefined;
  /** By requested members. A description with more members also answers readers of fewer. */
  readonly #readers = new Map<string, Reader<Kind>>();
  /** Readers by the array of members that was passed in: the items of a list share one array. */
  readonly #byMembers = new WeakMap<Iterable<string>, Reader<Kind>>();
  readonly #read = new Map<string, EntityShapes[Kind]>();
  readonly #loader: DataLoader<DescribeKey<Kind>, EntityShapes[Kind] | null>;
  #epoch = 0;

  /**
   * @param reads the members that the operation's fields read, of any kind; absent means that any member may be read
   * @param alwaysRead members that are read whatever a key names
   */
  constructor(kind: Kind, session: EcsSession, reads?: ReadonlySet<string>, alwaysRead: readonly string[] = NONE) {
    this.#kind = kind;
    this.#alwaysRead = alwaysRead;
    this.#session = session;
    this.#nested = reads;
    this.#unread = reads === undefined ? NONE : heavyBeside(kind, reads);
    this.#loader = new DataLoader(
      settledOneByOne((key) => this.#describe(key), `load ${kind}`),
      {
        // Each reader has a cache, so that a description read for one reader can be found for another.
        cacheMap: {
          get: ({ reader, text }) => reader.known.get(text),
          set: ({ reader, text }, item) => reader.known.set(text, item),
          delete: ({ reader, text }) => reader.known.delete(text),
          clear: () => {
            for (const { known, read } of this.#readers.values()) {
              known.clear();
              read.clear();
            }
          },
        },
        // The describe batcher decides when a call is sent. It must have the keys before it sees the request as idle,
        // so no turn of the event loop may pass until then.
        batchScheduleFn: queueMicrotask,
      },
    );
  }

  /**
   * Null if the resource does not exist.
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
      const known = other !== reader && coversAll(other, reader) ? other.known.get(text) : undefined;
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

  /**
   * The description that this request has already requested with the same members: the value if it was read, else the
   * pending promise. Never makes a call.
   * @param id finds only ARNs that contain their cluster
   */
  found(id: string, members: Iterable<string>): Promise<EntityShapes[Kind] | null> | EntityShapes[Kind] | undefined {
    if (!isUnique(id)) return undefined;
    const reader = this.#readerFor(members);
    return reader.read.get(id) ?? reader.known.get(id) ?? this.#held(reader, id);
  }

  /** A resource that events keep up to date, as if it had just been read. */
  #held(reader: Reader<Kind>, id: string): EntityShapes[Kind] | undefined {
    if (reader.unannounced === undefined) return undefined;
    const { include, without, unannounced } = reader;
    const item = this.#session.describeHeld({ kind: this.#kind, id, include, without, unannounced });
    if (item !== undefined) reader.read.set(id, item);
    return item;
  }

  /** A description that this request has already read. Never makes a call. */
  peek(key: LoadKey): EntityShapes[Kind] | undefined {
    return this.#read.get(textOf(key));
  }

  /** Forgets everything: after a write, earlier readings may be out of date. */
  clear(): void {
    this.#epoch += 1;
    this.#loader.clearAll();
    this.#read.clear();
  }

  #readerFor(members: Iterable<string>): Reader<Kind> {
    const known = this.#byMembers.get(members);
    if (known !== undefined) return known;
    const named = new Set(members);
    const all = this.#alwaysRead.length === 0 ? named : new Set([...named, ...this.#alwaysRead]);
    const include = includesFor(this.#kind, all);
    const contentOnly =
      this.#kind === 'TaskDefinition' && members !== NONE && ![...all].some((member) => CHANGING.has(member));
    // A reader that names no members may read any of them.
    const without = named.size === 0 ? NONE : this.#unread.filter((member) => !all.has(member));
    // A reader that names no members may read any of them.
    const unannounced =
      this.#session.holdsEntities && named.size > 0 ? unannouncedAmong(this.#kind, all, this.#nested) : undefined;
    const name = `${contentOnly} ${include.join()} ${without.join()} ${unannounced?.join() ?? '*'}`;
    const reader = this.#readers.get(name) ?? {
      include,
      contentOnly,
      without,
      unannounced,
      known: new Map(),
      read: new Map(),
    };
    this.#readers.set(name, reader);
    this.#byMembers.set(members, reader);
    return reader;
  }

  #describe({ reader, id, cluster, text: asked }: DescribeKey<Kind>): Promise<EntityShapes[Kind] | null> {
    const { include, contentOnly, without, unannounced } = reader;
    const epoch = this.#epoch;
    const read = this.#session.describe({ kind: this.#kind, id, cluster, include, contentOnly, without, unannounced });
    return read.then((item) => {
      // A reading that was in flight when a write ended must not be found by readers after the write.
      if (item === null || epoch !== this.#epoch) return item;
      // A resource that was loaded by name is also found by its ARN.
      const arn = arnOf(this.#kind, item);
      if (arn === undefined) return item;
      const text = arn === id ? asked : textOf({ id: arn, cluster });
      this.#read.set(text, item);
      reader.read.set(arn, item);
      if (arn !== id) this.#loader.prime({ reader, id: arn, cluster, text }, item);
      return item;
    });
  }
}

const NONE: readonly string[] = [];

/** Members of a task definition that can change. The rest of a revision is immutable. */
const CHANGING: ReadonlySet<string> = new Set(['status', 'tags', 'deregisteredAt', 'deleteRequestedAt']);

/** Readers of the same members of a kind, and the descriptions made for them. */
interface Reader<Kind extends EntityKind> {
  readonly include: readonly string[];
  readonly contentOnly: boolean;
  /** Heavy members that these readers do not need. */
  readonly without: readonly string[];
  /** As in `DescribeRequest`. */
  readonly unannounced: readonly string[] | undefined;
  readonly known: Map<string, Promise<EntityShapes[Kind] | null>>;
  /** The descriptions that have arrived, by ARN. */
  readonly read: Map<string, EntityShapes[Kind]>;
}

/**
 * Whether a description may have failed only because of an include that the other reader did not ask for, such as tags
 * without permission.
 */
function isOfIncludes<Kind extends EntityKind>(error: unknown, one: Reader<Kind>, other: Reader<Kind>): boolean {
  const isRefused =
    error instanceof EcsError && (error.code === 'FORBIDDEN_UPSTREAM' || error.code === 'INVALID_PARAMETER');
  return isRefused && one.include.length > other.include.length;
}

/** Whether one reader has read everything that the other one needs. */
function coversAll<Kind extends EntityKind>(one: Reader<Kind>, other: Reader<Kind>): boolean {
  return (
    other.include.every((part) => one.include.includes(part)) &&
    one.without.every((member) => other.without.includes(member)) &&
    isAnnouncedLike(one.unannounced, other.unannounced) &&
    (other.contentOnly || !one.contentOnly)
  );
}

/** Whether a description that was made for readers of these members serves readers of the other ones. */
function isAnnouncedLike(one: readonly string[] | undefined, other: readonly string[] | undefined): boolean {
  if (one === undefined) return true;
  return other?.every((member) => one.includes(member)) === true;
}

function textOf({ id, cluster = '' }: LoadKey): string {
  return isUnique(id) ? id : `${cluster} ${id}`;
}
