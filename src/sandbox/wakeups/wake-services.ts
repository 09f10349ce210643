import type { ClusterRecord } from '../model/cluster-record.ts';
import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { World } from '../model/world.ts';
import { dueAction } from '../time/due-action.ts';

/** Has the scheduler look at a service, shortly or at the moment given; an earlier look that is due already stands. */
export function wakeService(world: World, service: ServiceRecord, at?: number): void {
  const time = at ?? world.clock.now() + world.timings.schedulerReaction;
  if (service.wake?.run !== undefined) {
    if (service.wake.time <= time) return;
    world.clock.cancel(service.wake);
  }
  service.wake = world.clock.at(time, look, world, service);
}

const look = dueAction('service.reconcile', (world: World, service: ServiceRecord) => {
  service.wake = undefined;
  world.reconcile(service);
});

/** Room has appeared: whoever waits for it tries again. */
export function wakeStarved(world: World, cluster: ClusterRecord): void {
  for (const service of cluster.starved) {
    for (const { holds } of service.deployments) holds.placesUntil = 0;
    for (const { holds } of service.taskSets.values()) holds.placesUntil = 0;
    wakeService(world, service);
  }
  cluster.starved.clear();
}

/** A task has left an instance that drains: its daemons leave last, and perhaps it was the last one before them. */
export function wakeLeavingDaemons(world: World, instance: InstanceRecord): void {
  if (instance.status === 'ACTIVE') return;
  for (const service of instance.cluster.daemonServices) wakeService(world, service);
}

/** There is room again that has nothing to do with instances. */
export function wakeAllStarved(world: World): void {
  for (const cluster of world.clusters.values()) wakeStarved(world, cluster);
}

/** An instance came, left or changed its state: daemons follow it, and so do services that have tasks there. */
export function wakeCluster(world: World, cluster: ClusterRecord): void {
  for (const service of [...cluster.daemonServices, ...cluster.services.values()]) {
    if (service.status === 'ACTIVE') wakeService(world, service);
  }
  wakeStarved(world, cluster);
}
