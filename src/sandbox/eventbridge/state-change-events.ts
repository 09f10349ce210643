import type { EventEntry, EventRow, RowFormat } from '../model/event-log.ts';
import { InstanceRecord } from '../model/instances/instance-record.ts';
import { TaskRecord } from '../model/tasks/task-record.ts';
import { instanceDetail, taskDetail } from './event-details.ts';

/** The placeholder for a time that is not known yet. */
const NEVER = Number.NaN;

function toNumber(value: number | undefined): number {
  return value ?? NEVER;
}

function fromNumber(value: number | undefined): number | undefined {
  return value === undefined || Number.isNaN(value) ? undefined : value;
}

/** Changes of tasks: everything that their details show. */
export const TASK_CHANGE: RowFormat<TaskRecord> = {
  write({ refs, refsFrom, numbers, numbersFrom }: EventRow, task) {
    refs[refsFrom] = task;
    refs[refsFrom + 1] = task.rest;
    refs[refsFrom + 2] = task.end;
    refs[refsFrom + 3] = task.availabilityZone;
    refs[refsFrom + 4] = task.lastStatus;
    refs[refsFrom + 5] = task.desiredStatus;
    refs[refsFrom + 6] = task.instance;
    refs[refsFrom + 7] = task.containers;
    refs[refsFrom + 8] = task.attachments;
    refs[refsFrom + 9] = task.target;
    refs[refsFrom + 10] = task.connectivity;
    numbers[numbersFrom] = task.version;
    numbers[numbersFrom + 1] = toNumber(task.connected);
    numbers[numbersFrom + 2] = toNumber(task.pullStarted);
    numbers[numbersFrom + 3] = toNumber(task.pullStopped);
    numbers[numbersFrom + 4] = toNumber(task.started);
    numbers[numbersFrom + 5] = toNumber(task.stopping);
    numbers[numbersFrom + 6] = toNumber(task.executionStopped);
    numbers[numbersFrom + 7] = toNumber(task.stopped);
  },

  read({ refs, refsFrom, numbers, numbersFrom }: EventRow, at): EventEntry {
    const task = new TaskRecord(refs[refsFrom] as TaskRecord);
    task.rest = refs[refsFrom + 1] as TaskRecord['rest'];
    task.end = refs[refsFrom + 2] as TaskRecord['end'];
    task.availabilityZone = refs[refsFrom + 3] as string;
    task.lastStatus = refs[refsFrom + 4] as string;
    task.desiredStatus = refs[refsFrom + 5] as string;
    task.instance = refs[refsFrom + 6] as TaskRecord['instance'];
    task.containers = refs[refsFrom + 7] as TaskRecord['containers'];
    task.attachments = refs[refsFrom + 8] as TaskRecord['attachments'];
    task.target = refs[refsFrom + 9] as TaskRecord['target'];
    task.connectivity = refs[refsFrom + 10] as TaskRecord['connectivity'];
    task.version = numbers[numbersFrom] ?? 1;
    task.connected = fromNumber(numbers[numbersFrom + 1]);
    task.pullStarted = fromNumber(numbers[numbersFrom + 2]);
    task.pullStopped = fromNumber(numbers[numbersFrom + 3]);
    task.started = fromNumber(numbers[numbersFrom + 4]);
    task.stopping = fromNumber(numbers[numbersFrom + 5]);
    task.executionStopped = fromNumber(numbers[numbersFrom + 6]);
    task.stopped = fromNumber(numbers[numbersFrom + 7]);
    const detail = (): object => taskDetail(task, at);
    return { at, detailType: 'ECS Task State Change', resources: [task.arn], detail };
  },
};

/** The same for container instances. */
export const INSTANCE_CHANGE: RowFormat<InstanceRecord> = {
  write({ refs, refsFrom, numbers, numbersFrom }: EventRow, instance) {
    refs[refsFrom] = instance;
    refs[refsFrom + 1] = instance.status;
    refs[refsFrom + 2] = instance.agentConnected;
    refs[refsFrom + 3] = instance.used;
    refs[refsFrom + 4] = instance.statusReason;
    refs[refsFrom + 5] = instance.agentUpdateStatus;
    refs[refsFrom + 6] = instance.versionInfo;
    refs[refsFrom + 7] = instance.attributes;
    numbers[numbersFrom] = instance.version;
    numbers[numbersFrom + 1] = instance.remainingCpu;
    numbers[numbersFrom + 2] = instance.remainingMemory;
  },

  read({ refs, refsFrom, numbers, numbersFrom }: EventRow, at): EventEntry {
    const instance = new InstanceRecord(refs[refsFrom] as InstanceRecord);
    instance.status = refs[refsFrom + 1] as string;
    instance.agentConnected = refs[refsFrom + 2] as boolean;
    instance.used = refs[refsFrom + 3] as InstanceRecord['used'];
    instance.statusReason = refs[refsFrom + 4] as InstanceRecord['statusReason'];
    instance.agentUpdateStatus = refs[refsFrom + 5] as InstanceRecord['agentUpdateStatus'];
    instance.versionInfo = refs[refsFrom + 6] as InstanceRecord['versionInfo'];
    instance.attributes = refs[refsFrom + 7] as InstanceRecord['attributes'];
    instance.version = numbers[numbersFrom] ?? 1;
    instance.remainingCpu = numbers[numbersFrom + 1] ?? 0;
    instance.remainingMemory = numbers[numbersFrom + 2] ?? 0;
    const detail = (): object => instanceDetail(instance, at);
    return { at, detailType: 'ECS Container Instance State Change', resources: [instance.arn], detail };
  },
};
