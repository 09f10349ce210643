import type * as sdk from '@aws-sdk/client-ecs';
import { clusterNameOf, isUnique, parseArn } from '../core/arn.ts';
import { arnOf, type EntityKind, type EntityShapes, KINDS, meansLatest } from '../core/describe-specs.ts';
import type { Input, OperationName, Output } from '../core/operations.ts';
import type { Timers } from '../core/timers.ts';
import { isBehind, type Written } from './staleness.ts';
import { TtlMap } from './ttl-map.ts';
import { entitiesWritten } from './write-results.ts';
import { WrittenRecords } from './written-records.ts';

/** The resource that a read was about. */
export interface ReadTarget<Kind extends EntityKind> {
  readonly scope: string;
  readonly kind: Kind;
  readonly id: string;
  readonly cluster?: string | undefined;
  readonly include: readonly string[];
}

/** The part of a write's answer about a resource. */
export interface WrittenEntity {
  readonly arn: string;
  readonly written: Written<EntityKind>;
  /** Whether it was recently created. It may have been changed since. */
  readonly isNew: boolean;
  /** The input of the latest write. */
  readonly input: object;
}

/** The value of a tag as a write set it; null if the write removed the tag. */
interface WrittenTag {
  readonly value: string | null;
  readonly until: number;
  /** ECS's time after the write. */
  readonly at: number;
}

/** The combined effect of all recent writes of one resource. */
interface CombinedWrites {
  readonly written: Written<EntityKind>;
  /** Until when each changed member overrides readings. */
  readonly membersUntil: ReadonlyMap<string, number>;
  /** Until when the resource counts as new; 0 if its creation was not seen. */
  readonly newUntil: number;
  /** Whether ECS has shown the resource since its creation. */
  isSeen: boolean;
}

/** ECS answers reads from replicas that may lag by seconds. For this long a write overrides older readings. */
export const BEHIND_FOR_MS = 30_000;
const MOST_WRITES = 5_000;
/** ECS's time has a precision of one second. */
const CLOCK_PRECISION_MS = 1_000;

/**
 * The results of recent writes. A reading that is older than a write of this process is corrected by the result of the
 * write. A reading that lacks a new resource is answered with the result of its creation. A reading that still shows a
 * deleted resource is ignored. Recent writes of one resource add up until the resource is created again: earlier writes
 * belong to another resource of the same name. Changes by others that ECS does not date (a cluster's settings, tags,
 * protection) may be overlooked while a write is recent.
 */
export class RecentWrites {
  /** Records without an ARN, such as attributes. */
  readonly records: WrittenRecords;
  readonly #timers: Timers;
  readonly #ttlMs: number;
  readonly #believed: TtlMap<CombinedWrites>;
  /** By kind and cluster, then by ARN: a list is compared with the writes that may concern it. */
  readonly #written: TtlMap<TtlMap<WrittenEntity>>;
  readonly #tags: TtlMap<ReadonlyMap<string, WrittenTag>>;
  readonly #protection: TtlMap<sdk.ProtectedTask>;
  readonly #newMap: <T>() => TtlMap<T>;

  constructor(timers: Timers, ttlMs = BEHIND_FOR_MS) {
    this.#timers = timers;
    this.#ttlMs = ttlMs;
    this.#newMap = () => new TtlMap({ ttlMs, most: MOST_WRITES }, timers);
    this.records = new WrittenRecords(timers, { ttlMs, most: MOST_WRITES });
    this.#believed = this.#newMap();
    this.#written = this.#newMap();
    this.#tags = this.#newMap();
    this.#protection = this.#newMap();
  }

  /** @param at ECS's time after the write */
  record<Op extends OperationName>(
    scope: string,
    operation: Op,
    input: Input<Op>,
    output: Output<Op>,
    at: number,
  ): void {
    const { cluster } = input as { cluster?: string };
    this.records.record(scope, operation, input, output);
    if (operation === 'TagResource' || operation === 'UntagResource') {
      this.#recordTags(scope, input as Input<'TagResource'> & Input<'UntagResource'>, at);
    }
    if (operation === 'UpdateTaskProtection') {
      const { protectedTasks = [] } = output as Output<'UpdateTaskProtection'>;
      for (const task of protectedTasks) this.#protection.put(`${scope} ${task.taskArn}`, task);
    }
    for (const written of entitiesWritten(operation, input, output)) {
      const arn = arnOf(written.kind, written.item);
      if (arn === undefined) continue;
      const home = parseArn(arn)?.cluster ?? cluster;
      if (written.how === 'created') {
        // ECS lists no tags for a resource that it does not show yet.
        this.#tags.delete(`${scope} ${arn}`);
        const { tags } = written.item as TagWrite;
        if (tags !== undefined && tags.length > 0) this.#recordTags(scope, { resourceArn: arn, tags }, at);
      }
      if (written.kind === 'ContainerInstance' && written.how === 'deleted') this.records.forgetTarget(scope, arn);
      const name = { scope, kind: written.kind, id: arn, cluster: home };
      const believed = this.#add(this.#believed.get(keyOf(name)), written);
      this.#record({ scope, arn, cluster: home }, believed.written, input);
      for (const id of [arn, ...namesOf(written.kind, written.item)]) {
        if (id !== undefined) this.#name({ ...name, id }, believed);
      }
    }
  }

