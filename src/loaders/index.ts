import type DataLoader from 'dataloader';
import type { EntityKind } from '../ecs/kinds.ts';
import { KINDS } from '../ecs/kinds.ts';
import type { EcsSession } from '../ecs/session.ts';
import { EntityLoader } from './entity-loader.ts';
import { createTaskListLoader, type TaskArns, type TaskListKey } from './task-lists.ts';

/** The loaders of one request, or of one event of a subscription. */
export interface Loaders {
  readonly of: <Kind extends EntityKind>(kind: Kind) => EntityLoader<Kind>;
  readonly taskLists: DataLoader<TaskListKey, TaskArns, string>;
  /** Forgets everything that was read; called after a write. */
  readonly clear: () => void;
}

export function createLoaders(session: EcsSession): Loaders {
  const byKind = Object.fromEntries(
    (Object.keys(KINDS) as EntityKind[]).map((kind) => [kind, new EntityLoader(kind, session)]),
  ) as { [Kind in EntityKind]: EntityLoader<Kind> };
  const taskLists = createTaskListLoader(session, byKind.Task, byKind.Cluster);
  return {
    of: (kind) => byKind[kind],
    taskLists,
    clear() {
      for (const loader of Object.values(byKind)) loader.clear();
      taskLists.clearAll();
    },
  };
}
