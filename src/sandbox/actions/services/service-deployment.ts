import type {
  ContinueServiceDeploymentRequest,
  ContinueServiceDeploymentResponse,
  DescribeServiceDeploymentsRequest,
  DescribeServiceDeploymentsResponse,
  DescribeServiceRevisionsRequest,
  DescribeServiceRevisionsResponse,
  ListServiceDeploymentsRequest,
  ListServiceDeploymentsResponse,
  StopServiceDeploymentRequest,
  StopServiceDeploymentResponse,
} from '@aws-sdk/client-ecs';
import { EcsError, invalidParameter, serviceNotFound } from '../../checks/ecs-errors.ts';
import { checkBatch } from '../../checks/input-limits.ts';
import { paginate } from '../../checks/paging.ts';
import { isOngoing } from '../../deployments/deployment-alarms.ts';
import { requestStop } from '../../deployments/deployment-lifecycle.ts';
import { answerHook } from '../../deployments/lifecycle-hooks.ts';
import { managedResources } from '../../express/express-resources.ts';
import type { ServiceDeploymentRecord } from '../../model/services/service-deployment-record.ts';
import type { ServiceRecord } from '../../model/services/service-record.ts';
import type { World } from '../../model/world.ts';
import {
  renderServiceDeployment,
  renderServiceDeploymentBrief,
  renderServiceRevision,
} from '../../render/service-deployment.ts';
import { parseArn } from '../../store/arns.ts';
import { allSeen, change, seen } from '../../store/eventual-consistency.ts';
import { findService, requireCluster } from '../../store/find-record.ts';
import { seenService } from '../../store/stale-views.ts';
import type { Wire } from '../../util/wire-types.ts';
import { wakeService } from '../../wakeups/wake-services.ts';
import type { Action } from '../action.ts';

/** The service in the ARN of a deployment or revision. */
function serviceOf(world: World, reference: string, type: string): ServiceRecord | undefined {
  const arn = parseArn(reference);
  const [cluster, service] = arn?.path ?? [];
  if (arn?.type !== type || cluster === undefined || service === undefined) {
    throw invalidParameter('Invalid identifier: Unexpected ARN format.');
  }
  return world.clusters.get(cluster)?.services.get(service);
}

function clusterOf(reference: string): string | undefined {
  const [cluster, service] = parseArn(reference)?.path ?? [];
  return service === undefined ? undefined : cluster;
}

export const describeServiceDeployments: Action<
  DescribeServiceDeploymentsRequest,
  DescribeServiceDeploymentsResponse
> = (world, input) => {
  checkBatch(input.serviceDeploymentArns, 20, 'serviceDeploymentArns');
  const serviceDeployments: Wire<DescribeServiceDeploymentsResponse>['serviceDeployments'] = [];
  const failures: Wire<DescribeServiceDeploymentsResponse>['failures'] = [];
  for (const arn of new Set(input.serviceDeploymentArns)) {
    const record = serviceOf(world, arn, 'service-deployment')?.serviceDeployments.get(arn);
    const visible = record === undefined ? undefined : seen(world, record);
    if (visible === undefined) failures.push({ arn, reason: 'MISSING' });
    else serviceDeployments.push(renderServiceDeployment(visible, seenService(world, visible.service)));
  }
  return { serviceDeployments, failures };
};

export const describeServiceRevisions: Action<DescribeServiceRevisionsRequest, DescribeServiceRevisionsResponse> = (
  world,
  input,
) => {
  checkBatch(input.serviceRevisionArns, 20, 'serviceRevisionArns');
  const serviceRevisions: Wire<DescribeServiceRevisionsResponse>['serviceRevisions'] = [];
  const failures: Wire<DescribeServiceRevisionsResponse>['failures'] = [];
  for (const arn of new Set(input.serviceRevisionArns)) {
    const service = serviceOf(world, arn, 'service-revision');
    if (service?.status === 'INACTIVE') {
      throw invalidParameter('Cannot call DescribeServiceRevisions for a service that is INACTIVE');
    }
    const record = service?.revisions.get(arn);
    const visible = record === undefined ? undefined : seen(world, record);
    if (visible === undefined) failures.push({ arn, reason: 'MISSING' });
    else serviceRevisions.push({ ...renderServiceRevision(visible), ...managedResources(world, visible) });
  }
  return { serviceRevisions, failures };
};

