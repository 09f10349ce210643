import { primaryOf } from '../../../live/core/deployment-bounds.ts';
import type { GraphContext } from '../../core/context.ts';
import type { Sources } from '../../graph/ecs-graph.ts';

/**
 * The task definition of the last successful deployment of another revision than the present one, of the last 90 days; undefined if there
 * is no such deployment. Costs one ListServiceDeployments and one DescribeServiceRevisions for each 20.
 */
export async function lastGood(context: GraphContext, service: Sources['Service']): Promise<string | undefined> {
  const { serviceArn = '', clusterArn = '' } = service;
  const recent = await context.loaders.recentDeployments.load({ serviceArn, clusterArn });
  const good = recent.flatMap(({ status, targetServiceRevisionArn: arn }) =>
    status === 'SUCCESSFUL' && arn !== undefined ? [arn] : [],
  );
  const revisions = await Promise.all(good.map((id) => context.loaders.of('ServiceRevision').load({ id })));
  const present = primaryOf(service)?.taskDefinition ?? service.taskDefinition;
  return revisions.find((one) => one?.taskDefinition !== undefined && one.taskDefinition !== present)?.taskDefinition;
}
