import type { ImportedCluster } from '../import/import-cluster.ts';
import type { DeploymentRecord } from '../model/services/deployment-record.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import { controllerOf } from '../services/deployment-controllers.ts';
import { type Change, leavingInstances, serviceOf } from './change.ts';
import type { Course } from './course.ts';

/** The state of a change: under way, done, or ended otherwise. */
export type GoalState = 'open' | 'done' | 'failed' | 'rolledBack';

export type Goal = (course: Course) => GoalState;

/** The goal of a change; made before it is carried out. */
export function goalOf(imported: ImportedCluster, change: Change): Goal {
  switch (change.kind) {
    case 'drain': {
      const instances = leavingInstances(imported, change);
      return () => (instances.every(({ tasks }) => tasks.size === 0) ? 'done' : 'open');
    }
    case 'lose': {
      return (course) => ([...course.services.keys()].every((service) => isWhole(course, service)) ? 'done' : 'open');
    }
    case 'scale': {
      const service = serviceOf(imported, change.service);
      return (course) => (isWhole(course, service) ? 'done' : 'open');
    }
    default:
      return rolloutGoal(serviceOf(imported, change.service));
  }
}

/** Whether a service has as many healthy tasks as it wants, and no others on the way. */
export function isWhole(course: Course, service: ServiceRecord): boolean {
  if (service.status !== 'ACTIVE') return service.tasks.size === 0;
  const { healthy, up } = course.current(service);
  return healthy === service.desiredCount && up === service.desiredCount && service.tasks.size === up;
}

/** The end of the deployment that the change begins. */
function rolloutGoal(service: ServiceRecord): Goal {
  const before = new Set(service.deployments);
  let target: DeploymentRecord | undefined;
  return (course) => {
    if (controllerOf(service) !== 'ECS') return isWhole(course, service) ? 'done' : 'open';
    target ??= service.deployments.find((deployment) => !before.has(deployment));
    // The update asked for nothing that ECS deploys.
    if (target === undefined) return isWhole(course, service) ? 'done' : 'open';
    const { status, rollback } = target.serviceDeployment;
    if (status === 'ROLLBACK_SUCCESSFUL') return 'rolledBack';
    if (status === 'ROLLBACK_FAILED' || status === 'STOPPED') return 'failed';
    if (rollback === undefined && target.rolloutState === 'COMPLETED') return 'done';
    return rollback === undefined && target.rolloutState === 'FAILED' ? 'failed' : 'open';
  };
}
