import type { Before, InstanceRecord, TaskRecord } from '../state.ts';
import { instanceDetail, taskDetail } from './details.ts';
import type { EventEntry } from './log.ts';
import { asOf, type Trail } from './trail.ts';

/**
 * A change of a task or a container instance: a step of its trail, and what the log keeps of it, in one, as these are
 * made by the million. What it tells is worked out when somebody reads it.
 */
export class StateChange implements Trail, EventEntry {
  readonly before: Before | undefined;
  readonly at: number;
  readonly #record: TaskRecord | InstanceRecord;
  next: Trail | undefined = undefined;

  constructor(record: TaskRecord | InstanceRecord, before: Before | undefined, at: number) {
    this.before = before;
    this.at = at;
    this.#record = record;
  }

  get detailType(): string {
    return this.#record.kind === 'task' ? 'ECS Task State Change' : 'ECS Container Instance State Change';
  }

  get resources(): readonly string[] {
    return [this.#record.arn];
  }

  detail(): object {
    const record = asOf(this.#record, this);
    return record.kind === 'task' ? taskDetail(record, this.at) : instanceDetail(record, this.at);
  }
}
