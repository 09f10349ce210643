import type { Cluster, ContainerInstance, Service, Task } from '@aws-sdk/client-ecs';
import { clusterArnBeside, clusterNameOf, parseArn } from '../../ecs/core/arn.ts';
import type { DescribeRequest } from '../../ecs/core/describe-request.ts';
import type { EntityKind, EntityShapes } from '../../ecs/core/describe-specs.ts';
import type { Input, OperationName, Output } from '../../ecs/core/operations.ts';
import type { Scope } from '../../ecs/core/scope.ts';
import type { Timers } from '../../ecs/core/timers.ts';
import { HELD_LISTS } from '../../ecs/held/announced-members.ts';
import { changeKeys, clusterKey, serviceKey } from '../../ecs/held/change-keys.ts';
import type { Held, HeldEntities, Reading } from '../../ecs/held/held-entities.ts';
import { heldPlace, listMember } from '../../ecs/held/held-token.ts';
import type { Contact } from '../core/contact.ts';
import { InventoryCounters } from '../core/counters.ts';
import type { EcsEvent } from '../core/ecs-event.ts';
import { toArn } from '../store/arn-in-cluster.ts';
import type { Applied } from '../store/cluster-store.ts';
import { isOf, stateChangeIn } from '../store/from-event.ts';
import { arnIn, type HeldItem, type HeldKind, writtenBy } from '../store/from-write.ts';
import { HeldCluster } from '../store/held-cluster.ts';
import type { Learned } from '../store/held-task.ts';
import { Interner } from '../store/interner.ts';
import { describeHeld, type HeldPage, listHeldInstances, listHeldTasks, newestOf } from './answers.ts';
import { describeHeldService, listHeldServices } from './service-answers.ts';

/** A source that has had no contact for this long after the start may never have it. */
const FIRST_CONTACT_MS = 60_000;

/** Called with the keys of everything that has changed (`changeKeys`). */
export type OnChange = (keys: readonly string[]) => void;

export interface ScopeInventoryParts {
  readonly scope: Scope;
  readonly timers: Timers;
  /** ECS's time, in epoch milliseconds. */
  readonly now: () => number;
  /** The account of the scope, as twelve digits; undefined until an answer of ECS showed it. */
  readonly account: () => string | undefined;
  /** The contact with the sources. */
  readonly contact: Contact;
}

/**
 * The tasks and container instances of one account and region, as events and answers of ECS show them. It answers reads
 * of a cluster once the whole cluster was listed, and as long as events would arrive.
 */
export class ScopeInventory implements HeldEntities {
  readonly counters = new InventoryCounters();
  readonly clusters = new Map<string, HeldCluster>();
  readonly #parts: ScopeInventoryParts;
  readonly #interner = new Interner();
  readonly #listeners = new Set<OnChange>();
  /** Takes counts of services and clusters that any reader has read. */
  onCounts: ((kind: 'Cluster' | 'Service', items: readonly (Cluster | Service)[]) => void) | undefined;
  /** Whether ECS has listed the clusters. */
  hasListedClusters = false;
  readonly #createdAt: number;

  constructor(parts: ScopeInventoryParts) {
    this.#parts = parts;
    this.#createdAt = parts.timers.monotonic();
  }

  get scope(): Scope {
    return this.#parts.scope;
  }

  /** Number of held tasks and instances. */
  get entities(): { readonly tasks: number; readonly instances: number } {
    let [tasks, instances] = [0, 0];
    for (const { store } of this.clusters.values()) {
      tasks += store.tasks.size;
      instances += store.instances.size;
    }
    return { tasks, instances };
  }

  /** Number of clusters whose reads are answered from memory. */
  get trusted(): number {
    let count = 0;
    for (const cluster of this.clusters.values()) if (this.isTrusted(cluster.name)) count += 1;
    return count;
  }

