import type {
  ContainerDefinition,
  ContainerInstance,
  Service,
  ServiceDeployment,
  TaskDefinition,
} from '@aws-sdk/client-ecs';
import { lastPart, latitudeOf, primaryOf } from '../../live/core/deployment-bounds.ts';
import { rolloutOf } from '../../live/core/rollout-state.ts';
import { fits, needOf, occupy, roomOf } from '../../live/drain/instance-capacity.ts';
import { toImageReference } from '../computed/image-reference.ts';
import type { Rule } from './finding.ts';

/** The facts for rules about a service. */
export interface ServiceFacts {
  readonly service: Service;
  /** Undefined if it was not read. */
  readonly definition?: TaskDefinition | undefined;
  /** The service deployment under way. Undefined without one, and if it was not read. */
  readonly deployment?: ServiceDeployment | undefined;
  /** The instances of the cluster, if the tasks of the service run on instances. Undefined if they were not read. */
  readonly instances?: readonly ContainerInstance[] | undefined;
  /** Epoch milliseconds of ECS's clock. */
  readonly now: number;
}

/** Members of a service that the rules read. */
export const SERVICE_MEMBERS = [
  'clusterArn',
  'currentServiceDeployment',
  'deploymentConfiguration',
  'deploymentController',
  'deployments',
  'desiredCount',
  'launchType',
  'loadBalancers',
  'networkConfiguration',
  'pendingCount',
  'placementConstraints',
  'runningCount',
  'schedulingStrategy',
  'serviceArn',
  'serviceName',
  'status',
  'taskDefinition',
  'taskSets',
] as const;

/** A deployment that has not changed for this long has stopped moving. */
const STILL_MS = 10 * 60_000;
/** A pause that ends within this time needs an answer now. */
const ENDS_SOON_MS = 15 * 60_000;
const MOVING: ReadonlySet<string> = new Set(['DEPLOYING', 'ROLLING_BACK']);
/** Stages in which a deployment waits because it is configured to. */
const WAITING = /BAKE_TIME|TRAFFIC_SHIFT/;

