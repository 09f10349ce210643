import { setImmediate as nextTurn } from 'node:timers/promises';
import { EcsError } from '../../ecs/core/errors.ts';
import type { Timers } from '../../ecs/core/timers.ts';
import { listAll } from '../../ecs/lists/list.ts';
import type { EcsSession } from '../../ecs/request-session.ts';
import type { Contact } from '../core/contact.ts';
import type { Net } from '../core/counters.ts';
import type { InventorySettings } from '../core/settings.ts';
import type { ScopeInventory } from '../scope/scope-inventory.ts';
import type { HeldCluster } from '../store/held-cluster.ts';
import { CountCheck, partsOf } from './count-check.ts';
import { Jobs } from './jobs.ts';
import { SweepBudget } from './sweep-budget.ts';
import { DIFFERENT, Verification } from './verification.ts';

export interface CaretakerParts {
  readonly inventory: ScopeInventory;
  readonly contact: Contact;
  /** Opens a session whose reads are calls to ECS, with the priority of polls. */
  readonly openSession: (signal: AbortSignal) => EcsSession;
  readonly timers: Timers;
  readonly settings: InventorySettings;
  /** Called when the inventory turns itself off, for a cluster or at all, and when a job fails. */
  readonly onTrouble?: ((message: string, error?: unknown) => void) | undefined;
}

const TICK_MS = 1_000;
const COUNTS_EVERY_MS = 60_000;
/** A difference is looked at again this much later. */
const SUSPECTS_EVERY_MS = 31_000;
/** Transient states last seconds. After this long, an event was lost. */
const STUCK_MS = 180_000;
/** A cluster that changed without an event for this long has no rule that sends its events. */
const RULE_GONE_MS = 600_000;
const CLUSTERS_AT_ONCE = 4;
/** With more events lost than this, verification runs three times as often. */
const MOST_LOST = 0.001;

/**
 * Builds and verifies the inventory of one account and region: one listing of everything at first, then three nets for
 * events that were lost. Counts find changes that nothing followed, states that last too long find missing steps, and a
 * sweep compares everything.
 */
export class Caretaker {
  readonly #parts: CaretakerParts;
  readonly #jobs: Jobs;
  readonly #counts: CountCheck;
  readonly #budget: SweepBudget;
  readonly #askedAt = new Map<string, number>();
  readonly #startedAt: number;
  #wasAlive = false;
  #clustersAt = Number.NEGATIVE_INFINITY;
  #countsAt = 0;
  #prunedAt = 0;
  #seen = { applied: 0, repaired: 0 };
  #isLossy = false;
  #cancel: () => void = () => undefined;

  constructor(parts: CaretakerParts) {
    const { inventory, timers, settings, onTrouble } = parts;
    this.#parts = parts;
    this.#startedAt = timers.monotonic();
    this.#jobs = new Jobs(timers, (name, error) => onTrouble?.(`the inventory could not ${name}`, error));
    this.#counts = new CountCheck(inventory, () => timers.monotonic());
    const share = (settings.rateShare === 0 ? 1 : settings.rateShare) * settings.sweepShare;
    this.#budget = new SweepBudget(share, timers);
    inventory.onCounts = (kind, items) => this.#counts.observe(kind, items);
  }

  start(): void {
    this.#cancel = this.#parts.timers.schedule(0, () => this.#tick());
  }

