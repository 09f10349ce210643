import type { Task } from '@aws-sdk/client-ecs';
import { clusterNameOf } from '../../ecs/core/arn.ts';
import type { TaskListKey } from '../../loaders/task-lists.ts';
import type { LiveSession } from './create-hub.ts';
import { hasStopped } from './steady-tasks.ts';

/**
 * All tasks of an owner that ECS still shows. ListTasks returns tasks with desired status RUNNING by default, so
 * stopping and stopped tasks need a second list. Stopped tasks are not described again, and of steadily running tasks
 * only some are described in each round.
 */
export async function readTasks(
  { loaders, tasks: round }: LiveSession,
  clusterArn: string,
  owner: TaskListKey['owner'],
  known: readonly Task[],
): Promise<Task[]> {
  const cluster = clusterNameOf(clusterArn);
  const before = new Map(known.map((task) => [task.taskArn, task]));
  round?.expect(cluster, known);
  const lists = (['RUNNING', 'STOPPED'] as const).map((desiredStatus) =>
    loaders.taskLists.load({ clusterArn, desiredStatus, owner, members: [] }),
  );
  const [running = [], stopped = []] = await Promise.all(lists);
  const ending = new Set(stopped);
  const tasks = await Promise.all(
    [...new Set([...running, ...stopped])].map(async (id) => {
      const task = before.get(id);
      if (task !== undefined && hasStopped(task)) return task;
      if (task !== undefined && !ending.has(id) && round?.mayRest(task) === true) return task;
      const read = await loaders.of('Task').load({ id, cluster, members: [] });
      if (read !== null) round?.wasRead(read);
      return read;
    }),
  );
  return tasks.filter((task) => task !== null);
}
