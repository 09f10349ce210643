import type { ContainerInstance, Task } from '@aws-sdk/client-ecs';
import { HeldInstance, type TaskCounts } from './held-instance.ts';
import { HeldTask, type Learned } from './held-task.ts';
import type { Interner } from './interner.ts';
import { SortedArns } from './sorted-arns.ts';

/** The effect of a version of a task or container instance on the store. */
export type Outcome =
  /** The version is newer, or the first one. */
  | 'applied'
  /** The same version: nothing changes, or an answer of ECS adds what events leave out. */
  | 'duplicate'
  /** A newer version is held. */
  | 'old'
  /** The task or instance is not known, and the version so old that only ECS can say whether it still exists. */
  | 'doubtful';

export interface Applied {
  readonly outcome: Outcome;
  /** Versions between the last one and this one that were never seen. */
  readonly jumped: number;
}

/** How long ECS shows stopped tasks and deregistered instances. */
const SHOWN_FOR_MS = 60 * 60_000;
/** How long a late event of something that is gone is recognised. */
const REMEMBERED_FOR_MS = 2 * SHOWN_FOR_MS;

/** Versions of what is gone. */
interface Tombstone {
  readonly version: number;
  readonly until: number;
}

/**
 * The tasks and container instances of one cluster. The highest version of each is held, whatever order events and
 * answers arrive in, so a reader never sees an older version after a newer one.
 */
export class ClusterStore {
  readonly arn: string;
  readonly name: string;
  readonly tasks = new Map<string, HeldTask>();
  readonly instances = new Map<string, HeldInstance>();
  /** ARNs of tasks in order, for pages of lists. */
  readonly order = new SortedArns();
  readonly instanceOrder = new SortedArns();
  readonly #byGroup = new Map<string, Set<string>>();
  readonly #byInstance = new Map<string, Set<string>>();
  /** ARNs of tasks that are on their way to another state. */
  readonly inTransit = new Set<string>();
  readonly #tombstones = new Map<string, Tombstone>();
  readonly #interner: Interner;

  constructor(arn: string, interner: Interner) {
    this.arn = arn;
    this.name = arn.slice(arn.lastIndexOf('/') + 1);
    this.#interner = interner;
  }

