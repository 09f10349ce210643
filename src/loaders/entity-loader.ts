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
    const contentOnly = this.#isContentOnly(key.members);
    const text = textOf(key);
    for (const loader of this.#byInclude.values()) {
      const tellsAll =
        include.every((wanted) => loader.include.includes(wanted)) && (contentOnly || !loader.contentOnly);
      if (tellsAll && loader.known.has(text)) return loader.data.load(key);
    }
    return this.#loaderFor(include, contentOnly).data.load(key);
  }

  /** Hands in what a write or a list already told, with the includes that it was told with. */
  prime(
    item: EntityShapes[Kind],
    cluster: string | undefined,
    include: readonly string[] = [],
    contentOnly = false,
  ): void {
    const id = (KINDS[this.#kind].arnOf as (item: EntityShapes[Kind]) => string | undefined)(item);
    if (id === undefined) return;
    this.#loaderFor(include, contentOnly).data.prime({ id, cluster }, item);
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

  /** Whether members that change are none of those that will be read. */
  #isContentOnly(members: Iterable<string> | undefined): boolean {
    if (this.#kind !== 'TaskDefinition' || members === undefined) return false;
    return ![...members].some((member) => CHANGING.has(member));
  }

  #loaderFor(include: readonly string[], contentOnly: boolean): IncludeLoader<Kind> {
    const name = `${contentOnly} ${include.join()}`;
    const existing = this.#byInclude.get(name);
    if (existing !== undefined) return existing;
    const known = new Map<string, Promise<EntityShapes[Kind] | null>>();
    const data = new DataLoader<LoadKey, EntityShapes[Kind] | null, string>(
      ([key]) => this.#describe(key, include, contentOnly).then((item) => [item]),
      { batch: false, cacheKeyFn: textOf, cacheMap: known },
    );
    const loader = { include, contentOnly, known, data };
    this.#byInclude.set(name, loader);
    return loader;
  }

  async #describe(
    key: LoadKey | undefined,
    include: readonly string[],
    contentOnly: boolean,
  ): Promise<EntityShapes[Kind] | null> {
    if (key === undefined) return null;
    const { id, cluster } = key;
    const item = await this.#session.describe({ kind: this.#kind, id, cluster, include, contentOnly });
    if (item !== null) this.prime(item, cluster, include, contentOnly);
    return item;
  }
}

/** Members of a task definition that change; the rest of a revision never does. */
const CHANGING: ReadonlySet<string> = new Set(['status', 'tags', 'deregisteredAt', 'deleteRequestedAt']);

interface IncludeLoader<Kind extends EntityKind> {
  readonly include: readonly string[];
  readonly contentOnly: boolean;
  readonly known: Map<string, Promise<EntityShapes[Kind] | null>>;
  readonly data: DataLoader<LoadKey, EntityShapes[Kind] | null, string>;
}

function textOf(key: LoadKey): string {
  return `${key.cluster ?? ''} ${key.id}`;
}
