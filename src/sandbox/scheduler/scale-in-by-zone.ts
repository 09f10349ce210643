import type { InstanceRecord } from '../model/instances/instance-record';
import type { TaskRecord } from '../model/tasks/task-record.ts';

/** Tasks of one instance, oldest first, and how many tasks of the service it has. */
interface Pile {
  count: number;
  readonly tasks: TaskRecord[];
}

/** The same of a zone. */
interface Zone {
  count: number;
  readonly piles: Map<InstanceRecord | undefined, Pile>;
}

function largest<T extends { readonly count: number }>(
  items: Iterable<T>,
  isMeant: (item: T) => boolean,
): T | undefined {
  let best: T | undefined;
  for (const item of items) if (isMeant(item) && (best === undefined || item.count > best.count)) best = item;
  return best;
}

const hasTasks = (pile: Pile): boolean => pile.tasks.length > 0;
const hasPiles = (zone: Zone): boolean => zone.piles.size > 0;

/** What nearly all services do, in piles: from the zone that has most the instance that has most. */
export function chooseByZone(tasks: readonly TaskRecord[], peers: readonly TaskRecord[], count: number): TaskRecord[] {
  const zones = new Map<string, Zone>();
  const pileOf = ({ availabilityZone, instance }: TaskRecord, adds: boolean): Pile => {
    const zone = zones.get(availabilityZone) ?? { count: 0, piles: new Map<InstanceRecord | undefined, Pile>() };
    zones.set(availabilityZone, zone);
    const pile = zone.piles.get(instance) ?? { count: 0, tasks: [] };
    zone.piles.set(instance, pile);
    zone.count += Number(adds);
    pile.count += Number(adds);
    return pile;
  };
  for (const peer of peers) pileOf(peer, true);
  for (const task of tasks) pileOf(task, false).tasks.push(task);
  for (const { piles } of zones.values()) {
    for (const [instance, pile] of piles) if (!hasTasks(pile)) piles.delete(instance);
  }
  const chosen: TaskRecord[] = [];
  while (chosen.length < count) {
    const zone = largest(zones.values(), hasPiles);
    const pile = zone && largest(zone.piles.values(), hasTasks);
    const task = pile?.tasks.pop();
    if (zone === undefined || pile === undefined || task === undefined) break;
    zone.count -= 1;
    pile.count -= 1;
    if (!hasTasks(pile)) zone.piles.delete(task.instance);
    chosen.push(task);
  }
  return chosen;
}
