import type { DeploymentControllerType } from '@aws-sdk/client-ecs';
import { invalidParameter, unsupportedFeature } from '../checks/ecs-errors.ts';
import { isOngoing } from '../deployments/deployment-alarms.ts';
import { deploymentOf } from '../deployments/deployment-lifecycle.ts';
import type { DeploymentRecord } from '../model/services/deployment-record.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { ServiceSpec } from '../model/services/service-spec.ts';
import type { TaskSetRecord } from '../model/services/task-set-record.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { controllerOf } from '../services/deployment-controllers.ts';
import { change, changeQuietly } from '../store/eventual-consistency.ts';
import { createRebalancing } from './rebalancing.ts';
import { createTaskSet } from './task-sets.ts';

/** The controllers that AWS allows to take over from each controller: none hands a service to CodeDeploy. */
const TAKES_OVER: Readonly<Record<DeploymentControllerType, readonly DeploymentControllerType[]>> = {
  ECS: ['CODE_DEPLOY', 'EXTERNAL'],
  EXTERNAL: ['CODE_DEPLOY', 'ECS'],
  CODE_DEPLOY: [],
};

/** Whether a deployment is in progress: ECS's own, or CodeDeploy's, which has a second task set. */
function isDeploying(service: ServiceRecord): boolean {
  if (controllerOf(service) === 'ECS') return service.deployments.some((item) => isOngoing(item.serviceDeployment));
  const others = [...service.taskSets.values()].filter(({ status }) => status === 'ACTIVE');
  return controllerOf(service) === 'CODE_DEPLOY' && others.length > 0;
}

/** AWS's conditions for leaving ECS's own controller, for the service's future spec. */
function checkLeaving(service: ServiceRecord, spec: ServiceSpec): void {
  const { alarms, deploymentCircuitBreaker: breaker, strategy = 'ROLLING' } = spec.deploymentConfiguration;
  const refuse = (what: string): never => {
    throw invalidParameter(`The deployment controller of a service with ${what} cannot be changed from ECS.`);
  };
  if (service.schedulingStrategy === 'DAEMON') refuse('the DAEMON scheduling strategy');
  if (spec.serviceConnectConfiguration?.enabled === true) refuse('Service Connect');
  if ((spec.vpcLatticeConfigurations ?? []).length > 0) refuse('VPC Lattice');
  if (alarms?.enable === true) refuse('deployment alarms');
  if (breaker?.enable === true) refuse('a deployment circuit breaker');
  if (strategy !== 'ROLLING') refuse(`the ${strategy} deployment strategy`);
}

/** Refuses a change of the deployment controller that AWS does not allow. */
export function checkMigration(service: ServiceRecord, spec: ServiceSpec, to: DeploymentControllerType): void {
  const from = controllerOf(service);
  if (from === to) return;
  if (!TAKES_OVER[to].includes(from)) {
    throw unsupportedFeature(`The deployment controller of a service cannot be changed from ${from} to ${to}.`);
  }
  if (isDeploying(service)) {
    throw invalidParameter('The deployment controller cannot be changed during a service deployment.');
  }
  if (from === 'ECS') checkLeaving(service, spec);
}

function hand(world: World, tasks: Iterable<TaskRecord>, to: DeploymentRecord | TaskSetRecord): void {
  for (const task of [...tasks]) {
    const deployment = to.kind === 'deployment' ? to : undefined;
    changeQuietly(world, task, { deployment, taskSet: to.kind === 'taskSet' ? to : undefined });
    to.tasks.add(task);
  }
}

/** Task sets become deployments with the same ids: the PRIMARY one stays, the others go away. */
function toDeployments(world: World, service: ServiceRecord): void {
  const sets = [...service.taskSets.values()].filter(({ status, tasks }) => status === 'PRIMARY' || tasks.size > 0);
  sets.sort((a, b) => Number(b.status === 'PRIMARY') - Number(a.status === 'PRIMARY'));
  const deployments = sets.map((taskSet) => {
    const deployment = deploymentOf(world, taskSet);
    hand(world, taskSet.tasks, deployment);
    return deployment;
  });
  const [lastCompleted] = deployments.filter(({ status }) => status === 'PRIMARY');
  service.taskSets.clear();
  change(world, service, { deployments, lastCompleted });
}

/** The deployment becomes the PRIMARY task set with the same id, until another one is created. */
function toTaskSet(world: World, service: ServiceRecord): void {
  const [primary] = service.deployments;
  change(world, service, { deployments: [], lastCompleted: undefined });
  Object.assign(service.rebalancing, createRebalancing());
  if (primary === undefined) return;
  const { id, spec, tasks } = primary;
  const taskSet = createTaskSet(world, service, {
    id,
    spec,
    scale: { value: 100, unit: 'PERCENT' },
    status: 'PRIMARY',
    tags: [],
  });
  hand(world, tasks, taskSet);
  change(world, taskSet, { desiredCount: service.desiredCount });
}

/** Hands a service to another deployment controller; its tasks stay unchanged. */
export function changeController(world: World, service: ServiceRecord, to: DeploymentControllerType): void {
  const from = controllerOf(service);
  if (from === to) return;
  change(world, service, { deploymentController: { type: to }, showsDeployments: from === 'ECS' });
  if (to === 'ECS') toDeployments(world, service);
  else if (from === 'ECS') toTaskSet(world, service);
}
