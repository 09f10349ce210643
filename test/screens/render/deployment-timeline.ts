import type { DeploymentTimelineQuery } from '../generated/graphql.ts';
import { counted, inMinutes, row } from './text.ts';

/** 3 Deployment timeline. */
export function renderDeploymentTimeline({ serviceDeployments }: DeploymentTimelineQuery): string {
  const { nodes, totalCount } = serviceDeployments;
  return [
    `${counted(totalCount)} deployments`,
    ...nodes.map((deployment) => {
      const { targetServiceRevision: target, rollback } = deployment;
      const definition = target?.serviceRevision?.taskDefinition;
      return row(
        deployment.createdAt,
        deployment.outcome ?? deployment.lifecycleStage ?? deployment.status,
        deployment.duration === null ? 'under way' : inMinutes(deployment.duration),
        deployment.strategy,
        definition ? `${definition.family}:${definition.revision}` : '',
        target ? `${target.runningTaskCount ?? 0} of ${target.requestedTaskCount ?? 0}` : '',
        rollback?.reason ?? deployment.statusReason ?? '',
      );
    }),
  ].join('\n');
}
