import type { EnumRef, FieldMap } from '@pothos/core';
import { inRange } from '../../connections/argument-range.ts';
import type { Types } from '../../core/builder.ts';
import type { GraphContext } from '../../core/context.ts';
import type { ErrorCode } from '../../core/error-codes.ts';
import { KEY_DESCRIPTION } from '../../core/keyed-write.ts';
import { ownEnum } from '../../core/own-enum.ts';
import type { EcsGraph } from '../../graph/ecs-graph.ts';
import { resolveLink } from '../../graph/entity.ts';
import { DRY_RUN_DESCRIPTION } from '../../sdk-types/planned-call.ts';
import type { ObjectFields } from '../../sdk-types/sdk-graph.ts';
import { SEMANTIC_NON_NULL } from '../../sdk-types/semantic-non-null.ts';
import { planField } from '../core/change-args.ts';
import { decideAndWrite } from '../core/compound.ts';
import {
  type CleanUpArgs,
  checkCleanUp,
  decideCleanUp,
  type Kept,
  MOST_FAMILIES,
  MOST_REMOVED,
} from './clean-up-plan.ts';
import { type CleanUpPayload, type Removed, removeRevisions } from './clean-up-run.ts';
import { type RevisionUse, USES } from './task-definition-uses.ts';

const MOST_KEPT = 100;
const MOST_USES = 10;

/** The revision that an item is about. */
function revisionFields(graph: EcsGraph, t: ObjectFields<{ readonly taskDefinitionArn: string }>): FieldMap {
  return {
    taskDefinitionArn: t.exposeString('taskDefinitionArn', { nullable: false, description: 'Its ARN.' }),
    taskDefinition: t.field({
      type: graph.noun('TaskDefinition').ref,
      description: 'The revision. Costs no call if only ARN, family and number are read.',
      resolve: ({ taskDefinitionArn: arn }, _args, context, info) =>
        resolveLink(context, info, 'TaskDefinition', { arn }),
    }),
  };
}

