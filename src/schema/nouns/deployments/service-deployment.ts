import type { ArgBuilder } from '@pothos/core';
import { clusterNameOf, lastPart } from '../../../ecs/core/arn.ts';
import { spanOf } from '../../computed/span.ts';
import { clusterArg, pageArgs } from '../../connections/page-args.ts';
import { blaming } from '../../core/blame.ts';
import type { Types } from '../../core/builder.ts';
import { SERVICE_DEPLOYMENT_WORDS } from '../../descriptions/service-deployment.ts';
import type { EcsGraph, Sources } from '../../graph/ecs-graph.ts';
import { checkedArn, lookUp, lookUpTarget } from '../../graph/entity.ts';
import { serviceDeploymentCursor } from '../../graph/follow-cursor.ts';
import { summaryConnection } from '../../lists/list-connection.ts';

/** Service deployments: the type, its look-ups, list and writes. */
export function addServiceDeployment(graph: EcsGraph): void {
  const ref = graph.addEntity('ServiceDeployment', {
    description:
      'One attempt to deploy a new revision of a service, kept for 90 days with how it ended. Unlike an entry of `Service.deployments`, ' +
      'it does not vanish when it is done, and a rollback is part of it.',
    words: SERVICE_DEPLOYMENT_WORDS,
    inCluster: false,
    fields: (t) => ({
      duration: t.field({
        type: 'Duration',
        description:
          'How long it took from `startedAt` (`createdAt` if it did not start) to its end, a rollback included. Null while it is under ' +
          'way. Costs no call of its own.',
        extensions: { members: ['createdAt', 'startedAt', 'finishedAt', 'stoppedAt'] },
        resolve: ({ createdAt, startedAt, finishedAt, stoppedAt }) =>
          spanOf(startedAt ?? createdAt, finishedAt ?? stoppedAt),
      }),
      startedBy: t.string({
        description:
          'The `startedBy` of the tasks that it starts, `ecs-svc/` and the number of its target revision: `tasks(startedBy:)` lists them. ' +
          'It is no person: ECS does not record who asked for a deployment, AWS CloudTrail does, and `TaskDefinition.registeredBy` is who registered the revision. ' +
          'Tasks that a rollback starts have the `startedBy` of the earlier deployment. Null if ECS names no target revision. Costs no call of its own.',
        extensions: { members: ['targetServiceRevision'] },
        resolve: ({ targetServiceRevision }) =>
          targetServiceRevision?.arn === undefined ? null : `ecs-svc/${lastPart(targetServiceRevision.arn)}`,
      }),
      strategy: t.field({
        type: graph.enumType('DeploymentStrategy'),
        nullable: false,
        description: 'How tasks are replaced. ROLLING where ECS names no strategy. Costs no call of its own.',
        extensions: { members: ['deploymentConfiguration'] },
        resolve: graph.enumResolver(
          'DeploymentStrategy',
          ({ deploymentConfiguration }: Sources['ServiceDeployment']) => deploymentConfiguration?.strategy ?? 'ROLLING',
        ) as never,
      }),
    }),
  });

  graph.builder.queryFields((t) => ({
    serviceDeployment: t.field({
      type: ref,
      description:
        'One service deployment by id or ARN. Null if it does not exist. Costs one DescribeServiceDeployments.',
      args: { serviceDeploymentArn: t.arg.id({ required: true, description: 'Id or ARN.' }) },
      extensions: { operations: ['DescribeServiceDeployments'], ecsCost: 1 },
      resolve: (_root, { serviceDeploymentArn: arn }, context, info) =>
        lookUp(context, info, 'ServiceDeployment', {
          id: checkedArn(context, 'serviceDeploymentArn', 'service-deployment', arn),
        }),
    }),
    serviceDeployments: t.field({
      ...graph.listed('ServiceDeployment', 'ListServiceDeployments'),
      description:
        'The service deployments of a service in the last 90 days. NOT_FOUND if the service or cluster does not exist. ' +
        'Costs as `Service.serviceDeployments`.',
      args: {
        cluster: clusterArg(t.arg),
        service: t.arg.id({ required: true, description: 'Id, ARN or name of the service.' }),
        ...serviceDeploymentListArgs(graph, t.arg),
      },
      resolve: (_root, { cluster: named, service, ...args }, context, info) => {
        const { id, cluster } = lookUpTarget(context, 'service', 'service', service, named);
        const isDefault = named == null && cluster === 'default';
        const owner = { service: id, ...(isDefault ? {} : { cluster }) };
        const read = summaryConnection(graph, context, info, 'serviceDeployments', args, owner);
        return blaming(read, { service, cluster: named }, `looked in cluster "${clusterNameOf(cluster)}"`);
      },
    }),
  }));

  graph.mutation('StopServiceDeployment', {
    description:
      'Stops a service deployment that is under way. ROLLBACK, as by default, goes back to the revision before it; the answer comes at once, the rollback takes its time.',
    fields: (t) => serviceDeploymentCursor(t),
  });
  graph.mutation('ContinueServiceDeployment', {
    description:
      'Ends the pause of a lifecycle hook: CONTINUE continues the deployment, ROLLBACK rolls it back. `hookId` is in `lifecycleHookDetails`.',
    fields: (t) => serviceDeploymentCursor(t),
  });
}

/** Filters and paging of a list of service deployments. */
export function serviceDeploymentListArgs(graph: EcsGraph, arg: ArgBuilder<Types>) {
  return {
    ...graph.inputs.args('ListServiceDeployments', arg, ['status', 'createdAt'], {
      status: 'Only items with one of these statuses. Null means all.',
      createdAt: 'Only items created in this period.',
    }),
    ...pageArgs(arg),
  };
}
