import { createPlacer, DEFAULT_STRATEGY, RANDOM_STRATEGY } from '../instances/placement.ts';
import type { ClusterRecord } from '../model/cluster-record.ts';
import type { Fleet } from '../model/instances/fleet-record.ts';
import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { freeGpus, occupy } from '../store/instance-resources.ts';
import { changeTask } from '../tasks/add-task.ts';
import { failToStart } from '../tasks/stop-task.ts';
import { beginTask } from '../tasks/task-lifecycle.ts';
import { dueAction } from '../time/due-action.ts';
import { fleetOf } from './fleets.ts';
import { lackOfFleet, requestCapacity } from './scale-out.ts';

/** AWS: tasks of a cluster that may wait in PROVISIONING. */
const MOST_WAITING = 500;
/** How long a task waits for room (our choice). */
const PATIENCE_MS = 30 * 60_000;

/** Whether a task without room may wait for its capacity provider to grow. */
export function mayWait(world: World, cluster: ClusterRecord, providerName: string | undefined): boolean {
  if (fleetOf(world, cluster, providerName) === undefined) return false;
  return [...world.waiting].filter((task) => task.cluster === cluster).length < MOST_WAITING;
}

/** Whether it could wait if not too many already did. */
export function isWaitFull(world: World, cluster: ClusterRecord, providerName: string | undefined): boolean {
  return fleetOf(world, cluster, providerName) !== undefined && !mayWait(world, cluster, providerName);
}

/** Makes a new task wait, and its capacity provider grow. */
export function waitForCapacity(world: World, task: TaskRecord): void {
  world.waiting.add(task);
  const fleet = fleetOf(world, task.cluster, task.capacityProviderName);
  if (fleet !== undefined) requestCapacity(world, fleet);
  task.step = world.clock.after(PATIENCE_MS, giveUp, world, { task, fleet });
}

const giveUp = dueAction(
  'task.giveUpWaiting',
  (world: World, { task, fleet }: { readonly task: TaskRecord; readonly fleet: Fleet | undefined }) => {
    task.step = undefined;
    world.waiting.delete(task);
    const lack = fleet === undefined ? undefined : lackOfFleet(fleet, task.demand);
    failToStart(world, task, '', `TaskFailedToStart: ${lack ?? 'RESOURCE:MEMORY'}`);
  },
);

function settle(world: World, task: TaskRecord, instance: InstanceRecord): void {
  world.waiting.delete(task);
  instance.tasks.add(task);
  const { availabilityZone } = instance;
  const gpuIds = freeGpus(instance, task.demand);
  changeTask(world, task, { instance, availabilityZone, gpuIds });
  occupy(world, instance, task);
  beginTask(world, task);
}

/** Places waiting tasks on instances that have room now, in order of arrival. */
export function placeWaiting(world: World, cluster: ClusterRecord): void {
  const refused = new Set<string>();
  for (const task of [...world.waiting]) {
    const { service, taskDefinition, capacityProviderName } = task;
    const key = `${capacityProviderName} ${taskDefinition.arn} ${service?.arn}`;
    if (task.cluster !== cluster || refused.has(key)) continue;
    const strategy = service?.spec.placementStrategy ?? [];
    const placed = createPlacer({
      cluster,
      taskDefinition,
      demand: task.demand,
      constraints: service?.spec.placementConstraints ?? [],
      strategy: strategy.length > 0 ? strategy : service === undefined ? RANDOM_STRATEGY : DEFAULT_STRATEGY,
      capacityProviderName,
      peers: [...(service?.tasks ?? [])].filter((peer) => peer.desiredStatus === 'RUNNING'),
      random: () => world.random.next(),
    }).next();
    if ('instance' in placed) settle(world, task, placed.instance);
    else refused.add(key);
  }
  for (const task of world.waiting) {
    const fleet = task.cluster === cluster ? fleetOf(world, cluster, task.capacityProviderName) : undefined;
    if (fleet !== undefined) requestCapacity(world, fleet);
  }
}
