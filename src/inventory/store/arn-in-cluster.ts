import { looksLikeArn } from '../../ecs/core/arn.ts';

/** The ARN of a task or container instance by its id. ARNs of the new format end with the cluster's name and the id. */
export function toArn(clusterArn: string, type: 'task' | 'container-instance', id: string): string {
  if (looksLikeArn(id)) return id;
  return `${clusterArn.replace(':cluster/', `:${type}/`)}/${id}`;
}
