import { primaryOf } from '../../../live/core/deployment-bounds.ts';
import type { GraphContext } from '../../core/context.ts';
import type { Sources } from '../../graph/ecs-graph.ts';

/**
 * The task definitions of the successful deployments of the last 90 days, the newest first, each once, without the
 * present one. ECS keeps them although they may have been deregistered or deleted since. Costs one
 * ListServiceDeployments and one DescribeServiceRevisions for each 20.
 */
export async function goodRevisions(context: GraphContext, service: Sources['Service']): Promise<string[]> {
  const { serviceArn = '', clusterArn = '' } = service;
  const recent = await context.loaders.recentDeployments.load({ serviceArn, clusterArn });
  const good = recent.flatMap(({ status, targetServiceRevisionArn: arn }) =>
    status === 'SUCCESSFUL' && arn !== undefined ? [arn] : [],
  );
  const revisions = await Promise.all(good.map((id) => context.loaders.of('ServiceRevision').load({ id })));
  const present = primaryOf(service)?.taskDefinition ?? service.taskDefinition;
  const named = revisions.flatMap((one) => one?.taskDefinition ?? []);
  return [...new Set(named)].filter((arn) => arn !== present);
}
