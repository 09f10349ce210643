import { change } from './consistency.ts';
import type { DeploymentRecord, ServiceRecord, TaskRecord, TaskSetRecord, World } from './state.ts';
import { toSeconds } from './types.ts';

const MOST_EVENTS = 100;

/** Adds to what a service tells of itself: the latest hundred, newest first. */
export function say(world: World, service: ServiceRecord, text: string, taskSet?: TaskSetRecord): void {
  const inside = taskSet === undefined ? service.name : `${service.name}, taskSet ${taskSet.id}`;
  const event = {
    id: world.random.uuid(),
    createdAt: toSeconds(world.clock.now()),
    message: `(service ${inside})${text}`,
  };
  change(world, service, { events: [event, ...service.events.slice(0, MOST_EVENTS - 1)] });
}

function taskList(tasks: readonly TaskRecord[]): string {
  return tasks.map((task) => `(task ${task.id})`).join(' ');
}

function taskSetOf(owner: DeploymentRecord | TaskSetRecord | undefined): TaskSetRecord | undefined {
  return owner?.kind === 'taskSet' ? owner : undefined;
}

export function sayStarted(
  world: World,
  service: ServiceRecord,
  tasks: readonly TaskRecord[],
  replaced = 0,
  owner?: DeploymentRecord | TaskSetRecord,
): void {
  const why = replaced > 0 ? ` Amazon ECS replaced ${replaced} tasks due to an unhealthy status.` : '';
  say(world, service, ` has started ${tasks.length} tasks: ${taskList(tasks)}.${why}`, taskSetOf(owner));
}

export function sayStopped(world: World, service: ServiceRecord, tasks: readonly TaskRecord[]): void {
  say(world, service, ` has stopped ${tasks.length} running tasks: ${taskList(tasks)}.`, tasks[0]?.taskSet);
}

export function sayUnhealthy(world: World, service: ServiceRecord, task: TaskRecord): void {
  say(world, service, ` (task ${task.id}) failed container health checks.`);
}

export function sayTargetUnhealthy(world: World, service: ServiceRecord, task: TaskRecord): void {
  const { targetGroupArn = '', port, reason } = task.target ?? {};
  const instance = task.instance === undefined ? '' : ` (instance ${task.instance.ec2InstanceId})`;
  const what = `(task ${task.id})${instance} (port ${port})`;
  say(
    world,
    service,
    ` ${what} is unhealthy in (target-group ${targetGroupArn}) due to (reason ${reason}).`,
    task.taskSet,
  );
}

export function sayRegistered(world: World, service: ServiceRecord, count: number, targetGroupArn: string): void {
  say(world, service, ` registered ${count} targets in (target-group ${targetGroupArn})`);
}

export function sayDeregistered(world: World, service: ServiceRecord, count: number, targetGroupArn: string): void {
  say(world, service, ` deregistered ${count} targets in (target-group ${targetGroupArn})`);
}

export function sayComputedCount(world: World, service: ServiceRecord, taskSet: TaskSetRecord): void {
  say(world, service, ` updated computedDesiredCount for taskSet ${taskSet.id} to ${taskSet.desiredCount}.`);
}

export function sayTaskSetSteady(world: World, service: ServiceRecord, taskSet: TaskSetRecord): void {
  say(world, service, ' updated state to STEADY_STATE.', taskSet);
}

export function saySteady(world: World, service: ServiceRecord): void {
  say(world, service, ' has reached a steady state.');
}

export function sayCompleted(world: World, service: ServiceRecord, deployment: DeploymentRecord): void {
  say(world, service, ` (deployment ${deployment.id}) deployment completed.`);
}

export function sayFailed(world: World, service: ServiceRecord, deployment: DeploymentRecord, why: string): void {
  say(world, service, ` (deployment ${deployment.id}) deployment failed: ${why}`);
}

export function sayRollingBack(world: World, service: ServiceRecord, target: DeploymentRecord): void {
  say(world, service, ` rolling back to deployment ${target.id}.`);
}

export function sayStuck(world: World, service: ServiceRecord): void {
  say(
    world,
    service,
    ' was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.',
  );
}

export function sayImpaired(world: World, service: ServiceRecord): void {
  say(world, service, ' is unable to consistently start tasks successfully.');
}

function balanceOf(counts: readonly (readonly [string, number])[]): string {
  return counts.map(([zone, count]) => `${count} tasks in ${zone}`).join(', ');
}

type Counts = readonly (readonly [string, number])[];

export function sayNotBalanced(world: World, service: ServiceRecord, counts: Counts): void {
  say(world, service, ` is not AZ balanced with ${balanceOf(counts)}. AZ Rebalancing in progress.`);
}

export function sayBalanced(world: World, service: ServiceRecord, counts: Counts): void {
  say(world, service, ` is AZ balanced with ${balanceOf(counts)}.`);
}

export function sayRebalancingStopped(world: World, service: ServiceRecord): void {
  say(world, service, ' stopped AZ Rebalancing.');
}

export function sayStartedToRebalance(world: World, service: ServiceRecord, task: TaskRecord): void {
  say(world, service, ` has started 1 tasks in ${task.availabilityZone} to AZ Rebalance: ${taskList([task])}.`);
}

export function sayStoppedToRebalance(world: World, service: ServiceRecord, task: TaskRecord): void {
  const where = `in ${task.availabilityZone} due to AZ rebalancing`;
  say(world, service, ` has stopped 1 running tasks ${where}: ${taskList([task])}.`);
}

export function sayUnplacedInZone(world: World, service: ServiceRecord, zone: string): void {
  const why = 'because no container instance met all of its requirements';
  say(world, service, ` is unable to place a task in ${zone} ${why}.`);
}

const PROTECTED = 'Reason: The number of protected tasks are more than the desired count of tasks';

/** AWS calls it a task set also where ECS itself controls deployments. */
export function sayScaleInProtected(world: World, service: ServiceRecord, id: string): void {
  say(
    world,
    service,
    ` was unable to reach steady state because task set (${id}) was unable to scale in. ${PROTECTED}`,
  );
}

export function sayRebalanceProtected(world: World, service: ServiceRecord, id: string): void {
  say(
    world,
    service,
    ` was unable to AZ Rebalance because task set (${id}) was unable to scale in due to task protection.`,
  );
}

const CLOSEST: Readonly<Record<string, string>> = {
  'RESOURCE:CPU': 'has insufficient CPU units available',
  'RESOURCE:MEMORY': 'has insufficient memory available',
  'RESOURCE:PORTS': 'is already using a port required by your task',
  'RESOURCE:GPU': 'has insufficient GPU available',
  AGENT: 'encountered error "AGENT"',
  ATTRIBUTE: 'is missing an attribute required by your task',
};

/** No instance would take a task. The closest one is named, as AWS does, where there was any. */
export function sayUnplaced(
  world: World,
  service: ServiceRecord,
  closest: { readonly id: string; readonly reason: string } | undefined,
): void {
  const detail =
    closest === undefined
      ? ' Reason: No Container Instances were found in your cluster.'
      : ` The closest matching (container-instance ${closest.id}) ${CLOSEST[closest.reason] ?? `encountered error "${closest.reason}"`}.`;
  say(
    world,
    service,
    ` was unable to place a task because no container instance met all of its requirements.${detail}`,
  );
}
