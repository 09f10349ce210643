import type * as sdk from '@aws-sdk/client-ecs';
import { clusterNameOf, isUnique, parseArn } from '../core/arn.ts';
import { arnOf, type EntityKind, type EntityShapes, KINDS, meansLatest } from '../core/describe-specs.ts';
import type { Input, OperationName, Output } from '../core/operations.ts';
import type { Timers } from '../core/timers.ts';
import { isBehind, type Written } from './staleness.ts';
import { TtlMap } from './ttl-map.ts';
import { entitiesWritten } from './write-results.ts';

/** Which thing a read was about. */
export interface ReadTarget<Kind extends EntityKind> {
  readonly scope: string;
  readonly kind: Kind;
  readonly id: string;
  readonly cluster?: string | undefined;
  readonly include: readonly string[];
}

/** What a write told of something. */
export interface Told {
  readonly arn: string;
  readonly written: Written<EntityKind>;
  /** Whether it was created a moment ago, and only then perhaps changed. */
  readonly isNew: boolean;
}

/** Tags as they were set (or, null, taken away) by writes. */
type TagPatch = ReadonlyMap<string, string | null>;

/** ECS answers reads from copies that may lag by seconds; this long is what a write told believed rather than them. */
export const BEHIND_FOR_MS = 30_000;
const MOST_WRITES = 5_000;

/**
 * What the latest writes told. A reading that is older than a write of this process is replaced by what the write told, one that
 * misses something just created is answered with the answer of the creation, and one that still shows something deleted is not
 * believed. Changes by others that ECS does not date (a cluster's settings, tags, protection) may be overlooked for as long.
 */
export class RecentWrites {
  readonly #written: TtlMap<Written<EntityKind>>;
  /** By kind and by cluster: a list looks through the writes that may concern it, and by ARN within these. */
  readonly #told: TtlMap<TtlMap<Told>>;
  readonly #tags: TtlMap<TagPatch>;
  readonly #protection: TtlMap<sdk.ProtectedTask>;
  readonly #newMap: <T>() => TtlMap<T>;

  constructor(timers: Timers, ttlMs = BEHIND_FOR_MS) {
    this.#newMap = () => new TtlMap({ ttlMs, most: MOST_WRITES }, timers);
    this.#written = this.#newMap();
    this.#told = this.#newMap();
    this.#tags = this.#newMap();
    this.#protection = this.#newMap();
  }

  record<Op extends OperationName>(scope: string, operation: Op, input: Input<Op>, output: Output<Op>): void {
    const { cluster } = input as { cluster?: string };
    if (operation === 'TagResource' || operation === 'UntagResource') {
      this.#recordTags(scope, input as Input<'TagResource'> & Input<'UntagResource'>);
    }
    if (operation === 'UpdateTaskProtection') {
      const { protectedTasks = [] } = output as Output<'UpdateTaskProtection'>;
      for (const task of protectedTasks) this.#protection.put(`${scope} ${task.taskArn}`, task);
    }
    for (const written of entitiesWritten(operation, input, output)) {
      const arn = arnOf(written.kind, written.item);
      if (arn === undefined) continue;
      const home = parseArn(arn)?.cluster ?? cluster;
      this.#tell(scope, arn, home, written);
      for (const name of [arn, ...namesOf(written.kind, written.item)]) {
        if (name !== undefined) this.#name({ scope, kind: written.kind, id: name, cluster: home }, written);
      }
    }
  }

