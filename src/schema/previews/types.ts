import type { ObjectRef } from '@pothos/core';
import type {
  AssumptionKind,
  Preview,
  PreviewAssumption,
  PreviewedCapacity,
  PreviewedFate,
  PreviewedService,
  PreviewedTask,
  PreviewOutcome,
  PreviewRange,
} from '../../preview/types.ts';
import { listBinding } from '../connections/cursor.ts';
import { pageArgs } from '../connections/page-args.ts';
import { keyedConnection } from '../connections/pagination.ts';
import type { Types } from '../core/builder.ts';
import { ownEnum } from '../core/own-enum.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';
import { resolveLink } from '../graph/entity.ts';
import { count, MOST_ROWS, type ProgressTypes } from '../live/shared-types.ts';

const OUTCOMES: Readonly<Record<PreviewOutcome, string>> = {
  DONE: 'The change would be done, and every service that it concerns would have its tasks.',
  DONE_DEGRADED: 'The change would be done, and a service would be left with fewer healthy tasks than it wants.',
  BLOCKED: 'The change would not be done, and nothing would move any more. `blockedBy` says why.',
  UNFINISHED: 'The change would not be done within `horizon`, and something would still move.',
  FAILED: 'The deployment would fail and would not be rolled back.',
  ROLLED_BACK: 'The deployment would fail and would be rolled back.',
};

const FATES: Readonly<Record<PreviewedFate, string>> = {
  STOPS: 'A task that exists would be stopped.',
  STARTS: 'A task would be started and find a place.',
  FAILS: 'A task would be started and fail.',
  WAITS: 'A task would be started and wait for managed scaling to add an instance.',
  STAYS: 'A task would have to leave its instance and would stay.',
};

const KINDS: Readonly<Record<AssumptionKind, string>> = {
  START: 'From the placement of a task to the pull of its images.',
  IMAGE_PULL: 'The pull of the images.',
  ACTIVATION: 'From the pull to RUNNING.',
  HEALTH_CHECK: "From RUNNING until the container's health check passes.",
  TARGET_HEALTH: 'From RUNNING until the load balancer has healthy targets.',
  TARGET_DEREGISTRATION: 'The deregistration of a target before its task stops.',
  STOP: 'From SIGTERM to the end of the containers.',
  CLEAN_UP: 'From the end of the containers to STOPPED.',
  SCHEDULER: "The pace of ECS's scheduler.",
  SCALE_OUT: 'The pace of managed scaling.',
  TASK_FATE: 'The fate of new tasks of a revision, learned from its last tasks.',
  UNSEEN: 'A state that ECS does not show.',
};

