import type { Deployment } from '@aws-sdk/client-ecs';
import type { EcsGraph } from '../../graph/ecs-graph.ts';
import { resolveLink } from '../../graph/entity.ts';
import { serviceOf } from '../../links/deployment-source.ts';
import { startedTasks } from '../../links/started-tasks.ts';
import { revisionArnOf, serviceDeploymentOf } from '../../links/task-origin.ts';
import { taskOwnerArgs } from '../../lists/task-list.ts';

/** The links of the deployments embedded in a service: one for each revision that still has tasks. */
export function addDeployment(graph: EcsGraph): void {
  graph.builder.objectFields(graph.outputType('Deployment'), (t) => ({
    service: t.field({
      type: graph.noun('Service').ref,
      description: 'Its service. Costs no further call.',
      resolve: (deployment, _args, context, info) => {
        const { serviceArn: arn = '', clusterArn } = serviceOf(deployment);
        return resolveLink(context, info, 'Service', { arn, clusterArn });
      },
    }),
    tasks: t.field({
      ...graph.listed('Task', 'ListTasks'),
      description:
        'The tasks that it started, sorted by ARN. Costs as `Service.tasks`, once for all deployments of the service, with all of them described.',
      args: taskOwnerArgs(graph, t.arg),
      resolve: (deployment, { desiredStatus, ...args }, context, info) =>
        startedTasks(context, info, serviceOf(deployment), args, {
          binding: ['tasksOfDeployment', deployment.id ?? ''],
          desiredStatus,
          includes: (startedBy) => startedBy === deployment.id,
        }),
    }),
    serviceRevision: t.field({
      type: graph.noun('ServiceRevision').ref,
      description:
        'The revision that it deploys: it has the number of `deploymentId`. Null where ECS keeps no revisions for the service. ' +
        'Its ARN costs nothing, the rest one DescribeServiceRevisions for each 20.',
      extensions: { operations: ['DescribeServiceRevisions'], ecsCost: { describe: 20 } },
      resolve: (deployment, _args, context, info) => {
        const arn = revisionOf(deployment);
        return arn === undefined ? null : resolveLink(context, info, 'ServiceRevision', { arn });
      },
    }),
    serviceDeployment: t.field({
      type: graph.noun('ServiceDeployment').ref,
      description:
        'The newest of the latest 100 service deployments that deployed its `serviceRevision`; null where that is null. Costs one ' +
        'ListServiceDeployments for each service, and one DescribeServiceDeployments for each 20 where more is read than status, ' +
        'times and target revision.',
      extensions: {
        operations: ['ListServiceDeployments', 'DescribeServiceDeployments'],
        ecsCost: { list: 100, describe: 20 },
      },
      resolve: async (deployment, _args, context, info) => {
        const revision = revisionOf(deployment);
        const { serviceArn = '', clusterArn = '' } = serviceOf(deployment);
        if (revision === undefined) return null;
        return serviceDeploymentOf(graph, context, info, revision, { serviceArn, clusterArn });
      },
    }),
  }));
}

function revisionOf(deployment: Deployment): string | undefined {
  const service = serviceOf(deployment);
  const current = service.currentServiceRevisions ?? [];
  // Task sets shown as deployments have no revisions, and other implementations of ECS may have none at all.
  if (current.length === 0) return undefined;
  const arn = revisionArnOf(service, deployment.id);
  // Even with another numbering, a single revision and a single deployment belong together.
  if (current.length === 1 && service.deployments?.length === 1) return current[0]?.arn;
  return arn;
}
