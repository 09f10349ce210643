import type { ContainerInstance, Task } from '@aws-sdk/client-ecs';

/** Names a cluster for those who wait for its changes. */
export function clusterKey(cluster: string): string {
  return `cluster ${cluster}`;
}

export function taskKey(arn: string): string {
  return `task ${arn}`;
}

export function instanceKey(arn: string): string {
  return `instance ${arn}`;
}

/** Names a service for those who wait for its changes. */
export function serviceKey(cluster: string, service: string): string {
  return `service ${cluster}/${service}`;
}

/**
 * The keys of the resources that a change concerns: its cluster, its task, and the service and container instance of the task. Live topics wait
 * for such keys.
 */
export function changeKeys(
  cluster: string,
  kind: 'Task' | 'ContainerInstance',
  item: Task | ContainerInstance,
): readonly string[] {
  const keys = [clusterKey(cluster)];
  const { containerInstanceArn } = item;
  if (containerInstanceArn !== undefined) keys.push(instanceKey(containerInstanceArn));
  if (kind === 'ContainerInstance') return keys;
  const { taskArn = '', group } = item as Task;
  keys.push(taskKey(taskArn));
  if (group?.startsWith('service:') === true) keys.push(serviceKey(cluster, group.slice('service:'.length)));
  return keys;
}
