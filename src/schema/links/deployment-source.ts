import type { Deployment } from '@aws-sdk/client-ecs';
import type { Sources } from '../graph/ecs-graph.ts';

type Service = Sources['Service'];

/** Members of a service that the links of its deployments need. */
export const SERVICE_OF_DEPLOYMENT = ['serviceArn', 'serviceName', 'clusterArn', 'currentServiceRevisions'] as const;

/** A deployment as its service embeds it, with that service, which it does not contain itself. */
interface DeploymentSource extends Deployment {
  readonly service: Service;
}

export function ofService(service: Service, deployment: Deployment): DeploymentSource {
  return { ...deployment, service };
}

export function serviceOf(deployment: Deployment): Service {
  return (deployment as DeploymentSource).service;
}
