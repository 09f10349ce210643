import type { Attribute } from '@aws-sdk/client-ecs';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { Wire } from '../util/wire-types.ts';

/** A sandbox attribute: with `manual`, the client plays this instance's agent through the Submit* calls. */
const AGENT_ATTRIBUTE = 'sandbox.agent';

export function hasManualAgent(attributes: readonly Wire<Attribute>[]): boolean {
  return attributes.some(({ name, value }) => name === AGENT_ATTRIBUTE && value === 'manual');
}

/** Whether a client plays the agent of the task's instance. */
export function isManual({ instance }: Pick<TaskRecord, 'instance'>): boolean {
  return instance?.hasManualAgent ?? false;
}
