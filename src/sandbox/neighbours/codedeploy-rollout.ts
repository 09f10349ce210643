import { createTaskSet, deleteTaskSet, updateServicePrimaryTaskSet } from '../actions/services/task-set.ts';
import { EcsError } from '../checks/ecs-errors.ts';
import type { CodeDeployDeployment, CodeDeployGroup } from '../model/neighbour-records.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { TaskSetRecord } from '../model/services/task-set-record.ts';
import type { World } from '../model/world.ts';
import { iamArn } from '../store/arns.ts';
import { dueAction } from '../time/due-action.ts';
import { hashOf } from '../util/random.ts';
import type { AppSpec } from './appspec.ts';
import { targetGroupName } from './codedeploy-groups.ts';

/** How often CodeDeploy checks a deployment (our choice). */
const LOOK_MS = 5_000;
const MINUTE = 60_000;
/** AWS: a replacement task set that is not steady by then has failed. */
const INSTALL_LIMIT_MS = 60 * MINUTE;

interface Step {
  readonly percent: number;
  readonly waitMs: number;
}

/**
 * The traffic steps of a deployment configuration, from AWS's names: `ECSCanary10Percent5Minutes`,
 * `ECSLinear10PercentEvery1Minutes`.
 */
export function trafficSteps(config: string): readonly Step[] | undefined {
  if (config === 'CodeDeployDefault.ECSAllAtOnce') return [{ percent: 100, waitMs: 0 }];
  const canary = /^CodeDeployDefault\.ECSCanary(\d{1,2})Percent(\d{1,3})Minutes$/.exec(config);
  if (canary !== null) {
    return [
      { percent: Number(canary[1]), waitMs: Number(canary[2]) * MINUTE },
      { percent: 100, waitMs: 0 },
    ];
  }
  const linear = /^CodeDeployDefault\.ECSLinear(\d{1,2})PercentEvery(\d{1,3})Minutes$/.exec(config);
  const [, percent, minutes] = linear ?? [];
  if (percent === undefined || Number(percent) === 0) return undefined;
  const steps = Math.ceil(100 / Number(percent));
  return Array.from({ length: steps }, (_, index) => {
    const reached = Math.min(100, (index + 1) * Number(percent));
    return { percent: reached, waitMs: reached < 100 ? Number(minutes) * MINUTE : 0 };
  });
}

export function serviceOf(world: World, { cluster, service }: CodeDeployGroup): ServiceRecord | undefined {
  const found = world.clusters.get(cluster)?.services.get(service);
  return found?.status === 'ACTIVE' ? found : undefined;
}

function caller(world: World): { principalArn: string } {
  return { principalArn: iamArn(world, 'role/codedeploy') };
}

/** The ARN of the group's other target group, in which the serving task set is not. */
function nextTargetGroup({ targetGroups }: CodeDeployGroup, current: string): string {
  const name = targetGroupName(current);
  const next = targetGroups.find((candidate) => candidate !== name) ?? name;
  if (next === name) return current;
  const id = `${hashOf(next, 1).toString(16).padStart(8, '0')}${hashOf(next, 2).toString(16).padStart(8, '0')}`;
  return current.replace(/:targetgroup\/.*$/, `:targetgroup/${next}/${id}`);
}

/** The input for the new task set: the AppSpec over the serving task set. */
function taskSetInput(group: CodeDeployGroup, service: ServiceRecord, deployment: string, spec: AppSpec) {
  const {
    launchType,
    capacityProviderStrategy,
    platformVersion,
    networkConfiguration,
    loadBalancers,
    serviceRegistries,
  } = service.spec;
  const [balancer] = loadBalancers;
  const target = balancer?.targetGroupArn;
  const { containerName = balancer?.containerName, containerPort = balancer?.containerPort } = spec;
  const isFargate = launchType === 'FARGATE' || (capacityProviderStrategy?.length ?? 0) > 0;
  return {
    cluster: group.cluster,
    service: group.service,
    externalId: deployment,
    taskDefinition: spec.taskDefinition,
    scale: { value: 100, unit: 'PERCENT' as const },
    ...(capacityProviderStrategy === undefined ? { launchType } : { capacityProviderStrategy }),
    ...(isFargate ? { platformVersion: spec.platformVersion ?? platformVersion } : {}),
    networkConfiguration: spec.networkConfiguration ?? networkConfiguration,
    serviceRegistries,
    loadBalancers:
      target === undefined ? [] : [{ targetGroupArn: nextTargetGroup(group, target), containerName, containerPort }],
  };
}

