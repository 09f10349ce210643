import type { Attribute } from '@aws-sdk/client-ecs';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { Wire } from '../util/wire-types.ts';

/** An attribute of the sandbox's own: `manual` leaves the part of this instance's agent to whoever calls Submit*. */
const AGENT_ATTRIBUTE = 'sandbox.agent';

export function hasManualAgent(attributes: readonly Wire<Attribute>[]): boolean {
  return attributes.some(({ name, value }) => name === AGENT_ATTRIBUTE && value === 'manual');
}

/** Whether somebody plays the agent of the instance that a task is on, instead of the sandbox. */
export function isManual({ instance }: Pick<TaskRecord, 'instance'>): boolean {
  return instance?.hasManualAgent ?? false;
}