export const SERVICE_RULES = {
  DEPLOYMENT_FAILED: {
    severity: 'CRITICAL',
    description: 'The newest deployment of a service failed, and ECS does not roll back.',
    advice: 'Read `events` and the stopped tasks, then deploy the last good revision or a corrected one.',
    find: ({ service }) => {
      const { state, since } = rolloutOf(service);
      if (state !== 'FAILED') return undefined;
      const primary = primaryOf(service);
      return {
        message: `The newest deployment of ${service.serviceName} failed.`,
        evidence: { deployment: primary?.id, reason: primary?.rolloutStateReason, failedTasks: primary?.failedTasks },
        since,
      };
    },
  },
  DEPLOYMENT_STALLED: {
    severity: 'CRITICAL',
    description: 'A deployment is under way, lacks tasks, and has not changed for ten minutes.',
    advice: 'Follow it with `deploymentProgress`: its `blockedBy` names the reason.',
    needs: 'deployment',
    find: ({ service, deployment, now }) => {
      const { state } = rolloutOf(service);
      const primary = primaryOf(service);
      if (!MOVING.has(state) || primary === undefined) return undefined;
      const { desiredCount = 0, runningCount = 0, pendingCount = 0, failedTasks = 0, createdAt, updatedAt } = primary;
      const isWaiting =
        WAITING.test(deployment?.lifecycleStage ?? '') ||
        deployment?.lifecycleHookDetails?.some(({ status }) => status === 'AWAITING_ACTION') === true;
      const changedAt = updatedAt ?? createdAt;
      if (isWaiting || runningCount >= desiredCount || changedAt === undefined) return undefined;
      if (now - changedAt.getTime() < STILL_MS) return undefined;
      return {
        message: `The deployment of ${service.serviceName} has ${runningCount} of ${desiredCount} tasks and does not move.`,
        evidence: { deployment: primary.id, desiredCount, runningCount, pendingCount, failedTasks },
        since: changedAt,
      };
    },
  },
  UNDER_DESIRED: {
    severity: 'CRITICAL',
    description: 'No deployment is under way, and fewer tasks run than the service wants.',
    advice: 'Read `events`: they name missing capacity, failing health checks or failing tasks.',
    find: ({ service }) => {
      const { desiredCount = 0, runningCount = 0, pendingCount = 0 } = service;
      if (rolloutOf(service).state !== 'UNDER_DESIRED') return undefined;
      return {
        message: `${service.serviceName} runs ${runningCount} of ${desiredCount} tasks.`,
        evidence: { desiredCount, runningCount, pendingCount },
      };
    },
  },
  PAUSE_ENDS_SOON: {
    severity: 'CRITICAL',
    description: 'A deployment waits at a pause hook that ends within 15 minutes.',
    advice: 'Answer it with `continueServiceDeployment`.',
    needs: 'deployment',
    find: ({ service, deployment, now }) => {
      const hook = deployment?.lifecycleHookDetails?.find(
        ({ status, expiresAt }) =>
          status === 'AWAITING_ACTION' && expiresAt !== undefined && expiresAt.getTime() - now <= ENDS_SOON_MS,
      );
      if (hook === undefined) return undefined;
      return {
        message: `The deployment of ${service.serviceName} waits for an answer that must come soon.`,
        evidence: { hookId: hook.hookId, expiresAt: hook.expiresAt, timeoutAction: hook.timeoutAction },
      };
    },
  },
  TASKS_ON_OLD_REVISION: {
    severity: 'WARNING',
    description: 'No deployment is under way, and tasks of an older one still run.',
    advice: 'Read `tasksOnOldRevision`; a forced deployment replaces them.',
    find: ({ service }) => {
      const old = (service.deployments ?? []).filter(
        ({ status, runningCount = 0 }) => status !== 'PRIMARY' && runningCount > 0,
      );
      if (MOVING.has(rolloutOf(service).state) || old.length === 0) return undefined;
      const count = old.reduce((sum, { runningCount = 0 }) => sum + runningCount, 0);
      return {
        message: `${count} tasks of ${service.serviceName} run an older revision.`,
        evidence: { tasks: count, deployments: old.map(({ id }) => id).join(', ') },
      };
    },
  },
  CIRCUIT_BREAKER_OFF: {
    severity: 'WARNING',
    description: 'Neither the deployment circuit breaker nor an alarm ends a deployment whose tasks keep failing.',
    advice: 'Set `deploymentConfiguration.deploymentCircuitBreaker` with `enable` and `rollback`.',
    find: ({ service }) => {
      const { deploymentCircuitBreaker: breaker, alarms } = service.deploymentConfiguration ?? {};
      if (!isByEcs(service) || breaker?.enable === true || alarms?.enable === true) return undefined;
      return {
        message: `A bad deployment of ${service.serviceName} would keep failing until a person stops it.`,
        evidence: { 'deploymentCircuitBreaker.enable': false, 'alarms.enable': false },
      };
    },
  },
  ROLLBACK_OFF: {
    severity: 'INFO',
    description: 'The deployment circuit breaker ends a failing deployment without rolling it back.',
    advice: 'Set `deploymentConfiguration.deploymentCircuitBreaker.rollback`.',
    find: ({ service }) => {
      const breaker = service.deploymentConfiguration?.deploymentCircuitBreaker;
      if (!isByEcs(service) || breaker?.enable !== true || breaker.rollback === true) return undefined;
      return {
        message: `A failed deployment of ${service.serviceName} would not be rolled back.`,
        evidence: { 'deploymentCircuitBreaker.enable': true, 'deploymentCircuitBreaker.rollback': false },
      };
    },
  },
  PERCENTAGES_ALLOW_NOTHING: {
    severity: 'WARNING',
    description:
      'The percentages and the desired count let ECS neither stop nor start a task, so that no deployment moves.',
    advice: 'Raise `maximumPercent` or lower `minimumHealthyPercent`.',
    find: ({ service }) => {
      const { desiredCount, minimumHealthyPercent, maximumPercent, mayStartFirst, mayStopFirst } = latitudeOf(service);
      const isRolling = (service.deploymentConfiguration?.strategy ?? 'ROLLING') === 'ROLLING';
      if (!isByEcs(service) || !isRolling || desiredCount === 0 || mayStartFirst || mayStopFirst) return undefined;
      return {
        message: `A deployment of ${service.serviceName} could not replace a task.`,
        evidence: { desiredCount, minimumHealthyPercent, maximumPercent },
      };
    },
  },
  ROLLOUT_LACKS_CAPACITY: {
    severity: 'WARNING',
    description:
      'A deployment of a service must start tasks before it may stop others, and the instances of the cluster have no room for them.',
    advice: 'Add instances or a capacity provider with managed scaling, or lower `minimumHealthyPercent`.',
    needs: 'room',
    find: ({ service, definition, instances }) => {
      const needed = extraTasks(service);
      if (definition === undefined || instances === undefined || needed === 0) return undefined;
      // Which instances a constraint allows is not evaluated.
      const constraints = [service.placementConstraints ?? [], definition.placementConstraints ?? []].flat();
      if (constraints.length > 0 || MOVING.has(rolloutOf(service).state)) return undefined;
      const { cpu, memory } = needOfDefinition(definition);
      const room = roomFor(definition, instances, needed);
      if (room >= needed) return undefined;
      return {
        message: `A deployment of ${service.serviceName} needs room for ${needed} more tasks; the instances have room for ${room}.`,
        evidence: { neededTasks: needed, roomForTasks: room, taskCpu: cpu, taskMemory: memory },
      };
    },
  },
  ONE_SUBNET: {
    severity: 'WARNING',
    description: 'All tasks of a service are in one subnet, and so in one Availability Zone.',
    advice: 'Name subnets of at least two Availability Zones.',
    find: ({ service }) => {
      const subnets = service.networkConfiguration?.awsvpcConfiguration?.subnets ?? [];
      if (subnets.length !== 1) return undefined;
      return {
        message: `The loss of one Availability Zone would end all tasks of ${service.serviceName}.`,
        evidence: { subnet: subnets[0] },
      };
    },
  },
  NO_HEALTH_CHECK: {
    severity: 'WARNING',
    description:
      'Neither a container health check nor a load balancer checks the tasks, so that a running task counts as healthy.',
    advice: 'Add `healthCheck` to an essential container, or a target group to the service.',
    needs: 'definition',
    find: ({ service, definition }) => {
      if (definition === undefined || (service.loadBalancers ?? []).length > 0) return undefined;
      const containers = essential(definition);
      if (containers.some(({ healthCheck }) => healthCheck !== undefined)) return undefined;
      return {
        message: `ECS cannot notice that a task of ${service.serviceName} runs and does not work.`,
        evidence: { essentialContainersWithoutHealthCheck: names(containers), loadBalancers: 0 },
      };
    },
  },
  LOGS_BLOCK: {
    severity: 'WARNING',
    description: 'A container that must run waits when its logs cannot be delivered.',
    advice: 'Set the log option `mode` to `non-blocking`, with `max-buffer-size`.',
    needs: 'definition',
    find: ({ service, definition }) => {
      const blocking = essential(definition).filter(
        ({ logConfiguration }) => logConfiguration?.options?.mode === 'blocking',
      );
      if (blocking.length === 0) return undefined;
      return {
        message: `An outage of the log driver would stop ${service.serviceName}.`,
        evidence: { containers: names(blocking) },
      };
    },
  },
  IMAGE_TAG_MOVES: {
    severity: 'INFO',
    description:
      'A container has an image without a tag, or with the tag `latest`: two deployments of one revision may differ.',
    advice: 'Name the image with a version or a digest.',
    needs: 'definition',
    find: ({ service, definition }) => {
      const moving = (definition?.containerDefinitions ?? []).filter(({ image = '' }) => {
        const { tag, digest } = toImageReference(image);
        return digest === null && (tag === null || tag === 'latest');
      });
      if (moving.length === 0) return undefined;
      return {
        message: `The revision ${lastPart(service.taskDefinition)} does not determine what runs.`,
        evidence: { containers: names(moving) },
      };
    },
  },
} as const satisfies Readonly<Record<string, Rule<ServiceFacts>>>;

