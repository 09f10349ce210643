import type { ServiceDeploymentRecord } from '../model/services/service-deployment-record.ts';
import type { World } from '../model/world.ts';
import { change } from '../store/eventual-consistency.ts';
import { wakeDaemonsWatching } from '../wakeups/wake-daemons.ts';
import { wakeService } from '../wakeups/wake-services.ts';

/** Whether a service deployment has not ended. */
export function isOngoing(record: ServiceDeploymentRecord): boolean {
  return record.finishedAt === undefined && record.stoppedAt === undefined;
}

/**
 * Alarms that are in ALARM when a deployment starts are useless for it: ECS ignores all of them until the next
 * deployment.
 */
export function armAlarms(world: World, record: ServiceDeploymentRecord): void {
  const { alarms } = record;
  const isRinging = (alarms?.alarmNames ?? []).some((name) => world.surroundings.alarms.has(name));
  if (alarms?.status === 'MONITORING' && isRinging)
    change(world, record, { alarms: { ...alarms, status: 'DISABLED' } });
}

/** The alarms in ALARM, recorded on the service deployment that watches them; empty if no alarm is in ALARM. */
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

/** Notifies everything that watches an alarm of its change. */
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
