import type { Task } from '@aws-sdk/client-ecs';
import { LatestValues } from '../util/latest-values.ts';

/** The members of a task that name its owners. */
export type OwnedTask = Pick<Task, 'taskArn' | 'group' | 'containerInstanceArn'>;

interface Remembered extends OwnedTask {
  /** The task's instance is final once the task has run. */
  readonly isPlaced: boolean;
  readonly isStopped: boolean;
}

/** Above this number, the task that was listed longest ago is forgotten. It is described again if needed. */
const MOST_TASKS = 100_000;

/** The facts that a list of tasks has without describing them. */
export interface KnownTasks {
  of(taskArn: string): OwnedTask | undefined;
  /** Returns its argument. */
  keep(task: Task | null): Task | null;
}

/**
 * The owners of tasks, which never change. A caller that lists the same tasks repeatedly need not describe each of them
 * to find the tasks of a service or an instance.
 */
export class TaskOwners {
  readonly #byArn = new LatestValues<Remembered>(MOST_TASKS);

  /**
   * The known tasks of one list. A task that is about to stop is not known until it has stopped, so that its progress
   * is read.
   */
  in(desiredStatus: 'RUNNING' | 'STOPPED', owner: 'service' | 'instance'): KnownTasks {
    return {
      of: (taskArn) => {
        const known = this.#byArn.get(taskArn);
        if (known === undefined || (desiredStatus === 'STOPPED' && !known.isStopped)) return undefined;
        if (owner === 'instance' && !known.isPlaced) return undefined;
        this.#byArn.set(taskArn, known);
        return known;
      },
      keep: (task) => {
        const { taskArn, group, containerInstanceArn, startedAt, lastStatus } = task ?? {};
        if (taskArn === undefined || group === undefined) return task;
        const isPlaced = containerInstanceArn !== undefined || startedAt !== undefined;
        this.#byArn.set(taskArn, {
          taskArn,
          group,
          containerInstanceArn,
          isPlaced,
          isStopped: lastStatus === 'STOPPED',
        });
        return task;
      },
    };
  }
}
