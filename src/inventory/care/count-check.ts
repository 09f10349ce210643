import type { Cluster, Service } from '@aws-sdk/client-ecs';
import type { ScopeInventory } from '../scope/scope-inventory.ts';
import type { HeldCluster } from '../store/held-cluster.ts';

/** A difference that lasts longer than this is no change under way. */
const LASTING_MS = 30_000;

interface Gap {
  readonly difference: string;
  readonly since: number;
  /** Set once a verification did not close it: ECS counts otherwise, or has changed nothing. */
  isAccepted: boolean;
}

/**
 * Compares the counts that ECS shows of clusters and services with what is held. They find the loss of an event that
 * nothing follows. Every reading counts, also those that requests made.
 */
export class CountCheck {
  /** Names of clusters, and of services as `cluster/service`, that lastingly differ. */
  readonly due = new Set<string>();
  readonly #inventory: ScopeInventory;
  readonly #monotonic: () => number;
  readonly #gaps = new Map<string, Gap>();

  constructor(inventory: ScopeInventory, monotonic: () => number) {
    this.#inventory = inventory;
    this.#monotonic = monotonic;
  }

  /** Whether a difference waits for another reading. */
  get hasSuspects(): boolean {
    for (const { isAccepted } of this.#gaps.values()) if (!isAccepted) return true;
    return false;
  }

  observe(kind: 'Cluster' | 'Service', items: readonly (Cluster | Service)[]): void {
    for (const item of items) {
      const cluster = this.#inventory.cluster(item.clusterArn ?? '');
      if (cluster?.isReady !== true) continue;
      const { activeServicesCount } = item as Cluster;
      if (kind === 'Cluster' && cluster.hasServices && activeServicesCount !== cluster.services.size)
        cluster.doubtServices();
      if (kind === 'Cluster') this.#note(cluster.name, differenceOf(cluster, item as Cluster));
      else this.#noteService(cluster, item as Service);
    }
  }

  /** The difference was looked into. If it stays as it is, it is ECS's way of counting. */
  settle(name: string): void {
    this.due.delete(name);
    const gap = this.#gaps.get(name);
    if (gap !== undefined) gap.isAccepted = true;
  }

  #noteService(cluster: HeldCluster, { serviceName = '', status, runningCount = 0, pendingCount = 0 }: Service): void {
    if (status !== 'ACTIVE') return;
    const { running, pending } = cluster.store.count(cluster.store.ofGroup(`service:${serviceName}`) ?? []);
    this.#note(`${cluster.name}/${serviceName}`, `${runningCount - running} ${pendingCount - pending}`);
  }

  #note(name: string, difference: string): void {
    const gap = this.#gaps.get(name);
    if (/^0( 0)*$/.test(difference)) {
      this.#gaps.delete(name);
      this.due.delete(name);
    } else if (gap?.difference !== difference) {
      this.#gaps.set(name, { difference, since: this.#monotonic(), isAccepted: false });
      this.due.delete(name);
    } else if (!gap.isAccepted && this.#monotonic() - gap.since >= LASTING_MS) this.due.add(name);
  }
}

function differenceOf(
  { store }: HeldCluster,
  { runningTasksCount = 0, pendingTasksCount = 0, registeredContainerInstancesCount = 0 }: Cluster,
): string {
  const { running, pending } = store.count();
  let instances = 0;
  for (const { status } of store.instances.values()) if (status === 'ACTIVE' || status === 'DRAINING') instances += 1;
  const gaps = [
    runningTasksCount - running,
    pendingTasksCount - pending,
    registeredContainerInstancesCount - instances,
  ];
  return gaps.join(' ');
}

/** The parts of a name in `CountCheck.due`. */
export function partsOf(name: string): { readonly cluster: string; readonly service: string | undefined } {
  const [cluster = '', service] = name.split('/');
  return { cluster, service };
}
