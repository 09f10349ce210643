import { DAEMON_GROUP } from '../model/daemon-records.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import type { Before, WorldRecord } from '../model/world-record.ts';
import { daemonArn } from '../store/arns.ts';
import { wakeDaemon } from '../wakeups/wake-daemons.ts';
import { accountStopped } from './reconcile-daemon.ts';

/**
 * Wakes the daemons that a change concerns: a change of their own tasks, or of an instance that they may have to run
 * on.
 */
export function observeForDaemons(world: World, record: WorldRecord, before: Before | undefined): void {
  if (world.daemons.size === 0) return;
  if (record.kind === 'task') onTask(world, record, before as Partial<TaskRecord> | undefined);
  if (record.kind !== 'containerInstance') return;
  for (const daemon of world.daemons.values()) {
    if (daemon.cluster === record.cluster && daemon.status !== 'DELETED') wakeDaemon(world, daemon);
  }
}

function onTask(world: World, task: TaskRecord, before: Partial<TaskRecord> | undefined): void {
  if (!task.group.startsWith(DAEMON_GROUP) || before === undefined) return;
  const daemon = world.daemons.get(daemonArn(world, task.cluster.name, task.group.slice(DAEMON_GROUP.length)));
  if (daemon === undefined || !daemon.tasks.has(task)) return;
  const hasStopped = task.lastStatus === 'STOPPED' && (before.lastStatus ?? 'STOPPED') !== 'STOPPED';
  if (hasStopped) accountStopped(world, daemon, task);
  else wakeDaemon(world, daemon);
}
