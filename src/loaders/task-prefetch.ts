import { clusterNameOf } from '../ecs/core/arn.ts';
import { includesFor } from '../ecs/core/describe-specs.ts';
import type { EcsSession } from '../ecs/request-session.ts';
import { type ClusterTasksKey, handled, pagesCounted, pagesWorthReading, readClusterTasks } from './cluster-tasks.ts';
import type { EntityLoader } from './entity-loader.ts';
import type { OwnedTask } from './task-owners.ts';

interface EarlyRead {
  readonly tasks: Promise<readonly OwnedTask[] | undefined>;
  /** Callers that started the prefetch and have not abandoned it. */
  waiting: number;
  isTaken: boolean;
}

/**
 * Prefetches the running tasks of clusters while their services are described, if the operation is certain to read the
 * tasks in this way.
 */
export class EarlyTasks {
  readonly #session: EcsSession;
  readonly #tasks: EntityLoader<'Task'>;
  readonly #clusters: EntityLoader<'Cluster'>;
  /** The includes that the operation requests for tasks anywhere; undefined if that is not known. */
  readonly #include: readonly string[] | undefined;
  readonly #reads = new Map<string, EarlyRead>();
  /** Clusters whose tasks were requested. A prefetch that starts later may repeat calls. */
  readonly #asked = new Set<string>();

  constructor(
    session: EcsSession,
    tasks: EntityLoader<'Task'>,
    clusters: EntityLoader<'Cluster'>,
    reads?: ReadonlySet<string>,
  ) {
    this.#session = session;
    this.#tasks = tasks;
    this.#clusters = clusters;
    this.#include = reads && includesFor('Task', reads);
  }

  /**
   * Starts to read the tasks of a cluster if this many services make that certain to be needed. A failure reaches the
   * callers that read the tasks.
   * @returns whether the tasks are being read; a caller that then fails to get the services must call `abandon`
   */
  begin(clusterArn: string, members: readonly string[], services: number): boolean {
    const known = this.#reads.get(clusterArn);
    if (known !== undefined) {
      known.waiting += 1;
      return true;
    }
    const key: ClusterTasksKey = { clusterArn, desiredStatus: 'RUNNING', members };
    if (this.#session.isHeld(clusterArn)) return false;
    if (this.#asked.has(clusterArn) || pagesCounted(this.#clusters, clusterArn) === undefined) return false;
    const mostPages = pagesWorthReading(this.#clusters, key, {
      count: services,
      kind: 'service',
      areKnown: false,
    });
    if (mostPages === 0 || !this.#includesAll(members)) return false;
    const isWanted = () => read.isTaken || read.waiting > 0;
    const read: EarlyRead = {
      tasks: handled(this.#readBeside(key, () => (isWanted() ? mostPages : 0))),
      waiting: 1,
      isTaken: false,
    };
    this.#reads.set(clusterArn, read);
    return true;
  }

  /** Called when one of the callers has failed. If nothing can request the tasks any more, reading stops. */
  abandon(clusterArn: string): void {
    const read = this.#reads.get(clusterArn);
    if (read === undefined) return;
    read.waiting -= 1;
    if (read.waiting === 0 && !read.isTaken) this.#reads.delete(clusterArn);
  }

  /** The prefetched tasks of a cluster; undefined if they must be read now. */
  take({ clusterArn, desiredStatus }: Omit<ClusterTasksKey, 'members'>): EarlyRead['tasks'] | undefined {
    if (desiredStatus !== 'RUNNING') return undefined;
    this.#asked.add(clusterArn);
    const read = this.#reads.get(clusterArn);
    if (read !== undefined) read.isTaken = true;
    return read?.tasks;
  }

  clear(): void {
    this.#reads.clear();
    this.#asked.clear();
  }

  async #readBeside(key: ClusterTasksKey, mostPages: () => number): Promise<readonly OwnedTask[] | undefined> {
    // The services are still in their DataLoader, which passes them on after this turn.
    await null;
    // A partial batch would wait for this list, and fail with it.
    await this.#session.whenDescribing('Service', clusterNameOf(key.clusterArn));
    return readClusterTasks(this.#session, this.#tasks, key, mostPages);
  }

  /** Tasks that were described with fewer members than another field needs would be described again. */
  #includesAll(members: readonly string[]): boolean {
    const include = includesFor('Task', members);
    return this.#include?.every((part) => include.includes(part)) ?? false;
  }
}