  /** A family's name means its latest ACTIVE revision: what became of another one says nothing of that. */
  #name(name: Omit<ReadTarget<EntityKind>, 'include'>, written: Written<EntityKind>): void {
    const key = keyOf(name);
    const isFamily = name.kind === 'TaskDefinition' && meansLatest(name.id);
    if (!isFamily || written.how === 'created') this.#written.put(key, written);
    else if (revisionOf(this.#written.get(key)) === revisionOf(written)) this.#written.delete(key);
  }

  /** All that writes told of things of a kind, in a cluster if the kind lives in one. */
  told(scope: string, kind: EntityKind, cluster: string | undefined): Iterable<Told> {
    return this.#told.get(placeOf(scope, kind, cluster))?.values() ?? [];
  }

  /** Whether there have been none that a reading could be behind. */
  get isEmpty(): boolean {
    return this.#written.size === 0 && this.#tags.size === 0;
  }

  /** What a reading is worth, given the writes since. */
  correct<Kind extends EntityKind>(
    target: ReadTarget<Kind>,
    read: EntityShapes[Kind] | null,
  ): EntityShapes[Kind] | null {
    const arn = read === null ? undefined : arnOf(target.kind, read);
    const byArn = arn === target.id ? read : this.#believe(arn, target, read);
    const item = this.#believe(target.id, target, byArn);
    return item === null || !target.include.includes('TAGS') ? item : this.#withTags(target, item);
  }

  /** The tags of a resource as ListTagsForResource tells them, given the writes since. */
  correctTags(scope: string, resourceArn: string, tags: readonly sdk.Tag[]): readonly sdk.Tag[] {
    const patch = this.#tags.get(`${scope} ${resourceArn}`);
    if (patch === undefined) return tags;
    const kept = tags.filter(({ key = '' }) => !patch.has(key));
    return [...kept, ...[...patch].flatMap(([key, value]) => (value === null ? [] : [{ key, value }]))];
  }

  /** Whether a task is protected, as GetTaskProtection tells it, given the writes since. */
  correctProtection(scope: string, task: sdk.ProtectedTask): sdk.ProtectedTask {
    return this.#protection.get(`${scope} ${task.taskArn}`) ?? task;
  }

  /** What a reading is worth, by what was written of a thing of that name. */
  #believe<Kind extends EntityKind>(
    id: string | undefined,
    target: ReadTarget<Kind>,
    read: EntityShapes[Kind] | null,
  ): EntityShapes[Kind] | null {
    const written = id === undefined ? undefined : this.#written.get(keyOf({ ...target, id }));
    return written === undefined ? read : believe(written as Written<Kind>, read);
  }

  #tell(scope: string, arn: string, cluster: string | undefined, written: Written<EntityKind>): void {
    const place = placeOf(scope, written.kind, cluster);
    const there = this.#told.get(place) ?? this.#newMap<Told>();
    const isNew = written.how === 'created' || (written.how === 'changed' && there.get(arn)?.isNew === true);
    there.put(arn, { arn, written, isNew });
    this.#told.put(place, there);
  }

  #recordTags(scope: string, { resourceArn = '', tags = [], tagKeys = [] }: TagWrite): void {
    const key = `${scope} ${resourceArn}`;
    const patch = new Map(this.#tags.get(key));
    for (const tag of tags) if (tag.key !== undefined) patch.set(tag.key, tag.value ?? '');
    for (const name of tagKeys) patch.set(name, null);
    this.#tags.put(key, patch);
  }

  #withTags<Kind extends EntityKind>(target: ReadTarget<Kind>, item: EntityShapes[Kind]): EntityShapes[Kind] {
    const { tags = [] } = item as { tags?: readonly sdk.Tag[] };
    const corrected = this.correctTags(target.scope, arnOf(target.kind, item) ?? '', tags);
    return corrected === tags ? item : { ...item, tags: corrected };
  }
}

interface TagWrite {
  readonly resourceArn?: string | undefined;
  readonly tags?: readonly sdk.Tag[] | undefined;
  readonly tagKeys?: readonly string[] | undefined;
}

function believe<Kind extends EntityKind>(
  written: Written<Kind>,
  read: EntityShapes[Kind] | null,
): EntityShapes[Kind] | null {
  if (read === null) return written.how === 'deleted' ? null : written.item;
  const overlay = isBehind(written, read);
  return overlay === undefined ? read : { ...read, ...overlay };
}

function revisionOf(written: Written<EntityKind> | undefined): number | undefined {
  return (written?.item as sdk.TaskDefinition | undefined)?.revision;
}

const IN_CLUSTER: ReadonlySet<EntityKind> = new Set(['Service', 'Task', 'ContainerInstance']);

/** By ARN, or by name: of what is in a cluster, in that cluster. */
function keyOf({ scope, kind, id, cluster }: Omit<ReadTarget<EntityKind>, 'include'>): string {
  if (isUnique(id)) return `${scope} ${kind} ${id}`;
  return `${placeOf(scope, kind, cluster)}/${id}`;
}

/** Where a thing of a kind is: in a cluster, if its kind lives in one. */
function placeOf(scope: string, kind: EntityKind, cluster = 'default'): string {
  return `${scope} ${kind} ${IN_CLUSTER.has(kind) ? clusterNameOf(cluster) : ''}`;
}

function namesOf(kind: EntityKind, item: object): readonly (string | undefined)[] {
  const spec = KINDS[kind] as { namesOf?: (item: object) => readonly (string | undefined)[] };
  return spec.namesOf?.(item) ?? [];
}