/** Adds the types of previews. */
export function addPreviewTypes(graph: EcsGraph, { blocker }: ProgressTypes): ObjectRef<Types, Preview> {
  const { builder } = graph;
  const outcome = ownEnum(builder, 'PreviewOutcome', 'How a change would end.', OUTCOMES);
  const range = builder.objectRef<PreviewRange>('PreviewRange').implement({
    description: 'A duration with fast, usual and slow assumptions.',
    fields: (t) => ({
      fastest: t.expose('fastest', { type: 'Duration', nullable: false, description: 'With fast assumptions.' }),
      usual: t.expose('usual', { type: 'Duration', nullable: false, description: 'With usual assumptions.' }),
      slowest: t.expose('slowest', {
        type: 'Duration',
        description: 'With slow assumptions. Null if it would be longer than `horizon`.',
      }),
    }),
  });
  const service = addService(graph);
  const task = addTask(graph);
  const capacity = addCapacity(graph);
  const assumption = addAssumption(graph, range);
  return builder.objectRef<Preview>('Preview').implement({
    description:
      'The result of a simulated change. A simulation of the scheduler carried it out on a copy of the current state; nothing in ECS is changed.',
    fields: (t) => ({
      outcome: t.expose('outcome', {
        type: outcome,
        nullable: false,
        description: 'How it would end with usual assumptions.',
      }),
      otherOutcomes: t.expose('otherOutcomes', {
        type: [outcome],
        nullable: false,
        description: 'Other outcomes that fast or slow assumptions give: at most 2. Empty if all agree.',
      }),
      endsAfter: t.expose('endsAfter', {
        type: range,
        description:
          'Time until it would be done, failed or rolled back. Null if that would not happen within `horizon`. A drain is done when no task is left on the instances.',
      }),
      horizon: t.expose('horizon', {
        type: 'Duration',
        nullable: false,
        description: 'How far the simulation looks ahead.',
      }),
      services: t.field({
        type: graph.connection('PreviewService', service),
        description: 'The services whose tasks it would move, sorted by ARN.',
        args: pageArgs(t.arg),
        resolve: ({ services }, page, { ecs }) => {
          const byArn = new Map(services.map((one) => [one.serviceArn, one]));
          const binding = listBinding('previewServices', ecs.scope);
          return keyedConnection({ ...page, binding }, [...byArn.keys()].sort(), (arn) => byArn.get(arn) ?? null);
        },
      }),
      tasks: t.field({
        type: graph.connection('PreviewTask', task.ref),
        description: 'The tasks that it would start, stop, move or leave, in the order in which that would happen.',
        args: {
          fates: t.arg({ type: [task.fate], description: 'Only tasks of one of these fates. Null means all.' }),
          ...pageArgs(t.arg),
        },
        resolve: ({ tasks }, { fates, ...page }, { ecs }) => {
          const wanted = tasks.filter((one) => fates == null || fates.includes(one.fate));
          const byKey = new Map(wanted.map((one) => [one.key, one]));
          const binding = listBinding('previewTasks', ecs.scope, fates);
          return keyedConnection({ ...page, binding }, [...byKey.keys()].sort(), (key) => byKey.get(key) ?? null);
        },
      }),
      blockedBy: t.field({
        type: [blocker],
        nullable: false,
        description: `The blockers of the change, by the rules of \`drainProgress\` and \`deploymentProgress\`: at most ${MOST_ROWS}. Empty if it would be done.`,
        resolve: ({ blockedBy }) => blockedBy.slice(0, MOST_ROWS),
      }),
      capacity: t.expose('capacity', {
        type: capacity,
        nullable: false,
        description: 'The CPU, memory and GPUs that tasks would lack.',
      }),
      assumptions: t.field({
        type: [assumption],
        nullable: false,
        description: `Assumptions of the simulation about the tasks that the change moves, and about the cluster: at most ${MOST_ROWS}.`,
        resolve: ({ assumptions }) => assumptions.slice(0, MOST_ROWS),
      }),
      notSimulated: t.stringList({
        nullable: false,
        description: `Parts of this cluster that the simulation leaves out: at most ${MOST_ROWS} sentences.`,
        resolve: ({ notSimulated }) => notSimulated.slice(0, MOST_ROWS),
      }),
      summary: t.exposeString('summary', {
        nullable: false,
        description: 'One line of text that a bot can post unchanged.',
      }),
    }),
  });
}

function addService(graph: EcsGraph) {
  return graph.builder.objectRef<PreviewedService>('PreviewService').implement({
    description: 'How the tasks of one service would change.',
    fields: (t) => ({
      service: t.field({
        type: graph.noun('Service').ref,
        description: 'The service as it is now. Its fields cost as those of any service.',
        resolve: ({ serviceArn: arn, clusterArn }, _args, context, info) =>
          resolveLink(context, info, 'Service', { arn, clusterArn }),
      }),
      serviceName: t.exposeString('serviceName', { nullable: false, description: 'Its name.' }),
      desiredCount: t.exposeInt('desiredCount', count('Its desired count after the change.')),
      runningCountBefore: t.exposeInt('runningBefore', count('Its RUNNING tasks now.')),
      healthyCountBefore: t.exposeInt(
        'healthyBefore',
        count('Its healthy tasks now. The health of targets is assumed, because ECS does not show it.'),
      ),
      runningCountAfter: t.exposeInt('runningAfter', count('Its RUNNING tasks at the end.')),
      healthyCountAfter: t.exposeInt('healthyAfter', count('Its healthy tasks at the end.')),
      lowestRunningCount: t.exposeInt('lowestRunning', count('The fewest RUNNING tasks on the way, in any run.')),
      lowestHealthyCount: t.exposeInt('lowestHealthy', count('The fewest healthy tasks on the way, in any run.')),
      highestTaskCount: t.exposeInt('highestTasks', count('The most tasks on the way that run or start, in any run.')),
    }),
  });
}

