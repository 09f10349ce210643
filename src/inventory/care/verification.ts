import type { ListInput } from '../../ecs/core/list-operations.ts';
import { listPage } from '../../ecs/lists/list.ts';
import { PageTrail } from '../../ecs/lists/page-loop-guard.ts';
import type { EcsSession } from '../../ecs/request-session.ts';
import type { Net } from '../core/counters.ts';
import type { ScopeInventory } from '../scope/scope-inventory.ts';
import type { HeldKind } from '../store/from-write.ts';
import type { HeldCluster } from '../store/held-cluster.ts';
import type { SweepBudget } from './sweep-budget.ts';

/** The means of a verification to read from ECS. */
export interface VerificationParts {
  readonly inventory: ScopeInventory;
  /** A session whose reads are calls to ECS. */
  readonly session: EcsSession;
  readonly signal: AbortSignal;
  /** Absent while nothing is held yet: then only the pacer limits the calls. */
  readonly budget?: SweepBudget | undefined;
  readonly monotonic: () => number;
}

/** Most ids of a Describe call. */
const BATCH = 100;
/** For verifications of what the lists show differently. */
export const DIFFERENT = Number.NEGATIVE_INFINITY;
/** ECS's reads may lag behind its events by this much: what they do not show may still exist. */
export const READS_LAG_MS = 30_000;

/** Compares a cluster, or some of it, with what ECS shows, and takes over what differs. */
export class Verification {
  readonly #parts: VerificationParts;
  readonly #cluster: HeldCluster;
  readonly #net: Net;
  /** Entities that ECS showed differently. */
  repaired = 0;

  constructor(parts: VerificationParts, cluster: HeldCluster, net: Net) {
    this.#parts = parts;
    this.#cluster = cluster;
    this.#net = net;
  }

  /**
   * Lists everything in the cluster and describes what differs from the lists, and what was not described since a time.
   * @param since monotonic; `DIFFERENT` describes only what differs or is on its way to another state
   */
  async whole(since: number): Promise<void> {
    const { store } = this.#cluster;
    const startedAt = this.#parts.monotonic();
    await this.services();
    const running = await this.#list('ListTasks', { desiredStatus: 'RUNNING' });
    const stopped = await this.#list('ListTasks', { desiredStatus: 'STOPPED' });
    const instances = await this.#list('ListContainerInstances', {});
    const tasks = this.#toAsk({ running, stopped }, store.tasks.keys(), startedAt, since);
    await this.#describe('Task', tasks);
    const isListed = new Set(instances);
    const asked: string[] = instances.filter((arn) => this.#isDue(store.instances.get(arn), since));
    for (const { arn, isGone, seenAt } of store.instances.values())
      if (!isGone && !isListed.has(arn) && seenAt < startedAt) asked.push(arn);
    await this.#describe('ContainerInstance', asked);
  }

  /** Lists the services. */
  async services(): Promise<void> {
    const { serviceDoubts } = this.#cluster;
    this.#cluster.listServices(await this.#list('ListServices', {}), serviceDoubts);
  }

  /** Lists the tasks of a service and describes what differs. */
  async service(serviceName: string): Promise<void> {
    const startedAt = this.#parts.monotonic();
    const running = await this.#list('ListTasks', { serviceName, desiredStatus: 'RUNNING' });
    const stopped = await this.#list('ListTasks', { serviceName, desiredStatus: 'STOPPED' });
    const held = this.#cluster.store.ofGroup(`service:${serviceName}`) ?? [];
    await this.#describe('Task', this.#toAsk({ running, stopped }, held, startedAt, DIFFERENT));
  }

  /** Describes tasks or instances that only ECS can decide about. */
  async some(kind: HeldKind, arns: readonly string[]): Promise<void> {
    await this.#describe(kind, arns);
  }

  #toAsk(
    { running, stopped }: { readonly running: readonly string[]; readonly stopped: readonly string[] },
    held: Iterable<string>,
    startedAt: number,
    since: number,
  ): string[] {
    const { tasks } = this.#cluster.store;
    const wanted = new Map<string, string>();
    for (const arn of running) wanted.set(arn, 'RUNNING');
    for (const arn of stopped) wanted.set(arn, 'STOPPED');
    const asked = new Set<string>();
    for (const [arn, desiredStatus] of wanted) {
      const task = tasks.get(arn);
      const isOther = task !== undefined && task.desiredStatus !== desiredStatus && task.seenAt < startedAt;
      if (isOther || this.#isDue(task, since)) asked.add(arn);
    }
    for (const arn of held) {
      const task = tasks.get(arn);
      if (since === DIFFERENT && task?.isInTransit === true && task.seenAt < startedAt) asked.add(arn);
      // ECS forgets stopped tasks earlier or later. A change since the list began explains the rest.
      if (task !== undefined && !task.isStopped && !wanted.has(arn) && task.seenAt < startedAt) asked.add(arn);
    }
    return [...asked];
  }

  #isDue(held: { readonly verifiedAt: number; readonly isWhole: boolean } | undefined, since: number): boolean {
    return held === undefined || !held.isWhole || held.verifiedAt < since;
  }

  async #list(operation: 'ListTasks' | 'ListContainerInstances' | 'ListServices', filter: object): Promise<string[]> {
    const { session, budget, signal } = this.#parts;
    const input = { cluster: this.#cluster.name, ...filter } as ListInput<'ListTasks'>;
    const all: string[] = [];
    const trail = new PageTrail(operation);
    let token: string | undefined;
    do {
      await budget?.take(operation, signal);
      const page = await listPage(session, operation, input, token);
      all.push(...page.items);
      token = trail.follow(page.nextToken);
    } while (token !== undefined);
    return all;
  }

  async #describe(kind: HeldKind, arns: readonly string[]): Promise<void> {
    const operation = kind === 'Task' ? 'DescribeTasks' : 'DescribeContainerInstances';
    const { budget, signal } = this.#parts;
    // One call at a time: answers are large, and the other clusters use what the rate limits allow.
    for (let start = 0; start < arns.length; start += BATCH) {
      await budget?.take(operation, signal);
      await this.#describeBatch(kind, arns.slice(start, start + BATCH));
    }
  }

  async #describeBatch(kind: HeldKind, arns: readonly string[]): Promise<void> {
    const { session, inventory, monotonic } = this.#parts;
    const { name: cluster, store, doubtful } = this.#cluster;
    const askedAt = monotonic();
    const held = (arn: string) => (kind === 'Task' ? store.tasks.get(arn) : store.instances.get(arn));
    const before = new Map(arns.map((arn) => [arn, held(arn)?.version]));
    const found = await Promise.all(arns.map((id) => session.describe({ kind, id, cluster, include: [] })));
    for (const [index, arn] of arns.entries()) {
      const now = held(arn);
      const known = before.get(arn);
      if (found[index] !== null) {
        if (known !== undefined && now !== undefined && now.version > known && now.verifiedAt >= askedAt)
          this.#repair();
        if (known === undefined && now !== undefined && this.#cluster.isReady) this.#repair();
        doubtful.delete(arn);
        continue;
      }
      doubtful.delete(arn);
      // A task that was just announced may not be in ECS's reads yet.
      if (now === undefined || now.seenAt > askedAt - READS_LAG_MS) continue;
      inventory.forget(this.#cluster, arn);
      this.#repair();
    }
  }

  #repair(): void {
    this.repaired += 1;
    this.#parts.inventory.counters.repairs[this.#net] += 1;
  }
}
