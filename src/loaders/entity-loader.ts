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
 * One kind's loader for one request: each thing is described once and looks the same wherever it is reached. A DataLoader
 * without its batches: those are the describer's work, across requests, and one here would make every key wait for the slowest
 * chunk.
 */
export class EntityLoader<Kind extends EntityKind> {
  readonly #kind: Kind;
  readonly #session: EcsSession;
  /** By the includes asked for. What was read with more includes also answers those who need fewer. */
  readonly #byInclude = new Map<string, IncludeLoader<Kind>>();
  readonly #read = new Map<string, EntityShapes[Kind]>();
  #epoch = 0;

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
      const known = tellsAll ? loader.known.get(text) : undefined;
      if (known !== undefined) return known;
    }
    const item = this.#describe(key, include, contentOnly);
    this.#loaderFor(include, contentOnly).known.set(text, item);
    return item;
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
    const text = textOf({ id, cluster });
    const { known } = this.#loaderFor(include, contentOnly);
    if (!known.has(text)) known.set(text, Promise.resolve(item));
    this.#read.set(text, item);
  }

  /** What this request has read already; never a call. */
  peek(key: LoadKey): EntityShapes[Kind] | undefined {
    return this.#read.get(textOf(key));
  }

  /** Forgets all: after a write nothing that was read before it is sure. */
  clear(): void {
    this.#epoch += 1;
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
    const loader = { include, contentOnly, known: new Map<string, Promise<EntityShapes[Kind] | null>>() };
    this.#byInclude.set(name, loader);
    return loader;
  }

  async #describe(
    { id, cluster }: LoadKey,
    include: readonly string[],
    contentOnly: boolean,
  ): Promise<EntityShapes[Kind] | null> {
    const epoch = this.#epoch;
    const item = await this.#session.describe({ kind: this.#kind, id, cluster, include, contentOnly });
    // What was on its way when a write ended must not be found by whoever reads after it.
    if (item !== null && epoch === this.#epoch) this.prime(item, cluster, include, contentOnly);
    return item;
  }
}

/** Members of a task definition that change; the rest of a revision never does. */
const CHANGING: ReadonlySet<string> = new Set(['status', 'tags', 'deregisteredAt', 'deleteRequestedAt']);

interface IncludeLoader<Kind extends EntityKind> {
  readonly include: readonly string[];
  readonly contentOnly: boolean;
  readonly known: Map<string, Promise<EntityShapes[Kind] | null>>;
}

function textOf(key: LoadKey): string {
  return `${key.cluster ?? ''} ${key.id}`;
}
