import type {
  DescribeDaemonDeploymentsRequest,
  DescribeDaemonDeploymentsResponse,
  DescribeDaemonRevisionsRequest,
  DescribeDaemonRevisionsResponse,
  ListDaemonDeploymentsRequest,
  ListDaemonDeploymentsResponse,
} from '@aws-sdk/client-ecs';
import { EcsError, invalidParameter } from '../../checks/ecs-errors.ts';
import { checkBatch } from '../../checks/input-limits.ts';
import { paginate } from '../../checks/paging.ts';
import type { DaemonDeploymentRecord, DaemonRecord } from '../../model/daemon-records.ts';
import type { World } from '../../model/world.ts';
import { renderDaemonDeployment, renderDaemonRevision } from '../../render/daemon.ts';
import { daemonArn, parseArn } from '../../store/arns.ts';
import { allSeen, seen } from '../../store/eventual-consistency.ts';
import { toOptionalSeconds, toSeconds, type Wire } from '../../util/wire-types.ts';
import type { Action } from '../action.ts';

/** The daemon in the ARN of a deployment or revision. */
function daemonOf(world: World, reference: string, type: string): DaemonRecord | undefined {
  const arn = parseArn(reference);
  const [cluster, daemon] = arn?.path ?? [];
  if (arn?.type !== type || cluster === undefined || daemon === undefined) {
    throw invalidParameter('Invalid identifier: Unexpected ARN format.');
  }
  return world.daemons.get(daemonArn(world, cluster, daemon));
}

export const describeDaemonDeployments: Action<DescribeDaemonDeploymentsRequest, DescribeDaemonDeploymentsResponse> = (
  world,
  input,
) => {
  checkBatch(input.daemonDeploymentArns, 20, 'daemonDeploymentArns');
  const daemonDeployments: Wire<DescribeDaemonDeploymentsResponse>['daemonDeployments'] = [];
  const failures: Wire<DescribeDaemonDeploymentsResponse>['failures'] = [];
  for (const arn of new Set(input.daemonDeploymentArns)) {
    const record = daemonOf(world, arn, 'daemon-deployment')?.deployments.get(arn);
    const visible = record === undefined ? undefined : seen(world, record);
    if (visible === undefined) failures.push({ arn, reason: 'MISSING' });
    else daemonDeployments.push(renderDaemonDeployment(world, visible));
  }
  return { daemonDeployments, failures };
};

export const describeDaemonRevisions: Action<DescribeDaemonRevisionsRequest, DescribeDaemonRevisionsResponse> = (
  world,
  input,
) => {
  checkBatch(input.daemonRevisionArns, 20, 'daemonRevisionArns');
  const daemonRevisions: Wire<DescribeDaemonRevisionsResponse>['daemonRevisions'] = [];
  const failures: Wire<DescribeDaemonRevisionsResponse>['failures'] = [];
  for (const arn of new Set(input.daemonRevisionArns)) {
    const record = daemonOf(world, arn, 'daemon-revision')?.revisions.get(arn);
    const visible = record === undefined ? undefined : seen(world, record);
    if (visible === undefined) failures.push({ arn, reason: 'MISSING' });
    else daemonRevisions.push(renderDaemonRevision(visible));
  }
  return { daemonRevisions, failures };
};

/** Newest first, as for service deployments. */
export const listDaemonDeployments: Action<ListDaemonDeploymentsRequest, ListDaemonDeploymentsResponse> = (
  world,
  input,
) => {
  const daemon = world.daemons.get(input.daemonArn);
  if (parseArn(input.daemonArn)?.type !== 'daemon') {
    throw invalidParameter('Invalid identifier: Unexpected ARN format.');
  }
  if (daemon === undefined) throw new EcsError('DaemonNotFoundException', 'The specified daemon was not found.');
  const { before = Number.POSITIVE_INFINITY, after = 0 } = input.createdAt ?? {};
  const isListed = ({ status, bornAt }: DaemonDeploymentRecord): boolean =>
    (!input.status?.length || input.status.includes(status)) && bornAt / 1000 < before && bornAt / 1000 > after;
  const { items, ...next } = paginate(
    'ListDaemonDeployments',
    input,
    { fallback: 20, max: 100 },
    [...allSeen(world, daemon.deployments.values())].filter(isListed).reverse(),
    (record) => String(record.sequence),
    (record, key) => record.sequence < Number(key),
  );
  return {
    daemonDeployments: items.map((record) => ({
      daemonDeploymentArn: record.arn,
      daemonArn: daemon.arn,
      clusterArn: daemon.cluster.arn,
      status: record.status,
      statusReason: record.statusReason,
      targetDaemonRevisionArn: record.target.arn,
      createdAt: toSeconds(record.bornAt),
      startedAt: toOptionalSeconds(record.startedAt),
      stoppedAt: toOptionalSeconds(record.stoppedAt),
      finishedAt: toOptionalSeconds(record.finishedAt),
    })),
    ...next,
  };
};
