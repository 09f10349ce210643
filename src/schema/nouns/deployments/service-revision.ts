import { SERVICE_REVISION_WORDS } from '../../descriptions/service-revision.ts';
import type { EcsGraph } from '../../graph/ecs-graph.ts';
import { checkedArn, lookUp } from '../../graph/entity.ts';
import { serviceDeploymentOf } from '../../links/task-origin.ts';

/** Service revisions: the type, its links and look-up. ECS does not list them: service deployments refer to them. */
export function addServiceRevision(graph: EcsGraph): void {
  const ref = graph.addEntity('ServiceRevision', {
    description:
      'The configuration that a service deployment introduced: task definition, network, load balancers and resolved images. Immutable.',
    words: SERVICE_REVISION_WORDS,
    inCluster: false,
    fields: (t) => ({
      serviceDeployment: t.field({
        type: graph.noun('ServiceDeployment').ref,
        description:
          'The newest of the latest 100 service deployments of its service that deployed it; null if no such deployment exists. ' +
          'Costs one ListServiceDeployments for each service, and one DescribeServiceDeployments for each 20 where more is read than ' +
          'status, times and target revision.',
        extensions: {
          members: ['serviceRevisionArn', 'serviceArn', 'clusterArn'],
          operations: ['ListServiceDeployments', 'DescribeServiceDeployments'],
          ecsCost: { list: 100, describe: 20 },
        },
        resolve: ({ serviceRevisionArn = '', serviceArn = '', clusterArn = '' }, _args, context, info) =>
          serviceDeploymentOf(graph, context, info, serviceRevisionArn, { serviceArn, clusterArn }),
      }),
    }),
  });

  graph.builder.queryFields((t) => ({
    serviceRevision: t.field({
      type: ref,
      description: 'One service revision by id or ARN. Null if it does not exist. Costs one DescribeServiceRevisions.',
      args: { serviceRevisionArn: t.arg.id({ required: true, description: 'Id or ARN.' }) },
      extensions: { operations: ['DescribeServiceRevisions'], ecsCost: 1 },
      resolve: (_root, { serviceRevisionArn: arn }, context, info) =>
        lookUp(context, info, 'ServiceRevision', {
          id: checkedArn(context, 'serviceRevisionArn', 'service-revision', arn),
        }),
    }),
  }));
}
