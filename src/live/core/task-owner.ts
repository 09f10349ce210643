import type { Service, Task } from '@aws-sdk/client-ecs';

/** To what a task belongs, which decides what a drain does with it. */
export type DrainTaskKind = 'SERVICE' | 'DAEMON' | 'STANDALONE';

/** The service that a task belongs to; undefined for one that was started by itself. */
export function serviceNameOf(task: Task): string | undefined {
  return task.group?.startsWith('service:') ? task.group.slice('service:'.length) : undefined;
}

export function kindOf(task: Task, services: readonly Service[]): DrainTaskKind {
  if (task.group?.startsWith('daemon:')) return 'DAEMON';
  const name = serviceNameOf(task);
  if (name === undefined) return 'STANDALONE';
  return services.find(({ serviceName }) => serviceName === name)?.schedulingStrategy === 'DAEMON'
    ? 'DAEMON'
    : 'SERVICE';
}
