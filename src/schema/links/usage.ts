import type { FieldMap } from '@pothos/core';
import type { ListInput } from '../../ecs/core/list-operations.ts';
import { listBinding } from '../connections/cursor.ts';
import { clustersArg, pageArgs } from '../connections/page-args.ts';
import { MOST_FIRST, pagedConnection } from '../connections/pagination.ts';
import type { GraphContext } from '../core/context.ts';
import { badUserInput } from '../core/errors.ts';
import type { EcsGraph, Sources } from '../graph/ecs-graph.ts';
import { resolveEntity } from '../graph/entity.ts';
import { selectedNodeMembers } from '../graph/selection.ts';
import { taskDefinitionFilters, taskDefinitionListArgs } from '../lists/task-definition-list.ts';
import { taskOwnerArgs } from '../lists/task-list.ts';
import type { ObjectFields } from '../sdk-types/sdk-graph.ts';
import { servicesThat, taskDefinitionsOf, tasksThat } from './task-definition-use.ts';
import { imageMatches, secretMatches, secretsOf } from './usage-match.ts';

type TaskDefinition = Sources['TaskDefinition'];

/** Something that task definitions name, and how to find it in them. */
interface UsageSource {
  /** The sought item, for cursors. */
  readonly wanted: readonly [string, string];
  readonly isIn: (definition: TaskDefinition) => boolean;
  /** Set if a task itself shows more than its definition. */
  readonly isInTask?: (task: Sources['Task']) => boolean;
}

/**
 * Finds the users of an image or a secret. ECS has no call for that: the graph reads task definitions, and documents
 * the cost.
 */
export function addUsage(graph: EcsGraph): void {
  const image = graph.builder.objectRef<UsageSource>('ImageUsage').implement({
    description: 'The uses of a container image.',
    fields: (t) => ({
      image: t.string({ nullable: false, description: 'The image, as asked for.', resolve: ({ wanted }) => wanted[1] }),
      ...usageFields(graph, t, ['ListTasks', 'DescribeTasks']),
    }),
  });
  const secret = graph.builder.objectRef<UsageSource>('SecretUsage').implement({
    description: 'The uses of a secret of Secrets Manager, or of a parameter of Systems Manager.',
    fields: (t) => ({
      valueFrom: t.string({
        nullable: false,
        description: 'The secret, as asked for.',
        resolve: ({ wanted }) => wanted[1],
      }),
      ...usageFields(graph, t, ['ListTasks', 'DescribeTasks', 'DescribeTaskDefinition']),
    }),
  });

  graph.builder.queryFields((t) => ({
    imageUsage: t.field({
      type: image,
      nullable: false,
      description: 'The uses of a container image. Costs no call itself; its fields cost calls.',
      args: {
        image: t.arg.string({
          required: true,
          description:
            'The image as task definitions write it, with tag or digest. Without either it matches every tag of the repository. `tasks` also accepts a digest alone (`sha256:...`).',
        }),
      },
      resolve: (_root, { image: wanted }) => ({
        wanted: ['image', notEmpty('image', wanted)] as const,
        isIn: (definition) =>
          (definition.containerDefinitions ?? []).some((container) => imageMatches(wanted, container.image)),
        isInTask: (task) =>
          (task.containers ?? []).some((container) => imageMatches(wanted, container.image, container.imageDigest)),
      }),
    }),
    secretUsage: t.field({
      type: secret,
      nullable: false,
      description:
        'Which task definitions name a secret in container secrets, log options or volume credentials. Costs no call itself; its fields cost calls. ' +
        'Registry credentials are not searched.',
      args: {
        valueFrom: t.arg.string({
          required: true,
          description: 'As task definitions write it. The ARN of a secret also finds its keys and versions.',
        }),
      },
      resolve: (_root, { valueFrom }) => ({
        wanted: ['secret', notEmpty('valueFrom', valueFrom)] as const,
        isIn: (definition) => secretsOf(definition).some((found) => secretMatches(valueFrom, found)),
      }),
    }),
  }));
}