  /** Combines the earlier writes, if they are of the same resource, with one more. */
  #add(before: CombinedWrites | undefined, written: Written<EntityKind>): CombinedWrites {
    const until = this.#timers.monotonic() + this.#ttlMs;
    if (written.how === 'created') return { written, membersUntil: new Map(), newUntil: until, isSeen: false };
    const earlier = before !== undefined && isBornWith(before.written.item, written.item) ? before : undefined;
    const set = Object.entries(written.item).filter(([, value]) => value !== undefined);
    const item = {
      ...earlier?.written.item,
      ...replacedBy(written),
      ...Object.fromEntries(set),
    } as typeof written.item;
    const membersUntil = new Map(earlier?.membersUntil);
    for (const member of written.members) membersUntil.set(member, until);
    return {
      written: { ...written, item },
      membersUntil,
      newUntil: earlier?.newUntil ?? 0,
      isSeen: earlier?.isSeen ?? false,
    };
  }

  /** A family name means its latest ACTIVE revision, so writes to other revisions say nothing about it. */
  #name(name: Omit<ReadTarget<EntityKind>, 'include'>, believed: CombinedWrites): void {
    const key = keyOf(name);
    const isFamily = name.kind.endsWith('TaskDefinition') && meansLatest(name.id);
    if (!isFamily || believed.written.how === 'created') this.#believed.put(key, believed);
    else if (revisionOf(this.#believed.get(key)?.written) === revisionOf(believed.written)) this.#believed.delete(key);
  }

  /** Write results for a kind, in a cluster if the kind lives in one. */
  writtenIn(scope: string, kind: EntityKind, cluster: string | undefined): Iterable<WrittenEntity> {
    return this.#written.get(placeOf(scope, kind, cluster))?.values() ?? [];
  }

  /** Write results for a kind in all clusters. */
  *writtenAnywhere(scope: string, kind: EntityKind): Generator<WrittenEntity> {
    for (const [place, there] of this.#written.entries())
      if (place.startsWith(`${scope} ${kind} `)) yield* there.values();
  }

  /** Whether no write is recent enough for a reading to be older. */
  get isEmpty(): boolean {
    return this.#believed.size === 0 && this.#tags.size === 0 && this.records.isEmpty;
  }

  /** A reading corrected by recent writes. */
  correct<Kind extends EntityKind>(
    target: ReadTarget<Kind>,
    read: EntityShapes[Kind] | null,
  ): EntityShapes[Kind] | null {
    const arn = read === null ? undefined : arnOf(target.kind, read);
    if (read !== null && this.#hasEnded(target, read)) this.#forget(target, read);
    const byArn = arn === target.id ? read : this.#believe(arn, target, read);
    const item = this.#believe(target.id, target, byArn);
    if (item === null) return null;
    const withParts = this.#withParts(target, item);
    return target.include.includes('TAGS') ? this.#withTags(target, withParts) : withParts;
  }

  /**
   * The tags of a resource, corrected by recent writes.
   * @param bornAt creation time of the resource, if known: earlier tag writes belong to another resource of the same
   * name
   */
  correctTags(
    scope: string,
    resourceArn: string,
    tags: readonly sdk.Tag[],
    bornAt = Number.NEGATIVE_INFINITY,
  ): readonly sdk.Tag[] {
    const now = this.#timers.monotonic();
    const written = [...(this.#tags.get(`${scope} ${resourceArn}`) ?? [])].filter(
      ([, { until, at }]) => until > now && at + CLOCK_PRECISION_MS >= bornAt,
    );
    if (written.length === 0) return tags;
    const keys = new Set(written.map(([key]) => key));
    const kept = tags.filter(({ key = '' }) => !keys.has(key));
    return [...kept, ...written.flatMap(([key, { value }]) => (value === null ? [] : [{ key, value }]))];
  }

  /**
   * The protection of a task from GetTaskProtection, corrected by recent writes.
   * @param now ECS's time
   */
  correctProtection(scope: string, task: sdk.ProtectedTask, now: number): sdk.ProtectedTask {
    const written = this.#protection.get(`${scope} ${task.taskArn}`);
    if (written === undefined) return task;
    const { expirationDate } = written;
    return expirationDate !== undefined && expirationDate.getTime() <= now ? task : written;
  }

  /**
   * Task sets, corrected by recent writes: with task sets that ECS does not show yet, and without the PRIMARY status of
   * one that was replaced.
   * @param isWanted whether a task set belongs in the list
   */
  correctTaskSets(
    { scope, include }: Pick<ReadTarget<'TaskSet'>, 'scope' | 'include'>,
    isWanted: (taskSet: sdk.TaskSet) => boolean,
    read: readonly sdk.TaskSet[],
  ): readonly sdk.TaskSet[] {
    const taskSets = [...this.writtenIn(scope, 'TaskSet', undefined)].filter(({ written }) =>
      isWanted(written.item as sdk.TaskSet),
    );
    const isTagged = this.#tags.size > 0 && include.includes('TAGS');
    if (taskSets.length === 0 && !isTagged) return read;
    const target = (id = '') => ({ scope, kind: 'TaskSet', id, include }) as const;
    const sets = read.flatMap((item) => this.correct(target(item.taskSetArn), item) ?? []);
    const present = new Set(sets.map(({ taskSetArn }) => taskSetArn));
    const unseen = taskSets.filter(({ arn }) => !present.has(arn) && this.#isUnseen(target(arn)));
    return [...sets, ...unseen.flatMap(({ arn }) => this.correct(target(arn), null) ?? [])];
  }

  /**
   * Whether a reading shows the end of a resource whose writes are still recent. If this process neither created nor
   * deleted it recently, the resource existed before those writes, so the reading cannot be from before them.
   */
  #hasEnded<Kind extends EntityKind>(target: ReadTarget<Kind>, read: EntityShapes[Kind]): boolean {
    if (!UNDATED.has(target.kind) || (read as { status?: unknown }).status !== 'INACTIVE') return false;
    const believed = this.#believed.get(keyOf({ ...target, id: arnOf(target.kind, read) ?? '' }));
    return (
      believed === undefined || (believed.written.how === 'changed' && believed.newUntil <= this.#timers.monotonic())
    );
  }

  #forget<Kind extends EntityKind>(target: ReadTarget<Kind>, read: EntityShapes[Kind]): void {
    const arn = arnOf(target.kind, read) ?? '';
    this.#tags.delete(`${target.scope} ${arn}`);
    for (const id of [arn, ...namesOf(target.kind, read)]) {
      if (id !== undefined) this.#believed.delete(keyOf({ ...target, id }));
    }
  }

  /** Whether the resource is new and ECS has not shown it yet. */
  #isUnseen(target: Omit<ReadTarget<EntityKind>, 'include'>): boolean {
    const believed = this.#believed.get(keyOf(target));
    return believed !== undefined && believed.newUntil > this.#timers.monotonic() && !believed.isSeen;
  }

  /** A reading corrected by the writes to a resource of that name. */
  #believe<Kind extends EntityKind>(
    id: string | undefined,
    target: ReadTarget<Kind>,
    read: EntityShapes[Kind] | null,
  ): EntityShapes[Kind] | null {
    const believed = id === undefined ? undefined : this.#believed.get(keyOf({ ...target, id }));
    if (believed === undefined) return read;
    const now = this.#timers.monotonic();
    const isNew = believed.newUntil > now;
    const members = [...believed.membersUntil].flatMap(([member, until]) => (until > now ? member : []));
    const written = { ...(believed.written as unknown as Written<Kind>), members, isNew };
    if (read === null) return written.how === 'deleted' && !(isNew && !believed.isSeen) ? null : written.item;
    const overlay = isBehind(written, read);
    if (isNew && shows(read, written.item)) believed.isSeen = true;
    return overlay === undefined ? read : { ...read, ...overlay };
  }

  /** The resource with corrected parts, such as tags, which have writes of their own. */
  #withParts<Kind extends EntityKind>(target: ReadTarget<Kind>, item: EntityShapes[Kind]): EntityShapes[Kind] {
    const { scope, kind } = target;
    if (kind === 'ContainerInstance') {
      const { containerInstanceArn = '', attributes } = item as sdk.ContainerInstance;
      const corrected = attributes && this.records.correctAttributes(scope, containerInstanceArn, attributes);
      return corrected === attributes ? item : { ...item, attributes: corrected };
    }
    if (kind === 'Service') {
      const { serviceArn, taskSets = [] } = item as sdk.Service;
      const isWanted = (set: sdk.TaskSet) => set.serviceArn === serviceArn;
      const corrected = this.correctTaskSets({ scope, include: [] }, isWanted, taskSets);
      return corrected === taskSets ? item : { ...item, taskSets: corrected };
    }
    return kind === 'TaskSet' ? (this.#demoted(scope, item as sdk.TaskSet) as EntityShapes[Kind]) : item;
  }

  /** A task set that ECS still shows as PRIMARY although a write made another one primary. */
  #demoted(scope: string, item: sdk.TaskSet): sdk.TaskSet {
    if (item.status !== 'PRIMARY') return item;
    const isReplaced = [...this.writtenIn(scope, 'TaskSet', undefined)].some(({ arn, written }) => {
      const other = written.item as sdk.TaskSet;
      const isPrimary = other.serviceArn === item.serviceArn && arn !== item.taskSetArn && other.status === 'PRIMARY';
      return isPrimary && (item.updatedAt?.getTime() ?? 0) <= (other.updatedAt?.getTime() ?? 0);
    });
    return isReplaced ? { ...item, status: 'ACTIVE' } : item;
  }

  #record(
    { scope, arn, cluster }: { readonly scope: string; readonly arn: string; readonly cluster: string | undefined },
    written: Written<EntityKind>,
    input: object,
  ): void {
    const place = placeOf(scope, written.kind, cluster);
    const there = this.#written.get(place) ?? this.#newMap<WrittenEntity>();
    const isNew = written.how === 'created' || there.get(arn)?.isNew === true;
    there.put(arn, { arn, written, isNew, input });
    this.#written.put(place, there);
  }

  #recordTags(scope: string, { resourceArn = '', tags = [], tagKeys = [] }: TagWrite, at: number): void {
    const key = `${scope} ${resourceArn}`;
    const until = this.#timers.monotonic() + this.#ttlMs;
    const written = new Map(this.#tags.get(key));
    for (const tag of tags) if (tag.key !== undefined) written.set(tag.key, { value: tag.value ?? '', until, at });
    for (const name of tagKeys) written.set(name, { value: null, until, at });
    this.#tags.put(key, written);
  }

  #withTags<Kind extends EntityKind>(target: ReadTarget<Kind>, item: EntityShapes[Kind]): EntityShapes[Kind] {
    const { tags = [] } = item as { tags?: readonly sdk.Tag[] };
    const corrected = this.correctTags(target.scope, arnOf(target.kind, item) ?? '', tags, bornAt(item));
    return corrected === tags ? item : { ...item, tags: corrected };
  }
}

