import type { ProtectedTask } from '@aws-sdk/client-ecs';
import DataLoader from 'dataloader';
import { clusterNameOf } from '../ecs/core/arn.ts';
import type { EcsSession } from '../ecs/request-session.ts';
import { settledOneByOne } from './settled-one-by-one.ts';

export interface ProtectionKey {
  readonly taskArn: string;
  readonly clusterArn: string;
}

/** Most tasks in one GetTaskProtection call. */
const MOST_TASKS = 100;

/** Task protection, read for up to 100 tasks of a cluster at a time. Null if ECS returns nothing for the task. */
export function createTaskProtectionLoader(
  session: EcsSession,
): DataLoader<ProtectionKey, ProtectedTask | null, string> {
  return new DataLoader(
    (keys) => {
      const chunks = new Map<string, Promise<ReadonlyMap<string, ProtectedTask>>>();
      for (const cluster of new Set(keys.map(({ clusterArn }) => clusterArn))) {
        const tasks = keys.filter(({ clusterArn }) => clusterArn === cluster).map(({ taskArn }) => taskArn);
        for (let start = 0; start < tasks.length; start += MOST_TASKS) {
          const chunk = tasks.slice(start, start + MOST_TASKS);
          const answer = protectionOf(session, clusterNameOf(cluster), chunk);
          for (const taskArn of chunk) chunks.set(keyOf({ taskArn, clusterArn: cluster }), answer);
        }
      }
      const read = async (key: ProtectionKey) => (await chunks.get(keyOf(key)))?.get(key.taskArn) ?? null;
      return settledOneByOne(read)(keys);
    },
    { cacheKeyFn: keyOf, maxBatchSize: Number.POSITIVE_INFINITY, batchScheduleFn: session.schedule },
  );
}

function keyOf({ taskArn, clusterArn }: ProtectionKey): string {
  return `${clusterArn} ${taskArn}`;
}

async function protectionOf(
  session: EcsSession,
  cluster: string,
  tasks: string[],
): Promise<ReadonlyMap<string, ProtectedTask>> {
  const { protectedTasks = [] } = await session.read('GetTaskProtection', { cluster, tasks });
  return new Map(protectedTasks.map((task) => [task.taskArn ?? '', task]));
}