/** @throws {GraphQLError} BAD_USER_INPUT: an empty text is in every image */
function notEmpty(argument: string, text: string): string {
  if (text.trim() === '') throw badUserInput(argument, 'must not be empty');
  return text;
}

function usageFields(graph: EcsGraph, t: ObjectFields<UsageSource>, forTasks: readonly string[]): FieldMap {
  return {
    taskDefinitions: t.field({
      ...graph.listed('TaskDefinition', 'ListTaskDefinitions'),
      description:
        'The task definitions that name it. `first` is the number of revisions to examine. A page omits those that do not name it, so it may be ' +
        'empty while more follow. Costs one DescribeTaskDefinition for each revision examined, of which ECS allows 20 a second; narrow it by `family`.',
      args: {
        ...taskDefinitionListArgs(graph, t.arg),
        ...pageArgs(t.arg, {
          description: `How many revisions to examine, from 0 to ${MOST_FIRST}. Each costs an ECS call.`,
        }),
      },
      resolve: ({ wanted, isIn }, { first, after, ...filters }, context, info) => {
        const members = selectedNodeMembers(info, 'TaskDefinition');
        const input = graph.toAwsInput(
          context,
          'ListTaskDefinitions',
          taskDefinitionFilters(filters),
        ) as ListInput<'ListTaskDefinitions'>;
        const page = { first, after, binding: listBinding('usage', context.ecs.scope, wanted, input) };
        return pagedConnection(context.ecs, page, 'ListTaskDefinitions', input, async (arn) => {
          const definition = await context.loaders.of('TaskDefinition').load({ id: arn, members });
          return definition !== null && isIn(definition) ? definition : null;
        });
      },
    }),
    services: t.field({
      type: graph.connection('Service', graph.noun('Service').ref),
      description:
        'The ACTIVE services of all clusters, or of some, that use it in a deployment or task set, sorted by ARN. ' +
        'Costs one ListServices for each 100 services of each cluster, one DescribeServices for each 10, and one DescribeTaskDefinition ' +
        'for each revision that they run.',
      args: { clusters: clustersArg(t.arg), ...pageArgs(t.arg) },
      extensions: {
        operations: ['ListClusters', 'ListServices', 'DescribeServices', 'DescribeTaskDefinition'],
        ecsCost: { list: 10, describe: 1, clusters: 'whole' },
      },
      resolve: ({ wanted, isIn }, { clusters, ...args }, context, info) =>
        servicesThat(context, info, args, {
          clusters,
          wanted,
          matches: async (service) => {
            const found = await Promise.all(taskDefinitionsOf(service).map((arn) => inDefinition(context, arn, isIn)));
            return found.includes(true);
          },
        }),
    }),
    tasks: t.field({
      type: graph.connection('Task', graph.noun('Task').ref),
      description:
        'The tasks of all clusters, or of some, that use it, sorted by ARN. Costs one ListTasks and one DescribeTasks for ' +
        'each 100 tasks of each cluster; for a secret also one DescribeTaskDefinition for each revision that they run.',
      args: { clusters: clustersArg(t.arg), ...taskOwnerArgs(graph, t.arg) },
      extensions: {
        operations: ['ListClusters', ...forTasks],
        ecsCost: { list: 50, describe: 10, clusters: 'whole' },
      },
      resolve: ({ wanted, isIn, isInTask }, { clusters, ...args }, context, info) =>
        tasksThat(context, info, args, {
          clusters,
          wanted,
          matches: (task) => isInTask?.(task) ?? inDefinition(context, task.taskDefinitionArn, isIn),
        }),
    }),
  };
}

async function inDefinition(
  context: GraphContext,
  arn: string | undefined,
  isIn: UsageSource['isIn'],
): Promise<boolean> {
  if (arn === undefined) return false;
  const definition = await resolveEntity(context, 'TaskDefinition', { arn }, new Set(['containerDefinitions']));
  return definition !== null && isIn(definition);
}
