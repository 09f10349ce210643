import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import type { TaskRecord } from './state.ts';
import type { Wire } from './types.ts';

/** What the task definition says about one of a task's containers. */
export function containerDefinition(task: TaskRecord, name: string): Wire<ContainerDefinition> | undefined {
  return task.taskDefinition.definition.containerDefinitions?.find((candidate) => candidate.name === name);
}

/** A task ends with its essential containers; the others may come and go. */
export function isEssential(task: TaskRecord, name: string): boolean {
  return containerDefinition(task, name)?.essential !== false;
}
