import type { ServicePageQuery } from '../generated/graphql.ts';
import { inMinutes, row } from './text.ts';

/** 2 Service page. Null: there is no such service. */
export function renderServicePage({ service }: ServicePageQuery): string | null {
  if (service === null) return null;
  const { cluster, taskDefinition, lastDeployment } = service;
  return [
    row(service.serviceName, cluster.clusterName, service.status, service.launchType ?? 'capacity providers'),
    row(
      service.rollout,
      service.rolloutSince ?? '',
      `${service.runningCount} of ${service.desiredCount}, ${service.pendingCount} pending`,
    ),
    taskDefinition === null
      ? 'task sets'
      : row(
          `${taskDefinition.family}:${taskDefinition.revision}`,
          taskDefinition.cpuUnits ?? '',
          taskDefinition.memoryMiB ?? '',
        ),
    row(...(service.images ?? []).map(({ repository, tag }) => `${repository}:${tag ?? 'latest'}`)),
    row(...(service.tags ?? []).map(({ key, value }) => `${key}=${value}`)),
    lastDeployment === null
      ? 'no deployment'
      : row(
          lastDeployment.strategy,
          lastDeployment.status,
          lastDeployment.duration === null ? 'under way' : inMinutes(lastDeployment.duration),
        ),
    ...service.loadBalancers.map(({ containerName, containerPort, targetGroupArn }) =>
      row(`${containerName ?? ''}:${containerPort ?? ''}`, targetGroupArn ?? ''),
    ),
    ...service.deployments.map((deployment) =>
      row(
        deployment.deploymentId,
        deployment.status,
        deployment.rolloutState ?? '',
        deployment.taskDefinition.revision,
        `${deployment.runningCount} of ${deployment.desiredCount ?? '?'}, ${deployment.pendingCount} pending`,
        deployment.createdAt,
      ),
    ),
    ...service.tasks.nodes.map((task) =>
      row(
        task.taskId,
        task.lastStatus,
        task.healthStatus ?? 'UNKNOWN',
        task.availabilityZone ?? '',
        task.startDuration === null ? 'starting' : inMinutes(task.startDuration),
        task.containers.map(({ name, lastStatus }) => `${name} ${lastStatus}`).join(', '),
      ),
    ),
    ...service.events.map(({ createdAt, message }) => row(createdAt, message)),
  ].join('\n');
}
