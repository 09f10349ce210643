import { EcsError } from '../checks/ecs-errors.ts';
import type { CodeDeployDeployment } from '../model/neighbour-records.ts';
import type { World } from '../model/world.ts';
import { toOptionalSeconds, toSeconds } from '../util/wire-types.ts';
import { contentOf, readAppSpec } from './appspec.ts';
import { GROUP_OPERATIONS, readRollbackEvents, requireGroup } from './codedeploy-groups.ts';
import { deploymentId, install, serviceOf, stopByHand, trafficSteps } from './codedeploy-rollout.ts';
import { fieldsOf, optionalText, requiredText, textsOf } from './input.ts';
import type { NeighbourOperation } from './neighbour.ts';

function requireDeployment(world: World, input: Parameters<NeighbourOperation>[1]): CodeDeployDeployment {
  const id = requiredText(input, 'deploymentId', 'DeploymentIdRequiredException');
  const deployment = world.neighbours.deployments.get(id);
  if (deployment !== undefined) return deployment;
  throw new EcsError('DeploymentDoesNotExistException', `The deployment ${id} could not be found`);
}

function render(deployment: CodeDeployDeployment): object {
  const { id, group, status, error, rollback, rollbackEvents, description, completedAt, createdAt } = deployment;
  const isOver = completedAt !== undefined;
  return {
    applicationName: group.application,
    deploymentGroupName: group.name,
    deploymentConfigName: deployment.config,
    deploymentId: id,
    revision: deployment.revision,
    status,
    ...(error === undefined ? {} : { errorInformation: error }),
    createTime: toSeconds(createdAt),
    startTime: toSeconds(createdAt),
    ...(isOver ? { completeTime: toOptionalSeconds(completedAt) } : {}),
    deploymentOverview: {
      Pending: 0,
      InProgress: isOver ? 0 : 1,
      Succeeded: status === 'Succeeded' ? 1 : 0,
      Failed: status === 'Failed' || status === 'Stopped' ? 1 : 0,
      Skipped: 0,
      Ready: status === 'Ready' ? 1 : 0,
    },
    ...(description === undefined ? {} : { description }),
    creator: deployment.creator,
    ignoreApplicationStopFailures: false,
    autoRollbackConfiguration: { enabled: rollbackEvents.length > 0, events: rollbackEvents },
    updateOutdatedInstancesOnly: false,
    ...(rollback === undefined ? {} : { rollbackInfo: rollback }),
    deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
    instanceTerminationWaitTimeStarted: deployment.phase === 'terminate',
    fileExistsBehavior: 'DISALLOW',
    deploymentStatusMessages: [],
    computePlatform: 'ECS',
  };
}

/** The lifecycle events of a deployment that are over, current and pending. */
const EVENTS = ['Install', 'AllowTraffic'] as const;

function renderTarget(world: World, deployment: CodeDeployDeployment): object {
  const { group, blue, green, traffic, phase, status } = deployment;
  const service = serviceOf(world, group);
  const infoOf = (id: string | undefined, label: string, weight: number): object[] => {
    const taskSet = service?.taskSets.get(id ?? '');
    if (taskSet === undefined) return [];
    return [
      {
        identifer: taskSet.id,
        desiredCount: taskSet.desiredCount,
        runningCount: [...taskSet.tasks].filter((task) => task.lastStatus === 'RUNNING').length,
        pendingCount: [...taskSet.tasks].filter((task) => task.startedAt === undefined).length,
        status: taskSet.status,
        trafficWeight: weight,
        taskSetLabel: label,
      },
    ];
  };
  const done = {
    install: 0,
    ready: 1,
    traffic: 1,
    terminate: 2,
    cleanUp: 2,
    over: status === 'Succeeded' ? 2 : traffic === 100 ? 2 : 0,
  }[phase];
  return {
    deploymentTargetType: 'ECSTarget',
    ecsTarget: {
      deploymentId: deployment.id,
      targetId: `${group.cluster}:${group.service}`,
      targetArn: service?.arn,
      lastUpdatedAt: toSeconds(deployment.phaseSince),
      status: {
        Created: 'Pending',
        InProgress: 'InProgress',
        Ready: 'Ready',
        Succeeded: 'Succeeded',
        Failed: 'Failed',
        Stopped: 'Failed',
      }[status],
      lifecycleEvents: EVENTS.map((lifecycleEventName, index) => ({
        lifecycleEventName,
        status:
          index < done
            ? 'Succeeded'
            : deployment.completedAt === undefined
              ? index === done
                ? 'InProgress'
                : 'Pending'
              : 'Skipped',
      })),
      taskSetsInfo: [...infoOf(blue, 'Blue', 100 - traffic), ...infoOf(green, 'Green', traffic)],
    },
  };
}

