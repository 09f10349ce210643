import { serviceArnOf } from '../../live/core/task-owner.ts';
import { sizeFields } from '../computed/sizes.ts';
import { spanOf } from '../computed/span.ts';
import { clusterArg, clustersArg } from '../connections/page-args.ts';
import { TASK_WORDS } from '../descriptions/task.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';
import { lookUp, lookUpTarget, resolveLink } from '../graph/entity.ts';
import { tasksCursor } from '../graph/follow-cursor.ts';
import { taskOriginFields } from '../links/task-origin.ts';
import { heldList } from '../lists/held-list.ts';
import { arnConnectionAcross } from '../lists/list-connection.ts';
import { taskListArgs } from '../lists/task-list.ts';
import { containersOf } from './embedded-nodes.ts';

/** Tasks: the type, its links, look-ups, lists and writes. */
export function addTask(graph: EcsGraph): void {
  const ref = graph.addEntity('Task', {
    description:
      'One running, or lately stopped, copy of a task definition. ECS forgets a stopped task after about an hour.',
    words: TASK_WORDS,
    inCluster: true,
    fields: (t) => ({
      service: t.field({
        type: graph.noun('Service').ref,
        description:
          'The service that started it; null for a standalone task. Costs no call where only its name or ARN is read.',
        extensions: { members: ['group', 'clusterArn'], operations: ['DescribeServices'], ecsCost: { describe: 10 } },
        resolve: (task, _args, context, info) => {
          const arn = serviceArnOf(task);
          return arn === undefined ? null : resolveLink(context, info, 'Service', { arn, clusterArn: task.clusterArn });
        },
      }),
      containers: t.field({
        type: [graph.outputType('Container')],
        nullable: false,
        description: TASK_WORDS.containers,
        extensions: { members: ['containers', 'taskArn', 'clusterArn'] },
        resolve: containersOf,
      }),
      ...taskOriginFields(graph, t),
      ...sizeFields(t),
      taskId: t.string({
        nullable: false,
        description: 'The id of ECS, as it ends the ARN. Costs no call.',
        extensions: { members: ['taskArn'] },
        resolve: ({ taskArn = '' }) => taskArn.slice(taskArn.lastIndexOf('/') + 1),
      }),
      startDuration: t.field({
        type: 'Duration',
        description: 'How long it took from `createdAt` until it ran. Null if it has not run. Costs no call.',
        extensions: { members: ['createdAt', 'startedAt'] },
        resolve: ({ createdAt, startedAt }) => spanOf(createdAt, startedAt),
      }),
      protection: t.field({
        type: graph.outputType('ProtectedTask'),
        description:
          'Whether it is protected from scale-in, and until when; null for a task of no service, and where ECS does not say. ' +
          'Costs one GetTaskProtection for each 100 tasks of a cluster.',
        extensions: {
          members: ['taskArn', 'clusterArn', 'group'],
          operations: ['GetTaskProtection'],
          ecsCost: { describe: 100 },
        },
        resolve: (task, _args, context) => {
          const { taskArn = '', clusterArn = '' } = task;
          return serviceArnOf(task) === undefined ? null : context.loaders.taskProtection.load({ taskArn, clusterArn });
        },
      }),
    }),
  });

  graph.builder.queryFields((t) => ({
    task: t.field({
      type: ref,
      description:
        'One task by the id of the graph or of ECS, or by ARN. Null if it or its cluster does not exist. Costs one DescribeTasks.',
      args: {
        cluster: clusterArg(t.arg),
        task: t.arg.id({ required: true, description: 'Id, ARN or name.' }),
      },
      extensions: { operations: ['DescribeTasks'], ecsCost: 1 },
      resolve: (_root, { cluster, task }, context, info) =>
        lookUp(context, info, 'Task', lookUpTarget(context, 'task', 'task', task, cluster)),
    }),
    tasks: t.field({
      ...heldList(graph.listedAcross('Task', 'ListTasks')),
      description:
        'Tasks of all clusters, or of some, those with desired status RUNNING unless asked otherwise. Costs one ListTasks for each cluster ' +
        'read and each 100, one DescribeTasks for each 100, and one ListClusters for each 100 where no cluster is named.',
      args: { clusters: clustersArg(t.arg), ...taskListArgs(graph, t.arg) },
      resolve: (_root, args, context, info) => arnConnectionAcross(graph, context, info, 'tasks', args),
    }),
  }));

  graph.mutation('RunTask', {
    description:
      'Starts up to 10 standalone tasks where the scheduler finds room for them. Why one could not start is in `failures`.',
    fields: (t) => tasksCursor(t),
  });
  graph.mutation('StartTask', {
    description:
      'Starts a standalone task on each of up to 10 container instances. The scheduler has no say in it. Why one could not start is in `failures`.',
    fields: (t) => tasksCursor(t),
  });
  graph.mutation('StopTask', { description: 'Stops a task. The scheduler replaces the task of a service.' });
  graph.mutation('ExecuteCommand', {
    description:
      'Opens a Session Manager session that runs a command in a container. The task must have been started with `enableExecuteCommand`. ' +
      "The session's token is a secret, shown only where the server is configured to show secrets.",
  });
  graph.mutation('UpdateTaskProtection', {
    description:
      'Protects up to 10 tasks of services from scale-in and deployments, for 2 hours or `expiresInMinutes`, or ends the protection. Tasks that cannot be protected are in `failures`.',
  });
}
