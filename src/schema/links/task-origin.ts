import type { FieldMap } from '@pothos/core';
import type { GraphQLResolveInfo } from 'graphql';
import { homeOf } from '../../ecs/core/describe-specs.ts';
import { serviceArnOf, serviceNameOf } from '../../live/core/task-owner.ts';
import type { ServiceKey } from '../../loaders/recent-deployments.ts';
import type { GraphContext } from '../core/context.ts';
import type { EcsGraph, Sources } from '../graph/ecs-graph.ts';
import { resolveLink } from '../graph/entity.ts';
import { knownFromSummary } from '../lists/list-connection.ts';
import type { ObjectFields } from '../sdk-types/sdk-graph.ts';
import { ofService, SERVICE_OF_DEPLOYMENT } from './deployment-source.ts';

type Task = Sources['Task'];

/** Members of a service that show what started its tasks. */
const STARTERS = ['deployments', 'taskSets', ...SERVICE_OF_DEPLOYMENT];
const MEMBERS = ['group', 'clusterArn', 'taskArn', 'startedBy'];

/** Links from a task to what started it. ECS returns only `startedBy`; the rest follows from its service. */
export function taskOriginFields(graph: EcsGraph, t: ObjectFields<Task>): FieldMap {
  return {
    deploymentSlot: t.field({
      type: graph.outputType('Deployment'),
      description:
        'The entry of `Service.deployments` that started it; null for a standalone task, and once the entry has left ' +
        'that list. Costs one DescribeServices for each 10 services.',
      extensions: { members: MEMBERS, operations: ['DescribeServices'], ecsCost: { describe: 10 } },
      resolve: async (task, _args, context) => {
        const service = await serviceOf(context, task);
        const deployment = service?.deployments?.find(({ id }) => id === task.startedBy);
        return service && deployment ? ofService(service, deployment) : null;
      },
    }),
    taskSet: t.field({
      type: graph.noun('TaskSet').ref,
      description:
        'The task set that started it; null for tasks of services without task sets. Costs one DescribeServices for each 10 services.',
      extensions: { members: MEMBERS, operations: ['DescribeServices'], ecsCost: { describe: 10 } },
      resolve: async (task, _args, context) => {
        const service = await serviceOf(context, task);
        return service?.taskSets?.find(({ id }) => id === task.startedBy) ?? null;
      },
    }),
    serviceRevision: t.field({
      type: graph.noun('ServiceRevision').ref,
      description:
        "The revision of its service that it runs: it has the number of the deployment in the task's `startedBy`. Null for a " +
        'standalone task. ECS keeps no revisions for task sets: for a task of one it is null as soon as more than its ARN is read. ' +
        'Its ARN costs nothing, the rest one DescribeServiceRevisions for each 20.',
      extensions: { members: MEMBERS, operations: ['DescribeServiceRevisions'], ecsCost: { describe: 20 } },
      resolve: (task, _args, context, info) => {
        const arn = revisionArnOf({ clusterArn: task.clusterArn, serviceName: serviceNameOf(task) }, task.startedBy);
        return arn === undefined ? null : resolveLink(context, info, 'ServiceRevision', { arn });
      },
    }),
    serviceDeployment: t.field({
      type: graph.noun('ServiceDeployment').ref,
      description:
        'The newest of the latest 100 service deployments that deployed its `serviceRevision`; null where that is null. A task that a ' +
        'rollback started belongs to the earlier service deployment whose revision it runs. Costs one ListServiceDeployments for each ' +
        'service, and one DescribeServiceDeployments for each 20 where more is read than status, times and target revision.',
      extensions: {
        members: MEMBERS,
        operations: ['ListServiceDeployments', 'DescribeServiceDeployments'],
        ecsCost: { list: 100, describe: 20 },
      },
      resolve: async (task, _args, context, info) => {
        const revision = revisionArnOf(
          { clusterArn: task.clusterArn, serviceName: serviceNameOf(task) },
          task.startedBy,
        );
        const serviceArn = serviceArnOf(task);
        if (revision === undefined || serviceArn === undefined) return null;
        return serviceDeploymentOf(graph, context, info, revision, { serviceArn, clusterArn: task.clusterArn ?? '' });
      },
    }),
  };
}

/** The newest of the latest 100 service deployments that introduced a revision. */
export async function serviceDeploymentOf(
  graph: EcsGraph,
  context: GraphContext,
  info: GraphQLResolveInfo,
  serviceRevisionArn: string,
  service: ServiceKey,
): Promise<Sources['ServiceDeployment'] | null> {
  const recent = await context.loaders.recentDeployments.load(service);
  const brief = recent.find((deployment) => deployment.targetServiceRevisionArn === serviceRevisionArn);
  if (brief?.serviceDeploymentArn === undefined) return null;
  const known = knownFromSummary(graph, 'ServiceDeploymentBrief', brief);
  return resolveLink(context, info, 'ServiceDeployment', { arn: brief.serviceDeploymentArn }, known);
}

async function serviceOf(context: GraphContext, task: Task): Promise<Sources['Service'] | null> {
  const id = serviceArnOf(task);
  if (id === undefined || task.startedBy === undefined) return null;
  return context.loaders.of('Service').load({ id, cluster: homeOf('Service', id, task.clusterArn), members: STARTERS });
}

/**
 * The ARN of the revision that a deployment introduces: it has the deployment's number. Undefined if the id is not of
 * an ECS deployment.
 */
export function revisionArnOf(
  { clusterArn, serviceName }: { readonly clusterArn?: string | undefined; readonly serviceName?: string | undefined },
  deploymentId: string | undefined,
): string | undefined {
  const number = /^ecs-svc\/(\d+)$/.exec(deploymentId ?? '')?.[1];
  if (number === undefined || clusterArn === undefined || serviceName === undefined) return undefined;
  return `${clusterArn.replace(':cluster/', ':service-revision/')}/${serviceName}/${number}`;
}
