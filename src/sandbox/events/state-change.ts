import type { Before, InstanceRecord, TaskRecord } from '../state.ts';
import { instanceDetail, taskDetail } from './details.ts';
import type { EventEntry } from './log.ts';
import { asOf, type Trail } from './trail.ts';

/**
 * A change of a task: a step of its trail, and what the log keeps of it, in one, as these are made by the million. What
 * it tells is worked out when somebody reads it.
 */
export class TaskChange implements Trail, EventEntry {
  readonly before: Before | undefined;
  readonly at: number;
  readonly #task: TaskRecord;
  next: Trail | undefined = undefined;

  constructor(task: TaskRecord, before: Before | undefined, at: number) {
    this.before = before;
    this.at = at;
    this.#task = task;
  }

  get detailType(): string {
    return 'ECS Task State Change';
  }

  get resources(): readonly string[] {
    return [this.#task.arn];
  }

  detail(): object {
    return taskDetail(asOf(this.#task, this), this.at);
  }
}

/** The same of a container instance. */
export class InstanceChange implements Trail, EventEntry {
  readonly before: Before | undefined;
  readonly at: number;
  readonly #instance: InstanceRecord;
  next: Trail | undefined = undefined;

  constructor(instance: InstanceRecord, before: Before | undefined, at: number) {
    this.before = before;
    this.at = at;
    this.#instance = instance;
  }

  get detailType(): string {
    return 'ECS Container Instance State Change';
  }

  get resources(): readonly string[] {
    return [this.#instance.arn];
  }

  detail(): object {
    return instanceDetail(asOf(this.#instance, this), this.at);
  }
}
