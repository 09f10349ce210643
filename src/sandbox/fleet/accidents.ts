import { changeInstance } from '../instances/instance-lifecycle.ts';
import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { changeTask } from '../tasks/add-task.ts';
import { killTask, RETIRED, stopTask } from '../tasks/stop-task.ts';
import { dueAction } from '../time/due-action.ts';
import { wakeAllStarved, wakeService } from '../wakeups/wake-services.ts';
import { terminateInstance } from './terminate-instance.ts';

/** Connects or disconnects the agent of an instance. Changes of its tasks are not seen meanwhile. */
export function setAgent(world: World, instance: InstanceRecord, agentConnected: boolean): void {
  if (instance.agentConnected === agentConnected || instance.status === 'INACTIVE') return;
  changeInstance(world, instance, { agentConnected });
  const connectivity = agentConnected ? 'CONNECTED' : 'DISCONNECTED';
  for (const task of instance.tasks) {
    changeTask(world, task, { connectivity, connectivityAt: world.clock.now() });
  }
}

/** Fargate Spot interrupts a task: its containers get SIGTERM, and SIGKILL after their stopTimeout. */
export function interruptTask(world: World, task: TaskRecord): void {
  stopTask(world, task, 'SpotInterruption', 'Your Spot Task was interrupted.');
}

/**
 * AWS retires the host of a Fargate task. A service replaces its task within maximumPercent and then stops it; a
 * standalone task is stopped and not replaced.
 */
export function retireTask(world: World, task: TaskRecord): void {
  const { service, deployment, taskSet } = task;
  if (service === undefined) {
    stopTask(world, task, 'ServiceSchedulerInitiated', RETIRED);
    return;
  }
  world.retiring.add(task);
  // Count again: the task must be replaced now.
  if (deployment !== undefined) deployment.census = undefined;
  if (taskSet !== undefined) taskSet.census = undefined;
  wakeService(world, service);
}

/** EC2 interrupts a Spot instance: its agent drains it on the warning, and two minutes later it is gone. */
export function interruptInstance(world: World, instance: InstanceRecord): void {
  const at = world.clock.now();
  const detail = { 'instance-id': instance.ec2InstanceId, 'instance-action': 'terminate' };
  world.events.add({
    at,
    source: 'aws.ec2',
    detailType: 'EC2 Spot Instance Interruption Warning',
    resources: [`arn:${world.partition}:ec2:${instance.availabilityZone}:instance/${instance.ec2InstanceId}`],
    detail: () => detail,
  });
  if (instance.status === 'ACTIVE') changeInstance(world, instance, { status: 'DRAINING' });
  world.clock.after(world.timings.spotWarning, endInterrupted, world, instance);
}

const endInterrupted = dueAction('instance.endInterrupted', (world: World, instance: InstanceRecord) =>
  terminateInstance(world, instance),
);

/**
 * Loses a zone: its instances are terminated and its Fargate tasks are gone. Nothing starts there until it is restored.
 */
export function loseZone(world: World, zone: string): { instances: InstanceRecord[]; tasks: TaskRecord[] } {
  world.lostZones.add(zone);
  const clusters = [...world.clusters.values()];
  const instances = clusters
    .flatMap((cluster) => [...cluster.instances.values()])
    .filter((instance) => instance.availabilityZone === zone && instance.status !== 'INACTIVE');
  const tasks = clusters
    .flatMap((cluster) => [...cluster.tasks.values()])
    .filter((task) => task.availabilityZone === zone && task.lastStatus !== 'STOPPED');
  for (const instance of instances) terminateInstance(world, instance);
  for (const task of tasks) killTask(world, task, 'InfrastructureHealth', `The Availability Zone ${zone} was lost.`);
  return { instances, tasks };
}

export function restoreZone(world: World, zone: string): void {
  if (world.lostZones.delete(zone)) wakeAllStarved(world);
}
