import type { ObjectRef } from '@pothos/core';
import { imagesOf } from '../computed/service-fields.ts';
import { sizeFields } from '../computed/sizes.ts';
import type { ComputedTypes } from '../computed/types.ts';
import { clustersArg, pageArgs } from '../connections/page-args.ts';
import type { Types } from '../core/builder.ts';
import { TASK_DEFINITION_WORDS } from '../descriptions/task-definition.ts';
import type { EcsGraph, Sources } from '../graph/ecs-graph.ts';
import { checkedName, lookUp } from '../graph/entity.ts';
import { servicesThat, taskDefinitionsOf, tasksThat } from '../links/task-definition-use.ts';
import { arnConnection } from '../lists/list-connection.ts';
import { taskDefinitionFilters, taskDefinitionListArgs } from '../lists/task-definition-list.ts';
import { taskOwnerArgs } from '../lists/task-list.ts';

const TAGS = ['tags'];

/** Task definitions and their families: the types, links, look-ups, lists and writes. */
export function addTaskDefinition(graph: EcsGraph, { imageReference }: ComputedTypes): void {
  const ref: ObjectRef<Types, Sources['TaskDefinition']> = graph.addEntity('TaskDefinition', {
    description: 'One revision of the description of a task. Immutable, but for its status and tags.',
    words: TASK_DEFINITION_WORDS,
    inCluster: false,
    fields: (t) => ({
      ...sizeFields(t),
      images: t.field({
        type: [imageReference],
        nullable: false,
        description: 'The images of its containers, in their order. Costs no call of its own.',
        extensions: { members: ['containerDefinitions'] },
        resolve: imagesOf,
      }),
      tags: t.field({
        type: [graph.outputType('Tag')],
        nullable: { list: true, items: false },
        description: 'The tags of the revision. Requested from ECS only when selected.',
        resolve: async ({ taskDefinitionArn: id = '', tags }, _args, context) =>
          tags ?? (await context.loaders.of('TaskDefinition').load({ id, members: TAGS }))?.tags ?? [],
      }),
      previous: t.field({
        type: ref,
        description:
          'The revision with the number below, whatever its status; null for the first, and where it has been deleted. ' +
          'Costs one DescribeTaskDefinition.',
        extensions: { members: ['family', 'revision'], operations: ['DescribeTaskDefinition'], ecsCost: 1 },
        resolve: ({ family, revision = 1 }, _args, context, info) =>
          revision <= 1 ? null : lookUp(context, info, 'TaskDefinition', { id: `${family}:${revision - 1}` }),
      }),
      services: t.field({
        type: graph.connection('Service', graph.noun('Service').ref),
        description:
          'The ACTIVE services of all clusters, or of some, with a deployment or task set that runs it, sorted by ARN. ECS has no filter for ' +
          'it: costs one ListServices for each 100 services of each cluster, and one DescribeServices for each 10.',
        args: { clusters: clustersArg(t.arg), ...pageArgs(t.arg) },
        extensions: {
          members: ['taskDefinitionArn'],
          operations: ['ListClusters', 'ListServices', 'DescribeServices'],
          ecsCost: { list: 10, describe: 10, clusters: 'whole' },
        },
        resolve: ({ taskDefinitionArn: arn = '' }, { clusters, ...args }, context, info) =>
          servicesThat(context, info, args, {
            clusters,
            wanted: ['taskDefinition', arn],
            matches: (service) => taskDefinitionsOf(service).includes(arn),
          }),
      }),
      tasks: t.field({
        type: graph.connection('Task', graph.noun('Task').ref),
        extensions: {
          members: ['taskDefinitionArn', 'family'],
          operations: ['ListClusters', 'ListTasks', 'DescribeTasks'],
          ecsCost: { list: 100, describe: 100, clusters: 'whole' },
        },
        description:
          'The tasks that run it, of all clusters or of some, sorted by ARN. Costs one ListTasks for each cluster, and one ListTasks and one ' +
          'DescribeTasks for each 100 tasks of its family.',
        args: { clusters: clustersArg(t.arg), ...taskOwnerArgs(graph, t.arg) },
        resolve: ({ taskDefinitionArn: arn = '', family }, { clusters, ...args }, context, info) => {
          const search = {
            clusters,
            wanted: ['taskDefinition', arn],
            matches: (task: Sources['Task']) => task.taskDefinitionArn === arn,
          };
          return tasksThat(context, info, args, search, { family });
        },
      }),
    }),
  });

  graph.builder.queryFields((t) => ({
    taskDefinition: t.field({
      type: ref,
      description:
        'One revision by id or ARN, `family:revision`, or `family` for its latest ACTIVE one. Null if it does not exist. ' +
        'Costs one DescribeTaskDefinition.',
      args: { taskDefinition: t.arg.id({ required: true, description: 'Id, ARN, `family:revision` or `family`.' }) },
      extensions: { operations: ['DescribeTaskDefinition'], ecsCost: 1 },
      resolve: (_root, { taskDefinition }, context, info) =>
        lookUp(context, info, 'TaskDefinition', {
          id: checkedName(context, 'taskDefinition', 'task-definition', taskDefinition),
        }),
    }),
    taskDefinitions: t.field({
      ...graph.listed('TaskDefinition', 'ListTaskDefinitions'),
      description:
        'Revisions, sorted by family and number. Costs one ListTaskDefinitions for each 100, and where more than ARN, family and number ' +
        'is read one DescribeTaskDefinition for each: ECS has no batch for them.',
      args: {
        ...taskDefinitionListArgs(graph, t.arg),
        ...pageArgs(t.arg),
      },
      resolve: (_root, args, context, info) =>
        arnConnection(graph, context, info, 'taskDefinitions', taskDefinitionFilters(args)),
    }),
  }));

  graph.mutation('RegisterTaskDefinition', {
    description: 'Registers a revision: the first of a new family, or the next of an existing one.',
  });
  graph.mutation('DeregisterTaskDefinition', {
    description:
      'Makes a revision INACTIVE. New services and tasks cannot use it; running tasks continue. The revision number is required.',
  });
  graph.mutation('DeleteTaskDefinitions', {
    description:
      'Deletes up to 10 INACTIVE revisions. A revision is DELETE_IN_PROGRESS while a task or service uses it. Revisions that cannot be deleted are in `failures`.',
  });
}
