import type { InstanceRecord, TaskRecord } from '../model/world.ts';

interface Tally {
  count: number;
}

/** A task, and how many there are with it in its zone and on its instance. */
interface Candidate {
  readonly task: TaskRecord;
  readonly zone: Tally;
  readonly instance: Tally;
}

function tallyOf<K>(tallies: Map<K, Tally>, key: K): Tally {
  const present = tallies.get(key) ?? { count: 0 };
  tallies.set(key, present);
  return present;
}

function isHeavier(a: Candidate, b: Candidate): boolean {
  const byZone = a.zone.count - b.zone.count;
  const byInstance = a.instance.count - b.instance.count;
  return (byZone || byInstance || a.task.sequence - b.task.sequence) > 0;
}

function takeHeaviest(left: Candidate[]): TaskRecord | undefined {
  let [heaviest] = left;
  if (heaviest === undefined) return undefined;
  for (const other of left) if (isHeavier(other, heaviest)) heaviest = other;
  left.splice(left.indexOf(heaviest), 1);
  heaviest.zone.count -= 1;
  heaviest.instance.count -= 1;
  return heaviest.task;
}

/** Which of a service's tasks to give up: from the zone with most of them, there from the fullest instance, newest first. */
export function chooseToStop(tasks: readonly TaskRecord[], peers: Iterable<TaskRecord>, count: number): TaskRecord[] {
  if (count <= 0 || tasks.length === 0) return [];
  if (count >= tasks.length) return [...tasks];
  const zones = new Map<string, Tally>();
  const instances = new Map<InstanceRecord | undefined, Tally>();
  for (const { availabilityZone, instance } of peers) {
    tallyOf(zones, availabilityZone).count += 1;
    tallyOf(instances, instance).count += 1;
  }
  const left = tasks.map((task) => ({
    task,
    zone: tallyOf(zones, task.availabilityZone),
    instance: tallyOf(instances, task.instance),
  }));
  const chosen: TaskRecord[] = [];
  while (chosen.length < count) {
    const task = takeHeaviest(left);
    if (task === undefined) break;
    chosen.push(task);
  }
  return chosen;
}
