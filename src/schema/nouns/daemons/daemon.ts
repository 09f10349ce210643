import type { ArgBuilder } from '@pothos/core';
import { parseArn } from '../../../ecs/core/arn.ts';
import { clustersArg, pageArgs } from '../../connections/page-args.ts';
import type { Types } from '../../core/builder.ts';
import { DAEMON_WORDS } from '../../descriptions/daemon.ts';
import type { EcsGraph } from '../../graph/ecs-graph.ts';
import { lookUp } from '../../graph/entity.ts';
import { daemonCursor } from '../../graph/follow-cursor.ts';
import { tagsField } from '../../links/tags-field.ts';
import { daemonsAcross, summaryConnection } from '../../lists/list-connection.ts';
import { taskOwnerArgs, tasksIn } from '../../lists/task-list.ts';
import { arnOfReference } from '../../sdk-types/expand-names.ts';
import { daemonDeploymentListArgs } from './daemon-deployment.ts';

/** Daemons: the type, its links, look-ups, list and writes. */
export function addDaemon(graph: EcsGraph): void {
  const ref = graph.addEntity('Daemon', {
    description:
      'Keeps one copy of a daemon task definition on every instance of some Managed Instances capacity providers. ' +
      'Not a service with the scheduling strategy DAEMON.',
    words: DAEMON_WORDS,
    inCluster: false,
    fields: (t) => ({
      daemonName: t.string({
        description: 'The name, unique in its cluster. ECS returns it only as part of the ARN.',
        extensions: { members: ['daemonArn'] },
        resolve: ({ daemonArn = '' }) => parseArn(daemonArn)?.name ?? null,
      }),
      daemonDeployments: t.field({
        ...graph.listed('DaemonDeployment', 'ListDaemonDeployments', ['daemonArn']),
        description:
          'Its deployments. Costs one ListDaemonDeployments for each 100, and one DescribeDaemonDeployments for each 20 where ' +
          'more is read than status, times and revision.',
        args: daemonDeploymentListArgs(graph, t.arg),
        resolve: ({ daemonArn }, args, context, info) =>
          summaryConnection(graph, context, info, 'daemonDeployments', args, { daemonArn }),
      }),
      tasks: t.field({
        ...graph.listed('Task', 'ListTasks', ['daemonArn', 'clusterArn']),
        description: 'Its tasks. Costs one ListTasks and one DescribeTasks for each 100.',
        args: taskOwnerArgs(graph, t.arg),
        resolve: ({ daemonArn = '', clusterArn = '' }, args, context, info) => {
          const filters = { ...args, daemonName: parseArn(daemonArn)?.name };
          return tasksIn(graph, context, info, clusterArn, filters);
        },
      }),
      tags: tagsField(graph, t, 'daemonArn'),
    }),
  });

  graph.builder.queryFields((t) => ({
    daemon: t.field({
      type: ref,
      description:
        'One daemon. Null if it does not exist. Costs one DescribeDaemon, and one DescribeClusters for a name: it is looked for in the cluster `default`.',
      args: { daemonArn: t.arg.id({ required: true, description: 'Id, ARN or name.' }) },
      extensions: { operations: ['DescribeDaemon'], ecsCost: 1 },
      resolve: async (_root, { daemonArn }, context, info) =>
        lookUp(context, info, 'Daemon', { id: await arnOfReference(context, 'Daemon', 'daemonArn', daemonArn) }),
    }),
    daemons: t.field({
      ...graph.listedAcross('Daemon', 'ListDaemons'),
      description:
        'The daemons of all clusters, or of some. Costs as `Cluster.daemons` for each cluster read, and one ListClusters for each 100 where no cluster is named.',
      args: { clusters: clustersArg(t.arg), ...daemonListArgs(graph, t.arg) },
      resolve: (_root, args, context, info) => daemonsAcross(graph, context, info, args),
    }),
  }));

  graph.mutation('CreateDaemon', {
    description: 'Creates a daemon and starts its first deployment, onto every instance of the capacity providers.',
    fields: (t) => daemonCursor(t),
  });
  graph.mutation('UpdateDaemon', {
    description:
      'Changes a daemon, which starts a deployment: instances are drained and get the new revision share by share. ' +
      'Task definition and capacity providers must be given, changed or not.',
    fields: (t) => daemonCursor(t),
  });
  graph.mutation('DeleteDaemon', {
    description: 'Deletes a daemon. It is DELETE_IN_PROGRESS until its tasks have stopped on every instance.',
  });
}

/** Filters and paging of a list of daemons. */
export function daemonListArgs(graph: EcsGraph, arg: ArgBuilder<Types>) {
  return {
    ...graph.inputs.args('ListDaemons', arg, ['capacityProviderArns'], {
      capacityProviderArns: 'Only daemons of these capacity providers.',
    }),
    ...pageArgs(arg),
  };
}
