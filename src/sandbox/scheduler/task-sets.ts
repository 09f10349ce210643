import { emitComputedCount, emitTaskSetSteady } from '../events/service-events.ts';
import { createHolds } from '../model/services/launch-holds.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { ServiceSpec } from '../model/services/service-spec.ts';
import type { TaskSetRecord } from '../model/services/task-set-record.ts';
import { TaskList } from '../model/tasks/task-list.ts';
import type { World } from '../model/world.ts';
import { censusOf } from '../services/task-census.ts';
import { taskSetArn } from '../store/arns.ts';
import { change } from '../store/eventual-consistency.ts';
import { newRecord } from '../store/new-record.ts';
import type { Tags } from '../util/wire-types.ts';
import { wakeService } from '../wakeups/wake-services.ts';
import { keepCount } from './keep-count.ts';

export interface TaskSetOptions {
  /** A new id by default. */
  readonly id?: string;
  readonly spec: ServiceSpec;
  readonly scale: TaskSetRecord['scale'];
  readonly status: string;
  readonly externalId?: string | undefined;
  readonly startedBy?: string | undefined;
  readonly tags: Tags;
}

/** Creates a task set without tasks; the scheduler starts some at its next look. */
export function createTaskSet(world: World, service: ServiceRecord, options: TaskSetOptions): TaskSetRecord {
  const { id = `ecs-svc/${world.random.digits(19)}` } = options;
  const now = world.clock.now();
  const taskSet: TaskSetRecord = {
    kind: 'taskSet',
    ...newRecord(world),
    arn: taskSetArn(world, service.cluster.name, service.name, id),
    id,
    service,
    spec: options.spec,
    startedBy: options.startedBy,
    externalId: options.externalId,
    scale: options.scale,
    status: options.status,
    desiredCount: 0,
    stabilityStatus: 'STABILIZING',
    stabilityStatusAt: now,
    updatedAt: now,
    tags: options.tags,
    tasks: new TaskList(),
    census: undefined,
    holds: createHolds(),
  };
  service.taskSets.set(id, taskSet);
  wakeService(world, service);
  return taskSet;
}

/** The share of the service's count, rounded up. */
export function computedCount(service: ServiceRecord, { scale, status }: TaskSetRecord): number {
  return status === 'DRAINING' ? 0 : Math.ceil((service.desiredCount * scale.value) / 100);
}

function setCount(world: World, service: ServiceRecord, taskSet: TaskSetRecord): void {
  const desiredCount = computedCount(service, taskSet);
  if (desiredCount === taskSet.desiredCount) return;
  change(world, taskSet, { desiredCount, updatedAt: world.clock.now() });
  emitComputedCount(world, service, taskSet);
}

/** As many RUNNING tasks as wanted, none starting or on a draining instance, all healthy. */
function isSteady(world: World, taskSet: TaskSetRecord): boolean {
  const { up, goodHealthy } = censusOf(world, taskSet);
  return up === taskSet.desiredCount && goodHealthy === up;
}

function setStability(world: World, service: ServiceRecord, taskSet: TaskSetRecord): void {
  const stabilityStatus = isSteady(world, taskSet) ? 'STEADY_STATE' : 'STABILIZING';
  if (stabilityStatus === taskSet.stabilityStatus) return;
  change(world, taskSet, { stabilityStatus, stabilityStatusAt: world.clock.now() });
  if (stabilityStatus === 'STEADY_STATE') emitTaskSetSteady(world, service, taskSet);
}

/** Reconciles a service with an external controller: each task set is kept at its own count. */
export function reconcileTaskSets(world: World, service: ServiceRecord): void {
  for (const taskSet of [...service.taskSets.values()]) {
    setCount(world, service, taskSet);
    keepCount(world, service, taskSet, taskSet.desiredCount);
    if (taskSet.status === 'DRAINING' && taskSet.tasks.size === 0) service.taskSets.delete(taskSet.id);
    else setStability(world, service, taskSet);
  }
}

/** Whether the service has task sets and all of them are steady. */
export function areTaskSetsSteady(service: ServiceRecord): boolean {
  const taskSets = [...service.taskSets.values()];
  return taskSets.length > 0 && taskSets.every((taskSet) => taskSet.stabilityStatus === 'STEADY_STATE');
}

/** The PRIMARY task set becomes ACTIVE and another one PRIMARY; the service shows the new one's configuration. */
export function makePrimary(world: World, service: ServiceRecord, primary: TaskSetRecord): void {
  const updatedAt = world.clock.now();
  for (const taskSet of service.taskSets.values()) {
    if (taskSet.status === 'PRIMARY' && taskSet !== primary) change(world, taskSet, { status: 'ACTIVE', updatedAt });
  }
  change(world, primary, { status: 'PRIMARY', updatedAt });
  const { taskDefinition, launchType, capacityProviderStrategy, platformVersion, platformFamily } = primary.spec;
  const { networkConfiguration, loadBalancers, serviceRegistries } = primary.spec;
  service.spec.taskDefinition?.services.delete(service);
  taskDefinition?.services.add(service);
  change(world, service, {
    spec: {
      ...service.spec,
      taskDefinition,
      launchType,
      capacityProviderStrategy,
      platformVersion,
      platformFamily,
      networkConfiguration,
      loadBalancers,
      serviceRegistries,
    },
  });
}
