import type { Service, ServiceDeploymentBrief } from '@aws-sdk/client-ecs';
import { clusterNameOf } from '../../ecs/core/arn.ts';
import { EcsError } from '../../ecs/core/errors.ts';
import { listPage } from '../../ecs/lists/list.ts';
import type { LiveSession } from '../core/create-hub.ts';
import { lastPart } from '../core/deployment-bounds.ts';
import { idOf, withTaskSets } from './deployment-snapshot.ts';
import type { DeploymentTarget } from './deployment-state.ts';

/**
 * The deployment that a caller means by either of its ids, or the current one (the latest, if none is in progress).
 * Null if the service has no such deployment.
 */
export async function resolveDeployment(
  session: LiveSession,
  found: Service,
  deploymentId: string | undefined,
): Promise<DeploymentTarget | null> {
  const service = withTaskSets(found);
  const { clusterArn = '', serviceArn = '', serviceName = '' } = service;
  const target = { clusterArn, serviceArn, serviceName };
  if (deploymentId?.startsWith('arn:')) {
    const serviceDeployment = await session.loaders.of('ServiceDeployment').load({ id: deploymentId });
    if (serviceDeployment === null || serviceDeployment.serviceArn !== serviceArn) return null;
    return { ...target, serviceDeploymentArn: deploymentId, deploymentId: idOf(service, serviceDeployment) };
  }
  if (deploymentId === undefined && service.currentServiceDeployment !== undefined) {
    return { ...target, serviceDeploymentArn: service.currentServiceDeployment, deploymentId: undefined };
  }
  const { briefs } = await serviceDeploymentsOf(session, service);
  return chosen(service, deploymentId, briefs);
}

function chosen(
  service: Service,
  deploymentId: string | undefined,
  briefs: readonly ServiceDeploymentBrief[],
): DeploymentTarget | null {
  const { clusterArn = '', serviceArn = '', serviceName = '' } = service;
  const deployment = (service.deployments ?? []).find(({ id, status }) =>
    deploymentId === undefined ? status === 'PRIMARY' : id === deploymentId,
  );
  const brief =
    deploymentId === undefined
      ? briefs[0]
      : briefs.find((candidate) => isSame(candidate, deployment ?? { id: deploymentId }));
  if (brief === undefined && deployment === undefined) return null;
  const serviceDeploymentArn = brief?.serviceDeploymentArn;
  // After a rollback the service runs an older deployment than the latest one.
  const isOther = deploymentId === undefined && brief !== undefined && deployment && !isSame(brief, deployment);
  const id = isOther ? undefined : (deployment?.id ?? deploymentId);
  return { clusterArn, serviceArn, serviceName, serviceDeploymentArn, deploymentId: id };
}

/** Deployments of one service, oldest first. */
export interface ServiceHistory {
  readonly targets: readonly DeploymentTarget[];
  /** Every deployment that ended after this time is in the list. */
  readonly completeSince: number;
}

/**
 * Deployments that are in progress, or started or ended after a time. Ended ones are included, so that none is missed
 * between two polls. If ECS keeps no service deployments, only the current deployment is found.
 */
export async function deploymentsSince(session: LiveSession, found: Service, since: number): Promise<ServiceHistory> {
  const { clusterArn = '', serviceArn = '', serviceName = '' } = found;
  const { briefs, reachesTo } = await serviceDeploymentsOf(session, found);
  if (briefs.length === 0) {
    const current = chosen(withTaskSets(found), undefined, briefs);
    return { targets: current === null ? [] : [current], completeSince: since };
  }
  const isWanted = ({ createdAt, finishedAt }: ServiceDeploymentBrief) =>
    finishedAt === undefined || finishedAt.getTime() > since || (createdAt?.getTime() ?? 0) > since;
  const targets = briefs
    .filter(isWanted)
    .reverse()
    .map(({ serviceDeploymentArn }) => ({
      clusterArn,
      serviceArn,
      serviceName,
      serviceDeploymentArn,
      deploymentId: undefined,
    }));
  return { targets, completeSince: Math.max(since, reachesTo) };
}

/** When a service's deployments last changed: no deployment has ended since. */
export function lastChange({ createdAt, deployments }: Service): number {
  const moments = (deployments ?? []).flatMap((deployment) => [deployment.createdAt, deployment.updatedAt]);
  return Math.max(0, ...[createdAt, ...moments].map((moment) => moment?.getTime() ?? 0));
}

/**
 * The service's latest service deployments, newest first, and how far back they go. Empty if ECS keeps none or refuses
 * to list them.
 */
async function serviceDeploymentsOf(
  { ecs }: LiveSession,
  { clusterArn = '', serviceName = '', deploymentController }: Service,
): Promise<{ readonly briefs: ServiceDeploymentBrief[]; readonly reachesTo: number }> {
  const none = { briefs: [], reachesTo: 0 };
  if ((deploymentController?.type ?? 'ECS') !== 'ECS') return none;
  try {
    const input = { cluster: clusterNameOf(clusterArn), service: serviceName };
    const { items, nextToken } = await listPage(ecs, 'ListServiceDeployments', input);
    const briefs = [...items].sort((a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0));
    return { briefs, reachesTo: nextToken === undefined ? 0 : (briefs.at(-1)?.createdAt?.getTime() ?? 0) };
  } catch (error) {
    if (error instanceof EcsError && (WITHOUT.has(error.code) || isNotEcs(error))) return none;
    throw error;
  }
}

/** An emulator without the operation answers with an HTML page of its web framework. */
function isNotEcs({ code, retryable }: EcsError): boolean {
  return code === 'UPSTREAM_INVALID_RESPONSE' && !retryable;
}

const WITHOUT: ReadonlySet<string> = new Set([
  'FORBIDDEN_UPSTREAM',
  'UNSUPPORTED_FEATURE',
  'INVALID_PARAMETER',
  'FAILED_PRECONDITION',
]);

function isSame(
  brief: ServiceDeploymentBrief,
  deployment: { readonly id?: string | undefined; readonly createdAt?: Date | undefined },
): boolean {
  if (lastPart(brief.targetServiceRevisionArn) === lastPart(deployment.id)) return true;
  if (brief.createdAt === undefined || deployment.createdAt === undefined) return false;
  return Math.abs(brief.createdAt.getTime() - deployment.createdAt.getTime()) <= 5_000;
}
