import type { EventEntry } from '../model/event-log.ts';
import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { StatefulRecord } from '../model/world-record.ts';
import { instanceDetail, taskDetail } from './event-details.ts';

/** The event format for one kind of record. */
export interface StateChangeFormat<R extends StatefulRecord> {
  readonly detailType: string;
  /** A record as it was at a given time. */
  readonly detailAt: (record: R, state: R['state'], at: number) => object;
}

export const TASK: StateChangeFormat<TaskRecord> = {
  detailType: 'ECS Task State Change',
  detailAt: (task, state, at) => taskDetail(task.in(state), at),
};

export const INSTANCE: StateChangeFormat<InstanceRecord> = {
  detailType: 'ECS Container Instance State Change',
  detailAt: (instance, state, at) => instanceDetail(instance.in(state), at),
};

/** A state change in the event log. Its detail is computed when the event is read. */
export class StateChange<R extends StatefulRecord> implements EventEntry {
  readonly at: number;
  readonly #format: StateChangeFormat<R>;
  readonly #record: R;
  readonly #state: R['state'];

  constructor(format: StateChangeFormat<R>, record: R, at: number) {
    this.at = at;
    this.#format = format;
    this.#record = record;
    this.#state = record.state;
  }

  get detailType(): string {
    return this.#format.detailType;
  }

  get resources(): readonly string[] {
    return [this.#record.arn];
  }

  detail(): object {
    return this.#format.detailAt(this.#record, this.#state, this.at);
  }
}
