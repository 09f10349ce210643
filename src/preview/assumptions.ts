import type { Service, Task, TaskDefinition } from '@aws-sdk/client-ecs';
import { type ClusterState, DEFAULT_TIMINGS, type TaskOutlook } from '../sandbox/simulation/index.ts';
import { learnFate } from './outlook.ts';
import { clusterAssumptions, clusterTimings, PACES, type Pace, Paces } from './paces.ts';
import { type ClusterReading, isOnFargate } from './read-cluster.ts';
import type { PreviewAssumption } from './types.ts';

/** The assumptions about a cluster, for each run. */
export interface Assumed {
  readonly states: Readonly<Record<Pace, ClusterState>>;
  /** By the ARN of the task definition they are about, and under an empty ARN those about all. */
  readonly assumptions: ReadonlyMap<string, readonly PreviewAssumption[]>;
  readonly notSimulated: readonly string[];
}

/** @param past stopped tasks that ECS no longer shows */
export function assume(reading: ClusterReading, past: readonly Task[]): Assumed {
  const {
    stoppedTasks,
    target,
    isPartial: _partial,
    mayReadProtection: _protection,
    hiddenDefinitions: _hidden,
    ...state
  } = reading;
  const shown = new Set(stoppedTasks.map(({ taskArn }) => taskArn));
  const stopped = [...stoppedTasks, ...past.filter(({ taskArn }) => !shown.has(taskArn))];
  const paces = new Paces([...state.tasks, ...stopped], state.services);
  const outlooks: Record<Pace, Map<string, TaskOutlook>> = { fastest: new Map(), usual: new Map(), slowest: new Map() };
  const assumptions = new Map<string, PreviewAssumption[]>();
  for (const definition of state.taskDefinitions) {
    const { taskDefinitionArn: arn = '', family = '' } = definition;
    const users = usersOf(definition, state.services, target);
    const isOf = (task: Task): boolean => task.taskDefinitionArn === arn;
    const launchType = launchTypeOf(users, state.tasks.find(isOf) ?? stopped.find(isOf));
    const pace = paces.of(definition, launchType, users);
    const learned = learnFate(family, state.tasks.filter(isOf), stopped.filter(isOf), state.now);
    for (const name of PACES) {
      outlooks[name].set(arn, {
        timings: pace.timings[name],
        ...(learned === undefined ? {} : { fate: learned.fate }),
      });
    }
    assumptions.set(arn, [...pace.assumptions, ...(learned === undefined ? [] : [learned.assumption])]);
  }
  assumptions.set('', [...clusterAssumptions(state.capacityProviders.length > 0), ...unseen(reading)]);
  const stateAt = (pace: Pace): ClusterState => ({
    ...state,
    timings: { ...DEFAULT_TIMINGS, ...clusterTimings(pace) },
    outlooks: outlooks[pace],
  });
  return {
    states: { fastest: stateAt('fastest'), usual: stateAt('usual'), slowest: stateAt('slowest') },
    assumptions,
    notSimulated: notSimulated(reading),
  };
}

/** The services that run a task definition; of one that is only to be deployed, those of its family. */
function usersOf(
  definition: TaskDefinition,
  services: readonly Service[],
  target: TaskDefinition | undefined,
): Service[] {
  const { taskDefinitionArn, family } = definition;
  const uses = ({ deployments = [], taskDefinition }: Service): boolean =>
    taskDefinition === taskDefinitionArn || deployments.some((one) => one.taskDefinition === taskDefinitionArn);
  const users = services.filter(uses);
  if (users.length > 0 || definition !== target) return users;
  return services.filter(({ taskDefinition = '' }) => taskDefinition.includes(`/${family}:`));
}

function launchTypeOf([user]: readonly Service[], task: Task | undefined): string {
  if (task?.launchType !== undefined) return task.launchType;
  return user !== undefined && isOnFargate(user) ? 'FARGATE' : 'EC2';
}

function unseen({ isPartial, mayReadProtection }: ClusterReading): PreviewAssumption[] {
  const texts = [
    'New tasks start, pass their health checks and keep running, unless the last tasks of their revision failed.',
    'ECS does not show back-off times, alarms, the health of targets or the answers of lifecycle hooks: nothing backs off, no alarm rings, targets are healthy, hooks succeed.',
    'ECS shows the Availability Zone of a subnet only by a task in it: a subnet without one is in no zone that is lost.',
    'No other client changes the cluster meanwhile, and no autoscaling changes a desired count.',
    ...(isPartial ? ['Other services were not read: tasks on Fargate do not compete for instances.'] : []),
    ...(mayReadProtection ? [] : ['The gateway may not read task protection: no task is protected.']),
  ];
  return texts.map((text) => ({ kind: 'UNSEEN', text, family: null, range: null, sampleCount: 0 }));
}

function notSimulated({ services, tasks, hiddenDefinitions }: ClusterReading): string[] {
  const found: string[] = [];
  for (const { serviceName, deploymentConfiguration, deployments = [] } of services) {
    const { strategy = 'ROLLING' } = deploymentConfiguration ?? {};
    const isUnderWay = deployments.some(
      ({ status, rolloutState }) => status === 'PRIMARY' && rolloutState === 'IN_PROGRESS',
    );
    if (strategy !== 'ROLLING' && isUnderWay) {
      found.push(`The ${strategy} deployment of ${serviceName} that is under way goes on as a ROLLING one.`);
    }
  }
  if (tasks.some(({ group = '' }) => group.startsWith('daemon:'))) {
    found.push('Tasks of managed daemons are left out: they keep no instance.');
  }
  if (hiddenDefinitions > 0) {
    found.push(
      `The gateway may not read ${hiddenDefinitions} task definitions: their tasks are taken to be as ECS shows them.`,
    );
  }
  return found;
}
