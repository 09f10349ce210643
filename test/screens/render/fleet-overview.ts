import type { FleetOverviewQuery } from '../generated/graphql.ts';
import { counted, row } from './text.ts';

/** 1 Fleet overview. */
export function renderFleetOverview({ overview, clusters }: FleetOverviewQuery): string {
  const lines = clusters.nodes.flatMap((cluster) => [
    row(
      cluster.clusterName,
      cluster.status,
      `${cluster.taskCounts.running} running, ${cluster.taskCounts.pending} pending`,
      `${cluster.registeredContainerInstancesCount} instances`,
      `${counted(cluster.services.totalCount)} services`,
    ),
    ...cluster.services.nodes.map((service) =>
      row(
        `  ${service.serviceName}`,
        service.rollout,
        service.rolloutSince ?? '',
        `${service.runningCount} of ${service.desiredCount}, ${service.pendingCount} pending`,
      ),
    ),
  ]);
  return [
    `${overview.clusterCount} clusters, ${overview.failedTaskCount} tasks failed in the last hour`,
    ...lines,
  ].join('\n');
}
