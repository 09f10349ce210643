import type { ProtectedTask } from '@aws-sdk/client-ecs';
import type DataLoader from 'dataloader';
import type { EntityKind } from '../ecs/core/describe-specs.ts';
import type { EcsSession } from '../ecs/request-session.ts';
import { CompleteLists } from './complete-lists.ts';
import { EntityLoader } from './entity-loader.ts';
import { createRecentDeploymentsLoader, type RecentDeployments, type ServiceKey } from './recent-deployments.ts';
import { SharedReads } from './shared-reads.ts';
import { createTaskListLoader, type TaskArns, type TaskListKey } from './task-lists.ts';
import type { TaskOwners } from './task-owners.ts';
import { EarlyTasks } from './task-prefetch.ts';
import { createTaskProtectionLoader, type ProtectionKey } from './task-protection.ts';

/**
 * The loaders of one request, or of one event of a subscription. `of(kind)` is a DataLoader over the Describe calls of
 * a kind. Batches are formed for the whole process, because concurrent requests then share Describe calls (full tree:
 * 322 calls, against 2,122 with batches of one request).
 */
export interface Loaders {
  readonly of: <Kind extends EntityKind>(kind: Kind) => EntityLoader<Kind>;
  readonly taskLists: DataLoader<TaskListKey, TaskArns, string>;
  /** Tasks of clusters that are prefetched. */
  readonly earlyTasks: EarlyTasks;
  readonly taskProtection: DataLoader<ProtectionKey, ProtectedTask | null, string>;
  readonly recentDeployments: DataLoader<ServiceKey, RecentDeployments, string>;
  readonly lists: CompleteLists;
  /** The connections that the request has already read. */
  readonly connections: SharedReads;
  /** Forgets everything that was read. Called after a write. */
  readonly clear: () => void;
}

/**
 * @param reads the members that the operation's fields read; absent means that any member may be read
 * @param owners owners of tasks that were listed before
 * @param alwaysRead members that every description of a kind must have
 */
export function createLoaders(
  session: EcsSession,
  reads?: ReadonlySet<string>,
  owners?: TaskOwners,
  alwaysRead?: (kind: EntityKind) => readonly string[],
): Loaders {
  // Created when a kind is first requested: each event of a subscription has its own loaders and reads few kinds.
  const byKind: { [Kind in EntityKind]?: EntityLoader<Kind> } = {};
  const of = <Kind extends EntityKind>(kind: Kind): EntityLoader<Kind> => {
    const known: EntityLoader<Kind> | undefined = byKind[kind];
    if (known !== undefined) return known;
    const made = new EntityLoader(kind, session, reads, alwaysRead?.(kind));
    Object.assign(byKind, { [kind]: made });
    return made;
  };
  const earlyTasks = new EarlyTasks(session, of('Task'), of('Cluster'), reads);
  const taskLists = createTaskListLoader(session, of('Task'), of('Cluster'), earlyTasks, owners);
  const lists = new CompleteLists(session);
  const connections = new SharedReads();
  const taskProtection = createTaskProtectionLoader(session);
  const recentDeployments = createRecentDeploymentsLoader(session);
  return {
    of,
    taskLists,
    earlyTasks,
    taskProtection,
    recentDeployments,
    lists,
    connections,
    clear() {
      for (const loader of Object.values(byKind)) loader.clear();
      lists.clear();
      connections.clear();
      earlyTasks.clear();
      for (const loader of [taskLists, taskProtection, recentDeployments]) loader.clearAll();
    },
  };
}
