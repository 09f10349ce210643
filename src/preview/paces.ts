import type { Service, ServiceEvent, Task, TaskDefinition } from '@aws-sdk/client-ecs';
import { serviceNameOf } from '../live/core/task-owner.ts';
import type { Timings } from '../sandbox/simulation/index.ts';
import { groupBy } from '../util/group-by.ts';
import type { AssumptionKind, PreviewAssumption, PreviewRange } from './types.ts';

/** The three runs of a preview. */
export const PACES = ['fastest', 'usual', 'slowest'] as const;
export type Pace = (typeof PACES)[number];

type KnownRange = { readonly [P in Pace]: number };

const SECOND = 1000;

function seconds(fastest: number, usual: number, slowest: number): KnownRange {
  return { fastest: fastest * SECOND, usual: usual * SECOND, slowest: slowest * SECOND };
}

/** Durations of a task that its times show, and defaults where no task has been seen. */
type Phase = 'START' | 'IMAGE_PULL' | 'ACTIVATION' | 'STOP' | 'CLEAN_UP' | 'TARGET_DEREGISTRATION';

const DEFAULTS: Readonly<Record<Phase | 'HEALTH_CHECK' | 'TARGET_HEALTH', KnownRange>> = {
  START: seconds(1, 10, 40),
  IMAGE_PULL: seconds(1, 10, 90),
  ACTIVATION: seconds(1, 3, 20),
  STOP: seconds(0.5, 2, 30),
  CLEAN_UP: seconds(2, 8, 30),
  // A target group waits 300 s unless it is set otherwise, which ECS does not show.
  TARGET_DEREGISTRATION: seconds(3, 60, 300),
  HEALTH_CHECK: seconds(5, 30, 60),
  // Five checks every 30 s are the default of a target group.
  TARGET_HEALTH: seconds(10, 30, 150),
};

const TEXTS: Readonly<Record<Phase | 'HEALTH_CHECK' | 'TARGET_HEALTH', string>> = {
  START: 'From the placement of a task to the pull of its images',
  IMAGE_PULL: 'The pull of the images',
  ACTIVATION: 'From the pull to RUNNING',
  STOP: 'From SIGTERM to the end of the containers',
  CLEAN_UP: 'From the end of the containers to STOPPED',
  TARGET_DEREGISTRATION: 'The deregistration of a target before its task stops',
  HEALTH_CHECK: 'From RUNNING until the health check of the container passes',
  TARGET_HEALTH: 'From RUNNING until the load balancer has healthy targets',
};

/** Durations of the whole cluster: the pace of ECS's scheduler, and the launch of instances by managed scaling. */
const CLUSTER = {
  firstLook: seconds(5, 15, 30),
  schedulerReaction: seconds(1, 1, 5),
  scaleOut: seconds(30, 60, 180),
  instanceBoot: seconds(30, 60, 240),
} as const satisfies Partial<Record<keyof Timings, KnownRange>>;

/** Samples by phase. */
type Samples = ReadonlyMap<Phase, readonly number[]>;

function span(from: Date | undefined, to: Date | undefined): number | undefined {
  const length = from === undefined || to === undefined ? undefined : to.getTime() - from.getTime();
  return length !== undefined && length >= 0 ? length : undefined;
}

/** "(service web) has begun draining connections on 1 tasks." */
const DRAINING = /has begun draining connections/;
const LONGEST_DEREGISTRATION = 3_600_000;

function samplesOf(tasks: readonly Task[], services: readonly Service[]): Samples {
  const samples = new Map<Phase, number[]>();
  const add = (phase: Phase, length: number | undefined) => {
    if (length === undefined) return;
    const known = samples.get(phase) ?? [];
    samples.set(phase, known);
    known.push(length);
  };
  for (const task of tasks) {
    const { createdAt, pullStartedAt, pullStoppedAt, startedAt, stoppingAt, executionStoppedAt, stoppedAt } = task;
    add('START', span(createdAt, pullStartedAt));
    add('IMAGE_PULL', span(pullStartedAt, pullStoppedAt));
    add('ACTIVATION', span(pullStoppedAt, startedAt));
    // A container that ends by itself says nothing about SIGTERM.
    const wasAsked = task.stopCode === 'ServiceSchedulerInitiated' || task.stopCode === 'UserInitiated';
    if (startedAt !== undefined && wasAsked) add('STOP', span(stoppingAt, executionStoppedAt));
    if (startedAt !== undefined) add('CLEAN_UP', span(executionStoppedAt, stoppedAt));
    if (wasAsked && stoppingAt !== undefined) add('TARGET_DEREGISTRATION', deregistration(task, stoppingAt, services));
  }
  return samples;
}

