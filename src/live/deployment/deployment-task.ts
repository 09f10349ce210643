import type { Task } from '@aws-sdk/client-ecs';
import { isHealthy, isStopped, isStopping } from '../core/deployment-bounds.ts';
import { targetTasks } from './deployment-blockers.ts';
import type { DeploymentSnapshot } from './deployment-state.ts';

/** How far a task has come on its way in or out. */
export type DeploymentTaskState = 'STARTING' | 'RUNNING' | 'HEALTHY' | 'STOPPING';

/** A task of a service during a deployment. */
export interface DeploymentTask {
  readonly task: Task;
  readonly state: DeploymentTaskState;
  /** Whether an older revision started it. */
  readonly isOld: boolean;
}

const MOST_TASKS = 100;

/** The tasks of the service that have not stopped: first those of the deployment, then older ones, each oldest first. */
export function deploymentTasks(snapshot: DeploymentSnapshot, now: number): readonly DeploymentTask[] {
  const own = new Set(targetTasks(snapshot));
  const startOf = (task: Task) => task.createdAt?.getTime() ?? 0;
  return snapshot.tasks
    .filter((task) => !isStopped(task))
    .map((task) => ({ task, state: stateOf(task, now), isOld: !own.has(task) }))
    .sort((a, b) => Number(a.isOld) - Number(b.isOld) || startOf(a.task) - startOf(b.task))
    .slice(0, MOST_TASKS);
}

function stateOf(task: Task, now: number): DeploymentTaskState {
  if (isStopping(task)) return 'STOPPING';
  if (isHealthy(task, now)) return 'HEALTHY';
  return task.lastStatus === 'RUNNING' ? 'RUNNING' : 'STARTING';
}