/** Newest first (AWS does not say). */
export const listServiceDeployments: Action<ListServiceDeploymentsRequest, ListServiceDeploymentsResponse> = (
  world,
  input,
) => {
  // The ARN of a service names its cluster, which then need not be given (the AWS CLI's example).
  const cluster = requireCluster(world, input.cluster ?? clusterOf(input.service));
  const service = findService(world, cluster, input.service);
  if (service === undefined) throw serviceNotFound();
  const { before = Number.POSITIVE_INFINITY, after = 0 } = input.createdAt ?? {};
  const isListed = (record: ServiceDeploymentRecord): boolean =>
    (input.status === undefined || input.status.length === 0 || input.status.includes(record.status)) &&
    record.bornAt / 1000 < before &&
    record.bornAt / 1000 > after;
  const records = [...allSeen(world, service.serviceDeployments.values())].filter(isListed).reverse();
  const { items, ...next } = paginate(
    'ListServiceDeployments',
    input,
    { fallback: 20, max: 100 },
    records,
    (record) => String(record.sequence),
    (record, key) => record.sequence < Number(key),
  );
  return { serviceDeployments: items.map(renderServiceDeploymentBrief), ...next };
};

function requireServiceDeployment(world: World, arn: string): ServiceDeploymentRecord {
  const record = serviceOf(world, arn, 'service-deployment')?.serviceDeployments.get(arn);
  if (record !== undefined) return record;
  throw new EcsError('ServiceDeploymentNotFoundException', 'The service deployment was not found.');
}

/**
 * ROLLBACK restores the latest completed revision. ABORT, which AWS does not document, leaves everything as it is. A
 * deployment that is already stopping or rolling back continues.
 */
export const stopServiceDeployment: Action<StopServiceDeploymentRequest, StopServiceDeploymentResponse> = (
  world,
  input,
) => {
  const record = requireServiceDeployment(world, input.serviceDeploymentArn);
  const { arn, service } = record;
  if (!isOngoing(record)) {
    const message = `The service deployment cannot be stopped because it is ${record.status}.`;
    throw new EcsError('ConflictException', message, 400, { resourceIds: [arn] });
  }
  const now = world.clock.now();
  const isStoppable = record.status === 'PENDING' || record.status === 'IN_PROGRESS';
  if (isStoppable && input.stopType === 'ABORT') {
    requestStop(world, record, 'Service deployment stopped because of a StopServiceDeployment request.');
    const deployment = service.deployments.find((candidate) => candidate.serviceDeployment === record);
    if (deployment !== undefined) {
      const rolloutStateReason = `ECS deployment ${deployment.id} stopped.`;
      change(world, deployment, { rolloutState: 'FAILED', rolloutStateReason, updatedAt: now });
    }
  } else if (isStoppable) {
    change(world, record, { status: 'ROLLBACK_REQUESTED', updatedAt: now });
  }
  wakeService(world, service);
  return { serviceDeploymentArn: arn };
};

/** Makes a deployment that waits at a pause hook continue or roll back. */
export const continueServiceDeployment: Action<ContinueServiceDeploymentRequest, ContinueServiceDeploymentResponse> = (
  world,
  input,
) => {
  const record = requireServiceDeployment(world, input.serviceDeploymentArn);
  const { action = 'CONTINUE', hookId } = input;
  if (record.status !== 'IN_PROGRESS') {
    throw invalidParameter(`The service deployment cannot be continued because it is ${record.status}.`);
  }
  const run = record.hooks.find((candidate) => candidate.id === hookId);
  if (run === undefined) throw invalidParameter(`The lifecycle hook ${hookId} was not found.`);
  if (run.status !== 'AWAITING_ACTION') {
    throw invalidParameter(`The lifecycle hook ${hookId} is not awaiting action; it is ${run.status}.`);
  }
  answerHook(world, record, run, action);
  wakeService(world, record.service);
  return { serviceDeploymentArn: record.arn };
};
