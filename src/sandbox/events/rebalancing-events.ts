import type { ServiceRecord } from '../model/services/service-record.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { info } from './service-action-events.ts';
import { emitPlacementFailure, emitServiceEvent, taskList } from './service-events.ts';

type Counts = readonly (readonly [zone: string, tasks: number])[];

function balanceOf(counts: Counts): string {
  return counts.map(([zone, count]) => `${count} tasks in ${zone}`).join(', ');
}

export function emitNotBalanced(world: World, service: ServiceRecord, counts: Counts): void {
  const text = ` is not AZ balanced with ${balanceOf(counts)}. AZ Rebalancing in progress.`;
  emitServiceEvent(world, service, text, { action: info('SERVICE_REBALANCING_STARTED') });
}

export function emitBalanced(world: World, service: ServiceRecord, counts: Counts): void {
  const action = info('SERVICE_REBALANCING_COMPLETED');
  emitServiceEvent(world, service, ` is AZ balanced with ${balanceOf(counts)}.`, { action });
}

export function emitRebalancingStopped(world: World, service: ServiceRecord): void {
  emitServiceEvent(world, service, ' stopped AZ Rebalancing.', { action: info('SERVICE_REBALANCING_STOPPED') });
}

export function emitStartedToRebalance(world: World, service: ServiceRecord, task: TaskRecord): void {
  const text = ` has started 1 tasks in ${task.availabilityZone} to AZ Rebalance: ${taskList([task])}.`;
  emitServiceEvent(world, service, text, { action: info('TASKS_STARTED') });
}

export function emitStoppedToRebalance(world: World, service: ServiceRecord, task: TaskRecord): void {
  const where = `in ${task.availabilityZone} due to AZ rebalancing`;
  const text = ` has stopped 1 running tasks ${where}: ${taskList([task])}.`;
  emitServiceEvent(world, service, text, { action: info('TASKS_STOPPED') });
}

export function emitUnplacedInZone(world: World, service: ServiceRecord, zone: string): void {
  const why = 'because no container instance met all of its requirements';
  emitPlacementFailure(world, service, ` is unable to place a task in ${zone} ${why}.`);
}

export function emitRebalanceProtected(world: World, service: ServiceRecord, id: string): void {
  const text = ` was unable to AZ Rebalance because task set (${id}) was unable to scale in due to task protection.`;
  emitServiceEvent(world, service, text, { action: info('TASKSET_SCALE_IN_FAILURE_BY_TASK_PROTECTION') });
}