/** How many tasks a deployment must have at least beside those that run, if they run on instances that ECS does not add. */
function extraTasks(service: Service): number {
  if (!isByEcs(service) || service.launchType !== 'EC2' || service.schedulingStrategy === 'DAEMON') return 0;
  const { desiredCount, mayStartFirst, mayStopFirst } = latitudeOf(service);
  const isRolling = (service.deploymentConfiguration?.strategy ?? 'ROLLING') === 'ROLLING';
  if (!isRolling) return desiredCount;
  return mayStartFirst && !mayStopFirst ? 1 : 0;
}

function needOfDefinition(definition: TaskDefinition): ReturnType<typeof needOf> {
  const { taskDefinitionArn: arn = '', cpu, memory } = definition;
  const task = { taskDefinitionArn: arn, cpu, memory };
  return needOf(task, { services: [], taskDefinitions: new Map([[arn, definition]]) });
}

/** For how many tasks, at most `most`, the ACTIVE instances have room. */
function roomFor(definition: TaskDefinition, instances: readonly ContainerInstance[], most: number): number {
  const need = needOfDefinition(definition);
  const rooms = instances
    .filter(({ status, agentConnected }) => status === 'ACTIVE' && agentConnected !== false)
    .map((instance) => roomOf(instance, []));
  for (let count = 0; count < most; count += 1) {
    const room = rooms.find((one) => fits(one, need));
    if (room === undefined) return count;
    occupy(room, need);
  }
  return most;
}

function isByEcs({ deploymentController }: Service): boolean {
  return (deploymentController?.type ?? 'ECS') === 'ECS';
}

function essential(definition: TaskDefinition | undefined): readonly ContainerDefinition[] {
  return (definition?.containerDefinitions ?? []).filter(({ essential: isEssential }) => isEssential !== false);
}

function names(containers: readonly ContainerDefinition[]): string {
  return containers.map(({ name }) => name).join(', ');
}
