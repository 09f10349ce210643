import type { ContainerInstance, Service, Task } from '@aws-sdk/client-ecs';
import type { ImportedCluster } from '../import/import-cluster.ts';
import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import { renderContainerInstance } from '../render/container-instance.ts';
import { renderService } from '../render/service.ts';
import { renderTask } from '../render/task.ts';
import { isWanted } from '../store/task-statuses.ts';
import type { Wire } from '../util/wire-types.ts';
import { type CapacityNeed, capacityNeedOf } from './capacity-need.ts';
import type { Course, ServiceCounts, TaskCourse } from './course.ts';
import { isWhole } from './goal.ts';

/** How a simulated change ended. */
export type SimulationOutcome =
  /** The change is done, and every service has its tasks. */
  | 'DONE'
  /** The change is done, and a service is left with fewer healthy tasks than it wants. */
  | 'DONE_DEGRADED'
  /** The change is not done, and nothing moves any more. */
  | 'BLOCKED'
  /** The change is not done at the horizon, and something still moves. */
  | 'UNFINISHED'
  /** The deployment failed and was not rolled back. */
  | 'FAILED'
  | 'ROLLED_BACK';

/** The answers that ECS would give at one moment. */
export interface Look {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly services: readonly Wire<Service>[];
  readonly tasks: readonly Wire<Task>[];
  /** The instances that the change takes away. */
  readonly containerInstances: readonly Wire<ContainerInstance>[];
}

export interface SimulatedService {
  readonly serviceArn: string;
  readonly serviceName: string;
  readonly desiredCount: number;
  readonly before: ServiceCounts;
  readonly after: ServiceCounts;
  readonly lowestRunning: number;
  readonly lowestHealthy: number;
  readonly highestUp: number;
  readonly isWhole: boolean;
}

/** The fate of a task: it is stopped, it is started, it is started and fails, it waits for room, or it stays. */
export type TaskFate = 'STOPS' | 'STARTS' | 'FAILS' | 'WAITS' | 'STAYS';

export interface SimulatedTask {
  /** Of a task that exists; undefined for one that would be started. */
  readonly taskArn: string | undefined;
  readonly serviceArn: string | undefined;
  readonly group: string;
  readonly taskDefinitionArn: string;
  readonly fate: TaskFate;
  /** Where it is or would be; undefined on Fargate, without a place, and on an instance that scaling would add. */
  readonly containerInstanceArn: string | undefined;
  readonly availabilityZone: string | undefined;
  /** Why it fails. */
  readonly reason: string | undefined;
  /** Milliseconds after the change at which it is RUNNING or STOPPED; undefined if that does not happen. */
  readonly after: number | undefined;
}

export interface SimulationReport {
  readonly outcome: SimulationOutcome;
  /** Milliseconds until it was done, failed or was rolled back; undefined if that did not happen. */
  readonly reachedAfter: number | undefined;
  /** Simulated milliseconds. */
  readonly simulated: number;
  readonly services: readonly SimulatedService[];
  readonly tasks: readonly SimulatedTask[];
  readonly capacity: CapacityNeed;
  /** Instances that managed scaling added. */
  readonly addedInstances: number;
  /** Epoch milliseconds of the change. */
  readonly begunAt: number;
  /** Right after the change; undefined unless it is a drain. */
  readonly begun: Look | undefined;
  /** At the end; undefined if everything is as wanted. */
  readonly ended: Look | undefined;
}

/** How many tasks are rendered between two turns. */
const RENDERED_PER_TURN = 25;

/** ECS's answers, at this moment, about the resources that a change concerns. */
export function* lookAt(
  { world, cluster }: ImportedCluster,
  course: Course,
  leaving: readonly InstanceRecord[],
): Generator<void, Look> {
  const concerned = course.services;
  const gone = new Set(leaving);
  const isOf = ({ service, instance }: TaskRecord): boolean =>
    (service !== undefined && concerned.has(service)) || (instance !== undefined && gone.has(instance));
  const tasks: Wire<Task>[] = [];
  for (const task of cluster.tasks.values()) {
    if (!isOf(task)) continue;
    tasks.push(renderTask(task));
    if (tasks.length % RENDERED_PER_TURN === 0) yield;
  }
  return {
    at: world.clock.now(),
    services: [...concerned.keys()].map((service) => renderService(service)),
    tasks,
    containerInstances: leaving.map((instance) => renderContainerInstance(instance)),
  };
}

