import type { ClusterRecord } from '../model/cluster-record.ts';
import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { World } from '../model/world.ts';
import { dueAction } from '../time/due-action.ts';

/** Wakes the scheduler for a service, shortly or at the given time; an earlier pending wake-up stays. */
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

/** There is new room: services that wait for it try again. */
export function wakeStarved(world: World, cluster: ClusterRecord): void {
  if (cluster.starved.size === 0) return;
  for (const service of cluster.starved) {
    for (const { holds } of service.deployments) holds.placesUntil = 0;
    for (const { holds } of service.taskSets.values()) holds.placesUntil = 0;
    wakeService(world, service);
  }
  cluster.starved.clear();
}

/** A task has left a draining instance: daemons leave last, and it may have been the last other task. */
export function wakeLeavingDaemons(world: World, instance: InstanceRecord): void {
  if (instance.status === 'ACTIVE') return;
  for (const service of instance.cluster.daemonServices) wakeService(world, service);
}

/** There is new room that does not depend on instances. */
export function wakeAllStarved(world: World): void {
  for (const cluster of world.clusters.values()) wakeStarved(world, cluster);
}

/** An instance came, left or changed its state: wakes daemons, and services with tasks there. */
export function wakeCluster(world: World, cluster: ClusterRecord): void {
  for (const service of [...cluster.daemonServices, ...cluster.services.values()]) {
    if (service.status === 'ACTIVE') wakeService(world, service);
  }
  wakeStarved(world, cluster);
}