/** Starts a deployment: its task set is created at once and monitored until it serves alone. */
export function install(world: World, deployment: CodeDeployDeployment, service: ServiceRecord, spec: AppSpec): void {
  try {
    const input = taskSetInput(deployment.group, service, deployment.id, spec);
    deployment.green = createTaskSet(world, input as Parameters<typeof createTaskSet>[1], caller(world)).taskSet?.id;
  } catch (error) {
    if (!(error instanceof EcsError)) throw error;
    fail(world, deployment, 'ECS_UPDATE_ERROR', `The ECS service cannot be updated: ${error.message}`);
    return;
  }
  deployment.status = 'InProgress';
  lookLater(world, deployment);
}

function lookLater(world: World, deployment: CodeDeployDeployment): void {
  world.clock.after(LOOK_MS, look, world, deployment);
}

const look = dueAction('codeDeploy.look', (world: World, deployment: CodeDeployDeployment) => {
  if (deployment.phase === 'over') return;
  const service = serviceOf(world, deployment.group);
  const green = service?.taskSets.get(deployment.green ?? '');
  if (service === undefined || green === undefined) {
    fail(world, deployment, 'ECS_UPDATE_ERROR', 'The service or its replacement task set is gone.');
    return;
  }
  const alarm = deployment.group.alarms.find((name) => world.surroundings.alarms.has(name));
  if (alarm !== undefined && deployment.phase !== 'cleanUp') {
    stop(
      world,
      deployment,
      'ALARM_ACTIVE',
      `One or more alarms have been activated: ${alarm}`,
      'DEPLOYMENT_STOP_ON_ALARM',
    );
    return;
  }
  advance(world, deployment, service, green);
  if (deployment.completedAt === undefined) lookLater(world, deployment);
});

function enter(world: World, deployment: CodeDeployDeployment, phase: CodeDeployDeployment['phase']): void {
  deployment.phase = phase;
  deployment.phaseSince = world.clock.now();
}

/** Advances a deployment through all finished phases. */
function advance(world: World, deployment: CodeDeployDeployment, service: ServiceRecord, green: TaskSetRecord): void {
  const { group } = deployment;
  const since = (): number => world.clock.now() - deployment.phaseSince;
  if (deployment.phase === 'install') {
    if (green.stabilityStatus !== 'STEADY_STATE') {
      if (since() >= INSTALL_LIMIT_MS) {
        fail(
          world,
          deployment,
          'TIMEOUT',
          'The deployment timed out while waiting for the replacement task set to become healthy.',
        );
      }
      return;
    }
    enter(world, deployment, 'ready');
  }
  if (deployment.phase === 'ready') {
    const waits = group.readyAction === 'STOP_DEPLOYMENT' && !deployment.isContinued;
    deployment.status = waits ? 'Ready' : 'InProgress';
    if (waits && since() >= group.readyWaitMinutes * MINUTE) {
      stop(world, deployment, 'MANUAL_STOP', 'The deployment was not continued in time.', 'DEPLOYMENT_STOP_ON_REQUEST');
    }
    if (waits) return;
    enter(world, deployment, 'traffic');
  }
  if (deployment.phase === 'traffic' && !shiftTraffic(world, deployment)) return;
  if (deployment.phase === 'terminate') {
    if (group.terminates && since() < group.terminationWaitMinutes * MINUTE) return;
    if (group.terminates) removeTaskSet(world, deployment, deployment.blue);
    enter(world, deployment, 'cleanUp');
  }
  if (group.terminates && service.taskSets.has(deployment.blue ?? '')) return;
  end(world, deployment, 'Succeeded');
}

