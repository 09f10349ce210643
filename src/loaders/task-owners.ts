import type { Task } from '@aws-sdk/client-ecs';

/** What a task says of whom it belongs to. */
export type OwnedTask = Pick<Task, 'taskArn' | 'group' | 'containerInstanceArn'>;

interface Remembered extends OwnedTask {
  /** Where it runs is settled once it has run. */
  readonly isPlaced: boolean;
  readonly isStopped: boolean;
}

/** Beyond so many the one that was listed longest ago is forgotten, and described again if need be. */
const MOST_TASKS = 100_000;

/** What a list of tasks knows of them without describing them. */
export interface KnownTasks {
  of(taskArn: string): OwnedTask | undefined;
  /** Gives back what it is told of. */
  keep(task: Task | null): Task | null;
}

/**
 * To whom tasks belong, which never changes: who lists the same tasks again and again need not describe each of them to find the
 * tasks of a service or of an instance.
 */
export class TaskOwners {
  readonly #byArn = new Map<string, Remembered>();

  /**
   * What is known of those in one list. A task that is to stop is unknown until it has stopped: whoever lists it wants to see it do
   * so.
   */
  in(desiredStatus: 'RUNNING' | 'STOPPED', owner: 'service' | 'instance'): KnownTasks {
    return {
      of: (taskArn) => {
        const known = this.#byArn.get(taskArn);
        if (known === undefined || (desiredStatus === 'STOPPED' && !known.isStopped)) return undefined;
        if (owner === 'instance' && !known.isPlaced) return undefined;
        this.#put(taskArn, known);
        return known;
      },
      keep: (task) => {
        const { taskArn, group, containerInstanceArn, startedAt, lastStatus } = task ?? {};
        if (taskArn === undefined || group === undefined) return task;
        const isPlaced = containerInstanceArn !== undefined || startedAt !== undefined;
        this.#put(taskArn, { taskArn, group, containerInstanceArn, isPlaced, isStopped: lastStatus === 'STOPPED' });
        return task;
      },
    };
  }

  #put(taskArn: string, task: Remembered): void {
    this.#byArn.delete(taskArn);
    this.#byArn.set(taskArn, task);
    const [oldest] = this.#byArn.size > MOST_TASKS ? this.#byArn.keys() : [];
    if (oldest !== undefined) this.#byArn.delete(oldest);
  }
}
