import { clusterNameOf } from '../ecs/core/arn.ts';
import { includesFor } from '../ecs/core/describe-specs.ts';
import type { EcsSession } from '../ecs/request-session.ts';
import { type ClusterTasksKey, handled, pagesCounted, pagesWorthReading, readClusterTasks } from './cluster-tasks.ts';
import type { EntityLoader } from './entity-loader.ts';
import type { OwnedTask } from './task-owners.ts';

interface EarlyRead {
  readonly tasks: Promise<readonly OwnedTask[] | undefined>;
  /** Those who began it and have not abandoned it. */
  waiting: number;
  isTaken: boolean;
}

/**
 * The running tasks of clusters, read beside the descriptions of their services and not after them: only where the tasks
 * are going to be asked for, and are then read in this very way.
 */
export class EarlyTasks {
  readonly #session: EcsSession;
  readonly #tasks: EntityLoader<'Task'>;
  readonly #clusters: EntityLoader<'Cluster'>;
  /** What the operation asks ECS to include with tasks, anywhere; undefined where that is not known. */
  readonly #include: readonly string[] | undefined;
  readonly #reads = new Map<string, EarlyRead>();
  /** Clusters whose tasks were asked for: what would be read from now on may be known already. */
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
   * Begins to read the tasks of a cluster if so many services make that certain to be the way. A failure is told to those who
   * ask for the tasks.
   * @returns whether they are being read; then whoever fails to get the services has to `abandon` them
   */
  begin(clusterArn: string, members: readonly string[], services: number): boolean {
    const known = this.#reads.get(clusterArn);
    if (known !== undefined) {
      known.waiting += 1;
      return true;
    }
    const key: ClusterTasksKey = { clusterArn, desiredStatus: 'RUNNING', members };
    if (this.#asked.has(clusterArn) || pagesCounted(this.#clusters, clusterArn) === undefined) return false;
    const mostPages = pagesWorthReading(this.#clusters, key, services);
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

  /** One of those who began has failed. What nobody can ask for any more is read no further. */
  abandon(clusterArn: string): void {
    const read = this.#reads.get(clusterArn);
    if (read === undefined) return;
    read.waiting -= 1;
    if (read.waiting === 0 && !read.isTaken) this.#reads.delete(clusterArn);
  }

  /** The tasks of a cluster, if they were begun; undefined where they have to be read now. */
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
    // The services are still with their DataLoader, which hands them on after this turn.
    await null;
    // A batch that is not full would wait for this list, and fall with it.
    await this.#session.whenDescribing('Service', clusterNameOf(key.clusterArn));
    return readClusterTasks(this.#session, this.#tasks, key, mostPages);
  }

  /** Tasks that were described with less than another field needs would be described once more. */
  #includesAll(members: readonly string[]): boolean {
    const include = includesFor('Task', members);
    return this.#include?.every((part) => include.includes(part)) ?? false;
  }
}