const createDeployment: NeighbourOperation = (world, input) => {
  const group = requireGroup(world, input);
  const revision = fieldsOf(input.revision);
  const spec = readAppSpec(contentOf(revision));
  const service = serviceOf(world, group);
  if (service === undefined || service.deploymentController.type !== 'CODE_DEPLOY') {
    throw new EcsError(
      'InvalidECSServiceException',
      `The service ${group.service} of the cluster ${group.cluster} is not ACTIVE with the deployment controller CODE_DEPLOY.`,
    );
  }
  const { deployments } = world.neighbours;
  const active = [...deployments.values()].find((item) => item.group.id === group.id && item.completedAt === undefined);
  if (active !== undefined) {
    throw new EcsError(
      'DeploymentLimitExceededException',
      `The Deployment Group '${group.name}' already has an active Deployment '${active.id}'`,
    );
  }
  const config = optionalText(input, 'deploymentConfigName') ?? group.config;
  if (trafficSteps(config) === undefined) {
    throw new EcsError(
      'DeploymentConfigDoesNotExistException',
      `No Deployment Configuration found for name: ${config}`,
    );
  }
  const now = world.clock.now();
  const deployment: CodeDeployDeployment = {
    id: deploymentId(world),
    group,
    revision,
    taskDefinition: spec.taskDefinition,
    description: optionalText(input, 'description'),
    creator: 'user',
    config,
    rollbackEvents: readRollbackEvents(input, group),
    createdAt: now,
    status: 'Created',
    phase: 'install',
    phaseSince: now,
    completedAt: undefined,
    blue: [...service.taskSets.values()].find((taskSet) => taskSet.status === 'PRIMARY')?.id,
    green: undefined,
    traffic: 0,
    step: 0,
    isContinued: false,
    error: undefined,
    rollback: undefined,
  };
  deployments.set(deployment.id, deployment);
  install(world, deployment, service, spec);
  return { deploymentId: deployment.id };
};

const continueDeployment: NeighbourOperation = (world, input) => {
  const deployment = requireDeployment(world, input);
  if (deployment.completedAt !== undefined) {
    throw new EcsError('DeploymentAlreadyCompletedException', `The deployment ${deployment.id} has ended.`);
  }
  const isTermination = input.deploymentWaitType === 'TERMINATION_WAIT';
  if (!isTermination && deployment.status !== 'Ready') {
    throw new EcsError(
      'DeploymentIsNotInReadyStateException',
      `The deployment ${deployment.id} does not wait for traffic.`,
    );
  }
  if (isTermination && deployment.phase === 'terminate') {
    deployment.phaseSince = world.clock.now() - deployment.group.terminationWaitMinutes * 60_000;
  } else deployment.isContinued = true;
  return {};
};

const stopDeployment: NeighbourOperation = (world, input) => {
  const deployment = requireDeployment(world, input);
  if (deployment.completedAt !== undefined) {
    throw new EcsError('DeploymentAlreadyCompletedException', `The deployment ${deployment.id} has ended.`);
  }
  stopByHand(world, deployment, input.autoRollbackEnabled === true);
  return { status: 'Succeeded', statusMessage: 'No more traffic is shifted.' };
};

/** CodeDeploy as far as deployments of ECS services need it (API version 2014-10-06). */
export const CODE_DEPLOY: Readonly<Record<string, NeighbourOperation>> = {
  ...GROUP_OPERATIONS,
  CreateDeployment: createDeployment,
  GetDeployment: (world, input) => ({ deploymentInfo: render(requireDeployment(world, input)) }),
  BatchGetDeployments: (world, input) => ({
    deploymentsInfo: textsOf(input.deploymentIds)
      .map((id) => world.neighbours.deployments.get(id))
      .filter((deployment) => deployment !== undefined)
      .map(render),
  }),
  ListDeployments: (world, input) => ({
    deployments: [...world.neighbours.deployments.values()]
      .filter(({ group }) => [undefined, group.application].includes(optionalText(input, 'applicationName')))
      .filter(({ group }) => [undefined, group.name].includes(optionalText(input, 'deploymentGroupName')))
      .map(({ id }) => id)
      .reverse(),
  }),
  StopDeployment: stopDeployment,
  ContinueDeployment: continueDeployment,
  ListDeploymentTargets: (world, input) => {
    const { group } = requireDeployment(world, input);
    return { targetIds: [`${group.cluster}:${group.service}`] };
  },
  BatchGetDeploymentTargets: (world, input) => ({
    deploymentTargets: [renderTarget(world, requireDeployment(world, input))],
  }),
  GetDeploymentTarget: (world, input) => ({ deploymentTarget: renderTarget(world, requireDeployment(world, input)) }),
};
