import DataLoader from 'dataloader';
import { type EntityKind, type EntityShapes, includesFor, KINDS } from '../ecs/kinds.ts';
import type { EcsSession } from '../ecs/session.ts';

/** Which thing, and which members of it somebody is going to read. */
export interface LoadKey {
  readonly id: string;
  readonly cluster?: string | undefined;
  /** Members of the shape that ECS may send only when asked (`tags`, `statistics`, ...); others need not be named. */
  readonly members?: Iterable<string>;
}

/**
 * One kind's loader for one request: each thing is described once and looks the same wherever it is reached. Batching is
 * the describer's work, across requests; a DataLoader's own batch would make every key wait for the slowest chunk.
 */
export class EntityLoader<Kind extends EntityKind> {
  readonly #kind: Kind;
  readonly #session: EcsSession;
  /** By the includes asked for. What was read with more includes also answers those who need fewer. */
  readonly #byInclude = new Map<string, IncludeLoader<Kind>>();
  readonly #read = new Map<string, EntityShapes[Kind]>();

  constructor(kind: Kind, session: EcsSession) {
    this.#kind = kind;
    this.#session = session;
  }

  /**
   * Null where there is no such thing.
   * @throws {EcsError}
   */
  load(key: LoadKey): Promise<EntityShapes[Kind] | null> {
    const include = includesFor(this.#kind, key.members ?? []);
    const text = textOf(key);
    for (const loader of this.#byInclude.values()) {
      if (loader.known.has(text) && include.every((wanted) => loader.include.includes(wanted))) {
        return loader.data.load(key);
      }
    }
    return this.#loaderFor(include).data.load(key);
  }

  /** Hands in what a write or a list already told, with the includes that it was told with. */
  prime(item: EntityShapes[Kind], cluster: string | undefined, include: readonly string[] = []): void {
    const id = (KINDS[this.#kind].arnOf as (item: EntityShapes[Kind]) => string | undefined)(item);
    if (id === undefined) return;
    this.#loaderFor(include).data.prime({ id, cluster }, item);
    this.#read.set(textOf({ id, cluster }), item);
  }

  /** What this request has read already; never a call. */
  peek(key: LoadKey): EntityShapes[Kind] | undefined {
    return this.#read.get(textOf(key));
  }

  /** Forgets all: after a write nothing that was read before it is sure. */
  clear(): void {
    this.#byInclude.clear();
    this.#read.clear();
  }

  #loaderFor(include: readonly string[]): IncludeLoader<Kind> {
    const name = include.join();
    const existing = this.#byInclude.get(name);
    if (existing !== undefined) return existing;
    const known = new Map<string, Promise<EntityShapes[Kind] | null>>();
    const data = new DataLoader<LoadKey, EntityShapes[Kind] | null, string>(
      ([key]) => this.#describe(key, include).then((item) => [item]),
      { batch: false, cacheKeyFn: textOf, cacheMap: known },
    );
    const loader = { include, known, data };
    this.#byInclude.set(name, loader);
    return loader;
  }

  async #describe(key: LoadKey | undefined, include: readonly string[]): Promise<EntityShapes[Kind] | null> {
    if (key === undefined) return null;
    const { id, cluster } = key;
    const item = await this.#session.describe({ kind: this.#kind, id, cluster, include });
    if (item !== null) this.prime(item, cluster, include);
    return item;
  }
}

interface IncludeLoader<Kind extends EntityKind> {
  readonly include: readonly string[];
  readonly known: Map<string, Promise<EntityShapes[Kind] | null>>;
  readonly data: DataLoader<LoadKey, EntityShapes[Kind] | null, string>;
}

function textOf(key: LoadKey): string {
  return `${key.cluster ?? ''} ${key.id}`;
}
