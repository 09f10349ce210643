import type { InstanceBefore, InstanceRecord } from '../model/instances/instance-record.ts';
import type { TaskBefore, TaskPatch, TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import type { PlainRecord, StatefulRecord, WorldRecord } from '../model/world-record.ts';

/**
 * The only way to change a record: its earlier state is kept while reads lag, and observers are called. Collections (a
 * cluster's tasks, ...) are indexes, not state, and are changed in place. The patch is reused: its values are swapped
 * with the record's, so that it holds the earlier values afterwards.
 */
export function change<R extends PlainRecord>(world: World, record: R, patch: Partial<R>): void {
  if (world.lagMs > 0) remember(world, record);
  for (const key in patch) {
    const before = record[key];
    record[key] = patch[key] as R[typeof key];
    patch[key] = before;
  }
  for (const { onRecord } of world.observers) onRecord(record, patch as Partial<PlainRecord>);
}

/**
 * The same in two steps, for tasks and instances, whose members are assigned between them. The first returns what
 * observers compare with.
 */
export function beginChange<R extends StatefulRecord>(world: World, record: R): ReturnType<R['before']> {
  if (world.lagMs > 0) remember(world, record);
  return record.before() as ReturnType<R['before']>;
}

export function endTaskChange(world: World, task: TaskRecord, before: TaskBefore): void {
  for (const { onTask } of world.observers) onTask(task, before);
}

export function endInstanceChange(world: World, instance: InstanceRecord, before: InstanceBefore): void {
  for (const { onInstance } of world.observers) onInstance(instance, before);
}

/** Changes a task without giving it a version. */
export function changeQuietly(world: World, task: TaskRecord, patch: TaskPatch): void {
  const before = beginChange(world, task);
  Object.assign(task, patch);
  endTaskChange(world, task, before);
}

/** An immutable copy of a record's current state. */
export function snapshotOf<R extends WorldRecord>(record: R): R {
  if (record.kind === 'task' || record.kind === 'containerInstance') return record.copy() as R;
  return { ...record };
}

/** Notifies observers of a new record. */
export function announce(world: World, record: WorldRecord): void {
  for (const { onTask, onInstance, onRecord } of world.observers) {
    if (record.kind === 'task') onTask(record, undefined);
    else if (record.kind === 'containerInstance') onInstance(record, undefined);
    else onRecord(record, undefined);
  }
}

function remember(world: World, record: WorldRecord): void {
  const now = world.clock.now();
  const kept = (world.past.get(record) ?? []).filter((snapshot) => snapshot.until > now - world.lagMs);
  kept.push({ until: now, record: snapshotOf(record) });
  world.past.set(record, kept);
}

/**
 * A record as a read sees it: its state `lagMs` ago, or undefined if it did not exist then. Without lag, the record
 * itself.
 */
export function seen<R extends WorldRecord>(world: World, record: R): R | undefined {
  if (world.lagMs === 0) return record;
  const horizon = world.clock.now() - world.lagMs;
  if (record.bornAt > horizon) return undefined;
  const snapshot = world.past.get(record)?.find((candidate) => candidate.until > horizon);
  return snapshot === undefined ? record : (snapshot.record as R);
}

/** The records that a read sees, as it sees them. */
export function* allSeen<R extends WorldRecord>(world: World, records: Iterable<R>): Generator<R> {
  for (const record of records) {
    const visible = seen(world, record);
    if (visible !== undefined) yield visible;
  }
}
