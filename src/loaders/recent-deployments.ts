import type { ServiceDeploymentBrief } from '@aws-sdk/client-ecs';
import DataLoader from 'dataloader';
import { clusterNameOf } from '../ecs/core/arn.ts';
import { listPage } from '../ecs/lists/list.ts';
import type { EcsSession } from '../ecs/request-session.ts';

/** A service and its cluster, which an old ARN does not contain. */
export interface ServiceKey {
  readonly serviceArn: string;
  readonly clusterArn: string;
}

export type RecentDeployments = readonly ServiceDeploymentBrief[];

/** The latest 100 service deployments of a service, newest first. Listed once for a request. */
export function createRecentDeploymentsLoader(session: EcsSession): DataLoader<ServiceKey, RecentDeployments, string> {
  return new DataLoader<ServiceKey, RecentDeployments, string>(
    ([key]) => recent(session, key).then((briefs) => [briefs]),
    { batch: false, cacheKeyFn: ({ serviceArn, clusterArn }) => `${clusterArn} ${serviceArn}` },
  );
}

async function recent(session: EcsSession, key: ServiceKey | undefined): Promise<RecentDeployments> {
  if (key === undefined) return [];
  const { serviceArn: service, clusterArn } = key;
  const { items } = await listPage(session, 'ListServiceDeployments', { service, cluster: clusterNameOf(clusterArn) });
  return [...items].sort((a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0));
}
