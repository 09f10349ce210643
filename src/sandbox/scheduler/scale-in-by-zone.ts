import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';

/** Tasks of one instance, oldest first, and the service's number of tasks there. */
interface InstanceTasks {
  count: number;
  readonly tasks: TaskRecord[];
}

/** The same for a zone. */
interface Zone {
  count: number;
  readonly instances: Map<InstanceRecord | undefined, InstanceTasks>;
}

function largest<T extends { readonly count: number }>(
  items: Iterable<T>,
  isMeant: (item: T) => boolean,
): T | undefined {
  let best: T | undefined;
  for (const item of items) if (isMeant(item) && (best === undefined || item.count > best.count)) best = item;
  return best;
}

const hasTasks = (group: InstanceTasks): boolean => group.tasks.length > 0;
const hasInstances = (zone: Zone): boolean => zone.instances.size > 0;

/** The default of nearly all services: stop on the fullest instance of the fullest zone. */
export function chooseByZone(tasks: readonly TaskRecord[], peers: readonly TaskRecord[], count: number): TaskRecord[] {
  const zones = new Map<string, Zone>();
  const groupOf = ({ availabilityZone, instance }: TaskRecord, adds: boolean): InstanceTasks => {
    const zone = zones.get(availabilityZone) ?? {
      count: 0,
      instances: new Map<InstanceRecord | undefined, InstanceTasks>(),
    };
    zones.set(availabilityZone, zone);
    const group = zone.instances.get(instance) ?? { count: 0, tasks: [] };
    zone.instances.set(instance, group);
    zone.count += Number(adds);
    group.count += Number(adds);
    return group;
  };
  for (const peer of peers) groupOf(peer, true);
  for (const task of tasks) groupOf(task, false).tasks.push(task);
  for (const { instances } of zones.values()) {
    for (const [instance, group] of instances) if (!hasTasks(group)) instances.delete(instance);
  }
  const chosen: TaskRecord[] = [];
  while (chosen.length < count) {
    const zone = largest(zones.values(), hasInstances);
    const group = zone && largest(zone.instances.values(), hasTasks);
    const task = group?.tasks.pop();
    if (zone === undefined || group === undefined || task === undefined) break;
    zone.count -= 1;
    group.count -= 1;
    if (!hasTasks(group)) zone.instances.delete(task.instance);
    chosen.push(task);
  }
  return chosen;
}