/** From the service's last event about draining connections to the SIGTERM. */
function deregistration(task: Task, stoppingAt: Date, services: readonly Service[]): number | undefined {
  const name = serviceNameOf(task);
  const events = services.find(({ serviceName }) => serviceName === name)?.events ?? [];
  const lengths = events
    .filter(({ message = '' }) => DRAINING.test(message))
    .flatMap(({ createdAt }) => span(createdAt, stoppingAt) ?? []);
  const shortest = Math.min(...lengths);
  return shortest <= LONGEST_DEREGISTRATION ? shortest : undefined;
}

const REGISTERED = /registered \d+ targets? in/;
const STEADY = /has reached a steady state/;
const LONGEST_WAIT = 1_800_000;

/**
 * From the registration of targets to the steady state of the service, if nothing else happened in between: then it
 * waited for the targets alone.
 */
function targetWaits(events: readonly ServiceEvent[]): number[] {
  const inOrder = [...events].sort((a, b) => (a.createdAt?.getTime() ?? 0) - (b.createdAt?.getTime() ?? 0));
  return inOrder.flatMap(({ message = '', createdAt }, index) => {
    const before = inOrder[index - 1];
    const isWait =
      STEADY.test(message) && REGISTERED.test(before?.message ?? '') && !/deregistered/.test(before?.message ?? '');
    const length = isWait ? span(before?.createdAt, createdAt) : undefined;
    return length !== undefined && length <= LONGEST_WAIT ? [length] : [];
  });
}

function hasTargets({ loadBalancers = [], deployments = [] }: Service): boolean {
  return loadBalancers.length > 0 || deployments.some((one) => (one.vpcLatticeConfigurations?.length ?? 0) > 0);
}

