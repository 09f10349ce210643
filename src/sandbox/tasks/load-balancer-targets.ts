import type { LoadBalancer } from '@aws-sdk/client-ecs';
import { emitDraining, emitTargetChanges } from '../events/service-events.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { ServiceSpec } from '../model/services/service-spec.ts';
import type { PendingTargetChanges, TargetCount } from '../model/services/target-changes.ts';
import type { TaskSetRecord } from '../model/services/task-set-record.ts';
import type { TargetState } from '../model/tasks/target-state.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { changeQuietly } from '../store/eventual-consistency.ts';
import { timingsOf } from '../store/timings-of.ts';
import { dueAction } from '../time/due-action.ts';
import type { Wire } from '../util/wire-types.ts';
import { plan } from '../wakeups/task-timers.ts';
import { wakeService } from '../wakeups/wake-services.ts';
import { portOf } from './service-connect.ts';

export const DEFAULT_TARGET_REASON = 'Health checks failed with these codes: [503]';

/** The configuration that a task was created from: its deployment's or task set's. */
export function specOf(task: TaskRecord): ServiceSpec | undefined {
  return task.deployment?.spec ?? task.taskSet?.spec;
}

interface Group {
  readonly targetGroupArn: string;
  readonly port: number | undefined;
  readonly container: string;
}

/** The target group of a load balancer that a revision uses; most load balancers have only one. */
export function targetGroupOf(balancer: Wire<LoadBalancer>, usesAlternate: boolean): string | undefined {
  const alternate = usesAlternate ? balancer.advancedConfiguration?.alternateTargetGroupArn : undefined;
  return alternate ?? balancer.targetGroupArn ?? balancer.loadBalancerName;
}

/** Where a task is registered: with its first load balancer, or with VPC Lattice if it has none. */
export function groupOf(task: TaskRecord): Group | undefined {
  const spec = specOf(task);
  const balancer = spec?.loadBalancers[0];
  if (balancer !== undefined) {
    const { containerPort: port, containerName = '' } = balancer;
    const usesAlternate = task.deployment?.revision.usesAlternate ?? false;
    return { targetGroupArn: targetGroupOf(balancer, usesAlternate) ?? '', port, container: containerName };
  }
  const lattice = spec?.vpcLatticeConfigurations?.[0];
  if (lattice === undefined) return undefined;
  const named = (mapping: { name?: string | undefined }): boolean => mapping.name === lattice.portName;
  const containers = task.taskDefinition.definition.containerDefinitions ?? [];
  const container = containers.find((item) => item.portMappings?.some(named))?.name ?? '';
  return {
    targetGroupArn: lattice.targetGroupArn ?? '',
    port: portOf(task.taskDefinition, lattice.portName),
    container,
  };
}

/** Whether a load balancer routes requests to a task and decides its health. */
export function hasTarget(task: TaskRecord): boolean {
  const spec = specOf(task);
  return (spec?.loadBalancers.length ?? 0) > 0 || (spec?.vpcLatticeConfigurations?.length ?? 0) > 0;
}

function setTarget(world: World, task: TaskRecord, patch: Partial<TargetState>): void {
  if (task.target === undefined || task.desiredStatus === 'STOPPED') return;
  // The target's health is the load balancer's, not ECS's: the task's version does not rise.
  changeQuietly(world, task, { target: { ...task.target, ...patch } });
  if (task.service !== undefined) wakeService(world, task.service);
}

export function createTargetChanges(): PendingTargetChanges {
  return { registered: [], deregistered: [], draining: new Map() };
}

function count(counts: TargetCount[], targetGroupArn: string, taskSet: TaskSetRecord | undefined): void {
  const present = counts.find((item) => item.targetGroupArn === targetGroupArn && item.taskSet === taskSet);
  if (present === undefined) counts.push({ targetGroupArn, taskSet, count: 1 });
  else present.count += 1;
}

/** Emits one event for changes at about the same time; deregistrations before draining. */
export function emitTargetChangesOnce(world: World, service: ServiceRecord): void {
  const { registered, deregistered, draining } = service.targetChanges;
  if (registered.length + deregistered.length + draining.size === 0) return;
  for (const what of ['registered', 'deregistered'] as const) {
    for (const { targetGroupArn, taskSet, count: number } of service.targetChanges[what]) {
      emitTargetChanges(world, service, what, number, targetGroupArn, taskSet);
    }
  }
  for (const [id, number] of draining) emitDraining(world, service, number, id);
  registered.length = 0;
  deregistered.length = 0;
  draining.clear();
}

/** A task that runs is registered with its target group; the first health checks take some time. */
export function registerTarget(world: World, task: TaskRecord): void {
  const { service } = task;
  const group = groupOf(task);
  if (service === undefined || group === undefined) return;
  const { targetGroupArn, port, container } = group;
  changeQuietly(world, task, { target: { health: 'initial', targetGroupArn, port, reason: undefined } });
  count(service.targetChanges.registered, targetGroupArn, task.taskSet);
  const fate = task.containers.find(container)?.recipe.fate;
  const failsAfter = fate?.targetUnhealthyAfter;
  const targetHealthy = fate?.healthyAfter ?? timingsOf(world, task).targetHealthy;
  if (failsAfter === undefined || failsAfter > targetHealthy) {
    plan(world, task, targetHealthy, passTarget, task);
  }
  if (failsAfter !== undefined) plan(world, task, failsAfter, failTargetLater, task);
}

export const passTarget = dueAction('task.passTarget', (world: World, task: TaskRecord) => {
  setTarget(world, task, { health: 'healthy' });
});

const failTargetLater = dueAction('task.failTarget', (world: World, task: TaskRecord) => {
  failTarget(world, task, DEFAULT_TARGET_REASON);
});

/** The load balancer's health checks of the task start to fail. */
export function failTarget(world: World, task: TaskRecord, reason: string): void {
  setTarget(world, task, { health: 'unhealthy', reason });
}

/** Deregisters a stopping task. */
export function deregisterTarget(world: World, task: TaskRecord): void {
  if (task.target === undefined || task.service === undefined) return;
  const { targetChanges: targetNews } = task.service;
  count(targetNews.deregistered, task.target.targetGroupArn, task.taskSet);
  const owner = task.deployment ?? task.taskSet;
  if (task.lastStatus === 'DEACTIVATING' && owner !== undefined) {
    targetNews.draining.set(owner.id, (targetNews.draining.get(owner.id) ?? 0) + 1);
  }
  changeQuietly(world, task, { target: undefined });
}
