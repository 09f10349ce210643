import type { Task } from '@aws-sdk/client-ecs';
import { clusterNameOf } from '../../ecs/arn.ts';
import type { TaskListKey } from '../../loaders/task-lists.ts';
import type { LiveSession } from '../session.ts';

/**
 * All tasks of an owner that ECS still shows. ListTasks gives those that are to run unless asked, so those that are
 * stopping or stopped need a second list. A task that has stopped for good is not described again.
 */
export async function readTasks(
  { loaders }: LiveSession,
  clusterArn: string,
  owner: TaskListKey['owner'],
  known: readonly Task[],
): Promise<Task[]> {
  const cluster = clusterNameOf(clusterArn);
  const settled = new Map(known.filter(isSettled).map((task) => [task.taskArn, task]));
  const lists = (['RUNNING', 'STOPPED'] as const).map((desiredStatus) =>
    loaders.taskLists.load({ clusterArn, desiredStatus, owner, members: [] }),
  );
  const arns = new Set((await Promise.all(lists)).flat());
  const tasks = await Promise.all(
    [...arns].map((id) => settled.get(id) ?? loaders.of('Task').load({ id, cluster, members: [] })),
  );
  return tasks.filter((task) => task !== null);
}

function isSettled(task: Task): boolean {
  return task.lastStatus === 'STOPPED' && task.stoppedAt !== undefined;
}
