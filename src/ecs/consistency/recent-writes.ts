import type * as sdk from '@aws-sdk/client-ecs';
import { clusterNameOf, isUnique, parseArn } from '../core/arn.ts';
import { arnOf, type EntityKind, type EntityShapes, KINDS, meansLatest } from '../core/describe-specs.ts';
import type { Input, OperationName, Output } from '../core/operations.ts';
import type { Timers } from '../core/timers.ts';
import { isBehind, type Written } from './staleness.ts';
import { TtlMap } from './ttl-map.ts';
import { entitiesWritten } from './write-results.ts';
import { WrittenRecords } from './written-records.ts';

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

/** A tag as it was set (or, null, taken away) by a write. */
interface WrittenTag {
  readonly value: string | null;
  readonly until: number;
  /** ECS's time after the write. */
  readonly at: number;
}

/** What the writes of one resource that are still believed add up to. */
interface Believed {
  readonly written: Written<EntityKind>;
  /** Until when each member is believed that a change set. */
  readonly membersUntil: ReadonlyMap<string, number>;
  /** Until when the resource counts as created a moment ago; 0 where its creation was not seen. */
  readonly newUntil: number;
  /** Whether ECS has shown it since its creation. */
  isSeen: boolean;
}

/** ECS answers reads from copies that may lag by seconds; this long a write is believed rather than them. */
export const BEHIND_FOR_MS = 30_000;
const MOST_WRITES = 5_000;
/** ECS's time is known to the second. */
const CLOCK_PRECISION_MS = 1_000;

/**
 * What the latest writes returned. A reading that is older than a write of this process is corrected by what the write returned; one
 * that misses something just created is answered with the answer of the creation; one that still shows something deleted is
 * not believed. All writes of one resource that are still believed add up, until the resource is created anew: what was written
 * before belongs to another one of the same name. Changes by others that ECS does not date (a cluster's settings, tags,
 * protection) may be overlooked for as long as a write is believed.
 */
export class RecentWrites {
  /** Things without an ARN of their own, such as attributes. */
  readonly records: WrittenRecords;
  readonly #timers: Timers;
  readonly #ttlMs: number;
  readonly #believed: TtlMap<Believed>;
  /** By kind and by cluster: a list looks through the writes that may concern it, and by ARN within these. */
  readonly #told: TtlMap<TtlMap<Told>>;
  readonly #tags: TtlMap<ReadonlyMap<string, WrittenTag>>;
  readonly #protection: TtlMap<sdk.ProtectedTask>;
  readonly #newMap: <T>() => TtlMap<T>;