/** Adds `cleanUpTaskDefinitions`. */
export function addCleanUpTaskDefinitions(graph: EcsGraph, errorCode: EnumRef<Types, ErrorCode>): void {
  const { builder } = graph;
  const kind = ownEnum(builder, 'TaskDefinitionUseKind', 'How something uses a revision.', USES);
  const use = builder.objectRef<RevisionUse>('TaskDefinitionUse').implement({
    description: 'Something in ECS that uses a revision.',
    fields: (t) => ({
      kind: t.expose('kind', { type: kind, nullable: false, description: 'How it uses the revision.' }),
      service: t.field({
        type: graph.noun('Service').ref,
        description: 'The service. Null for a standalone task, and if the caller may not read it.',
        resolve: ({ serviceArn: arn, clusterArn }, _args, context, info) =>
          arn === undefined ? null : resolveLink(context, info, 'Service', { arn, clusterArn }),
      }),
      task: t.field({
        type: graph.noun('Task').ref,
        description: 'The task. Null for a service, and if the caller may not read it.',
        resolve: ({ taskArn: arn, clusterArn }, _args, context, info) =>
          arn === undefined ? null : resolveLink(context, info, 'Task', { arn, clusterArn }),
      }),
    }),
  });
  const kept = builder.objectRef<Kept>('TaskDefinitionCleanupKept').implement({
    description: 'An ACTIVE revision that stays.',
    fields: (t) => ({
      ...revisionFields(graph, t),
      isNewest: t.exposeBoolean('isNewest', {
        nullable: false,
        description: 'Whether it is one of the newest of its family that `keep` keeps.',
      }),
      uses: t.field({
        type: [use],
        nullable: { list: false, items: false },
        description: `The uses of it, at most ${MOST_USES}; \`useCount\` is their total.`,
        resolve: ({ uses }) => uses.slice(0, MOST_USES),
      }),
      useCount: t.int({ nullable: false, description: 'How many things use it.', resolve: ({ uses }) => uses.length }),
    }),
  });
  const result = builder.objectRef<Removed>('TaskDefinitionCleanupResult').implement({
    description: 'The result for one revision.',
    fields: (t) => ({
      ...revisionFields(graph, t),
      status: t.field({
        type: graph.enumType('TaskDefinitionStatus'),
        description: 'Its status after the mutation.',
        resolve: graph.enumResolver('TaskDefinitionStatus', (source: Removed) => source.status),
      }),
      code: t.expose('code', { type: errorCode, description: 'Why ECS refused to remove it. Null for a success.' }),
      message: t.exposeString('message', { description: 'The refusal in words. Null for a success.' }),
    }),
  });
  const payload = builder.objectRef<CleanUpPayload>('CleanUpTaskDefinitionsPayload').implement({
    description:
      'The result of `cleanUpTaskDefinitions`: the revisions that it removed, or would remove, and those that it keeps.',
    fields: (t) => ({
      results: t.field({
        type: [result],
        nullable: { list: false, items: false },
        description: `The revisions that it removed, or that ECS refused to remove: at most ${MOST_REMOVED}. Empty after a \`dryRun\`.`,
        resolve: ({ results }) => [...results],
      }),
      removedCount: t.int({
        nullable: false,
        description: 'How many revisions were removed.',
        resolve: ({ results }) => results.filter(({ code }) => code === null).length,
      }),
      remainingCount: t.exposeInt('remaining', {
        nullable: false,
        description:
          'Number of revisions that could still be removed. Send the mutation again, with another key, to remove more.',
      }),
      kept: t.field({
        type: [kept],
        nullable: { list: false, items: false },
        description: `ACTIVE revisions that stay, by family, the newest first: at most ${MOST_KEPT}; \`keptCount\` is their total.`,
        resolve: ({ kept: all }) => all.slice(0, MOST_KEPT),
      }),
      keptCount: t.int({
        nullable: false,
        description: 'How many ACTIVE revisions stay.',
        resolve: ({ kept: all }) => all.length,
      }),
      ...planField(graph, t, 'The calls, in their order. Empty if there is nothing to remove.'),
    }),
  });
  builder.mutationField('cleanUpTaskDefinitions', (t) =>
    t.field({
      type: payload,
      description:
        'Deregisters, and with `delete` deletes, revisions that nothing in ECS uses, the oldest first. A revision stays if it is one of the `keep` newest, or if a service or ' +
        'task of any cluster uses it, those that the caller may not read included. References from other services of AWS are not seen. FORBIDDEN, with nothing done, unless the caller may ' +
        'remove each. Costs the lists and descriptions of all services and of the tasks of the families, one DeregisterTaskDefinition for each revision, and one ' +
        'DeleteTaskDefinitions for each 10.',
      args: {
        families: t.arg.stringList({
          required: true,
          description: `The families, by their exact names; 1 to ${MOST_FAMILIES}.`,
        }),
        keep: t.arg.int({
          required: true,
          defaultValue: 5,
          description: 'How many of the newest ACTIVE revisions of each family stay, from 0.',
          ...inRange(0),
        }),
        delete: t.arg.boolean({
          required: true,
          defaultValue: false,
          description: 'True also deletes what is INACTIVE, which cannot be undone. False only deregisters.',
        }),
        limit: t.arg.int({
          required: true,
          defaultValue: MOST_REMOVED,
          description: `Most revisions that this mutation removes, from 1 to ${MOST_REMOVED}.`,
          ...inRange(1, MOST_REMOVED),
        }),
        dryRun: t.arg.boolean({ defaultValue: false, description: DRY_RUN_DESCRIPTION }),
        idempotencyKey: t.arg.id({ description: KEY_DESCRIPTION }),
      },
      extensions: {
        operations: [
          'ListTaskDefinitions',
          'ListClusters',
          'ListServices',
          'DescribeServices',
          'ListServiceDeployments',
          'DescribeServiceRevisions',
          'ListTasks',
          'DescribeTasks',
          'DeregisterTaskDefinition',
          'DeleteTaskDefinitions',
        ],
        ecsCost: { perCluster: WHOLE_CLUSTER },
        destructive: true,
        ...SEMANTIC_NON_NULL,
      },
      resolve: (_root, args, context) => cleanUp(context, args as CleanUpArgs),
    }),
  );
}

/** The lists and descriptions of 100 services and of the tasks of a family. */
const WHOLE_CLUSTER = 15;

async function cleanUp(context: GraphContext, args: CleanUpArgs): Promise<CleanUpPayload> {
  checkCleanUp(args);
  return decideAndWrite(context, {
    mutation: 'cleanUpTaskDefinitions',
    args,
    decide: () => decideCleanUp(context, args),
    planned: ({ kept, remaining, plan }) => ({ results: [], kept, remaining, plan }),
    run: (decision) => removeRevisions(context, args, decision),
  });
}