  /**
   * Takes a version of a task.
   * @param now ECS's time
   */
  putTask(task: Task, learned: Learned, now: number): Applied {
    const { taskArn = '', version = 0 } = task;
    const held = this.tasks.get(taskArn);
    const refused = this.#refusal(taskArn, version, held, learned, now);
    if (refused !== undefined) return refused;
    const next = new HeldTask(task, learned, held, this.#interner);
    this.#replaceTask(held, next);
    return { outcome: outcomeOf(held, version), jumped: jumpOf(held, version) };
  }

  /** As `putTask`. */
  putInstance(instance: ContainerInstance, learned: Learned, now: number): Applied {
    const { containerInstanceArn: arn = '', version = 0 } = instance;
    const held = this.instances.get(arn);
    const refused = this.#refusal(arn, version, held, learned, now);
    if (refused !== undefined) return refused;
    const next = new HeldInstance(instance, learned, held, this.#interner);
    if (held === undefined) this.instanceOrder.add(arn);
    this.instances.set(next.arn, next);
    return { outcome: outcomeOf(held, version), jumped: jumpOf(held, version) };
  }

  /** ECS says that it does not exist. @param monotonic the time now */
  forget(arn: string, monotonic: number): void {
    const task = this.tasks.get(arn);
    const instance = this.instances.get(arn);
    if (task !== undefined) this.#removeTask(task);
    if (instance !== undefined) {
      this.instances.delete(arn);
      this.instanceOrder.remove(arn);
    }
    const version = task?.version ?? instance?.version;
    if (version !== undefined) this.#tombstones.set(arn, { version, until: monotonic + REMEMBERED_FOR_MS });
  }

  /**
   * Removes what ECS shows no more.
   * @param now ECS's time
   */
  prune(monotonic: number, now: number): void {
    for (const task of this.tasks.values()) {
      if (!task.isStopped) continue;
      const age = task.stoppedAt === undefined ? monotonic - task.seenAt : now - task.stoppedAt;
      if (age >= SHOWN_FOR_MS) this.forget(task.arn, monotonic);
    }
    for (const instance of this.instances.values()) {
      if (instance.isGone && monotonic - instance.seenAt >= SHOWN_FOR_MS) this.forget(instance.arn, monotonic);
    }
    for (const [arn, { until }] of this.#tombstones) if (until <= monotonic) this.#tombstones.delete(arn);
  }

  /** The ARNs of the tasks of a service, or of another group; undefined if it never had any. */
  ofGroup(group: string): ReadonlySet<string> | undefined {
    return this.#byGroup.get(group);
  }

  /** The ARNs of the tasks on a container instance; undefined if it never had any. */
  onInstance(arn: string): ReadonlySet<string> | undefined {
    return this.#byInstance.get(arn);
  }

  /** As DescribeContainerInstances counts: a task that is to stop does not count, even while it runs. */
  countOn(instanceArn: string): TaskCounts {
    let running = 0;
    let pending = 0;
    for (const arn of this.#byInstance.get(instanceArn) ?? []) {
      const { lastStatus, desiredStatus } = this.tasks.get(arn) ?? {};
      if (lastStatus === 'RUNNING' && desiredStatus === 'RUNNING') running += 1;
      else if (isPending(lastStatus)) pending += 1;
    }
    return { running, pending };
  }

  /** As DescribeClusters counts, or DescribeServices for the tasks of a group. */
  count(arns: Iterable<string> = this.tasks.keys()): TaskCounts {
    let running = 0;
    let pending = 0;
    for (const arn of arns) {
      const { lastStatus } = this.tasks.get(arn) ?? {};
      if (lastStatus === 'RUNNING') running += 1;
      else if (isPending(lastStatus)) pending += 1;
    }
    return { running, pending };
  }

  #refusal(
    arn: string,
    version: number,
    held: { readonly version: number } | undefined,
    { from, changedAt }: Learned,
    now: number,
  ): Applied | undefined {
    if (held !== undefined) {
      if (version < held.version) return OLD;
      return version === held.version && from === 'event' ? DUPLICATE : undefined;
    }
    const gone = this.#tombstones.get(arn);
    if (gone !== undefined) {
      // An event of that version may be late. An answer that shows it proves that it is there.
      if (from === 'event' ? version <= gone.version : version < gone.version) return OLD;
      this.#tombstones.delete(arn);
    }
    return changedAt !== undefined && now - changedAt >= REMEMBERED_FOR_MS ? DOUBTFUL : undefined;
  }

  #replaceTask(held: HeldTask | undefined, next: HeldTask): void {
    const { arn, group, containerInstanceArn } = next;
    this.tasks.set(arn, next);
    if (held === undefined) this.order.add(arn);
    if (group !== held?.group) {
      if (held?.group !== undefined) this.#byGroup.get(held.group)?.delete(arn);
      if (group !== undefined) addTo(this.#byGroup, group, arn);
    }
    if (containerInstanceArn !== held?.containerInstanceArn) {
      if (held?.containerInstanceArn !== undefined) this.#byInstance.get(held.containerInstanceArn)?.delete(arn);
      if (containerInstanceArn !== undefined) addTo(this.#byInstance, containerInstanceArn, arn);
    }
    if (next.isInTransit) this.inTransit.add(arn);
    else this.inTransit.delete(arn);
  }

  #removeTask({ arn, group, containerInstanceArn }: HeldTask): void {
    this.tasks.delete(arn);
    this.order.remove(arn);
    this.inTransit.delete(arn);
    if (group !== undefined) this.#byGroup.get(group)?.delete(arn);
    if (containerInstanceArn !== undefined) this.#byInstance.get(containerInstanceArn)?.delete(arn);
  }
}

const OLD: Applied = { outcome: 'old', jumped: 0 };
const DUPLICATE: Applied = { outcome: 'duplicate', jumped: 0 };
const DOUBTFUL: Applied = { outcome: 'doubtful', jumped: 0 };

function outcomeOf(held: { readonly version: number } | undefined, version: number): Outcome {
  return held?.version === version ? 'duplicate' : 'applied';
}

function jumpOf(held: { readonly version: number } | undefined, version: number): number {
  return held === undefined ? 0 : Math.max(0, version - held.version - 1);
}

function isPending(status: string | undefined): boolean {
  return status === 'PROVISIONING' || status === 'PENDING' || status === 'ACTIVATING';
}

function addTo(index: Map<string, Set<string>>, key: string, arn: string): void {
  const there = index.get(key);
  if (there === undefined) index.set(key, new Set([arn]));
  else there.add(arn);
}
