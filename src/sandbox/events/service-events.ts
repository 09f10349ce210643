import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { DeploymentRecord } from '../model/services/deployment-record.ts';
import { PAUSES, type Pause } from '../model/services/service-pause.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { TaskSetRecord } from '../model/services/task-set-record.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { change } from '../store/eventual-consistency.ts';
import { toSeconds } from '../util/wire-types.ts';
import { emitServiceAction, info, providersOf, type ServiceAction } from './service-action-events.ts';

const MOST_EVENTS = 100;

interface Meaning {
  /** The revision that it is about: AWS also calls a deployment of ECS a task set. */
  readonly taskSet?: { readonly id: string } | undefined;
  /** The EventBridge event, if there is one. */
  readonly action?: ServiceAction;
  /** Milliseconds after the previous event; 1 by default. */
  readonly gap?: number;
}

/**
 * Adds a service event. A service keeps its latest hundred, newest first. No two have the same time: in recordings,
 * "deployment completed" and "steady state" are always 1 ms apart.
 */
export function emitServiceEvent(
  world: World,
  service: ServiceRecord,
  text: string,
  { taskSet, action, gap = 1 }: Meaning = {},
): void {
  const inside = taskSet === undefined ? service.name : `${service.name}, taskSet ${taskSet.id}`;
  const at = Math.max(world.clock.now(), service.lastEventAt + gap);
  service.lastEventAt = at;
  const event = { id: world.random.uuid(), createdAt: toSeconds(at), message: `(service ${inside})${text}` };
  change(world, service, { events: [event, ...service.events.slice(0, MOST_EVENTS - 1)] });
  if (action !== undefined) emitServiceAction(world, service, action, at);
}

export function taskList(tasks: readonly TaskRecord[]): string {
  return tasks.map((task) => `(task ${task.id})`).join(' ');
}

function taskSetOf(owner: DeploymentRecord | TaskSetRecord | undefined): TaskSetRecord | undefined {
  return owner?.kind === 'taskSet' ? owner : undefined;
}

export function emitStarted(
  world: World,
  service: ServiceRecord,
  tasks: readonly TaskRecord[],
  replaced = 0,
  owner?: DeploymentRecord | TaskSetRecord,
): void {
  const why = replaced > 0 ? ` Amazon ECS replaced ${replaced} tasks due to an unhealthy status.` : '';
  emitServiceEvent(world, service, ` has started ${tasks.length} tasks: ${taskList(tasks)}.${why}`, {
    taskSet: taskSetOf(owner),
  });
}

export function emitStopped(world: World, service: ServiceRecord, tasks: readonly TaskRecord[]): void {
  const meaning = { taskSet: tasks[0]?.taskSet, action: info('TASKS_STOPPED') };
  emitServiceEvent(world, service, ` has stopped ${tasks.length} running tasks: ${taskList(tasks)}.`, meaning);
}

export function emitUnhealthy(world: World, service: ServiceRecord, task: TaskRecord): void {
  const isDiscovered = service.spec.serviceRegistries.length > 0;
  const action = { eventType: 'WARN', eventName: 'SERVICE_DISCOVERY_INSTANCE_UNHEALTHY' } as const;
  emitServiceEvent(
    world,
    service,
    ` (task ${task.id}) failed container health checks.`,
    isDiscovered ? { action } : {},
  );
}

export function emitTargetUnhealthy(world: World, service: ServiceRecord, task: TaskRecord): void {
  const { targetGroupArn = '', port, reason } = task.target ?? {};
  const instance = task.instance === undefined ? '' : ` (instance ${task.instance.ec2InstanceId})`;
  const what = `(task ${task.id})${instance} (port ${port})`;
  const text = ` ${what} is unhealthy in (target-group ${targetGroupArn}) due to (reason ${reason}).`;
  const action = { eventType: 'WARN', eventName: 'VPC_LATTICE_TARGET_UNHEALTHY' } as const;
  const isLattice = targetGroupArn.includes(':vpc-lattice:');
  emitServiceEvent(world, service, text, { taskSet: task.taskSet, ...(isLattice ? { action } : {}) });
}

type TargetChange = 'registered' | 'deregistered';

/** For services with task sets, it names the task set (recorded 2024-03). */
export function emitTargetChanges(
  world: World,
  service: ServiceRecord,
  what: TargetChange,
  count: number,
  targetGroupArn: string,
  taskSet: TaskSetRecord | undefined,
): void {
  emitServiceEvent(world, service, ` ${what} ${count} targets in (target-group ${targetGroupArn})`, { taskSet });
}

/** Emitted 4 to 6 ms after the targets were deregistered, in 4 of 4 recorded pairs of 2026. */
const DRAINING_GAP = 5;

export function emitDraining(world: World, service: ServiceRecord, count: number, id: string): void {
  const gap = DRAINING_GAP;
  emitServiceEvent(world, service, ` has begun draining connections on ${count} tasks.`, { taskSet: { id }, gap });
}

export function emitComputedCount(world: World, service: ServiceRecord, taskSet: TaskSetRecord): void {
  const action = info('SERVICE_DESIRED_COUNT_UPDATED', { desiredCount: taskSet.desiredCount });
  emitServiceEvent(
    world,
    service,
    ` updated computedDesiredCount for taskSet ${taskSet.id} to ${taskSet.desiredCount}.`,
    {
      action,
    },
  );
}