function addTask(graph: EcsGraph) {
  const { builder } = graph;
  const fate = ownEnum(builder, 'PreviewTaskFate', 'The fate of a task under a change.', FATES);
  const ref = builder.objectRef<PreviewedTask>('PreviewTask').implement({
    description: 'The fate of one task under the change.',
    fields: (t) => ({
      fate: t.expose('fate', { type: fate, nullable: false, description: 'The fate of the task.' }),
      task: t.field({
        type: graph.noun('Task').ref,
        description: 'The task. Null for one that would be started.',
        resolve: ({ taskArn, clusterArn }, _args, context, info) =>
          taskArn === null ? null : resolveLink(context, info, 'Task', { arn: taskArn, clusterArn }),
      }),
      group: t.exposeString('group', {
        nullable: false,
        description: 'Its group: `service:` and the name of its service, or the group of a standalone task.',
      }),
      taskDefinition: t.field({
        type: graph.noun('TaskDefinition').ref,
        description: 'Its revision.',
        resolve: ({ taskDefinitionArn: arn }, _args, context, info) =>
          resolveLink(context, info, 'TaskDefinition', { arn }),
      }),
      containerInstance: t.field({
        type: graph.noun('ContainerInstance').ref,
        description:
          'The instance that it is on, or would be placed on. Null on Fargate, without a place, and on an instance that managed scaling would add.',
        resolve: ({ containerInstanceArn: arn, clusterArn }, _args, context, info) =>
          arn === null ? null : resolveLink(context, info, 'ContainerInstance', { arn, clusterArn }),
      }),
      availabilityZone: t.exposeString('availabilityZone', {
        description: 'The zone that it is in, or would be in. Null if it would have no place.',
      }),
      after: t.expose('after', {
        type: 'Duration',
        description:
          'Time from the change until the task would be RUNNING or STOPPED, with usual assumptions. Null if that would not happen within `horizon`.',
      }),
      reason: t.exposeString('reason', { description: 'Why it would fail. Null if it would not.' }),
    }),
  });
  return { ref, fate };
}

function addCapacity({ builder }: EcsGraph) {
  return builder.objectRef<PreviewedCapacity>('PreviewCapacity').implement({
    description: 'Room that tasks of a change would lack, at its end and with usual assumptions.',
    fields: (t) => ({
      missingTaskCount: t.exposeInt('missingTasks', count('Tasks that would find no place.')),
      cpu: t.exposeInt('cpu', count('CPU units that they need together.')),
      memory: t.exposeInt('memory', count('Memory in MiB that they need together.')),
      gpuCount: t.exposeInt('gpus', count('GPUs that they need together.')),
      instanceCount: t.exposeInt(
        'instances',
        count('How many more instances like the largest of the cluster would hold them.'),
      ),
      instanceType: t.exposeString('instanceType', {
        description: 'The type of that instance. Null if ECS does not show it, or if there are no instances.',
      }),
      addedInstanceCount: t.exposeInt('addedInstances', count('Instances that managed scaling would add on the way.')),
    }),
  });
}

function addAssumption({ builder }: EcsGraph, range: ObjectRef<Types, PreviewRange>) {
  const kind = ownEnum(builder, 'PreviewAssumptionKind', 'The subject of an assumption.', KINDS);
  return builder.objectRef<PreviewAssumption>('PreviewAssumption').implement({
    description: 'An assumption of a simulation.',
    fields: (t) => ({
      kind: t.expose('kind', { type: kind, nullable: false, description: 'Its subject.' }),
      text: t.exposeString('text', {
        nullable: false,
        description: 'The assumption in one sentence for people. Its form may change in any release.',
      }),
      family: t.exposeString('family', {
        description: 'The family of task definitions that it is about. Null if it is about all.',
      }),
      range: t.expose('range', {
        type: range,
        description: 'The assumed durations. Null if it is not about a duration.',
      }),
      sampleCount: t.exposeInt(
        'sampleCount',
        count('How many tasks of the cluster it was learned from. 0 for a default.'),
      ),
    }),
  });
}
