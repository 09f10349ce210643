import type { CapacityProviderStrategyItem, RunTaskRequest, StartTaskRequest } from '@aws-sdk/client-ecs';
import { clientError, EcsError, invalidParameter, rateExceeded } from '../checks/ecs-errors.ts';
import { mayWait } from '../fleet/waiting-tasks.ts';
import { runsAnywhere } from '../instances/any-capacity.ts';
import { hasOpenZone, openSubnets } from '../instances/availability-zones.ts';
import {
  checkStrategy,
  checkUsable,
  FARGATE_PROVIDERS,
  launchTypeOf,
  nextProvider,
} from '../instances/capacity-strategy.ts';
import { createPlacer, RANDOM_STRATEGY } from '../instances/placement.ts';
import type { Unplaced } from '../instances/placement-candidates.ts';
import type { ClusterRecord } from '../model/cluster-record.ts';
import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { TaskDefinitionRecord } from '../model/task-definition-record.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { checkTags } from '../store/tags.ts';
import { taskTags } from '../store/task-tags.ts';
import type { Input, Wire } from '../util/wire-types.ts';
import { configurationFault } from './configuration-faults.ts';
import { takeForRunTask } from './launch-rates.ts';
import { launchTask } from './launch-task.ts';
import { checkPlatform } from './platform-version.ts';
import { demandOf } from './resource-demand.ts';
import { createOrigin } from './task-origin.ts';
import { checkVolumes } from './task-volumes.ts';

/** AWS re:Post, "ecs-fargate-runtask-capacity"; EventBridge's reason of the same is RESOURCE:FARGATE. */
const NO_FARGATE_CAPACITY =
  'Capacity is unavailable at this time. Please try again later or in a different availability zone';

export interface Started {
  readonly tasks: TaskRecord[];
  readonly failures: { arn: string | undefined; reason: string }[];
}

type Common = Input<RunTaskRequest> | Input<StartTaskRequest>;

export function checkCommon(
  world: World,
  taskDefinition: TaskDefinitionRecord,
  input: Common,
  startedByLimit: number,
  isFargate: boolean,
): void {
  const fault = configurationFault(world, taskDefinition, [], true);
  if (fault !== undefined) throw clientError(fault);
  if (isFargate && 'platformVersion' in input) checkPlatform(taskDefinition, input.platformVersion);
  checkVolumes(taskDefinition, input.volumeConfigurations, isFargate);
  if ((input.startedBy?.length ?? 0) > startedByLimit) {
    throw invalidParameter(`startedBy must be at most ${startedByLimit} characters long.`);
  }
}

/** The members that all tasks of a RunTask or StartTask share. */
function shared(cluster: ClusterRecord, taskDefinition: TaskDefinitionRecord, input: Common, longArn: boolean) {
  return {
    cluster,
    taskDefinition,
    longArn,
    group: input.group ?? `family:${taskDefinition.family}`,
    startedBy: input.startedBy,
    networkConfiguration: input.networkConfiguration,
    volumeConfigurations: input.volumeConfigurations,
    overrides: input.overrides,
    enableExecuteCommand: input.enableExecuteCommand,
    tags: taskTags({
      cluster,
      taskDefinition,
      propagateTags: input.propagateTags,
      enableECSManagedTags: input.enableECSManagedTags,
      own: checkTags(input.tags),
    }),
  };
}

function strategyFor(cluster: ClusterRecord, input: Input<RunTaskRequest>): Wire<CapacityProviderStrategyItem>[] {
  const given = input.capacityProviderStrategy ?? [];
  if (given.length > 0) return checkUsable(checkStrategy(given, cluster.capacityProviders));
  return input.launchType === undefined ? checkUsable(cluster.defaultCapacityProviderStrategy) : [];
}

/** Whether the strategy, or else the launch type, means Fargate. */
export function runsOnFargate(cluster: ClusterRecord, input: Input<RunTaskRequest>): boolean {
  const strategy = strategyFor(cluster, input);
  if (strategy.length === 0) return input.launchType === 'FARGATE';
  return strategy.some((item) => FARGATE_PROVIDERS.includes(item.capacityProvider ?? ''));
}

/**
 * The tasks that a call's strategies spread and `distinctInstance` counts: all of the group, from any call. Searched
 * only if needed.
 */
function peersFor(cluster: ClusterRecord, group: string, input: Input<RunTaskRequest>): TaskRecord[] {
  const isDistinct = input.placementConstraints?.some(({ type }) => type === 'distinctInstance') ?? false;
  const isSpread = input.placementStrategy?.some(({ type }) => type === 'spread') ?? false;
  if (!isDistinct && !isSpread) return [];
  return [...cluster.tasks.values()].filter((task) => task.group === group && task.lastStatus !== 'STOPPED');
}

