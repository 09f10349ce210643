import type { InstanceRecord, TaskRecord } from './state.ts';

/** Which of a service's tasks to give up: from the zone with most of them, there from the fullest instance, newest first. */
export function chooseToStop(tasks: readonly TaskRecord[], peers: Iterable<TaskRecord>, count: number): TaskRecord[] {
  if (count <= 0 || tasks.length === 0) return [];
  const zones = new Map<string, number>();
  const instances = new Map<InstanceRecord | undefined, number>();
  for (const { availabilityZone, instance } of peers) {
    zones.set(availabilityZone, (zones.get(availabilityZone) ?? 0) + 1);
    instances.set(instance, (instances.get(instance) ?? 0) + 1);
  }
  const left = [...tasks];
  const chosen: TaskRecord[] = [];
  const isHeavier = (a: TaskRecord, b: TaskRecord): boolean => {
    const byZone = (zones.get(a.availabilityZone) ?? 0) - (zones.get(b.availabilityZone) ?? 0);
    const byInstance = (instances.get(a.instance) ?? 0) - (instances.get(b.instance) ?? 0);
    return (byZone || byInstance || a.sequence - b.sequence) > 0;
  };
  while (chosen.length < count && left.length > 0) {
    let at = 0;
    for (let other = 1; other < left.length; other += 1) {
      const [a, b] = [left[other], left[at]];
      if (a !== undefined && b !== undefined && isHeavier(a, b)) at = other;
    }
    const [task] = left.splice(at, 1);
    if (task === undefined) break;
    chosen.push(task);
    zones.set(task.availabilityZone, (zones.get(task.availabilityZone) ?? 1) - 1);
    instances.set(task.instance, (instances.get(task.instance) ?? 1) - 1);
  }
  return chosen;
}
