import type { Task } from '@aws-sdk/client-ecs';
import { KINDS } from '../../ecs/core/describe-specs.ts';
import type { EntityLoader } from '../../loaders/entity-loader.ts';
import { isHealthy, isStopped } from './deployment-bounds.ts';

export interface SteadyClock {
  /** ECS's time. */
  now(): number;
  monotonic(): number;
}

/** What no list tells of a task that runs (its health, its containers) is known to be at most so old. */
const MOST_AGE_MS = 60_000;

const BATCH = KINDS.Task.batch;
/** Places in the last batch that are left for tasks which nobody has seen yet. */
const FOR_NEW_TASKS = 10;

/** It has ended for good: nothing of it changes any more. */
export function hasStopped(task: Task): boolean {
  return task.lastStatus === 'STOPPED' && task.stoppedAt !== undefined;
}

/** When tasks were described last, over all rounds. A task that has settled down is described again only now and then. */
export class SteadyTasks {
  readonly clock: SteadyClock;
  /** What is remembered of a task goes with it. */
  readonly readAt = new WeakMap<Task, number>();

  constructor(clock: SteadyClock) {
    this.clock = clock;
  }

  round(loader: EntityLoader<'Task'>): TaskRound {
    return new TaskRound(this, loader);
  }
}

/**
 * Which tasks are described in one round of looks. A task may rest while it runs, is to run and is healthy: whatever ends that makes
 * ECS want it to stop, which the lists of each round tell. The rest of what may change shows when it is described
 * again: each round does so for those that were described longest ago, as many as its last batch has room for, and for all that
 * would be too old. So up to 90 tasks of a cluster are described in each round, and of more a batch.
 */
export class TaskRound {
  readonly #steady: SteadyTasks;
  readonly #loader: EntityLoader<'Task'>;
  readonly #startedAt: number;
  readonly #described = new Set<string>();
  #expected = new Map<string, Map<string, Task>>();

  constructor(steady: SteadyTasks, loader: EntityLoader<'Task'>) {
    this.#steady = steady;
    this.#loader = loader;
    this.#startedAt = steady.clock.monotonic();
  }

  /** These are going to be listed. Those among them that have to be described are so while the lists are under way. */
  expect(cluster: string, known: readonly Task[]): void {
    if (known.length === 0) return;
    if (this.#expected.size === 0) process.nextTick(() => this.#describeSome());
    const expected = this.#expected.get(cluster) ?? new Map<string, Task>();
    this.#expected.set(cluster, expected);
    for (const task of known) {
      const arn = task.taskArn ?? '';
      const other = expected.get(arn);
      // What several have seen at different times is described for the one who saw it first.
      if (other === undefined || this.#ageOf(task) > this.#ageOf(other)) expected.set(arn, task);
    }
  }

  /** Whether a task that is listed as one to run need not be described in this round. */
  mayRest(task: Task): boolean {
    return !this.#described.has(task.taskArn ?? '') && this.#isSteady(task);
  }

  /** It was described in this round. */
  wasRead(task: Task): void {
    this.#steady.readAt.set(task, this.#startedAt);
  }

  /** Something else tells another story of these: they are described in the next round, whatever they look like. */
  doubt(tasks: readonly Task[]): void {
    for (const task of tasks) this.#steady.readAt.delete(task);
  }

  /** Gathers what all topics of the round expect: they are begun in one turn. */
  #describeSome(): void {
    const expected = this.#expected;
    this.#expected = new Map();
    for (const [cluster, tasks] of expected) {
      const open = [...tasks.values()].filter((task) => !isStopped(task));
      const due = open.filter((task) => !this.#isSteady(task));
      const resting = open.filter((task) => this.#isSteady(task)).sort((a, b) => this.#ageOf(b) - this.#ageOf(a));
      const room = Math.max(0, BATCH - FOR_NEW_TASKS - (due.length % BATCH));
      for (const { taskArn: id = '' } of [...due, ...resting.slice(0, room)]) {
        this.#described.add(id);
        this.#loader.load({ id, cluster, members: [] }).catch(() => undefined);
      }
    }
  }

  #isSteady(task: Task): boolean {
    return isHealthy(task, this.#steady.clock.now()) && this.#ageOf(task) < MOST_AGE_MS;
  }

  #ageOf(task: Task): number {
    return this.#startedAt - (this.#steady.readAt.get(task) ?? Number.NEGATIVE_INFINITY);
  }
}