/** Moves to the next traffic step when the current one has lasted long enough; true when all traffic is shifted. */
function shiftTraffic(world: World, deployment: CodeDeployDeployment): boolean {
  const steps = trafficSteps(deployment.config) ?? [];
  const present = steps[deployment.step - 1];
  if (present !== undefined && world.clock.now() - deployment.phaseSince < present.waitMs) return false;
  const next = steps[deployment.step];
  if (next !== undefined) {
    deployment.step += 1;
    deployment.traffic = next.percent;
    enter(world, deployment, 'traffic');
  }
  if (deployment.traffic < 100) return false;
  makePrimary(world, deployment, deployment.green);
  enter(world, deployment, 'terminate');
  return true;
}

function makePrimary(world: World, { group }: CodeDeployDeployment, primaryTaskSet = ''): void {
  const { cluster, service } = group;
  updateServicePrimaryTaskSet(world, { cluster, service, primaryTaskSet }, caller(world));
}

function removeTaskSet(world: World, { group }: CodeDeployDeployment, taskSet: string | undefined): void {
  const { cluster, service } = group;
  if (taskSet === undefined || !serviceOf(world, group)?.taskSets.has(taskSet)) return;
  deleteTaskSet(world, { cluster, service, taskSet, force: true }, caller(world));
}

function end(world: World, deployment: CodeDeployDeployment, status: 'Succeeded' | 'Failed' | 'Stopped'): void {
  deployment.status = status;
  deployment.completedAt = world.clock.now();
  enter(world, deployment, 'over');
}

function fail(world: World, deployment: CodeDeployDeployment, code: string, message: string): void {
  deployment.error = { code, message };
  end(world, deployment, 'Failed');
  if (deployment.rollbackEvents.includes('DEPLOYMENT_FAILURE')) rollBack(world, deployment);
}

/** Stops a deployment, and rolls it back if it is configured for that. */
function stop(world: World, deployment: CodeDeployDeployment, code: string, message: string, event: string): void {
  deployment.error = { code, message };
  end(world, deployment, 'Stopped');
  if (deployment.rollbackEvents.includes(event)) rollBack(world, deployment);
}

/** StopDeployment. */
export function stopByHand(world: World, deployment: CodeDeployDeployment, rollsBack: boolean): void {
  end(world, deployment, 'Stopped');
  if (rollsBack) rollBack(world, deployment);
}

/**
 * Traffic returns to the previous task set, and the new one is deleted. CodeDeploy shows it as a separate deployment.
 */
function rollBack(world: World, deployment: CodeDeployDeployment): void {
  const service = serviceOf(world, deployment.group);
  if (service === undefined) return;
  if (deployment.blue !== undefined && service.taskSets.get(deployment.blue)?.status === 'ACTIVE') {
    makePrimary(world, deployment, deployment.blue);
  }
  if (service.taskSets.get(deployment.green ?? '')?.status === 'ACTIVE')
    removeTaskSet(world, deployment, deployment.green);
  deployment.traffic = 0;
  const now = world.clock.now();
  const id = deploymentId(world);
  world.neighbours.deployments.set(id, {
    ...deployment,
    id,
    creator: 'codeDeployRollback',
    createdAt: now,
    completedAt: now,
    status: 'Succeeded',
    error: undefined,
    rollback: undefined,
  });
  deployment.rollback = {
    rollbackDeploymentId: id,
    rollbackMessage: `Deployment ${deployment.id} failed. The traffic is routed to the original task set again.`,
  };
}

/** `d-` and nine letters or digits. */
export function deploymentId(world: World): string {
  return `d-${Array.from({ length: 9 }, () => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'.charAt(world.random.integer(36))).join('')}`;
}
