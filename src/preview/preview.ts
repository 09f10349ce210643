import type { Task } from '@aws-sdk/client-ecs';
import {
  type Change,
  refusalOf,
  type SimulatedService,
  type SimulationReport,
  simulate,
} from '../sandbox/simulation/index.ts';
import { type Assumed, assume } from './assumptions.ts';
import { blockersOf } from './blockers.ts';
import { PACES, type Pace } from './paces.ts';
import type { ClusterReading } from './read-cluster.ts';
import { summaryOf } from './summary.ts';
import { inTurns } from './turns.ts';
import {
  type Preview,
  type PreviewChange,
  type PreviewedService,
  type PreviewedTask,
  type PreviewRange,
  PreviewRefusedError,
  type PreviewRequest,
} from './types.ts';

type Reports = Readonly<Record<Pace, SimulationReport>>;

/**
 * Simulates a change three times, with fast, usual and slow assumptions.
 * @param past stopped tasks that ECS no longer shows
 * @throws {PreviewRefusedError} if ECS would refuse the change
 */
export async function previewOf(
  reading: ClusterReading,
  past: readonly Task[],
  request: PreviewRequest,
  signal: AbortSignal,
): Promise<Preview> {
  const assumed = assume(reading, past);
  const { horizon, randomSeed } = request;
  const run = (pace: Pace) =>
    inTurns(simulate(assumed.states[pace], toChange(request.change, reading), { horizon, randomSeed }), signal);
  try {
    const reports: Reports = {
      usual: await run('usual'),
      fastest: await run('fastest'),
      slowest: await run('slowest'),
    };
    return toPreview(reading, request, assumed, reports);
  } catch (error) {
    const refusal = refusalOf(error);
    throw refusal === undefined ? error : new PreviewRefusedError(refusal.code, refusal.message);
  }
}

function toChange(change: PreviewChange, { target }: ClusterReading): Change {
  switch (change.kind) {
    case 'drain':
      return { kind: 'drain', containerInstances: change.containerInstanceArns };
    case 'lose':
      return { kind: 'lose', containerInstances: change.containerInstanceArns, zone: change.zone };
    case 'scale':
      return { kind: 'scale', service: change.serviceName, update: { desiredCount: change.desiredCount } };
    default: {
      const { serviceName, desiredCount, minimumHealthyPercent, maximumPercent } = change;
      const taskDefinition = target?.taskDefinitionArn ?? change.taskDefinition;
      const percentages = {
        ...(minimumHealthyPercent === undefined ? {} : { minimumHealthyPercent }),
        ...(maximumPercent === undefined ? {} : { maximumPercent }),
      };
      return {
        kind: 'deploy',
        service: serviceName,
        update: {
          forceNewDeployment: true,
          ...(taskDefinition === undefined ? {} : { taskDefinition }),
          ...(desiredCount === undefined ? {} : { desiredCount }),
          ...(Object.keys(percentages).length === 0 ? {} : { deploymentConfiguration: percentages }),
        },
      };
    }
  }
}

function toPreview(reading: ClusterReading, request: PreviewRequest, assumed: Assumed, reports: Reports): Preview {
  const { usual, fastest, slowest } = reports;
  const { clusterArn, horizon } = request;
  const tasks = usual.tasks.map(
    (task, at): PreviewedTask => ({
      key: `${String(at).padStart(6, '0')}`,
      taskArn: task.taskArn ?? null,
      serviceArn: task.serviceArn ?? null,
      clusterArn,
      group: task.group,
      taskDefinitionArn: task.taskDefinitionArn,
      fate: task.fate,
      containerInstanceArn: task.containerInstanceArn ?? null,
      availabilityZone: task.availabilityZone ?? null,
      reason: task.reason ?? null,
      after: task.after ?? null,
    }),
  );
  const { capacity } = usual;
  const others = [fastest.outcome, slowest.outcome].filter((outcome) => outcome !== usual.outcome);
  const preview = {
    outcome: usual.outcome,
    otherOutcomes: [...new Set(others)],
    endsAfter: rangeOf(reports),
    horizon,
    services: usual.services.map((service) => serviceOf(service, clusterArn, reports)),
    tasks,
    blockedBy: blockersOf(request, usual, reading.protectedUntil),
    capacity: {
      missingTasks: capacity.tasks,
      cpu: capacity.cpu,
      memory: capacity.memory,
      gpus: capacity.gpus,
      instances: capacity.instances,
      instanceType: capacity.instanceType ?? null,
      addedInstances: usual.addedInstances,
    },
    assumptions: concerning(assumed, tasks, reading),
    notSimulated: assumed.notSimulated,
  };
  return { ...preview, summary: summaryOf(request, preview) };
}

function rangeOf(reports: Reports): PreviewRange | null {
  const usual = reports.usual.reachedAfter;
  if (usual === undefined) return null;
  const known = PACES.flatMap((pace) => reports[pace].reachedAfter ?? []);
  const isSlowKnown = reports.slowest.reachedAfter !== undefined;
  return { fastest: Math.min(...known), usual, slowest: isSlowKnown ? Math.max(...known) : null };
}

function serviceOf(service: SimulatedService, clusterArn: string, reports: Reports): PreviewedService {
  const { serviceArn, serviceName, desiredCount, before, after } = service;
  const all = PACES.flatMap((pace) => reports[pace].services.find((one) => one.serviceArn === serviceArn) ?? []);
  return {
    serviceArn,
    clusterArn,
    serviceName,
    desiredCount,
    runningBefore: before.running,
    healthyBefore: before.healthy,
    runningAfter: after.running,
    healthyAfter: after.healthy,
    lowestRunning: Math.min(...all.map((one) => one.lowestRunning)),
    lowestHealthy: Math.min(...all.map((one) => one.lowestHealthy)),
    highestTasks: Math.max(...all.map((one) => one.highestUp)),
  };
}

/** The assumptions about all, and about the task definitions that the change moves. */
function concerning({ assumptions }: Assumed, tasks: readonly PreviewedTask[], { target }: ClusterReading) {
  const arns = new Set(['', ...tasks.map(({ taskDefinitionArn }) => taskDefinitionArn)]);
  if (target?.taskDefinitionArn !== undefined) arns.add(target.taskDefinitionArn);
  const found = [...arns].flatMap((arn) => assumptions.get(arn) ?? []);
  return [...new Map(found.map((one) => [`${one.kind} ${one.text}`, one])).values()];
}
