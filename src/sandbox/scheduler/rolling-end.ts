import type { DeploymentRecord } from '../model/services/deployment-record.ts';
import type { ServiceDeploymentRecord } from '../model/services/service-deployment-record.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { censusOf } from '../services/task-census.ts';
import { change } from '../store/eventual-consistency.ts';
import { filterTasks } from '../store/task-scan.ts';
import { isWanted } from '../store/task-statuses.ts';
import { wakeService } from '../wakeups/wake-services.ts';
import { stopForService, unprotected } from './replica-strategy.ts';
import { healthyFloor } from './rolling-plan.ts';
import { setDesired } from './service-launch.ts';

function bakeOf(world: World, record: ServiceDeploymentRecord): number {
  if (record.rollback !== undefined) return 0;
  const { bakeTimeInMinutes = 0 } = record.deploymentConfiguration;
  if (bakeTimeInMinutes > 0) return bakeTimeInMinutes * 60_000;
  return record.alarms?.status === 'MONITORING' ? world.timings.alarmBake : 0;
}

/** Whether a finished rolling deployment has baked for long enough. */
export function isBaked(world: World, deployment: DeploymentRecord): boolean {
  const record = deployment.serviceDeployment;
  const bake = bakeOf(world, record);
  if (bake === 0) return true;
  const until = record.bakeUntil ?? world.clock.now() + bake;
  if (record.bakeUntil === undefined) change(world, record, { bakeUntil: until, updatedAt: world.clock.now() });
  if (until <= world.clock.now()) return true;
  if (deployment.service.status === 'ACTIVE') wakeService(world, deployment.service, until);
  return false;
}

/** With early success criteria, a share of healthy tasks of the new revision is enough. */
export function isDoneEarly(world: World, service: ServiceRecord, deployment: DeploymentRecord): boolean {
  const record = deployment.serviceDeployment;
  const criteria = record.deploymentConfiguration.earlySuccessCriteria;
  if (criteria?.enable !== true || record.rollback !== undefined) return false;
  const { healthy } = censusOf(world, deployment);
  return healthy >= healthyFloor(service.desiredCount, criteria.healthyPercent ?? 100);
}

/** BLOCKING: old tasks stop first, and the deployment completes when they are gone. DEFERRED: it does not wait. */
export function stopOldTasks(world: World, service: ServiceRecord, deployment: DeploymentRecord): boolean {
  const criteria = deployment.serviceDeployment.deploymentConfiguration.earlySuccessCriteria;
  if (criteria?.sourceServiceRevisionCleanup === 'DEFERRED') return true;
  for (const other of service.deployments) if (other !== deployment) setDesired(world, other, 0);
  const isOld = (task: TaskRecord): boolean => task.deployment !== deployment;
  const old = filterTasks(service.tasks, isOld);
  stopForService(world, service, unprotected(world, service, old.filter(isWanted)));
  return old.length === 0;
}