  /** Calls back for every change. The returned function ends that. */
  onChange(listener: OnChange): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Whether an event is about this account and region, as far as ECS has shown whose the credentials are. */
  concerns({ account, region }: EcsEvent): boolean {
    if (region !== this.#parts.scope.region) return false;
    const own = this.#parts.account();
    return own === undefined || own === account;
  }

  /** Takes an event, in any order, as often as it comes. */
  apply(event: EcsEvent): void {
    const change = stateChangeIn(event);
    if (change !== undefined) {
      this.#heard(change.clusterArn);
      const learned = { from: 'event', at: this.#parts.timers.monotonic(), changedAt: change.changedAt } as const;
      this.#put(change.kind, change.clusterArn, change.item, learned);
      return;
    }
    this.counters.ignored += 1;
    const { clusterArn, serviceArn } = event.detail;
    const arn = [serviceArn, ...event.resources].find((each) => isOf(event, each, 'service'));
    const service = typeof arn === 'string' ? parseArn(arn) : undefined;
    const name = service?.cluster ?? (typeof clusterArn === 'string' ? clusterNameOf(clusterArn) : undefined);
    if (service === undefined || name === undefined) return;
    const cluster = this.#heard(clusterArnBeside(service, name));
    const serviceName = service.name;
    cluster.meetService(serviceName);
    this.#announce([clusterKey(name), serviceKey(name, serviceName)]);
  }

  /** Events may have been lost, so nothing that is held is certain. */
  doubtAll(): void {
    for (const cluster of this.clusters.values()) cluster.doubt(this.#parts.timers.monotonic());
  }

  cluster(nameOrArn: string): HeldCluster | undefined {
    return this.clusters.get(clusterNameOf(nameOrArn));
  }

  /** The cluster, which is created if it is not known. */
  open(clusterArn: string): HeldCluster {
    const name = clusterNameOf(clusterArn);
    const known = this.clusters.get(name);
    if (known !== undefined) return known;
    const cluster = new HeldCluster(clusterArn, this.#interner, this.#parts.timers.monotonic());
    this.clusters.set(name, cluster);
    return cluster;
  }

  isTrusted(cluster: string): boolean {
    const held = this.cluster(cluster);
    return held?.isReady === true && !held.isSilent && this.#parts.contact.isAlive;
  }

  unheldShare(clusters: readonly string[] = [...this.clusters.keys()], isFilled = false): number {
    if (clusters.length === 0) return isFilled && this.#isFilling(undefined) ? 0 : 1;
    const isUnheld = (cluster: string) => !this.isTrusted(cluster) && !(isFilled && this.#isFilling(cluster));
    return clusters.filter(isUnheld).length / clusters.length;
  }

  get fillingForMs(): number | undefined {
    const now = this.#parts.timers.monotonic();
    const since = [...this.clusters.values()].filter(({ name }) => this.#isFilling(name)).map((each) => each.doubtedAt);
    if (this.#isFilling(undefined)) since.push(this.#createdAt);
    return since.length === 0 ? undefined : now - Math.min(...since);
  }

  /** Whether a cluster is being listed, or, without a name, whether the clusters are. */
  #isFilling(name: string | undefined): boolean {
    const { contact, timers } = this.#parts;
    const isBeforeContact = contact.lastAt === undefined && timers.monotonic() - this.#createdAt < FIRST_CONTACT_MS;
    if (!contact.isAlive && !isBeforeContact) return false;
    const cluster = name === undefined ? undefined : this.cluster(name);
    return cluster === undefined ? !this.hasListedClusters : !cluster.isReady && !cluster.isSilent;
  }

  describe<Kind extends EntityKind>(
    request: DescribeRequest<Kind>,
    isPoll: boolean,
  ): Held<EntityShapes[Kind]> | undefined {
    if (request.kind !== 'Task' && request.kind !== 'ContainerInstance' && request.kind !== 'Service') return undefined;
    const cluster = this.#askedFor(request.cluster ?? parseArn(request.id)?.cluster);
    if (cluster === undefined) return undefined;
    const answer =
      request.kind === 'Service'
        ? (describeHeldService(cluster, request) as EntityShapes[Kind] | undefined)
        : describeHeld(cluster, request, isPoll, this.#parts.timers.monotonic());
    return answer && this.#held(answer);
  }

  newest<Kind extends EntityKind>(
    request: DescribeRequest<Kind>,
    item: EntityShapes[Kind] | null,
  ): EntityShapes[Kind] | null {
    if (request.kind !== 'Task' && request.kind !== 'ContainerInstance') return item;
    const cluster = this.cluster(request.cluster ?? parseArn(request.id)?.cluster ?? '');
    return cluster === undefined ? item : newestOf(cluster, request, item, this.#parts.timers.monotonic());
  }

  list<Op extends OperationName>(operation: Op, input: Input<Op>): Held<Output<Op>> | undefined {
    const member = listMember(operation);
    if (member === undefined) return undefined;
    const { cluster: name = 'default', nextToken } = input as Input<'ListTasks'>;
    // A list that was begun with ECS is continued there.
    if (nextToken !== undefined && heldPlace(nextToken) === undefined) return undefined;
    const cluster = this.#askedFor(name);
    if (cluster === undefined) return undefined;
    const page = pageIn(cluster, operation, input);
    if (page === undefined) return undefined;
    const { arns, nextToken: next } = page;
    const output = { [member]: arns, ...(next !== undefined && { nextToken: next }) };
    return this.#held(output as unknown as Output<Op>);
  }

  observe(kind: EntityKind, items: readonly EntityShapes[EntityKind][], { without, sentAt }: Reading): void {
    if (kind === 'Service' || kind === 'Cluster') {
      this.#noteServices(kind, items);
      this.onCounts?.(kind, items as readonly (Cluster | Service)[]);
      return;
    }
    if (kind !== 'Task' && kind !== 'ContainerInstance') return;
    for (const item of items) this.#observe(kind, item as HeldItem, sentAt, without.length > 0);
  }

  wrote<Op extends OperationName>(operation: Op, input: Input<Op>, output: Output<Op> | undefined): void {
    const at = this.#parts.timers.monotonic();
    for (const { kind, clusterArn, item } of writtenBy(operation, input, output))
      this.#put(kind, clusterArn, item, { from: 'api', at });
    const { service } = (output ?? {}) as Partial<Output<'CreateService'>>;
    if (operation === 'CreateService' || operation === 'DeleteService')
      this.#wroteService(service, operation === 'CreateService');
    if (operation !== 'PutAttributes' && operation !== 'DeleteAttributes') return;
    // ECS gives no new version to an instance whose attributes were written.
    const { cluster = 'default', attributes = [] } = input as Input<'PutAttributes'>;
    const held = this.cluster(cluster);
    for (const { targetId = '' } of attributes) {
      const instance = held?.store.instances.get(toArn(held.store.arn, 'container-instance', targetId));
      if (instance !== undefined) held?.doubtful.set(instance.arn, instance.version);
    }
  }

  /** ECS says that a resource does not exist. */
  forget(cluster: HeldCluster, arn: string): void {
    const task = cluster.store.tasks.get(arn);
    cluster.store.forget(arn, this.#parts.timers.monotonic());
    if (task === undefined)
      this.#announce(changeKeys(cluster.name, 'ContainerInstance', { containerInstanceArn: arn }));
    else {
      const { group, containerInstanceArn } = task;
      this.#announce(changeKeys(cluster.name, 'Task', { taskArn: arn, group, containerInstanceArn }));
    }
  }

  /** Removes what ECS shows no more. */
  prune(): void {
    const { timers, now } = this.#parts;
    for (const { store } of this.clusters.values()) store.prune(timers.monotonic(), now());
  }

  #held<T>(answer: T): Held<T> {
    this.counters.answered += 1;
    return { answer, asOf: this.#parts.contact.asOf(this.#parts.now()) };
  }

  /** The cluster if it can answer. Others are wanted the more, the more often they are asked for. */
  #askedFor(name: string | undefined): HeldCluster | undefined {
    const cluster = name === undefined ? undefined : this.cluster(name);
    if (cluster === undefined) return undefined;
    if (this.isTrusted(cluster.name)) return cluster;
    cluster.wanted += 1;
    return undefined;
  }

  #heard(clusterArn: string): HeldCluster {
    const cluster = this.open(clusterArn);
    cluster.lastEventAt = this.#parts.timers.monotonic();
    if (cluster.isSilent) {
      cluster.isSilent = false;
      cluster.doubt(cluster.lastEventAt);
    }
    return cluster;
  }

  #put(kind: HeldKind, clusterArn: string, item: HeldItem, learned: Learned): void {
    const cluster = this.open(clusterArn);
    const { store, doubtful } = cluster;
    const now = this.#parts.now();
    const applied =
      kind === 'Task'
        ? store.putTask(item as Task, learned, now)
        : store.putInstance(item as ContainerInstance, learned, now);
    if (learned.from === 'event') this.#countEvent(applied);
    else if (applied.outcome === 'old') this.counters.old += 1;
    const [arn, version = 0] = [arnIn(kind, item), item.version];
    if (applied.outcome === 'doubtful') doubtful.set(arn, version);
    else if (doubtful.size > 0 && version >= (doubtful.get(arn) ?? Number.POSITIVE_INFINITY)) doubtful.delete(arn);
    // An answer or a write may show a change before its event, which is then a duplicate, or in the place of a lost one.
    // A first listing shows nothing new.
    if (applied.outcome !== 'applied' || (learned.from === 'api' && !cluster.isReady)) return;
    if (kind === 'Task') meetOwner(cluster, item as Task);
    this.#announce(changeKeys(cluster.name, kind, item));
  }

  #countEvent({ outcome, jumped }: Applied): void {
    if (outcome === 'applied') this.counters.applied += 1;
    if (outcome === 'duplicate') this.counters.duplicates += 1;
    if (outcome === 'old') this.counters.old += 1;
    this.counters.jumps += jumped;
  }

  #observe(kind: HeldKind, item: HeldItem, sentAt: number, isCut: boolean): void {
    const { version } = item;
    const { clusterArn } = item as Task;
    const arn = arnIn(kind, item);
    if (clusterArn === undefined || version === undefined || arn === '') return;
    if (!isCut) {
      this.#put(kind, clusterArn, item, { from: 'api', at: sentAt });
      return;
    }
    // Members of an answer that was cut are unknown: a reader of the newer version must read it from ECS.
    const cluster = this.cluster(clusterArn);
    const held = kind === 'Task' ? cluster?.store.tasks.get(arn) : cluster?.store.instances.get(arn);
    if (held !== undefined && held.version < version) cluster?.doubtful.set(arn, version);
  }

  #wroteService(service: Service | undefined, isCreated: boolean): void {
    const { clusterArn, serviceArn, serviceName } = service ?? {};
    if (clusterArn === undefined || serviceName === undefined) return;
    this.cluster(clusterArn)?.changeService(serviceName, isCreated ? serviceArn : undefined);
  }

  #noteServices(kind: 'Service' | 'Cluster', items: readonly EntityShapes[EntityKind][]): void {
    if (kind !== 'Service') return;
    for (const { clusterArn = '', serviceName = '', status } of items as readonly Service[]) {
      const cluster = this.cluster(clusterArn);
      if (status === 'INACTIVE') cluster?.changeService(serviceName, undefined);
      else if (status === 'ACTIVE') cluster?.meetService(serviceName);
    }
  }

  #announce(keys: readonly string[]): void {
    for (const listener of this.#listeners) listener(keys);
  }
}

/** The page of a list; undefined if ECS must be asked. */
function pageIn(cluster: HeldCluster, operation: OperationName, input: object): HeldPage | undefined {
  const list = Object.values(HELD_LISTS).find((each) => each.operation === operation);
  const isGiven = (filter: string) => ((input as Readonly<Record<string, unknown>>)[filter] ?? '') !== '';
  if (list?.unheldFilters.some(isGiven) === true) return undefined;
  switch (operation) {
    case 'ListTasks':
      return listHeldTasks(cluster, input);
    case 'ListContainerInstances':
      return listHeldInstances(cluster, input);
    case 'ListServices':
      return listHeldServices(cluster, input);
    default:
      return undefined;
  }
}

/** A service whose task is meant to run is ACTIVE. */
function meetOwner(cluster: HeldCluster, { group, desiredStatus }: Task): void {
  if (desiredStatus === 'RUNNING' && group?.startsWith('service:') === true)
    cluster.meetService(group.slice('service:'.length));
}