  /** Resolves when every verification has ended or waits for its share of the rate limits. */
  async settled(): Promise<void> {
    while (this.#jobs.running > this.#budget.waiting) await nextTurn();
  }

  async close(): Promise<void> {
    this.#cancel();
    await this.#jobs.close();
  }

  #tick(): void {
    this.#cancel = this.#parts.timers.schedule(TICK_MS, () => this.#tick());
    const { inventory, contact, timers } = this.#parts;
    const now = timers.monotonic();
    if (!contact.isAlive) {
      if (this.#wasAlive) this.#trouble('no events arrive: the inventory answers nothing until they do');
      this.#wasAlive = false;
      return;
    }
    // Events of the silent time may have been lost.
    if (!this.#wasAlive) inventory.doubtAll();
    this.#wasAlive = true;
    if (now - this.#clustersAt >= this.#parts.settings.sweepEveryMs)
      this.#jobs.run('list clusters', () => this.#listClusters());
    this.#build();
    this.#catchLost(now);
  }

  #catchLost(now: number): void {
    const { inventory } = this.#parts;
    if (this.#clustersAt === Number.NEGATIVE_INFINITY) return;
    if (now - this.#prunedAt >= COUNTS_EVERY_MS) {
      this.#prunedAt = now;
      inventory.prune();
    }
    this.#jobs.run('ask about single resources', () => this.#askSome(now));
    if (now - this.#countsAt >= (this.#counts.hasSuspects ? SUSPECTS_EVERY_MS : COUNTS_EVERY_MS)) {
      this.#countsAt = now;
      this.#jobs.run('read counts', () => this.#readCounts());
    }
    if (this.#counts.due.size > 0) this.#jobs.run('look into counts', () => this.#lookIntoCounts());
    if (this.#nextToSweep(now) !== undefined) this.#jobs.run('sweep', () => this.#sweep(now));
  }

  async #listClusters(): Promise<void> {
    const { inventory, timers } = this.#parts;
    const startedAt = timers.monotonic();
    const arns = await this.#with((session) => listAll(session, 'ListClusters', {}));
    for (const arn of arns) inventory.open(arn);
    inventory.hasListedClusters = true;
    const listed = new Set(arns);
    for (const [name, { store, lastEventAt = Number.NEGATIVE_INFINITY }] of inventory.clusters)
      if (!listed.has(store.arn) && lastEventAt < startedAt) inventory.clusters.delete(name);
    this.#clustersAt = startedAt;
  }

  /** Lists the clusters that are not ready, a few at a time, the most wanted first. */
  #build(): void {
    const { inventory } = this.#parts;
    const open = [...inventory.clusters.values()].filter(({ isReady, isSilent }) => !isReady && !isSilent);
    open.sort((one, other) => other.wanted - one.wanted);
    for (const cluster of open) {
      if (this.#jobs.countOf('list cluster') >= CLUSTERS_AT_ONCE) return;
      this.#jobs.run(`list cluster ${cluster.name}`, () => this.#readCluster(cluster));
    }
  }

  async #readCluster(cluster: HeldCluster): Promise<void> {
    const { timers } = this.#parts;
    const startedAt = timers.monotonic();
    const doubts = cluster.doubts;
    // The pacer alone limits the first listing: until it is done, every query costs calls.
    await this.#verify(cluster, 'sweep', (verification) => verification.whole(startedAt), null);
    cluster.sweptAt = startedAt;
    // Events may have been lost while it was listed.
    if (cluster.doubts === doubts) cluster.isReady = true;
    cluster.wanted = 0;
  }

  /** Asks ECS about resources that events left in doubt, and about those that stay in a state that cannot last. */
  async #askSome(now: number): Promise<void> {
    const { inventory } = this.#parts;
    for (const cluster of inventory.clusters.values()) {
      if (cluster.isReady && !cluster.hasServices) await this.#verify(cluster, 'sweep', (each) => each.services());
      if (cluster.doubtful.size > 0) await this.#ask(cluster, [...cluster.doubtful.keys()], 'sweep');
      const stuck = cluster.isReady
        ? [...cluster.store.inTransit].filter((arn) => this.#isStuck(cluster, arn, now))
        : [];
      for (const arn of stuck) this.#askedAt.set(arn, now);
      if (stuck.length > 0) await this.#ask(cluster, stuck, 'transit');
    }
    for (const [arn, at] of this.#askedAt) if (now - at > 10 * STUCK_MS) this.#askedAt.delete(arn);
  }

  #isStuck({ store }: HeldCluster, arn: string, now: number): boolean {
    const { seenAt = now, verifiedAt = 0 } = store.tasks.get(arn) ?? {};
    return now - Math.max(seenAt, verifiedAt, this.#askedAt.get(arn) ?? 0) >= STUCK_MS;
  }

  async #ask(cluster: HeldCluster, arns: readonly string[], net: Net): Promise<void> {
    const isInstance = (arn: string) => arn.includes(':container-instance/');
    const instances = arns.filter(isInstance);
    const tasks = arns.filter((arn) => !isInstance(arn));
    await this.#verify(cluster, net, async (verification) => {
      if (tasks.length > 0) await verification.some('Task', tasks);
      if (instances.length > 0) await verification.some('ContainerInstance', instances);
    });
  }

  async #readCounts(): Promise<void> {
    const names = [...this.#parts.inventory.clusters.values()].filter(({ isReady }) => isReady).map(({ name }) => name);
    // The answers are compared where every answer of ECS passes.
    await this.#with((session) =>
      Promise.all(names.map((id) => session.describe({ kind: 'Cluster', id, include: [] }))),
    );
  }

