import type { FieldMap } from '@pothos/core';
import type { GraphQLResolveInfo } from 'graphql';
import { homeOf } from '../ecs/kinds.ts';
import type { ServiceKey } from '../loaders/recent-deployments.ts';
import type { GraphContext } from './context.ts';
import { ofService, SERVICE_OF_DEPLOYMENT } from './deployment-source.ts';
import type { EcsGraph, Sources } from './ecs-graph.ts';
import { resolveLink } from './entity.ts';
import { toldBy } from './listed.ts';
import type { ObjectFields } from './mechanical/graph.ts';

type Task = Sources['Task'];

/** Members of a service that say what started its tasks. */
const STARTERS = ['deployments', 'taskSets', ...SERVICE_OF_DEPLOYMENT];
const MEMBERS = ['group', 'clusterArn', 'taskArn', 'startedBy'];

/** Links from a task to what started it. ECS says only `startedBy`; the rest follows from its service. */
export function taskOriginFields(graph: EcsGraph, t: ObjectFields<Task>): FieldMap {
  return {
    deployment: t.field({
      type: graph.outputType('Deployment'),
      description:
        'The deployment of its service that started it; null for a standalone task, and once the deployment has left ' +
        "the service's list. Costs one DescribeServices for each 10 services.",
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
        'The revision of its service that it runs. Null for a standalone task, once its deployment has left the list, and where ' +
        'several current revisions have its task definition: ECS does not say which is whose. Costs one DescribeServices for each 10 ' +
        'services, and one DescribeServiceRevisions for each 20 revisions where a service has more than one.',
      extensions: {
        members: MEMBERS,
        operations: ['DescribeServices', 'DescribeServiceRevisions'],
        ecsCost: { describe: 5 },
      },
      resolve: async (task, _args, context, info) => {
        const arn = await revisionArnOf(context, await serviceOf(context, task), task.startedBy);
        return arn === undefined ? null : resolveLink(context, info, 'ServiceRevision', { arn });
      },
    }),
    serviceDeployment: t.field({
      type: graph.noun('ServiceDeployment').ref,
      description:
        'The newest of the latest 100 service deployments that brought in its `serviceRevision`; null where that is null. A task that a ' +
        'rollback started belongs to the earlier service deployment whose revision it runs. Costs as `serviceRevision`, ' +
        'one ListServiceDeployments for each service, ' +
        'and one DescribeServiceDeployments for each 20 where more is read than status, times and target revision.',
      extensions: {
        members: MEMBERS,
        operations: [
          'DescribeServices',
          'DescribeServiceRevisions',
          'ListServiceDeployments',
          'DescribeServiceDeployments',
        ],
        ecsCost: { list: 100, describe: 4 },
      },
      resolve: async (task, _args, context, info) => {
        const revision = await revisionArnOf(context, await serviceOf(context, task), task.startedBy);
        const serviceArn = serviceArnOf(task);
        if (revision === undefined || serviceArn === undefined) return null;
        return serviceDeploymentOf(graph, context, info, revision, { serviceArn, clusterArn: task.clusterArn ?? '' });
      },
    }),
  };
}

/** A task names its service only in `group`; the ARN follows from the cluster's (an old-format service ARN lacks it). */
export function serviceArnOf({ group, clusterArn, taskArn }: Task): string | undefined {
  if (!group?.startsWith('service:') || clusterArn === undefined) return undefined;
  const name = group.slice('service:'.length);
  const isOldFormat = taskArn !== undefined && taskArn.split('/').length === 2;
  return isOldFormat
    ? clusterArn.replace(/:cluster\/.*$/, `:service/${name}`)
    : `${clusterArn.replace(':cluster/', ':service/')}/${name}`;
}

/** The newest of the latest 100 service deployments that brought in a revision. */
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
  const told = toldBy(graph, 'ServiceDeploymentBrief', brief);
  return resolveLink(context, info, 'ServiceDeployment', { arn: brief.serviceDeploymentArn }, told);
}

async function serviceOf(context: GraphContext, task: Task): Promise<Sources['Service'] | null> {
  const id = serviceArnOf(task);
  if (id === undefined || task.startedBy === undefined) return null;
  return context.loaders.of('Service').load({ id, cluster: homeOf('Service', id, task.clusterArn), members: STARTERS });
}

/** The revision that a deployment of a service brings in, where ECS's answers leave no doubt. */
export async function revisionArnOf(
  context: GraphContext,
  service: Sources['Service'] | null,
  deploymentId: string | undefined,
): Promise<string | undefined> {
  const { deployments = [], currentServiceRevisions = [] } = service ?? {};
  const deployment = deployments.find(({ id }) => id === deploymentId);
  if (deployment === undefined) return undefined;
  const arns = currentServiceRevisions.flatMap(({ arn }) => arn ?? []);
  if (arns.length === 1 && deployments.length === 1) return arns[0];
  const revisions = await Promise.all(arns.map((id) => context.loaders.of('ServiceRevision').load({ id })));
  const [match, ...others] = revisions.filter((revision) => revision?.taskDefinition === deployment.taskDefinition);
  return others.length > 0 ? undefined : match?.serviceRevisionArn;
}
