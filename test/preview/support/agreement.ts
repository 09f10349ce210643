import { blockersOf, toAnswers } from '../../../src/preview/blockers.ts';
import { previewOf } from '../../../src/preview/preview.ts';
import type { ClusterReading } from '../../../src/preview/read-cluster.ts';
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
  const others = state.taskDefinitions.filter(
    ({ taskDefinitionArn }) => taskDefinitionArn !== target?.taskDefinitionArn,
  );
  return {
    ...state,
    tasks: state.tasks.filter(({ lastStatus }) => lastStatus !== 'STOPPED'),
    stoppedTasks: state.tasks.filter(({ lastStatus }) => lastStatus === 'STOPPED').slice(0, 100),
    taskDefinitions: [...others, ...(target === undefined ? [] : [target])],
    target,
    isPartial: false,
    mayReadProtection: true,
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
  const truth = happen(cluster, change);
  const answers = [toAnswers(truth.begun), toAnswers(truth.ended)] as const;
  const trueBlockers = reasonsOf(blockersOf(request, truth, ...answers, reading.protectedUntil));
  return {
    change,
    preview,
    truth,
    trueBlockers,
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

/** What the sandbox itself then does. */
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
