import type { OperationName, Output } from '../core/operations.ts';

/** How much there is in one account and region, as far as answers of ECS show. */
export interface SizesOfScope {
  /** How many clusters there are. */
  readonly clusters?: number;
  /** The most services, tasks and container instances that a cluster has. Absent until all clusters were described. */
  readonly services?: number;
  readonly tasks?: number;
  readonly containerInstances?: number;
}

/** How much there is: estimates of cost go by it. */
export interface KnownSizes extends SizesOfScope {
  /**
   * The sizes of the accounts and regions that a root field covers that names some of them; absent for a gateway of one. The sizes above are
   * then those of all of them together.
   */
  readonly covered?: (
    accounts: readonly string[] | undefined,
    regions: readonly string[] | undefined,
  ) => readonly SizesOfScope[];
}

type OfCluster = Required<Omit<SizesOfScope, 'clusters'>>;

const MOST_CLUSTERS = 2_000;

/** Learns from the answers of ECS how much there is. It makes no call. */
export class FleetSizes {
  #clusters: number | undefined;
  readonly #described = new Map<string, OfCluster>();
  #read: SizesOfScope | undefined;

  observe(operation: OperationName, input: object, output: object): void {
    if (operation !== 'ListClusters' && operation !== 'DescribeClusters') return;
    this.#read = undefined;
    if (operation === 'ListClusters') this.#count(input, output);
    else this.#describe(output);
  }

  /** The same object until an answer of ECS may have changed it. */
  read(): SizesOfScope {
    this.#read ??= this.#sum();
    return this.#read;
  }

  #sum(): SizesOfScope {
    if (this.#clusters === undefined) return {};
    const clusters = this.#clusters;
    if (this.#described.size < clusters || clusters === 0) return { clusters };
    const all = [...this.#described.values()];
    const most = (name: keyof OfCluster) => Math.max(...all.map((sizes) => sizes[name]));
    return {
      clusters,
      services: most('services'),
      tasks: most('tasks'),
      containerInstances: most('containerInstances'),
    };
  }

  /** A list that is longer than a page is not counted. */
  #count(input: object, { clusterArns = [], nextToken }: Partial<Output<'ListClusters'>>): void {
    const isWhole = (nextToken ?? '') === '' && ((input as { nextToken?: string }).nextToken ?? '') === '';
    this.#clusters = isWhole ? clusterArns.length : undefined;
  }

  #describe({ clusters = [] }: Partial<Output<'DescribeClusters'>>): void {
    if (this.#described.size > MOST_CLUSTERS) this.#described.clear();
    for (const cluster of clusters) {
      if (cluster.clusterArn === undefined) continue;
      if (cluster.status === 'INACTIVE') {
        this.#described.delete(cluster.clusterArn);
        continue;
      }
      this.#described.set(cluster.clusterArn, {
        services: cluster.activeServicesCount ?? 0,
        tasks: (cluster.runningTasksCount ?? 0) + (cluster.pendingTasksCount ?? 0),
        containerInstances: cluster.registeredContainerInstancesCount ?? 0,
      });
    }
  }
}
