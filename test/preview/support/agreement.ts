import { blockersOf } from '../../../src/preview/blockers.ts';
import { previewOf } from '../../../src/preview/preview.ts';
import type { ClusterReading } from '../../../src/preview/read-cluster.ts';
import { definitionsToRead, standInsFor } from '../../../src/preview/stand-in.ts';
import type { Preview, PreviewChange } from '../../../src/preview/types.ts';
import type { Change, SimulationReport } from '../../../src/sandbox/simulation/index.ts';
import { carryOut } from '../../../src/sandbox/simulation/simulate.ts';
import { type Cluster, createCluster, describeDefinition, stateOf } from './random-cluster.ts';
import { fillCluster, randomChange } from './random-services.ts';

const HORIZON = 3_600_000;

/** A preview of a random change in a random cluster, and what then happened. */
export interface Comparison {
  readonly change: Change;
  readonly preview: Preview;
  readonly truth: SimulationReport;
  readonly trueBlockers: readonly string[];
  /** The fewest RUNNING tasks of each service by name, by the events that EventBridge received. */
  readonly eventLows: ReadonlyMap<string, EventLow>;
  /** By kind of agreement. */
  readonly agrees: {
    readonly outcome: boolean;
    /** The reasons, by service. */
    readonly blockers: boolean;
    /** The true time is in the range of the preview, or 10 s beside it. */
    readonly time: boolean;
    /** No service fell lower than the preview says. */
    readonly lowest: boolean;
  };
}

function toPreviewChange(change: Change): PreviewChange {
  switch (change.kind) {
    case 'drain':
      return { kind: 'drain', containerInstanceArns: change.containerInstances };
    case 'lose':
      return { kind: 'lose', containerInstanceArns: change.containerInstances, zone: change.zone };
    case 'scale':
      return { kind: 'scale', serviceName: change.service, desiredCount: change.update.desiredCount ?? 0 };
    default:
      return {
        kind: 'deploy',
        serviceName: change.service,
        taskDefinition: change.update.taskDefinition,
        desiredCount: undefined,
        minimumHealthyPercent: undefined,
        maximumPercent: undefined,
      };
  }
}

function readingOf(cluster: Cluster, change: Change): ClusterReading {
  const state = stateOf(cluster);
  const named = change.kind === 'deploy' ? change.update.taskDefinition : undefined;
  const target = named === undefined ? undefined : describeDefinition(cluster, named);
  const live = state.tasks.filter(({ lastStatus }) => lastStatus !== 'STOPPED');
  const read = definitionsToRead(state.services, live, toPreviewChange(change));
  if (target?.taskDefinitionArn !== undefined) read.delete(target.taskDefinitionArn);
  const others = state.taskDefinitions.filter(({ taskDefinitionArn = '' }) => read.has(taskDefinitionArn));
  const standIns = standInsFor(live, new Set([...read, target?.taskDefinitionArn ?? '']));
  return {
    ...state,
    tasks: live,
    stoppedTasks: state.tasks.filter(({ lastStatus }) => lastStatus === 'STOPPED').slice(0, 100),
    taskDefinitions: [...others, ...standIns, ...(target === undefined ? [] : [target])],
    target,
    isPartial: false,
    mayReadProtection: true,
    hiddenDefinitions: 0,
  };
}

function reasonsOf(blockers: readonly { readonly reason: string; readonly serviceArn: string | null }[]): string[] {
  return [...new Set(blockers.map(({ reason, serviceArn }) => `${reason} ${serviceArn ?? ''}`))].sort();
}

