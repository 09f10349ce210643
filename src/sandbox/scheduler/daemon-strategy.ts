import { emitServiceAction } from '../events/service-action-events.ts';
import { emitStarted, emitUnplaced } from '../events/service-events.ts';
import { eligibleInstances } from '../instances/placement.ts';
import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { DeploymentRecord } from '../model/services/deployment-record.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { change } from '../store/eventual-consistency.ts';
import { shortage } from '../store/instance-resources.ts';
import { isOccupying, isWanted } from '../store/task-statuses.ts';
import { isHealthy, isUnhealthy } from '../tasks/task-health.ts';
import { holdOf, holdPlacement } from './launch-holds.ts';
import { stopForService } from './replica-strategy.ts';
import { healthyFloor } from './rolling-plan.ts';
import { launchOnInstances, setDesired } from './service-launch.ts';

/** A daemon leaves a draining instance last, after all tasks of other services (AWS does not say; our choice). */
function mayLeave(instance: InstanceRecord): boolean {
  if (instance.status === 'ACTIVE') return true;
  return [...instance.tasks].every((task) => task.service?.schedulingStrategy === 'DAEMON');
}

function instancesFor(world: World, service: ServiceRecord, primary: DeploymentRecord): InstanceRecord[] {
  const { taskDefinition } = primary.spec;
  if (taskDefinition === undefined) return [];
  return eligibleInstances({
    cluster: service.cluster,
    taskDefinition,
    demand: taskDefinition.demand,
    constraints: service.spec.placementConstraints,
    strategy: [],
    peers: [],
    random: () => world.random.next(),
  });
}

function launchMissing(
  world: World,
  service: ServiceRecord,
  primary: DeploymentRecord,
  instances: readonly InstanceRecord[],
): TaskRecord[] {
  const busy = new Set([...service.tasks].filter(isOccupying).map((task) => task.instance));
  const open: InstanceRecord[] = [];
  for (const instance of instances) {
    if (busy.has(instance) || primary.spec.taskDefinition === undefined) continue;
    const reason = shortage(instance, primary.spec.taskDefinition.demand);
    if (reason === undefined) {
      open.push(instance);
    } else {
      emitUnplaced(world, service, { instance, reason });
      service.cluster.starved.add(service);
      holdPlacement(world, primary, true);
    }
  }
  return launchOnInstances(world, service, primary, open);
}

/** Starts a task on each eligible instance without one; the others stay unchanged. */
export function startMissingDaemons(world: World, service: ServiceRecord, primary: DeploymentRecord): TaskRecord[] {
  return launchMissing(world, service, primary, instancesFor(world, service, primary));
}

/** The instance of a daemon's task no longer meets the placement constraints. */
function emitConstraintViolated(world: World, service: ServiceRecord, instance: InstanceRecord): void {
  const eventName = 'SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED';
  emitServiceAction(world, service, { eventType: 'ERROR', eventName, more: { containerInstanceArns: [instance.arn] } });
}

/** A DAEMON service has one task on each eligible instance; a new revision stops the old task there first. */
export function reconcileDaemon(world: World, service: ServiceRecord, primary: DeploymentRecord): void {
  const instances = instancesFor(world, service, primary);
  const desired = instances.length;
  if (service.desiredCount !== desired) change(world, service, { desiredCount: desired });
  setDesired(world, primary, desired);
  const wanted = [...service.tasks].filter(isWanted);
  const eligible = new Set(instances);
  const misplaced = wanted.filter((task) => task.instance !== undefined && !eligible.has(task.instance));
  const leaving = misplaced.filter((task) => task.instance !== undefined && mayLeave(task.instance));
  for (const { instance } of leaving) {
    if (instance?.status === 'ACTIVE' && instance.agentConnected) emitConstraintViolated(world, service, instance);
  }
  stopForService(world, service, leaving);
  const kept = wanted.filter((task) => task.instance !== undefined && eligible.has(task.instance));
  const outdated = kept.filter((task) => task.deployment !== primary || isUnhealthy(world, task));
  const healthy = kept.filter((task) => isHealthy(world, task));
  const floor = healthyFloor(desired, service.spec.deploymentConfiguration.minimumHealthyPercent ?? 0);
  const unhealthy = outdated.filter((task) => !healthy.includes(task));
  const sound = outdated.filter((task) => healthy.includes(task));
  if (primary.rolloutState === 'FAILED') return;
  stopForService(world, service, [...unhealthy, ...sound.slice(0, Math.max(0, healthy.length - floor))]);
  if (holdOf(world, primary) !== undefined) return;
  const launched = launchMissing(world, service, primary, instances);
  if (launched.length > 0) emitStarted(world, service, launched);
}
