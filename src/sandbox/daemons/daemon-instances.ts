import { isEligible } from '../instances/instance-requirements.ts';
import type { DaemonRecord, DaemonRevisionRecord } from '../model/daemon-records.ts';
import { DAEMON_GROUP } from '../model/daemon-records.ts';
import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { isUp, isWanted } from '../store/task-statuses.ts';

/** The instances of a revision's capacity providers, in any state. */
export function instancesOf(daemon: DaemonRecord, revision: DaemonRevisionRecord): InstanceRecord[] {
  const { capacityProviders } = revision;
  return [...daemon.cluster.instances.values()].filter(
    (instance) => instance.status !== 'INACTIVE' && capacityProviders.includes(instance.capacityProviderName ?? ''),
  );
}

/** The instances that can take a task. */
export function openInstances(daemon: DaemonRecord, revision: DaemonRevisionRecord): InstanceRecord[] {
  return instancesOf(daemon, revision).filter((instance) => isEligible(revision.taskDefinition.template, instance));
}

/** A daemon leaves a draining instance last, when only daemons are left there. */
export function mayLeave(instance: InstanceRecord): boolean {
  if (instance.status === 'INACTIVE') return true;
  const isDaemon = (task: TaskRecord): boolean =>
    task.group.startsWith(DAEMON_GROUP) || task.service?.schedulingStrategy === 'DAEMON';
  return instance.status === 'DRAINING' && [...instance.tasks].every(isDaemon);
}

export interface InstanceCounts {
  readonly running: number;
  readonly draining: number;
  readonly without: number;
}

/**
 * A revision's progress on the instances of one capacity provider: running instances, instances whose old task is being
 * replaced, and instances that should run it but do not.
 */
export function countInstances(daemon: DaemonRecord, revision: DaemonRevisionRecord, provider: string): InstanceCounts {
  const counts = { running: 0, draining: 0, without: 0 };
  for (const instance of instancesOf(daemon, revision)) {
    if (instance.capacityProviderName !== provider) continue;
    const own = [...instance.tasks].filter((task) => daemon.tasks.get(task) === revision);
    if (own.some((task) => task.lastStatus === 'RUNNING' && isWanted(task))) counts.running += 1;
    else if (own.some((task) => !isWanted(task))) counts.draining += 1;
    else if (revision === daemon.wanted && !revision.critical && !own.some(isUp)) counts.without += 1;
  }
  return counts;
}

/** The alarms of a deployment that are in ALARM. */
export function ringing(world: World, alarmNames: readonly string[] | undefined): string[] {
  return (alarmNames ?? []).filter((name) => world.surroundings.alarms.has(name));
}
