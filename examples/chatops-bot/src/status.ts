import type { Gateway } from './gateway.ts';

interface ServiceStatus {
  readonly serviceName: string;
  readonly desiredCount: number;
  readonly runningCount: number;
  readonly deployments: readonly { readonly status: string; readonly rolloutState: string | null }[];
}
interface ClusterStatus {
  readonly clusterName: string;
  readonly runningTasksCount: number;
  readonly services: {
    readonly nodes: readonly ServiceStatus[];
    readonly pageInfo: { readonly hasNextPage: boolean };
  } | null;
}

const FIELDS = `clusterName runningTasksCount
  services(first: 50) { pageInfo { hasNextPage } nodes { serviceName desiredCount runningCount deployments { status rolloutState } } }`;
const ALL = `query Status { clusters(first: 20) { nodes { ${FIELDS} } } }`;
const ONE = `query StatusOfCluster($cluster: ID!) { cluster(cluster: $cluster) { ${FIELDS} } }`;

/** One line for each service of a cluster, or of all. */
export async function statusText(gateway: Gateway, cluster: string | undefined): Promise<string> {
  const clusters =
    cluster === undefined
      ? ((await gateway.ask<{ clusters: { nodes: ClusterStatus[] } | null }>(ALL)).clusters?.nodes ?? [])
      : [(await gateway.ask<{ cluster: ClusterStatus | null }>(ONE, { cluster })).cluster];
  const lines = clusters.flatMap((each) => (each === null ? [`There is no cluster ${cluster}.`] : clusterLines(each)));
  return lines.join('\n') || 'There are no clusters.';
}

function clusterLines({ clusterName, runningTasksCount, services }: ClusterStatus): string[] {
  const rows = (services?.nodes ?? []).map((service) => {
    const { serviceName, desiredCount, runningCount } = service;
    return `${markOf(service)} ${serviceName}: ${runningCount} of ${desiredCount} running`;
  });
  if (services?.pageInfo.hasNextPage) rows.push('and more');
  return [`*${clusterName}* (${runningTasksCount} tasks running)`, ...rows];
}

function markOf({ deployments, desiredCount, runningCount }: ServiceStatus): string {
  const state = deployments.find(({ status }) => status === 'PRIMARY')?.rolloutState;
  if (state === 'FAILED') return ':x:';
  if (state === 'IN_PROGRESS') return ':large_blue_circle:';
  return runningCount < desiredCount ? ':warning:' : ':white_check_mark:';
}
