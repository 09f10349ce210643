import type { Task } from '@aws-sdk/client-ecs';
import { clusterNameOf } from '../../ecs/core/arn.ts';
import { EcsError } from '../../ecs/core/errors.ts';
import type { Loaders } from '../../loaders/index.ts';
import type { LiveSession } from '../core/create-hub.ts';
import { wokenByTasks } from '../core/woken-by.ts';
import { changesBetween } from '../topic/changes.ts';
import type { TopicSpec, Update } from '../topic/topic-spec.ts';
import {
  observeTasks,
  type TasksLook,
  type TasksProgress,
  type TasksSnapshot,
  tasksFacts,
  tasksProgress,
  tasksSummary,
} from './task-progress.ts';

/** Follows some tasks of a cluster until all of them have stopped. */
export function tasksTopic(
  scope: string,
  target: { readonly clusterArn: string; readonly taskArns: readonly string[] },
): TopicSpec<LiveSession, TasksSnapshot, TasksLook, TasksProgress> {
  const toUpdate = (progress: TasksProgress, now: number, before?: TasksProgress): Update<TasksProgress> => ({
    body: progress,
    changes: before === undefined ? [] : changesBetween(tasksFacts(before), tasksFacts(progress)),
    summary: tasksSummary(progress, now),
    outcome: progress.outcome,
  });
  return {
    key: `tasks ${scope} ${[...target.taskArns].sort().join()}`,
    group: `${scope} ${target.clusterArn}`,
    wakes: wokenByTasks(target),
    async read({ loaders }, state) {
      const cluster = clusterNameOf(target.clusterArn);
      const open = target.taskArns.filter((arn) => state?.tasks.get(arn)?.lastStatus !== 'STOPPED');
      const read = await Promise.all(open.map((id) => loaders.of('Task').load({ id, cluster, members: [] })));
      const done = [...(state?.tasks.values() ?? [])].filter(({ lastStatus }) => lastStatus === 'STOPPED');
      const tasks = [...done, ...read.filter((task) => task !== null)];
      return { tasks, essential: await essentialOf(loaders, tasks, state?.essential) };
    },
    step(state, look, now) {
      const next = observeTasks(state, target, look, now);
      if (state === undefined) return { state: next, news: [] };
      const news = toUpdate(tasksProgress(next), now, tasksProgress(state));
      return { state: next, news: news.changes.length === 0 ? [] : [news] };
    },
    facts: tasksFacts,
    whole: (state, now) => toUpdate(tasksProgress(state), now),
    quietSince: ({ advance }) => advance.at,
    weigh: ({ tasks }) => tasks.length,
    pulse: () => 'active',
    timedOut: (state, now) => toUpdate({ ...tasksProgress(state), outcome: 'TIMED_OUT' }, now),
  };
}

/** The essential containers of the tasks' definitions. Unreadable definitions are omitted. */
export async function essentialOf(
  loaders: Loaders,
  tasks: readonly Task[],
  known?: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const arns = new Set(tasks.flatMap(({ taskDefinitionArn }) => taskDefinitionArn ?? []));
  const essential = new Map<string, ReadonlySet<string>>();
  await Promise.all(
    [...arns].map(async (arn) => {
      const names = known?.get(arn) ?? (await essentialContainers(loaders, arn));
      if (names !== undefined) essential.set(arn, names);
    }),
  );
  return essential;
}

async function essentialContainers(loaders: Loaders, arn: string): Promise<ReadonlySet<string> | undefined> {
  try {
    const definition = await loaders.of('TaskDefinition').load({ id: arn, members: [] });
    const containers = definition?.containerDefinitions?.filter(({ essential }) => essential !== false);
    return containers === undefined ? undefined : new Set(containers.map(({ name }) => name ?? ''));
  } catch (error) {
    if (error instanceof EcsError && error.code === 'FORBIDDEN_UPSTREAM') return undefined;
    throw error;
  }
}