/** Starts standalone tasks wherever placement finds room. `failures` lists the instances without room. */
export function runTasks(
  world: World,
  cluster: ClusterRecord,
  taskDefinition: TaskDefinitionRecord,
  input: Input<RunTaskRequest>,
  longArn: boolean,
): Started {
  const { platformVersion } = input;
  const common = { ...shared(cluster, taskDefinition, input, longArn), platformVersion };
  const { placementStrategy: given = [] } = input;
  const placementStrategy = given.length > 0 ? given : RANDOM_STRATEGY;
  const strategy = strategyFor(cluster, input);
  const isFargate = runsOnFargate(cluster, input);
  const started: Started = { tasks: [], failures: [] };
  const counts = new Map<string, number>();
  const providers: (string | undefined)[] = [];
  for (let left = input.count ?? 1; left > 0; left -= 1) {
    const provider = strategy.length > 0 ? nextProvider(strategy, counts) : undefined;
    if (provider !== undefined) counts.set(provider, (counts.get(provider) ?? 0) + 1);
    providers.push(provider);
  }
  const placers = new Map<string | undefined, ReturnType<typeof createPlacer>>();
  const hasInstances = [...cluster.instances.values()].some((instance) => instance.status !== 'INACTIVE');
  const isAnywhere = runsAnywhere(world, cluster);
  if (!isFargate && !hasInstances && !isAnywhere && strategy.length === 0)
    throw invalidParameter('No Container Instances were found in your cluster.');
  if (isFargate && hasOpenZone(world, input.networkConfiguration) && !takeForRunTask(world, providers)) {
    throw rateExceeded();
  }
  for (const capacityProviderName of providers) {
    let instance: InstanceRecord | undefined;
    let waits = false;
    let subnet: string | undefined;
    if (isFargate && world.lostZones.size > 0) {
      const subnets = openSubnets(world, input.networkConfiguration);
      subnet = subnets[world.random.integer(Math.max(1, subnets.length))];
      if (!hasOpenZone(world, input.networkConfiguration)) {
        started.failures.push({ arn: undefined, reason: NO_FARGATE_CAPACITY });
        continue;
      }
    }
    if (!isFargate && !isAnywhere) {
      const placer =
        placers.get(capacityProviderName) ??
        createPlacer({
          cluster,
          taskDefinition,
          demand:
            input.overrides === undefined
              ? taskDefinition.demand
              : demandOf(taskDefinition.definition, input.overrides),
          constraints: input.placementConstraints ?? [],
          strategy: placementStrategy,
          capacityProviderName,
          peers: peersFor(cluster, common.group, input),
          random: () => world.random.next(),
        });
      placers.set(capacityProviderName, placer);
      const placed = placer.next();
      waits = 'unplaced' in placed && mayWait(world, cluster, capacityProviderName);
      if ('unplaced' in placed && !waits) {
        started.failures.push(...toFailures(placed.unplaced, capacityProviderName));
        continue;
      }
      if ('instance' in placed) instance = placed.instance;
    }
    const launchType = isFargate ? 'FARGATE' : (input.launchType ?? launchTypeOf(world, capacityProviderName));
    const origin = createOrigin(world, common, { launchType, capacityProviderName });
    started.tasks.push(launchTask(world, origin, { waits, subnet, instance }));
  }
  return started;
}

function toFailures(unplaced: readonly Unplaced[], provider: string | undefined): Started['failures'] {
  const nothing = provider === undefined ? 'NO ACTIVE INSTANCES' : 'EMPTY CAPACITY PROVIDER';
  if (unplaced.length === 0) return [{ arn: undefined, reason: nothing }];
  return unplaced.map(({ instance, reason }) => ({ arn: instance?.arn, reason }));
}

/** Starts a task on one named instance if it has room. */
export function startOn(
  world: World,
  cluster: ClusterRecord,
  taskDefinition: TaskDefinitionRecord,
  input: Input<StartTaskRequest>,
  instance: InstanceRecord,
  longArn: boolean,
): Started {
  const placer = createPlacer({
    cluster: { ...cluster, instances: new Map([[instance.id, instance]]) },
    taskDefinition,
    demand: demandOf(taskDefinition.definition, input.overrides),
    constraints: [],
    strategy: [],
    peers: [],
    random: () => world.random.next(),
    leavesRoomForDaemons: false,
  });
  const placed = placer.next();
  if ('unplaced' in placed) {
    const reason = instance.status === 'ACTIVE' ? (placed.unplaced[0]?.reason ?? 'AGENT') : 'INACTIVE';
    return { tasks: [], failures: [{ arn: instance.arn, reason }] };
  }
  const launchType = taskDefinition.definition.requiresCompatibilities?.includes('EXTERNAL') ? 'EXTERNAL' : 'EC2';
  const common = shared(cluster, taskDefinition, input, longArn);
  return { tasks: [launchTask(world, createOrigin(world, common, { launchType }), { instance })], failures: [] };
}

export function checkCount(count: number | undefined): void {
  if (count !== undefined && (count < 1 || count > 10)) throw invalidParameter('Count must be between 1 and 10.');
}

export function checkClientToken(token: string | undefined): void {
  if (token !== undefined && !/^[\x21-\x7e]{1,64}$/.test(token)) {
    throw new EcsError('InvalidParameterException', 'clientToken must be 1 to 64 printable ASCII characters long.');
  }
}
