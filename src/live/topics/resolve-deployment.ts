import type { Service, ServiceDeploymentBrief } from '@aws-sdk/client-ecs';
import { clusterNameOf } from '../../ecs/arn.ts';
import { EcsError } from '../../ecs/errors.ts';
import { listPage } from '../../ecs/list.ts';
import { lastPart } from '../arithmetic.ts';
import { type DeploymentTarget, idOf, withTaskSets } from '../deployment-snapshot.ts';
import type { LiveSession } from '../session.ts';

/**
 * Which deployment a caller means, by either of its ids or, without one, the current one (the latest, when none is under
 * way). Null when the service has no such deployment.
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
  const deployments = service.deployments ?? [];
  const deployment = deployments.find(({ id, status }) =>
    deploymentId === undefined ? status === 'PRIMARY' : id === deploymentId,
  );
  const briefs = await serviceDeploymentsOf(session, service);
  const brief =
    deploymentId === undefined
      ? briefs[0]
      : briefs.find((candidate) => isSame(candidate, deployment ?? { id: deploymentId }));
  if (brief === undefined && deployment === undefined) return null;
  return {
    ...target,
    serviceDeploymentArn: brief?.serviceDeploymentArn,
    deploymentId: deployment?.id ?? deploymentId,
  };
}

/**
 * The deployments that began after a moment, oldest first: those too that are over by now, so that none is missed between
 * two looks. Where ECS keeps no service deployments, only the current one is found.
 */
export async function deploymentsSince(
  session: LiveSession,
  found: Service,
  since: number,
): Promise<DeploymentTarget[]> {
  const { clusterArn = '', serviceArn = '', serviceName = '' } = found;
  const briefs = await serviceDeploymentsOf(session, found);
  if (briefs.length === 0) {
    const current = await resolveDeployment(session, found, undefined);
    return current === null ? [] : [current];
  }
  return briefs
    .filter(({ createdAt }) => (createdAt?.getTime() ?? 0) > since)
    .reverse()
    .map(({ serviceDeploymentArn }) => ({
      clusterArn,
      serviceArn,
      serviceName,
      serviceDeploymentArn,
      deploymentId: undefined,
    }));
}

/** What a first look needs: the latest deployment, and those that ended in the hour before it began, so that they can still be told. */
export async function recentDeployments(
  session: LiveSession,
  found: Service,
): Promise<{ readonly targets: readonly DeploymentTarget[]; readonly completeSince: number }> {
  const { clusterArn = '', serviceArn = '', serviceName = '' } = found;
  const briefs = await serviceDeploymentsOf(session, found);
  const [newest] = briefs;
  if (newest === undefined) {
    const current = await resolveDeployment(session, found, undefined);
    const changes = (found.deployments ?? []).map(({ updatedAt }) => updatedAt?.getTime() ?? 0);
    return { targets: current === null ? [] : [current], completeSince: Math.max(0, ...changes) };
  }
  const from = (newest.createdAt?.getTime() ?? 0) - RECENT_MS;
  const older = briefs.slice(1).filter(({ finishedAt }) => (finishedAt?.getTime() ?? 0) > from);
  const told = [newest, ...older.slice(0, MOST_RECENT)];
  const left = briefs.filter((brief) => !told.includes(brief));
  return {
    targets: told.reverse().map(({ serviceDeploymentArn }) => ({
      clusterArn,
      serviceArn,
      serviceName,
      serviceDeploymentArn,
      deploymentId: undefined,
    })),
    completeSince: Math.max(0, ...left.map(({ finishedAt }) => finishedAt?.getTime() ?? 0)),
  };
}

const RECENT_MS = 3_600_000;
const MOST_RECENT = 4;

/** The service's latest service deployments, newest first; none where ECS keeps none or may not be asked. */
async function serviceDeploymentsOf(
  { ecs }: LiveSession,
  { clusterArn = '', serviceName = '' }: Service,
): Promise<ServiceDeploymentBrief[]> {
  try {
    const input = { cluster: clusterNameOf(clusterArn), service: serviceName };
    const { items } = await listPage(ecs, 'ListServiceDeployments', input);
    return [...items].sort((a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0));
  } catch (error) {
    if (error instanceof EcsError && WITHOUT.has(error.code)) return [];
    throw error;
  }
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
