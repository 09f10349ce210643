import type { DrainPageQuery } from '../generated/graphql.ts';
import { row } from './text.ts';

/** 5 Drain page with a forecast. */
export function renderDrainPage({ containerInstances, drainForecast: forecast }: DrainPageQuery): string {
  return [
    ...containerInstances.nodes.map((instance) =>
      row(
        instance.ec2InstanceId ?? 'external',
        instance.status,
        instance.agentConnected ? 'connected' : 'disconnected',
        instance.instanceType ?? '',
        instance.availabilityZone ?? '',
        `${instance.runningTasksCount} tasks`,
        `${instance.cpuCapacity.used} of ${instance.cpuCapacity.total} CPU`,
        `${instance.memoryCapacity.used} of ${instance.memoryCapacity.total} MiB`,
      ),
    ),
    ...(forecast === null
      ? []
      : [
          forecast.summary,
          `${forecast.movingTaskCount} move, ${forecast.stayingTaskCount} stay, ${forecast.blockedTaskCount} blocked, ${forecast.hasRoom ? 'room' : 'no room'}`,
          ...forecast.blockedBy.map(({ reason, message }) => row(reason, message)),
          ...forecast.tasks.nodes.map(({ task, fate, isProtected, roomOn }) =>
            row(
              task.taskId,
              task.service?.serviceName ?? 'standalone',
              fate,
              isProtected ? 'protected' : '',
              roomOn?.ec2InstanceId ?? '',
            ),
          ),
        ]),
  ].join('\n');
}
