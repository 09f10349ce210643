import { TROUBLES } from '../../../live/drain/replacement-trouble.ts';
import { inRange } from '../../connections/argument-range.ts';
import { KEY_DESCRIPTION } from '../../core/keyed-write.ts';
import { ownEnum } from '../../core/own-enum.ts';
import type { EcsGraph } from '../../graph/ecs-graph.ts';
import { resolveLink } from '../../graph/entity.ts';
import { drainCursor } from '../../graph/follow-cursor.ts';
import { DRAIN_OPERATIONS } from '../../live/drain.ts';
import type { DrainResultRef } from '../../live/drain-container-instances.ts';
import { MOST_INSTANCES } from '../../live/drain-types.ts';
import { DRY_RUN_DESCRIPTION } from '../../sdk-types/planned-call.ts';
import { SEMANTIC_NON_NULL } from '../../sdk-types/semantic-non-null.ts';
import { planField } from '../core/change-args.ts';
import { decideAndWrite } from '../core/compound.ts';
import { inTurn } from '../core/in-turn.ts';
import {
  beginWave,
  clusterOfReplacement,
  decideWave,
  MOST_IN_WAVE,
  type ReplacementArgs,
  type ReplacementPayload,
  STATES,
  tokenOf,
} from './replacement-plan.ts';
import { isPassing, type Trouble } from './replacement-troubles.ts';

const MOST_SHOWN = 100;
const MOST_TROUBLES = 100;

