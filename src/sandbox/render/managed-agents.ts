import type { Container } from '@aws-sdk/client-ecs';
import type { TaskRecord } from '../state.ts';
import { toSeconds, type Wire } from '../types.ts';

/** With execute command switched on, each container also has the agent that takes the commands. */
export function withManagedAgents(task: TaskRecord): Wire<Container>[] {
  if (!task.enableExecuteCommand) return task.containers;
  return task.containers.map((container) => ({
    ...container,
    managedAgents: container.managedAgents ?? [
      {
        name: 'ExecuteCommandAgent' as const,
        lastStatus: container.lastStatus,
        ...(container.lastStatus === 'RUNNING' && task.startedAt !== undefined
          ? { lastStartedAt: toSeconds(task.startedAt) }
          : {}),
      },
    ],
  }));
}
