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
  clear(): void;
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
  return new RequestLoaders(session, reads, owners, alwaysRead);
}

/** Creates each loader when it is first used: most requests, and each event of a subscription, use few of them. */
class RequestLoaders implements Loaders {
  readonly #session: EcsSession;
  readonly #reads: ReadonlySet<string> | undefined;
  readonly #owners: TaskOwners | undefined;
  readonly #alwaysRead: ((kind: EntityKind) => readonly string[]) | undefined;
  readonly #byKind: { [Kind in EntityKind]?: EntityLoader<Kind> } = {};
  #earlyTasks: EarlyTasks | undefined;
  #taskLists: Loaders['taskLists'] | undefined;
  #taskProtection: Loaders['taskProtection'] | undefined;
  #recentDeployments: Loaders['recentDeployments'] | undefined;
  #lists: CompleteLists | undefined;
  #connections: SharedReads | undefined;

  constructor(
    session: EcsSession,
    reads: ReadonlySet<string> | undefined,
    owners: TaskOwners | undefined,
    alwaysRead: ((kind: EntityKind) => readonly string[]) | undefined,
  ) {
    this.#session = session;
    this.#reads = reads;
    this.#owners = owners;
    this.#alwaysRead = alwaysRead;
  }

  readonly of = <Kind extends EntityKind>(kind: Kind): EntityLoader<Kind> => {
    const known: EntityLoader<Kind> | undefined = this.#byKind[kind];
    if (known !== undefined) return known;
    const made = new EntityLoader(kind, this.#session, this.#reads, this.#alwaysRead?.(kind));
    Object.assign(this.#byKind, { [kind]: made });
    return made;
  };

  get earlyTasks(): EarlyTasks {
    this.#earlyTasks ??= new EarlyTasks(this.#session, this.of('Task'), this.of('Cluster'), this.#reads);
    return this.#earlyTasks;
  }

  get taskLists(): Loaders['taskLists'] {
    const [session, early, owners] = [this.#session, this.earlyTasks, this.#owners] as const;
    this.#taskLists ??= createTaskListLoader(session, this.of('Task'), this.of('Cluster'), early, owners);
    return this.#taskLists;
  }

  get taskProtection(): Loaders['taskProtection'] {
    this.#taskProtection ??= createTaskProtectionLoader(this.#session);
    return this.#taskProtection;
  }

  get recentDeployments(): Loaders['recentDeployments'] {
    this.#recentDeployments ??= createRecentDeploymentsLoader(this.#session);
    return this.#recentDeployments;
  }

  get lists(): CompleteLists {
    this.#lists ??= new CompleteLists(this.#session);
    return this.#lists;
  }

  get connections(): SharedReads {
    this.#connections ??= new SharedReads();
    return this.#connections;
  }

  clear(): void {
    for (const loader of Object.values(this.#byKind)) loader.clear();
    this.#lists?.clear();
    this.#connections?.clear();
    this.#earlyTasks?.clear();
    for (const loader of [this.#taskLists, this.#taskProtection, this.#recentDeployments]) loader?.clearAll();
  }
}