  async #lookIntoCounts(): Promise<void> {
    for (const name of [...this.#counts.due]) {
      const { cluster: clusterName, service } = partsOf(name);
      const cluster = this.#parts.inventory.cluster(clusterName);
      if (cluster !== undefined) {
        const repaired = await this.#verify(cluster, 'counters', (verification) =>
          service === undefined ? verification.whole(DIFFERENT) : verification.service(service),
        );
        if (repaired > 0) this.#suspectRule(cluster);
      }
      this.#counts.settle(name);
    }
  }

  /** A cluster that changed while no event of it arrived is not trusted until one does. */
  #suspectRule(cluster: HeldCluster): void {
    const now = this.#parts.timers.monotonic();
    if (now - (cluster.lastEventAt ?? this.#startedAt) < RULE_GONE_MS) return;
    cluster.isSilent = true;
    this.#trouble(`cluster ${cluster.name} changes, but no events of it arrive: its reads go to ECS until one does`);
  }

  #nextToSweep(now: number): HeldCluster | undefined {
    const every = this.#parts.settings.sweepEveryMs / (this.#isLossy ? 3 : 1);
    let oldest: HeldCluster | undefined;
    for (const cluster of this.#parts.inventory.clusters.values()) {
      if (!cluster.isReady || now - (cluster.sweptAt ?? now) < every) continue;
      if (oldest === undefined || (cluster.sweptAt ?? 0) < (oldest.sweptAt ?? 0)) oldest = cluster;
    }
    return oldest;
  }

  async #sweep(since: number): Promise<void> {
    for (let cluster = this.#nextToSweep(since); cluster !== undefined; cluster = this.#nextToSweep(since)) {
      const startedAt = this.#parts.timers.monotonic();
      // If it fails, the others are not held up by it.
      cluster.sweptAt = startedAt;
      await this.#verify(cluster, 'sweep', (verification) => verification.whole(startedAt));
    }
    const { applied, repaired } = this.#parts.inventory.counters;
    const [events, lost] = [applied - this.#seen.applied, repaired - this.#seen.repaired];
    this.#isLossy = lost > events * MOST_LOST;
    this.#seen = { applied, repaired };
  }

  /** @returns the number of entities that ECS showed differently */
  async #verify(
    cluster: HeldCluster,
    net: Net,
    act: (verification: Verification) => Promise<void>,
    budget: SweepBudget | null = this.#budget,
  ): Promise<number> {
    const { inventory, timers } = this.#parts;
    return this.#with(async (session, signal) => {
      const parts = { inventory, session, signal, budget: budget ?? undefined, monotonic: () => timers.monotonic() };
      const verification = new Verification(parts, cluster, net);
      await act(verification);
      return verification.repaired;
    }).catch((error: unknown) => {
      // The cluster was deleted meanwhile.
      if (!(error instanceof EcsError && error.code === 'NOT_FOUND')) throw error;
      inventory.clusters.delete(cluster.name);
      return 0;
    });
  }

  async #with<T>(use: (session: EcsSession, signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal } = this.#jobs;
    const session = this.#parts.openSession(signal);
    try {
      return await use(session, signal);
    } finally {
      session.release();
    }
  }

  #trouble(message: string): void {
    this.#parts.onTrouble?.(message);
  }
}
