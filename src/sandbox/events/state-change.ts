import type { InstanceState } from '../instances/instance-state.ts';
import type { InstanceRecord, TaskRecord } from '../state.ts';
import type { TaskState } from '../tasks/task-state.ts';
import { instanceDetail, taskDetail } from './details.ts';
import type { EventEntry } from './log.ts';

/** That a task is in another state, which the log keeps. What it tells of it is worked out when somebody reads it. */
export class TaskChange implements EventEntry {
  readonly at: number;
  readonly #task: TaskRecord;
  readonly #state: Readonly<TaskState>;

  constructor(task: TaskRecord, at: number) {
    this.at = at;
    this.#task = task;
    this.#state = task.state;
  }

  get detailType(): string {
    return 'ECS Task State Change';
  }

  get resources(): readonly string[] {
    return [this.#task.arn];
  }

  detail(): object {
    return taskDetail(this.#task.in(this.#state), this.at);
  }
}

/** The same of a container instance. */
export class InstanceChange implements EventEntry {
  readonly at: number;
  readonly #instance: InstanceRecord;
  readonly #state: Readonly<InstanceState>;

  constructor(instance: InstanceRecord, at: number) {
    this.at = at;
    this.#instance = instance;
    this.#state = instance.state;
  }

  get detailType(): string {
    return 'ECS Container Instance State Change';
  }

  get resources(): readonly string[] {
    return [this.#instance.arn];
  }

  detail(): object {
    return instanceDetail(this.#instance.in(this.#state), this.at);
  }
}
