import type { ArgBuilder } from '@pothos/core';
import { pageArgs } from '../../connections/page-args.ts';
import { blaming } from '../../core/blame.ts';
import type { Types } from '../../core/builder.ts';
import { DAEMON_DEPLOYMENT_WORDS } from '../../descriptions/daemon-deployment.ts';
import type { EcsGraph } from '../../graph/ecs-graph.ts';
import { checkedArn, lookUp, ownerOf, resolveLink } from '../../graph/entity.ts';
import { summaryConnection } from '../../lists/list-connection.ts';
import { arnOfReference } from '../../sdk-types/expand-names.ts';

/** Daemon deployments: the type, its links, look-up and list. */
export function addDaemonDeployment(graph: EcsGraph): void {
  const ref = graph.addEntity('DaemonDeployment', {
    description: 'One attempt to deploy a new revision of a daemon on all of its instances.',
    words: DAEMON_DEPLOYMENT_WORDS,
    inCluster: false,
    fields: (t) => ({
      daemonArn: t.string({
        description: 'The ARN of its daemon.',
        extensions: { members: ['daemonDeploymentArn'] },
        resolve: ({ daemonDeploymentArn = '' }) => ownerOf(daemonDeploymentArn).daemonArn ?? null,
      }),
      daemon: t.field({
        type: graph.noun('Daemon').ref,
        description:
          'Its daemon. Costs no call where only its name, ARN or cluster is read, otherwise one DescribeDaemon.',
        extensions: { members: ['daemonDeploymentArn'], operations: ['DescribeDaemon'], ecsCost: { describe: 1 } },
        resolve: ({ daemonDeploymentArn = '' }, _args, context, info) => {
          const { daemonArn } = ownerOf(daemonDeploymentArn);
          return daemonArn === undefined ? null : resolveLink(context, info, 'Daemon', { arn: daemonArn });
        },
      }),
    }),
  });

  graph.builder.queryFields((t) => ({
    daemonDeployment: t.field({
      type: ref,
      description:
        'One daemon deployment by id or ARN. Null if it does not exist. Costs one DescribeDaemonDeployments.',
      args: { daemonDeploymentArn: t.arg.id({ required: true, description: 'Id or ARN.' }) },
      extensions: { operations: ['DescribeDaemonDeployments'], ecsCost: 1 },
      resolve: (_root, { daemonDeploymentArn: arn }, context, info) =>
        lookUp(context, info, 'DaemonDeployment', {
          id: checkedArn(context, 'daemonDeploymentArn', 'daemon-deployment', arn),
        }),
    }),
    daemonDeployments: t.field({
      ...graph.listed('DaemonDeployment', 'ListDaemonDeployments'),
      description:
        'The deployments of a daemon. NOT_FOUND if the daemon does not exist. Costs as `Daemon.daemonDeployments`.',
      args: {
        daemonArn: t.arg.id({ required: true, description: 'Id, ARN or name of the daemon.' }),
        ...daemonDeploymentListArgs(graph, t.arg),
      },
      resolve: async (_root, { daemonArn, ...args }, context, info) => {
        const arn = await arnOfReference(context, 'Daemon', 'daemonArn', daemonArn);
        return blaming(summaryConnection(graph, context, info, 'daemonDeployments', args, { daemonArn: arn }), {
          daemonArn,
        });
      },
    }),
  }));
}

/** Filters and paging of a list of daemon deployments. */
export function daemonDeploymentListArgs(graph: EcsGraph, arg: ArgBuilder<Types>) {
  return {
    ...graph.inputs.args('ListDaemonDeployments', arg, ['status', 'createdAt'], {
      status: 'Only items with one of these statuses. Null means all.',
      createdAt: 'Only items created in this period.',
    }),
    ...pageArgs(arg),
  };
}