export function emitTaskSetSteady(world: World, service: ServiceRecord, taskSet: TaskSetRecord): void {
  emitServiceEvent(world, service, ' updated state to STEADY_STATE.', {
    taskSet,
    action: info('TASKSET_STEADY_STATE'),
  });
}

export function emitSteady(world: World, service: ServiceRecord): void {
  emitServiceEvent(world, service, ' has reached a steady state.', { action: info('SERVICE_STEADY_STATE') });
  const providers = providersOf(world, service);
  if (providers.capacityProviderArns === undefined) return;
  emitServiceAction(world, service, info('CAPACITY_PROVIDER_STEADY_STATE', providers));
}

export function emitCompleted(world: World, service: ServiceRecord, deployment: DeploymentRecord): void {
  emitServiceEvent(world, service, ` (deployment ${deployment.id}) deployment completed.`);
}

export function emitFailed(world: World, service: ServiceRecord, deployment: DeploymentRecord, why: string): void {
  emitServiceEvent(world, service, ` (deployment ${deployment.id}) deployment failed: ${why}`);
}

export function emitRollingBack(world: World, service: ServiceRecord, target: DeploymentRecord): void {
  emitServiceEvent(world, service, ` rolling back to deployment ${target.id}.`);
}

export function emitStuck(world: World, service: ServiceRecord): void {
  emitServiceEvent(
    world,
    service,
    ' was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.',
  );
}

/** The end of some texts (recordings of 2017 to 2023). */
const HELP = ' For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.';

export function emitImpaired(world: World, service: ServiceRecord): void {
  const action = { eventType: 'WARN', eventName: 'SERVICE_TASK_START_IMPAIRED' } as const;
  emitServiceEvent(world, service, ` is unable to consistently start tasks successfully.${HELP}`, { action });
}

const PROTECTED = 'Reason: The number of protected tasks are more than the desired count of tasks';

/** AWS calls it a task set even if ECS controls deployments. */
export function emitScaleInProtected(world: World, service: ServiceRecord, id: string): void {
  const text = ` was unable to reach steady state because task set (${id}) was unable to scale in. ${PROTECTED}`;
  emitServiceEvent(world, service, text, { action: info('TASKSET_SCALE_IN_FAILURE_BY_TASK_PROTECTION') });
}

const CLOSEST: Readonly<Record<string, string>> = {
  'RESOURCE:CPU': 'has insufficient CPU units available',
  'RESOURCE:MEMORY': 'has insufficient memory available',
  'RESOURCE:PORTS': 'is already using a port required by your task',
  'RESOURCE:GPU': 'has insufficient GPU available',
  AGENT: 'encountered error "AGENT"',
  ATTRIBUTE: 'is missing an attribute required by your task',
};

export function emitPlacementFailure(world: World, service: ServiceRecord, text: string, more: object = {}): void {
  const action = {
    eventType: 'ERROR',
    eventName: 'SERVICE_TASK_PLACEMENT_FAILURE',
    more: { ...providersOf(world, service), ...more },
  } as const;
  emitServiceEvent(world, service, text, { action });
}

/** The maximum number of tasks already wait for capacity. */
export function emitProvisioningLimit(world: World, service: ServiceRecord): void {
  const why = 'because the tasks provisioning capacity limit was exceeded';
  emitPlacementFailure(world, service, ` was unable to place tasks in your cluster ${why}.`);
}

/** Only EventBridge's reason shows a lack of Fargate capacity. */
export function emitNoFargate(world: World, service: ServiceRecord, why: string): void {
  emitPlacementFailure(world, service, ` was unable to place a task. Reason: ${why}`, { reason: 'RESOURCE:FARGATE' });
}

/** The scheduler is paused for a while. */
export function emitPaused(world: World, service: ServiceRecord, eventName: Pause): void {
  emitServiceEvent(world, service, PAUSES[eventName], { action: { eventType: 'ERROR', eventName } });
}

/** The requested tasks can never be launched; the event's reason has the cause. */
export function emitMisconfigured(world: World, service: ServiceRecord, reason: string): void {
  const eventName = 'SERVICE_TASK_CONFIGURATION_FAILURE';
  emitServiceEvent(world, service, ` failed to launch a task with (error ${reason}).`, {
    action: { eventType: 'ERROR', eventName, more: { reason } },
  });
}

export function emitPartlyLaunched(world: World, service: ServiceRecord, missing: number, id: string): void {
  emitServiceEvent(world, service, ` could not launch ${missing} tasks for deployment ${id}.`);
}

/** No instance could take a task. The closest one is named, as at AWS, if there is one. */
export function emitUnplaced(
  world: World,
  service: ServiceRecord,
  closest: { readonly instance: InstanceRecord; readonly reason: string } | undefined,
): void {
  const detail =
    closest === undefined
      ? ' Reason: No Container Instances were found in your cluster.'
      : ` The closest matching (container-instance ${closest.instance.id}) ${CLOSEST[closest.reason] ?? `encountered error "${closest.reason}"`}.`;
  emitPlacementFailure(
    world,
    service,
    ` was unable to place a task because no container instance met all of its requirements.${detail}${HELP}`,
    closest === undefined ? {} : { containerInstanceArns: [closest.instance.arn], reason: closest.reason },
  );
}