interface TagWrite {
  readonly resourceArn?: string | undefined;
  readonly tags?: readonly sdk.Tag[] | undefined;
  readonly tagKeys?: readonly string[] | undefined;
}

/** ECS's creation time of a resource; undefined if ECS does not return one. */
export function bornAt(item: object): number | undefined {
  const { createdAt, registeredAt = createdAt } = item as { createdAt?: Date; registeredAt?: Date };
  return registeredAt?.getTime();
}

/** Whether both descriptions can be of one resource, and not of two that had the same name one after the other. */
function isBornWith(one: object, other: object): boolean {
  const [born, otherBorn] = [bornAt(one), bornAt(other)];
  return born === undefined || otherBorn === undefined || born === otherBorn;
}

/** The members that a write took away: a service has a launch type or a capacity provider strategy. */
function replacedBy({ kind, item }: Written<EntityKind>): object {
  if (kind !== 'Service') return {};
  const { launchType, capacityProviderStrategy = [] } = item as sdk.Service;
  if (launchType === undefined) return capacityProviderStrategy.length > 0 ? { launchType } : {};
  return capacityProviderStrategy.length > 0 ? {} : { capacityProviderStrategy: undefined };
}

/** Whether a reading shows the created resource, and not the end of an earlier one. */
function shows(read: object, created: object): boolean {
  return (
    isBornWith(read, created) && (bornAt(created) !== undefined || (read as { status?: unknown }).status !== 'INACTIVE')
  );
}

