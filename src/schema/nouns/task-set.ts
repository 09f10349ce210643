import { clusterNameOf } from '../../ecs/core/arn.ts';
import { homeOf, includesFor } from '../../ecs/core/describe-specs.ts';
import { listBinding } from '../connections/cursor.ts';
import { clusterArg, pageArgs } from '../connections/page-args.ts';
import { keyedConnection } from '../connections/pagination.ts';
import { blaming } from '../core/blame.ts';
import { badUserInput } from '../core/errors.ts';
import { TASK_SET_WORDS } from '../descriptions/task-set.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';
import { selectedNodeMembers } from '../graph/selection.ts';
import { tasksIn } from '../lists/task-list.ts';

const MOST_TASK_SETS = 100;

/** Task sets: the type, its list and writes. */
export function addTaskSet(graph: EcsGraph): void {
  const ref = graph.addEntity('TaskSet', {
    description:
      'A group of tasks in a service that another system deploys (EXTERNAL or CODE_DEPLOY), with its own task definition and scale.',
    words: TASK_SET_WORDS,
    inCluster: false,
    fields: (t) => ({
      tasks: t.field({
        ...graph.listed('Task', 'ListTasks', ['id', 'clusterArn']),
        description:
          'Its tasks whose desired status is RUNNING. Costs one ListTasks and one DescribeTasks for each 100.',
        args: pageArgs(t.arg),
        resolve: ({ id: startedBy, clusterArn = '' }, args, context, info) => {
          const filters = { ...args, startedBy };
          return tasksIn(graph, context, info, clusterArn, filters);
        },
      }),
      tags: t.field({
        type: [graph.outputType('Tag')],
        nullable: { list: true, items: false },
        description:
          'The tags of the task set. Inside its service ECS does not send them: there they cost one DescribeTaskSets for each service.',
        extensions: { members: ['tags', 'taskSetArn'], operations: ['DescribeTaskSets'], ecsCost: 1 },
        resolve: async ({ tags, taskSetArn = '' }, _args, context) => {
          if (tags !== undefined) return tags;
          const home = homeOf('TaskSet', taskSetArn);
          const described = await context.loaders
            .of('TaskSet')
            .load({ id: taskSetArn, cluster: home, members: ['tags'] });
          return described?.tags ?? [];
        },
      }),
    }),
  });

  graph.builder.queryFields((t) => ({
    taskSets: t.field({
      type: graph.connection('TaskSet', ref),
      description:
        'The task sets of a service, sorted by ARN. NOT_FOUND if the service or cluster does not exist. Costs one DescribeTaskSets, where ' +
        '`Service.taskSets` costs no further call.',
      args: {
        cluster: clusterArg(t.arg),
        service: t.arg.id({ required: true, description: 'Id, ARN or name.' }),
        taskSets: t.arg.idList({
          description: 'Only these, each by the id of the graph or of ECS, or by ARN. Null means all.',
        }),
        ...pageArgs(t.arg),
      },
      extensions: { operations: ['DescribeTaskSets'], ecsCost: 1 },
      resolve: async (_root, { first, after, ...args }, context, info) => {
        if (args.taskSets && args.taskSets.length > MOST_TASK_SETS) {
          throw badUserInput('taskSets', `must not be more than ${MOST_TASK_SETS}`);
        }
        const include = includesFor('TaskSet', selectedNodeMembers(info, 'TaskSet')) as 'TAGS'[];
        const { cluster = 'default', ...input } = graph.toAwsInput(context, 'DescribeTaskSets', args);
        const page = { first, after, binding: listBinding('taskSets', context.ecs.scope, cluster, input) };
        const read = context.ecs.read('DescribeTaskSets', { ...input, cluster, include });
        const { taskSets = [] } = await blaming(read, args, `looked in cluster "${clusterNameOf(cluster)}"`);
        const byArn = new Map(taskSets.map((taskSet) => [taskSet.taskSetArn ?? '', taskSet]));
        return keyedConnection(page, [...byArn.keys()].sort(), (arn) => byArn.get(arn) ?? null);
      },
    }),
  }));

  graph.mutation('CreateTaskSet', {
    description:
      'Creates a task set in an EXTERNAL service. It has tasks once its `scale` is above 0, and serves production traffic once it is the primary.',
  });
  graph.mutation('UpdateTaskSet', {
    description: "Changes a task set's scale: a percentage of the service's desired count.",
  });
  graph.mutation('UpdateServicePrimaryTaskSet', {
    description: 'Makes a task set the primary: the one that serves production traffic.',
  });
  graph.mutation('DeleteTaskSet', {
    description:
      'Deletes a task set. With tasks it is DRAINING until they have stopped; `force` deletes it although it is not scaled to 0.',
  });
}
