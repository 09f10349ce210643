import type { ServiceDeploymentRecord } from '../model/services/service-deployment-record.ts';
import type { World } from '../model/world.ts';
import { change } from '../store/eventual-consistency.ts';
import { wakeDaemonsWatching } from '../wakeups/wake-daemons.ts';
import { wakeService } from '../wakeups/wake-services.ts';

/** Whether a service deployment has yet to end. */
export function isOngoing(record: ServiceDeploymentRecord): boolean {
  return record.finishedAt === undefined && record.stoppedAt === undefined;
}

/** Alarms that are in ALARM as a deployment starts are no use for it: ECS then watches none until the next one. */
export function armAlarms(world: World, record: ServiceDeploymentRecord): void {
  const { alarms } = record;
  const isRinging = (alarms?.alarmNames ?? []).some((name) => world.surroundings.alarms.has(name));
  if (alarms?.status === 'MONITORING' && isRinging)
    change(world, record, { alarms: { ...alarms, status: 'DISABLED' } });
}

/** The alarms that have gone off, noted on the service deployment that watches them; none when all is well. */
export function ringingAlarms(world: World, record: ServiceDeploymentRecord): readonly string[] {
  const { alarms } = record;
  if (alarms?.status !== 'MONITORING') return [];
  const triggeredAlarmNames = (alarms.alarmNames ?? []).filter((name) => world.surroundings.alarms.has(name));
  if (triggeredAlarmNames.length > 0) {
    const now = world.clock.now();
    change(world, record, { alarms: { ...alarms, status: 'TRIGGERED', triggeredAlarmNames }, updatedAt: now });
  }
  return triggeredAlarmNames;
}

/** Tells whoever watches an alarm that it has changed its state. */
export function alarmChanged(world: World, name: string): void {
  wakeDaemonsWatching(world, name);
  for (const cluster of world.clusters.values()) {
    for (const service of cluster.services.values()) {
      const record = service.deployments[0]?.serviceDeployment;
      if (record !== undefined && isOngoing(record) && record.alarms?.alarmNames?.includes(name)) {
        wakeService(world, service);
      }
    }
  }
}
