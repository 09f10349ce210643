import type { World } from '../model/world.ts';
import type { Before, PlainRecord, StatefulRecord, WorldRecord } from '../model/world-record.ts';

/**
 * The one way to change a record: what it was is kept while reads lag, and whoever observes the world is told.
 * Collections (a cluster's tasks, ...) are indexes rather than state and change in place. The patch is the callee's to
 * keep: its values and the record's change places, so that it tells what was there before.
 */
export function change<R extends PlainRecord>(world: World, record: R, patch: Partial<R>): void {
  if (world.lagMs > 0) remember(world, record);
  for (const key in patch) {
    const before = record[key];
    record[key] = patch[key] as R[typeof key];
    patch[key] = before;
  }
  for (const observe of world.observers) observe(record, patch as Before);
}

/** The same for those that are given another state. */
export function changeState<R extends StatefulRecord>(world: World, record: R, state: R['state']): void {
  if (world.lagMs > 0) remember(world, record);
  const before = record.state;
  record.state = state;
  for (const observe of world.observers) observe(record, before);
}

/** A record as it is now, whatever will happen to it. */
export function snapshotOf<R extends WorldRecord>(record: R): R {
  if (record.kind === 'task') return record.in(record.state) as R;
  return record.kind === 'containerInstance' ? (record.in(record.state) as R) : { ...record };
}

/** Tells of a record that is new in the world. */
export function announce(world: World, record: WorldRecord): void {
  for (const observe of world.observers) observe(record, undefined);
}

function remember(world: World, record: WorldRecord): void {
  const now = world.clock.now();
  const kept = (world.past.get(record) ?? []).filter((snapshot) => snapshot.until > now - world.lagMs);
  kept.push({ until: now, record: snapshotOf(record) });
  world.past.set(record, kept);
}

/**
 * A record as a read sees it: as it was `lagMs` ago, or not at all if it is younger than that. Without lag, as it is.
 */
export function seen<R extends WorldRecord>(world: World, record: R): R | undefined {
  if (world.lagMs === 0) return record;
  const horizon = world.clock.now() - world.lagMs;
  if (record.bornAt > horizon) return undefined;
  const snapshot = world.past.get(record)?.find((candidate) => candidate.until > horizon);
  return snapshot === undefined ? record : (snapshot.record as R);
}

/** Those of the records that a read sees, as it sees them. */
export function* allSeen<R extends WorldRecord>(world: World, records: Iterable<R>): Generator<R> {
  for (const record of records) {
    const visible = seen(world, record);
    if (visible !== undefined) yield visible;
  }
}
