import type { Service, Task } from '@aws-sdk/client-ecs';

/** The owner of a task, which decides how a drain treats it. */
export type DrainTaskKind = 'SERVICE' | 'DAEMON' | 'STANDALONE';

/** The service of a task; undefined for a standalone task. */
export function serviceNameOf(task: Task): string | undefined {
  return task.group?.startsWith('service:') ? task.group.slice('service:'.length) : undefined;
}

/**
 * A task names its service only in `group`. The ARN follows from the cluster's ARN (an old-format service ARN lacks
 * it).
 */
export function serviceArnOf(task: Task): string | undefined {
  const { clusterArn, taskArn } = task;
  const name = serviceNameOf(task);
  if (name === undefined || clusterArn === undefined) return undefined;
  const isOldFormat = taskArn !== undefined && taskArn.split('/').length === 2;
  return isOldFormat
    ? clusterArn.replace(/:cluster\/.*$/, `:service/${name}`)
    : `${clusterArn.replace(':cluster/', ':service/')}/${name}`;
}

export function kindOf(task: Task, services: readonly Service[]): DrainTaskKind {
  if (task.group?.startsWith('daemon:')) return 'DAEMON';
  const name = serviceNameOf(task);
  if (name === undefined) return 'STANDALONE';
  return services.find(({ serviceName }) => serviceName === name)?.schedulingStrategy === 'DAEMON'
    ? 'DAEMON'
    : 'SERVICE';
}
