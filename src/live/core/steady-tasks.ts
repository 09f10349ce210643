import type { Task } from '@aws-sdk/client-ecs';
import { KINDS } from '../../ecs/core/describe-specs.ts';
import type { EntityLoader } from '../../loaders/entity-loader.ts';
import { isHealthy, isStopped } from './deployment-bounds.ts';

export interface SteadyClock {
  /** ECS's time. */
  now(): number;
  monotonic(): number;
}

/** Maximum age of facts about a running task that no list shows (its health, its containers). */
const MOST_AGE_MS = 60_000;
/** The same where events announce all other changes, and only a call shows the health. */
const MOST_AGE_OF_HELD_MS = 300_000;

const BATCH = KINDS.Task.batch;
/** Places in the last batch that are reserved for tasks that were never described. */
const FOR_NEW_TASKS = 10;

/**
 * The most services of a round whose tasks feeds read. Lists of tasks share one bucket of ECS's, of which polls get ten
 * calls a second, and a poll has a deadline.
 */
const MOST_OF_FEEDS = 50;

/** Whether a task has stopped and will not change any more. */
export function hasStopped(task: Task): boolean {
  return task.lastStatus === 'STOPPED' && task.stoppedAt !== undefined;
}

/** When tasks were last described, over all rounds. A steady task is described again only now and then. */
export class SteadyTasks {
  readonly clock: SteadyClock;
  /** Weak, so that an entry goes with its task. */
  readonly readAt = new WeakMap<Task, number>();

  constructor(clock: SteadyClock) {
    this.clock = clock;
  }

  /** @param isHeld whether the changes of a cluster's tasks are announced */
  round(loader: EntityLoader<'Task'>, isHeld: (cluster: string) => boolean = () => false): TaskRound {
    return new TaskRound(this, loader, isHeld);
  }
}

/**
 * The tasks to describe in one round of polls. A task may be skipped while it is running, meant to run, and healthy:
 * whatever ends that changes its desired status, which the lists of each round show. Other changes show when the task
 * is described again. Each round describes the tasks that were described longest ago, as many as its last batch has
 * room for, and all that would become too old. So up to 90 tasks of a cluster are described in each round, and one
 * batch of larger clusters.
 */
export class TaskRound {
  readonly #steady: SteadyTasks;
  readonly #loader: EntityLoader<'Task'>;
  readonly #isHeld: (cluster: string) => boolean;
  readonly #startedAt: number;
  readonly #described = new Set<string>();
  #expected = new Map<string, Map<string, Task>>();
  #left = MOST_OF_FEEDS;

  constructor(steady: SteadyTasks, loader: EntityLoader<'Task'>, isHeld: (cluster: string) => boolean) {
    this.#isHeld = isHeld;
    this.#steady = steady;
    this.#loader = loader;
    this.#startedAt = steady.clock.monotonic();
  }

  /** Of how many services a feed may read the tasks, if it wants to read those of this many. */
  grant(services: number): number {
    const granted = Math.min(services, this.#left);
    this.#left -= granted;
    return granted;
  }

  /** Announces tasks that will be listed. Those that need a description are described while the lists are read. */
  expect(cluster: string, known: readonly Task[]): void {
    if (known.length === 0) return;
    if (this.#expected.size === 0) process.nextTick(() => this.#describeSome());
    const expected = this.#expected.get(cluster) ?? new Map<string, Task>();
    this.#expected.set(cluster, expected);
    for (const task of known) {
      const arn = task.taskArn ?? '';
      const other = expected.get(arn);
      // If several topics have seen a task at different times, the oldest description counts.
      if (other === undefined || this.#ageOf(task) > this.#ageOf(other)) expected.set(arn, task);
    }
  }

  /** Whether a task that is listed as meant to run need not be described in this round. */
  mayRest(task: Task): boolean {
    return !this.#described.has(task.taskArn ?? '') && this.#isSteady(task);
  }

  /** The task was described in this round. */
  wasRead(task: Task): void {
    this.#steady.readAt.set(task, this.#startedAt);
  }

  /** Other facts contradict these tasks, so the next round describes them in any case. */
  doubt(tasks: readonly Task[]): void {
    for (const task of tasks) this.#steady.readAt.delete(task);
  }

  /** Collects what all topics of the round expect; they start in one turn of the event loop. */
  #describeSome(): void {
    const expected = this.#expected;
    this.#expected = new Map();
    for (const [cluster, tasks] of expected) {
      const open = [...tasks.values()].filter((task) => !isStopped(task));
      const due = open.filter((task) => !this.#isSteady(task));
      const resting = open.filter((task) => this.#isSteady(task)).sort((a, b) => this.#ageOf(b) - this.#ageOf(a));
      // Where changes are announced, a round may need no call at all.
      const room = this.#isHeld(cluster) ? 0 : Math.max(0, BATCH - FOR_NEW_TASKS - (due.length % BATCH));
      for (const { taskArn: id = '' } of [...due, ...resting.slice(0, room)]) {
        this.#described.add(id);
        this.#loader.load({ id, cluster, members: [] }).catch(() => undefined);
      }
    }
  }

  #isSteady(task: Task): boolean {
    const most = this.#isHeld(task.clusterArn ?? '') ? MOST_AGE_OF_HELD_MS : MOST_AGE_MS;
    return isHealthy(task, this.#steady.clock.now()) && this.#ageOf(task) < most;
  }

  #ageOf(task: Task): number {
    return this.#startedAt - (this.#steady.readAt.get(task) ?? Number.NEGATIVE_INFINITY);
  }
}
