import type { ContainerInstance, Task } from '@aws-sdk/client-ecs';

/** Names a service for those who wait for its changes. */
export function serviceKey(cluster: string, service: string): string {
  return `service ${cluster}/${service}`;
}

/**
 * What a change concerns: its cluster, its task, and the service and container instance of the task. Live topics wait
 * for such keys.
 */
export function changeKeys(
  cluster: string,
  kind: 'Task' | 'ContainerInstance',
  item: Task | ContainerInstance,
): readonly string[] {
  const keys = [`cluster ${cluster}`];
  const { containerInstanceArn } = item;
  if (containerInstanceArn !== undefined) keys.push(`instance ${containerInstanceArn}`);
  if (kind === 'ContainerInstance') return keys;
  const { taskArn, group } = item as Task;
  keys.push(`task ${taskArn}`);
  if (group?.startsWith('service:') === true) keys.push(serviceKey(cluster, group.slice('service:'.length)));
  return keys;
}