function revisionOf(written: Written<EntityKind> | undefined): number | undefined {
  return (written?.item as sdk.TaskDefinition | undefined)?.revision;
}

/** Kinds whose names can be reused and whose descriptions have no date. */
const UNDATED: ReadonlySet<EntityKind> = new Set(['Cluster', 'CapacityProvider']);

const IN_CLUSTER: ReadonlySet<EntityKind> = new Set(['Service', 'Task', 'ContainerInstance']);

/** Key by ARN or name. A name of a resource in a cluster includes the cluster. */
function keyOf({ scope, kind, id, cluster }: Omit<ReadTarget<EntityKind>, 'include'>): string {
  if (isUnique(id)) return `${scope} ${kind} ${id}`;
  return `${placeOf(scope, kind, cluster)}/${id}`;
}

/** The cluster of a resource, if its kind lives in one. */
function placeOf(scope: string, kind: EntityKind, cluster = 'default'): string {
  return `${scope} ${kind} ${IN_CLUSTER.has(kind) ? clusterNameOf(cluster) : ''}`;
}

function namesOf(kind: EntityKind, item: object): readonly (string | undefined)[] {
  const spec = KINDS[kind] as { namesOf?: (item: object) => readonly (string | undefined)[] };
  return spec.namesOf?.(item) ?? [];
}