  constructor(timers: Timers, ttlMs = BEHIND_FOR_MS) {
    this.#timers = timers;
    this.#ttlMs = ttlMs;
    this.#newMap = () => new TtlMap({ ttlMs, most: MOST_WRITES }, timers);
    this.records = new WrittenRecords(timers, { ttlMs, most: MOST_WRITES });
    this.#believed = this.#newMap();
    this.#told = this.#newMap();
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
        // ECS lists no tags of what it does not show yet.
        this.#tags.delete(`${scope} ${arn}`);
        const { tags } = written.item as TagWrite;
        if (tags !== undefined && tags.length > 0) this.#recordTags(scope, { resourceArn: arn, tags }, at);
      }
      if (written.kind === 'ContainerInstance' && written.how === 'deleted') this.records.forgetTarget(scope, arn);
      const name = { scope, kind: written.kind, id: arn, cluster: home };
      const believed = this.#add(this.#believed.get(keyOf(name)), written);
      this.#tell(scope, arn, home, believed.written);
      for (const id of [arn, ...namesOf(written.kind, written.item)]) {
        if (id !== undefined) this.#name({ ...name, id }, believed);
      }
    }
  }

  /** The writes before, if they are of the same resource, with one more. */
  #add(before: Believed | undefined, written: Written<EntityKind>): Believed {
    const until = this.#timers.monotonic() + this.#ttlMs;
    if (written.how === 'created') return { written, membersUntil: new Map(), newUntil: until, isSeen: false };
    const earlier = before !== undefined && isBornWith(before.written.item, written.item) ? before : undefined;
    const set = Object.entries(written.item).filter(([, value]) => value !== undefined);
    const item = { ...earlier?.written.item, ...Object.fromEntries(set) } as typeof written.item;
    const membersUntil = new Map(earlier?.membersUntil);
    for (const member of written.members) membersUntil.set(member, until);
    return {
      written: { ...written, item },
      membersUntil,
      newUntil: earlier?.newUntil ?? 0,
      isSeen: earlier?.isSeen ?? false,
    };
  }

  /** A family's name means its latest ACTIVE revision: what became of another one says nothing of that. */
  #name(name: Omit<ReadTarget<EntityKind>, 'include'>, believed: Believed): void {
    const key = keyOf(name);
    const isFamily = name.kind.endsWith('TaskDefinition') && meansLatest(name.id);
    if (!isFamily || believed.written.how === 'created') this.#believed.put(key, believed);
    else if (revisionOf(this.#believed.get(key)?.written) === revisionOf(believed.written)) this.#believed.delete(key);
  }

  /** All that writes told of things of a kind, in a cluster if the kind lives in one. */
  told(scope: string, kind: EntityKind, cluster: string | undefined): Iterable<Told> {
    return this.#told.get(placeOf(scope, kind, cluster))?.values() ?? [];
  }

  /** Whether there have been none that a reading could be behind. */
  get isEmpty(): boolean {
    return this.#believed.size === 0 && this.#tags.size === 0 && this.records.isEmpty;
  }

  /** What a reading is worth, given the writes since. */
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
   * The tags of a resource as ECS tells them, given the writes since.
   * @param bornAt when the resource was created, if that is known: tags that were written before belong to another one
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
   * Whether a task is protected, as GetTaskProtection tells it, given the writes since.
   * @param now ECS's time
   */
  correctProtection(scope: string, task: sdk.ProtectedTask, now: number): sdk.ProtectedTask {
    const written = this.#protection.get(`${scope} ${task.taskArn}`);
    if (written === undefined) return task;
    const { expirationDate } = written;
    return expirationDate !== undefined && expirationDate.getTime() <= now ? task : written;
  }

  /**
   * Task sets, given the writes since: with those that ECS does not show yet, and without a primary one that was replaced.
   * @param isWanted whether a task set belongs among these
   */
  correctTaskSets(
    { scope, include }: Pick<ReadTarget<'TaskSet'>, 'scope' | 'include'>,
    isWanted: (taskSet: sdk.TaskSet) => boolean,
    read: readonly sdk.TaskSet[],
  ): readonly sdk.TaskSet[] {
    const told = [...this.told(scope, 'TaskSet', undefined)].filter(({ written }) =>
      isWanted(written.item as sdk.TaskSet),
    );
    const isTagged = this.#tags.size > 0 && include.includes('TAGS');
    if (told.length === 0 && !isTagged) return read;
    const target = (id = '') => ({ scope, kind: 'TaskSet', id, include }) as const;
    const sets = read.flatMap((item) => this.correct(target(item.taskSetArn), item) ?? []);
    const present = new Set(sets.map(({ taskSetArn }) => taskSetArn));
    const unseen = told.filter(({ arn }) => !present.has(arn) && this.#isUnseen(target(arn)));
    return [...sets, ...unseen.flatMap(({ arn }) => this.correct(target(arn), null) ?? [])];
  }

  /**
   * Whether a reading shows that a resource has ended whose writes are still believed. What nobody here created or deleted a moment ago
   * was there before these writes, so its end is no reading from before them.
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

  /** Whether it was created a moment ago and has not been shown by ECS since. */
  #isUnseen(target: Omit<ReadTarget<EntityKind>, 'include'>): boolean {
    const believed = this.#believed.get(keyOf(target));
    return believed !== undefined && believed.newUntil > this.#timers.monotonic() && !believed.isSeen;
  }

  /** What a reading is worth, by what was written of a thing of that name. */
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

  /** The thing with what was written of its parts, which have writes of their own. */
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

  /** A task set that was primary, and is not any more since a write made another one primary. */
  #demoted(scope: string, item: sdk.TaskSet): sdk.TaskSet {
    if (item.status !== 'PRIMARY') return item;
    const isReplaced = [...this.told(scope, 'TaskSet', undefined)].some(({ arn, written }) => {
      const other = written.item as sdk.TaskSet;
      const isPrimary = other.serviceArn === item.serviceArn && arn !== item.taskSetArn && other.status === 'PRIMARY';
      return isPrimary && (item.updatedAt?.getTime() ?? 0) <= (other.updatedAt?.getTime() ?? 0);
    });
    return isReplaced ? { ...item, status: 'ACTIVE' } : item;
  }

  #tell(scope: string, arn: string, cluster: string | undefined, written: Written<EntityKind>): void {
    const place = placeOf(scope, written.kind, cluster);
    const there = this.#told.get(place) ?? this.#newMap<Told>();
    const isNew = written.how === 'created' || there.get(arn)?.isNew === true;
    there.put(arn, { arn, written, isNew });
    this.#told.put(place, there);
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

/** When ECS says that a resource was created; undefined where it does not say. */
export function bornAt(item: object): number | undefined {
  const { createdAt, registeredAt = createdAt } = item as { createdAt?: Date; registeredAt?: Date };
  return registeredAt?.getTime();
}

/** Whether both can be the same resource, and not two that had the same name one after the other. */
function isBornWith(one: object, other: object): boolean {
  const [born, otherBorn] = [bornAt(one), bornAt(other)];
  return born === undefined || otherBorn === undefined || born === otherBorn;
}

/** Whether a reading shows the resource that was created, and not the end of one before it. */
function shows(read: object, created: object): boolean {
  return (
    isBornWith(read, created) && (bornAt(created) !== undefined || (read as { status?: unknown }).status !== 'INACTIVE')
  );
}

function revisionOf(written: Written<EntityKind> | undefined): number | undefined {
  return (written?.item as sdk.TaskDefinition | undefined)?.revision;
}

/** Kinds whose names come again and whose descriptions have no date. */
const UNDATED: ReadonlySet<EntityKind> = new Set(['Cluster', 'CapacityProvider']);

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