function median(sorted: readonly number[]): number {
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Whole tenths of a second: more would seem more certain than it is. */
function toTenths(ms: number): number {
  return Math.round(ms / 100) * 100;
}

/** With few samples, other tasks may differ more: the range gets wider. */
function widened(samples: readonly number[]): KnownRange {
  const sorted = [...samples].sort((a, b) => a - b);
  const factor = samples.length >= 8 ? 1.15 : samples.length >= 3 ? 1.3 : 1.6;
  return {
    fastest: toTenths((sorted[0] ?? 0) / factor),
    usual: toTenths(median(sorted)),
    slowest: toTenths((sorted.at(-1) ?? 0) * factor),
  };
}

/** How long the tasks of one task definition take. */
export interface DefinitionPace {
  readonly timings: Readonly<Record<Pace, Partial<Timings>>>;
  readonly assumptions: readonly PreviewAssumption[];
}

/** Learns how long things take from the times of tasks, those of the same family first. */
export class Paces {
  readonly #families = new Map<string, Samples>();
  readonly #byLaunchType = new Map<string, Samples>();

  constructor(tasks: readonly Task[], services: readonly Service[]) {
    const families = groupBy(
      tasks,
      ({ taskDefinitionArn = '', launchType }) => `${familyOf(taskDefinitionArn)} ${launchType}`,
    );
    for (const [family, own] of families) this.#families.set(family, samplesOf(own, services));
    for (const [type, own] of groupBy(tasks, ({ launchType = '' }) => launchType)) {
      this.#byLaunchType.set(type, samplesOf(own, services));
    }
  }

  /** @param users the services that run it */
  of(definition: TaskDefinition, launchType: string, users: readonly Service[]): DefinitionPace {
    const { family = '' } = definition;
    const own = this.#families.get(`${family} ${launchType}`);
    const others = this.#byLaunchType.get(launchType);
    const assumptions: PreviewAssumption[] = [];
    const assume = (kind: keyof typeof DEFAULTS, range: KnownRange, sampleCount: number, from: string): KnownRange => {
      assumptions.push({ kind, family, range, sampleCount, text: `${TEXTS[kind]}: ${from}.` });
      return range;
    };
    const learn = (phase: Phase): KnownRange => {
      const samples = own?.get(phase) ?? [];
      if (samples.length > 0) {
        return assume(phase, widened(samples), samples.length, `learned from tasks of ${family}`);
      }
      const similar = others?.get(phase) ?? [];
      if (similar.length > 0) {
        return assume(phase, widened(similar), similar.length, `learned from other ${launchType} tasks of the cluster`);
      }
      return assume(phase, DEFAULTS[phase], 0, 'a default, as no task has shown it');
    };
    const [start, pull, activate, stop, cleanUp] = [
      learn('START'),
      learn('IMAGE_PULL'),
      learn('ACTIVATION'),
      learn('STOP'),
      learn('CLEAN_UP'),
    ];
    const check = healthCheckOf(definition);
    if (check !== undefined) assume('HEALTH_CHECK', check, 0, 'by its interval and its start period');
    const waits = users.flatMap(({ events = [] }) => targetWaits(events));
    const targetHealth = (): KnownRange =>
      waits.length > 0
        ? assume('TARGET_HEALTH', widened(waits), waits.length, 'learned from the events of the service')
        : assume('TARGET_HEALTH', DEFAULTS.TARGET_HEALTH, 0, 'a default, as ECS does not show targets');
    const targets = users.some(hasTargets)
      ? {
          targetHealthy: targetHealth(),
          deactivate: learn('TARGET_DEREGISTRATION'),
        }
      : {};
    const isProvisioned = launchType === 'FARGATE' || definition.networkMode === 'awsvpc';
    const ranges = {
      pullEc2: pull,
      pullFargate: pull,
      activate,
      exitOnSigterm: stop,
      deprovision: cleanUp,
      ...startOf(start, isProvisioned),
      ...(check === undefined ? {} : { firstHealthy: check }),
      ...targets,
    };
    return { timings: byPace(ranges), assumptions };
  }
}

/** A task with an ENI spends its start in two states, any other in one. */
function startOf(start: KnownRange, isProvisioned: boolean): Partial<Record<keyof Timings, KnownRange>> {
  const share = (part: number): KnownRange => ({
    fastest: start.fastest * part,
    usual: start.usual * part,
    slowest: start.slowest * part,
  });
  if (!isProvisioned) return { accept: start, provisionEc2: share(0.5) };
  const [first, second] = [share(0.5), share(0.5)];
  return { provisionEc2: first, provisionFargate: first, accept: second, acceptFargate: second };
}

/** The first check comes after an interval; a start period makes the first failures harmless. */
function healthCheckOf({ containerDefinitions = [] }: TaskDefinition): KnownRange | undefined {
  const checks = containerDefinitions.flatMap(({ healthCheck, essential }) =>
    essential === false ? [] : (healthCheck ?? []),
  );
  if (checks.length === 0) return undefined;
  const { HEALTH_CHECK: usual } = DEFAULTS;
  const interval = Math.max(...checks.map((check) => check.interval ?? 30)) * SECOND;
  const startPeriod = Math.max(...checks.map((check) => check.startPeriod ?? 0)) * SECOND;
  return { fastest: Math.min(usual.fastest, interval), usual: interval, slowest: startPeriod + 2 * interval };
}

export function familyOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1).replace(/:\d+$/, '');
}

function byPace(ranges: Partial<Record<keyof Timings, KnownRange>>): Record<Pace, Partial<Timings>> {
  const at = (pace: Pace): Partial<Timings> =>
    Object.fromEntries(Object.entries(ranges).map(([name, range]) => [name, Math.round(range[pace])]));
  return { fastest: at('fastest'), usual: at('usual'), slowest: at('slowest') };
}

/** Durations that concern the whole cluster. */
export function clusterTimings(pace: Pace): Partial<Timings> {
  return byPace(CLUSTER)[pace];
}

export function clusterAssumptions(hasScaling: boolean): PreviewAssumption[] {
  const assumption = (kind: AssumptionKind, text: string, range: PreviewRange): PreviewAssumption => ({
    kind,
    text,
    family: null,
    range,
    sampleCount: 0,
  });
  return [
    assumption(
      'SCHEDULER',
      'From the call that creates a deployment to the first plan of the scheduler: a default.',
      CLUSTER.firstLook,
    ),
    ...(hasScaling
      ? [
          assumption(
            'SCALE_OUT',
            'From a task without room to the launch of instances by managed scaling, and the same until they have registered: defaults. Limits of the Auto Scaling group are not known.',
            CLUSTER.scaleOut,
          ),
        ]
      : []),
  ];
}
