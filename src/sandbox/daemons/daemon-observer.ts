import { DAEMON_GROUP } from '../model/daemon-records.ts';
import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { TaskBefore, TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { daemonArn } from '../store/arns.ts';
import { wakeDaemon } from '../wakeups/wake-daemons.ts';
import { accountStopped } from './reconcile-daemon.ts';

/** Wakes the daemon whose task has changed. */
export function observeTaskForDaemons(world: World, task: TaskRecord, before: TaskBefore | undefined): void {
  if (world.daemons.size === 0 || !task.group.startsWith(DAEMON_GROUP) || before === undefined) return;
  const daemon = world.daemons.get(daemonArn(world, task.cluster.name, task.group.slice(DAEMON_GROUP.length)));
  if (daemon === undefined || !daemon.tasks.has(task)) return;
  const hasStopped = task.lastStatus === 'STOPPED' && before.lastStatus !== 'STOPPED';
  if (hasStopped) accountStopped(world, daemon, task);
  else wakeDaemon(world, daemon);
}

/** Wakes the daemons that may have to run on a changed instance. */
export function observeInstanceForDaemons(world: World, { cluster }: InstanceRecord): void {
  for (const daemon of world.daemons.values()) {
    if (daemon.cluster === cluster && daemon.status !== 'DELETED') wakeDaemon(world, daemon);
  }
}