/** Adds `replaceContainerInstances`. */
export function addReplaceContainerInstances(graph: EcsGraph, drainResult: DrainResultRef): void {
  const { builder } = graph;
  const state = ownEnum(builder, 'ReplacementState', 'The state of a replacement of instances.', STATES);
  const kind = ownEnum(builder, 'ReplacementTroubleKind', 'Why a wave should not begin.', TROUBLES);
  const trouble = builder.objectRef<Trouble>('ReplacementTrouble').implement({
    description: 'A reason not to begin a wave.',
    fields: (t) => ({
      kind: t.expose('kind', { type: kind, nullable: false, description: 'Which.' }),
      message: t.exposeString('message', {
        nullable: false,
        description: 'The reason as a sentence for people. Its form may change in any release.',
      }),
      isPassing: t.boolean({
        nullable: false,
        description: 'Whether it may go away by itself, so that it is worth waiting.',
        resolve: isPassing,
      }),
      service: t.field({
        type: graph.noun('Service').ref,
        description: 'The service. Null if it is not about one service, and if the caller may not read that.',
        resolve: ({ serviceArn: arn, clusterArn }, _args, context, info) =>
          arn === null ? null : resolveLink(context, info, 'Service', { arn, clusterArn }),
      }),
    }),
  });
  const payload = builder.objectRef<ReplacementPayload>('ReplaceContainerInstancesPayload').implement({
    description: 'The progress of a replacement of instances, and how to continue it.',
    fields: (t) => ({
      state: t.expose('state', {
        type: state,
        nullable: false,
        description: 'The result of the mutation, or the reason why it did nothing.',
      }),
      wave: t.int({
        nullable: false,
        description: 'The number of the wave that began or comes next, from 1.',
        resolve: ({ replacement }) => replacement.wave,
      }),
      containerInstances: t.field({
        type: [graph.noun('ContainerInstance').ref],
        nullable: { list: false, items: false },
        description: `The instances of the wave, at most ${MOST_IN_WAVE}; for DRAINING those with tasks, at most ${MOST_SHOWN}.`,
        resolve: ({ wave }) => wave.slice(0, MOST_SHOWN),
      }),
      results: t.field({
        type: [drainResult],
        nullable: { list: false, items: false },
        description: `The result for each instance of the wave, at most ${MOST_IN_WAVE}. An instance that was refused comes again. Empty unless STARTED.`,
        resolve: ({ results }) => [...results],
      }),
      pendingContainerInstances: t.field({
        type: [graph.noun('ContainerInstance').ref],
        nullable: { list: false, items: false },
        description: `The ACTIVE instances that no wave has drained yet, in their order, at most ${MOST_SHOWN}.`,
        resolve: ({ pending }) => pending.slice(0, MOST_SHOWN),
      }),
      pendingInstanceCount: t.int({
        nullable: false,
        description: 'Number of ACTIVE instances that no wave has drained yet.',
        resolve: ({ pending }) => pending.length,
      }),
      otherDrainingInstances: t.field({
        type: [graph.noun('ContainerInstance').ref],
        nullable: { list: false, items: false },
        description: `DRAINING instances of the cluster outside this replacement that have running or pending tasks, at most ${MOST_SHOWN}. They count towards \`waveSize\`. Read for STARTED and BLOCKED only, else empty.`,
        resolve: ({ others }) => others.slice(0, MOST_SHOWN),
      }),
      otherDrainingInstanceCount: t.int({
        nullable: false,
        description: 'How many `otherDrainingInstances` there are.',
        resolve: ({ others }) => others.length,
      }),
      drainedInstanceCount: t.exposeInt('drained', {
        nullable: false,
        description: 'How many instances have drained or left the cluster.',
      }),
      instanceCount: t.int({
        nullable: false,
        description: 'How many instances the replacement has.',
        resolve: ({ replacement }) => replacement.instances.length,
      }),
      troubles: t.field({
        type: [trouble],
        nullable: { list: false, items: false },
        description: `Why no wave began, at most ${MOST_TROUBLES}. Empty unless BLOCKED.`,
        resolve: ({ troubles }) => troubles.slice(0, MOST_TROUBLES),
      }),
      continueWith: t.exposeString('continueWith', {
        description: 'Pass it as `continueWith` to the next mutation. Null once everything is done.',
      }),
      ...planField(graph, t, 'The calls of this wave. Empty if nothing was to be done.'),
      ...drainCursor(t, ({ wave, results }) => [
        ...results.flatMap(({ instance }) => instance ?? []),
        ...(results.length === 0 ? wave : []),
      ]),
    }),
  });
  builder.mutationField('replaceContainerInstances', (t) =>
    t.field({
      type: payload,
      description:
        'Drains container instances wave by wave: each mutation begins one wave, or says what it waits for, and returns `continueWith` for the next. A wave begins when the ' +
        'one before has no tasks left and nothing is wrong (`ReplacementTroubleKind`). What was done is read from ECS, so that no instance is drained twice and any ' +
        'replica can go on. The Auto Scaling group launches the new instances. `ecs-graphql replace-instances` sends wave after wave. Costs the lists of the ' +
        'services, instances and tasks of the cluster, and one UpdateContainerInstancesState for each 10 instances of a wave.',
      args: {
        cluster: t.arg.id({
          description:
            'Id, ARN or name. Null means the cluster in the ids or ARNs of the instances, or else `default`.',
        }),
        containerInstances: t.arg.idList({
          description: `1 to ${MOST_INSTANCES} container instances of one cluster, each by the id of the graph, ECS's id or ARN. They are drained in this order. Null means all that are ACTIVE now.`,
        }),
        waveSize: t.arg.int({
          description: `Most instances that drain at a time, other DRAINING ones of the cluster with tasks included, from 1 to ${MOST_IN_WAVE}. Null means 1.`,
          ...inRange(1, MOST_IN_WAVE),
        }),
        minActiveInstances: t.arg.int({
          description:
            'A wave begins only if at least this many ACTIVE instances remain in the cluster beside its own. With the present number of instances, each wave waits until new ones have joined. Null means 0.',
          ...inRange(0),
        }),
        deregister: t.arg.boolean({
          description: 'True deregisters instances that have drained. Null means false: they stay DRAINING.',
        }),
        ignore: t.arg({
          type: [kind],
          description: 'Kinds of trouble that do not stop this wave. Null means that every kind stops it.',
        }),
        continueWith: t.arg.string({
          description:
            '`continueWith` of the previous answer. It takes the place of every argument above except `ignore`.',
        }),
        dryRun: t.arg.boolean({ defaultValue: false, description: DRY_RUN_DESCRIPTION }),
        idempotencyKey: t.arg.id({ description: KEY_DESCRIPTION }),
      },
      extensions: {
        operations: [
          ...DRAIN_OPERATIONS,
          'ListContainerInstances',
          'ListServices',
          'DescribeTaskDefinition',
          'DeregisterContainerInstance',
          'UpdateContainerInstancesState',
        ],
        ecsCost: WHOLE_CLUSTER,
        destructive: true,
        ...SEMANTIC_NON_NULL,
      },
      resolve(_root, args, context) {
        const given = args as ReplacementArgs;
        const replace = () =>
          decideAndWrite(context, {
            mutation: 'replaceContainerInstances',
            args: given,
            decide: () => decideWave(context, given),
            planned: (decision): ReplacementPayload => ({ ...decision, results: [], continueWith: tokenOf(decision) }),
            run: (decision) => beginWave(context, given, decision),
          });
        // Two replacements of one cluster at once would not see the waves of each other.
        const cluster = clusterOfReplacement(context, given);
        return given.dryRun === true ? replace() : inTurn(context, `instances ${cluster}`, replace);
      },
    }),
  );
}

/** A cluster of 100 services and 100 instances. */
const WHOLE_CLUSTER = 20;