/** Previews a random change, makes it, and compares. Undefined if the cluster can have no change of these kinds. */
export async function compareAt(seed: number, kinds: readonly Change['kind'][]): Promise<Comparison | undefined> {
  const cluster = createCluster(seed);
  fillCluster(cluster);
  const change = randomChange(cluster, kinds);
  if (change === undefined) return undefined;
  const reading = readingOf(cluster, change);
  const request = {
    clusterArn: reading.cluster.clusterArn ?? '',
    change: toPreviewChange(change),
    horizon: HORIZON,
    randomSeed: 7,
  };
  const preview = await previewOf(reading, [], request, new AbortController().signal);
  const position = eventsAfter(cluster, 0).next;
  const truth = happen(cluster, change);
  const trueBlockers = reasonsOf(blockersOf(request, truth, reading.protectedUntil));
  return {
    change,
    preview,
    truth,
    trueBlockers,
    eventLows: lowsByEvents(cluster, reading, position),
    agrees: {
      outcome: preview.outcome === truth.outcome,
      blockers: reasonsOf(preview.blockedBy).join() === trueBlockers.join(),
      time: isInRange(preview, truth),
      lowest: truth.services.every(({ serviceArn, lowestHealthy }) => {
        const previewed = preview.services.find((one) => one.serviceArn === serviceArn);
        return previewed !== undefined && previewed.lowestHealthy <= lowestHealthy;
      }),
    },
  };
}

/** The actual result in the sandbox. */
function happen(cluster: Cluster, change: Change): SimulationReport {
  const steps = carryOut(cluster.records(), change, HORIZON);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

const TOLERANCE_MS = 10_000;

function isInRange({ endsAfter }: Preview, { reachedAfter }: SimulationReport): boolean {
  if (endsAfter === null || reachedAfter === undefined) return endsAfter === null && reachedAfter === undefined;
  const { fastest, slowest } = endsAfter;
  return reachedAfter >= fastest - TOLERANCE_MS && reachedAfter <= (slowest ?? HORIZON) + TOLERANCE_MS;
}

/** There is no event when a task leaves RUNNING, only before and after. */
export interface EventLow {
  /** Without tasks that are to stop, and with those that have not stopped. */
  readonly atLeast: number;
  readonly atMost: number;
}

interface TaskEvent {
  readonly 'detail-type': string;
  readonly detail: Readonly<Record<'taskArn' | 'lastStatus' | 'desiredStatus' | 'group', string>>;
}

function eventsAfter({ records }: Cluster, position: number): { readonly events: TaskEvent[]; readonly next: number } {
  const { world } = records();
  const events: TaskEvent[] = [];
  for (let next = position; ; ) {
    const page = world.events.read(world, next);
    events.push(...(page.events as unknown as TaskEvent[]));
    if (page.events.length === 0) return { events, next };
    next = page.next;
  }
}

function lowsByEvents(cluster: Cluster, { tasks }: ClusterReading, position: number): Map<string, EventLow> {
  const there = tasks.map(({ taskArn = '', lastStatus = '', desiredStatus = '', group = '' }) => ({
    taskArn,
    lastStatus,
    desiredStatus,
    group,
  }));
  const later = eventsAfter(cluster, position).events.flatMap(({ 'detail-type': type, detail }) =>
    type === 'ECS Task State Change' ? [detail] : [],
  );
  const strict = lowsOf(there, later, (task) => task.lastStatus === 'RUNNING' && task.desiredStatus === 'RUNNING');
  const loose = lowsOf(
    there,
    later,
    (task, was) => task.lastStatus === 'RUNNING' || (was && task.lastStatus !== 'STOPPED'),
  );
  return new Map(
    [...strict].map(([group, atLeast]) => [group.replace(/^service:/, ''), { atLeast, atMost: loose.get(group) ?? 0 }]),
  );
}

type Counts = (task: TaskEvent['detail'], counted: boolean) => boolean;

function lowsOf(there: readonly TaskEvent['detail'][], later: readonly TaskEvent['detail'][], counts: Counts) {
  const running = new Map<string, Set<string>>();
  for (const task of there) {
    const own = running.get(task.group) ?? new Set<string>();
    running.set(task.group, own);
    if (counts(task, false)) own.add(task.taskArn);
  }
  const lows = new Map([...running].map(([group, own]) => [group, own.size]));
  for (const task of later) {
    const own = running.get(task.group);
    if (own === undefined) continue;
    if (counts(task, own.has(task.taskArn))) own.add(task.taskArn);
    else own.delete(task.taskArn);
    lows.set(task.group, Math.min(lows.get(task.group) ?? 0, own.size));
  }
  return lows;
}
