import type { StoppedTasksQuery } from '../generated/graphql.ts';
import { counted, row } from './text.ts';

/** 4 Stopped tasks of the last hour, over all services. */
export function renderStoppedTasks({ stopReasons, stoppedTasks }: StoppedTasksQuery): string {
  return [
    `${counted(stoppedTasks.totalCount)} tasks stopped`,
    ...stopReasons.map(({ verdict, reason, count, services }) =>
      row(count, verdict, reason, services.map(({ serviceName }) => serviceName).join(', ')),
    ),
    ...stoppedTasks.nodes.map((task) =>
      row(
        task.stoppedAt ?? '',
        task.taskId,
        task.service?.serviceName ?? 'standalone',
        task.cluster.clusterName,
        task.ending?.verdict ?? task.stopCode ?? '',
        task.ending?.reason ?? '',
        task.containers.map(({ name, exitCode }) => `${name} ${exitCode ?? 'did not run'}`).join(', '),
      ),
    ),
  ].join('\n');
}