interface Simulated {
  readonly imported: ImportedCluster;
  readonly course: Course;
  readonly leaving: readonly InstanceRecord[];
  /** The tasks that were on these instances. */
  readonly onLeaving: readonly TaskRecord[];
  readonly reached: { readonly state: 'done' | 'failed' | 'rolledBack'; readonly after: number } | undefined;
  readonly isAtRest: boolean;
  readonly begunAt: number;
  readonly begun: Look | undefined;
}

export function* reportOf(simulated: Simulated): Generator<void, SimulationReport> {
  const { imported, course, leaving, reached, begunAt, begun } = simulated;
  const services = [...course.services.keys()].map((service) => serviceReport(course, service));
  const outcome = outcomeOf(simulated, services);
  return {
    outcome,
    reachedAfter: reached?.after,
    simulated: course.elapsed,
    services,
    tasks: taskReports(simulated),
    capacity: capacityNeedOf(imported, course.services.keys(), leaving),
    addedInstances: course.newInstances.length,
    begunAt,
    begun,
    ended: outcome === 'DONE' ? undefined : yield* lookAt(imported, course, leaving),
  };
}

function outcomeOf({ reached, isAtRest }: Simulated, services: readonly SimulatedService[]): SimulationOutcome {
  if (reached?.state === 'failed') return 'FAILED';
  if (reached?.state === 'rolledBack') return 'ROLLED_BACK';
  if (reached === undefined) return isAtRest ? 'BLOCKED' : 'UNFINISHED';
  return services.every(({ after, desiredCount }) => after.healthy >= desiredCount) ? 'DONE' : 'DONE_DEGRADED';
}

function serviceReport(course: Course, service: ServiceRecord): SimulatedService {
  const { before, lowestRunning, lowestHealthy, highestUp } = course.services.get(service) ?? {
    before: course.current(service),
    lowestRunning: 0,
    lowestHealthy: 0,
    highestUp: 0,
  };
  const { arn: serviceArn, name: serviceName, desiredCount } = service;
  const after = course.current(service);
  return {
    serviceArn,
    serviceName,
    desiredCount,
    before,
    after,
    lowestRunning,
    lowestHealthy,
    highestUp,
    isWhole: isWhole(course, service),
  };
}

function taskReports({ course, onLeaving }: Simulated): SimulatedTask[] {
  const reported: SimulatedTask[] = [];
  const left = new Set(onLeaving);
  for (const entry of course.tasks.values()) {
    const { task } = entry;
    const isConcerned = task.service !== undefined && course.services.has(task.service);
    if (!isConcerned && !left.has(task)) continue;
    left.delete(task);
    const fate = fateOf(entry);
    if (fate !== undefined) reported.push(taskReport(entry, fate));
  }
  for (const task of left) {
    if (task.lastStatus === 'STOPPED') continue;
    const nothing = { placedAt: undefined, runningAt: undefined, stoppedAt: undefined };
    reported.push(taskReport({ task, isNew: false, ...nothing }, isWanted(task) ? 'STAYS' : 'STOPS'));
  }
  return reported;
}

/** Undefined for a task to which nothing happened, and for a new one that its service did not keep. */
function fateOf({ task, isNew, placedAt }: TaskCourse): TaskFate | undefined {
  if (!isWanted(task)) {
    const isFailure = task.stopCode === 'TaskFailedToStart' || task.stopCode === 'EssentialContainerExited';
    if (!isNew) return 'STOPS';
    return isFailure ? 'FAILS' : undefined;
  }
  if (!isNew) return undefined;
  return placedAt === undefined ? 'WAITS' : 'STARTS';
}

function taskReport({ task, isNew, runningAt, stoppedAt }: TaskCourse, fate: TaskFate): SimulatedTask {
  return {
    taskArn: isNew ? undefined : task.arn,
    serviceArn: task.service?.arn,
    group: task.group,
    taskDefinitionArn: task.taskDefinition.arn,
    fate,
    containerInstanceArn: task.instance?.arn,
    availabilityZone: task.availabilityZone === '' ? undefined : task.availabilityZone,
    reason: fate === 'FAILS' ? task.stoppedReason : undefined,
    after: fate === 'STARTS' ? runningAt : stoppedAt,
  };
}
