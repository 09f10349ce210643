import type { Task } from '@aws-sdk/client-ecs';
import { HeldAttachments } from './held-attachments.ts';
import { HeldContainer } from './held-container.ts';
import type { Interner } from './interner.ts';

/** When facts about something were learned, in monotonic milliseconds. */
export interface Learned {
  /** Events leave members out; an answer of ECS has all of them. */
  readonly from: 'event' | 'api';
  /** When the event arrived, or when the call was sent. */
  readonly at: number;
  /** When it changed, by ECS's clock. Undefined for an answer of ECS. */
  readonly changedAt?: number | undefined;
}

/** The members of a task that are times. */
export const TASK_TIMES = [
  'connectivityAt',
  'createdAt',
  'executionStoppedAt',
  'pullStartedAt',
  'pullStoppedAt',
  'startedAt',
  'stoppedAt',
  'stoppingAt',
] as const;

/** Members that no task of the same kind has differently, and that events leave out. */
const ONLY_IN_ANSWERS = ['fargateEphemeralStorage', 'inferenceAccelerators', 'platformFamily'] as const;

/**
 * A task as it is kept: about 1.4 kB with one container, where the SDK's own shape takes three times as much. Equal
 * values are shared, and times are numbers.
 */
export class HeldTask {
  readonly arn: string;
  readonly version: number;
  readonly lastStatus: string;
  readonly desiredStatus: string;
  readonly group: string | undefined;
  readonly startedBy: string | undefined;
  readonly taskDefinitionArn: string | undefined;
  readonly containerInstanceArn: string | undefined;
  readonly launchType: Task['launchType'];
  readonly healthStatus: Task['healthStatus'];
  /** The members that tasks of the same deployment share. */
  readonly shared: Shared;
  readonly overrides: Task['overrides'];
  readonly attachments: HeldAttachments | undefined;
  readonly containers: readonly HeldContainer[] | undefined;
  readonly stopCode: Task['stopCode'];
  readonly stoppedReason: string | undefined;
  readonly connectivity: Task['connectivity'];
  /** The times that are known: their number in `TASK_TIMES`, then the epoch milliseconds. */
  readonly times: readonly number[];
  /** Monotonic time of the change that gave it this version, as far as it is known. */
  readonly seenAt: number;
  /** Monotonic time of the last answer of ECS that showed this version; 0 if only events did. */
  verifiedAt: number;
  /** Monotonic time of the answer that the health is from; 0 if it was never read. */
  readonly healthAt: number;
  /** Whether an answer of ECS has shown the members that events leave out. */
  readonly isWhole: boolean;

  constructor(task: Task, { from, at }: Learned, before: HeldTask | undefined, interner: Interner) {
    const { taskArn = '', containers } = task;
    const isAnswer = from === 'api';
    this.arn = before?.arn ?? taskArn;
    this.version = task.version ?? 0;
    this.lastStatus = interner.text(task.lastStatus ?? '');
    this.desiredStatus = interner.text(task.desiredStatus ?? '');
    this.group = interner.text(task.group);
    this.startedBy = interner.text(task.startedBy);
    this.taskDefinitionArn = interner.text(task.taskDefinitionArn);
    this.containerInstanceArn = interner.text(task.containerInstanceArn);
    this.launchType = interner.text(task.launchType);
    this.healthStatus = task.healthStatus ?? (isAnswer ? undefined : before?.healthStatus);
    this.shared = sharedOf(task, isAnswer ? undefined : before?.shared, interner);
    this.overrides = interner.value(task.overrides);
    const { attachments } = task;
    this.attachments = attachments && new HeldAttachments(attachments, before?.attachments, interner);
    this.containers = containers?.map((container, index) => {
      const same = before?.containers?.[index];
      return new HeldContainer(container, {
        taskArn: this.arn,
        attachments: this.attachments,
        before: same?.shared.name === container.name ? same : undefined,
        interner,
      });
    });
    this.stopCode = interner.text(task.stopCode);
    this.stoppedReason = interner.text(task.stoppedReason);
    this.connectivity = interner.text(task.connectivity);
    this.times = TASK_TIMES.flatMap((name, index) => {
      const time = task[name]?.getTime();
      return time === undefined ? [] : [index, time];
    });
    this.seenAt = before !== undefined && before.version === this.version ? before.seenAt : at;
    this.verifiedAt = isAnswer ? at : 0;
    this.healthAt = isAnswer ? at : (before?.healthAt ?? 0);
    this.isWhole = isAnswer || before?.isWhole === true;
  }

  get isStopped(): boolean {
    return this.lastStatus === 'STOPPED' || this.lastStatus === 'DELETED';
  }

  /** Whether it is on its way to another state. A task that stays in one for minutes has lost an event. */
  get isInTransit(): boolean {
    return !this.isStopped && (this.lastStatus !== 'RUNNING' || this.desiredStatus !== 'RUNNING');
  }

  /** When it stopped, in epoch milliseconds; undefined if it has not, or ECS did not say. */
  get stoppedAt(): number | undefined {
    return timeIn(this.times, 'stoppedAt') ?? timeIn(this.times, 'stoppingAt');
  }

  /** The family of its task definition. */
  get family(): string | undefined {
    const { taskDefinitionArn: arn } = this;
    return arn?.slice(arn.lastIndexOf('/') + 1, arn.lastIndexOf(':'));
  }

  /**
   * The task in the SDK's shape.
   * @param without members that the reader does not need
   */
  toTask(clusterArn: string, without: readonly string[]): Task {
    const { arn, shared } = this;
    const wants = (member: string) => !without.includes(member);
    const task: Task = {
      taskArn: arn,
      clusterArn,
      version: this.version,
      lastStatus: this.lastStatus,
      desiredStatus: this.desiredStatus,
      healthStatus: this.healthStatus,
      group: this.group,
      startedBy: this.startedBy,
      taskDefinitionArn: this.taskDefinitionArn,
      containerInstanceArn: this.containerInstanceArn,
      launchType: this.launchType,
      stopCode: this.stopCode,
      stoppedReason: this.stoppedReason,
      connectivity: this.connectivity,
      ...shared,
    };
    if (wants('attachments')) task.attachments = this.attachments?.toAttachments();
    if (wants('overrides')) task.overrides = this.overrides;
    if (wants('containers')) task.containers = this.containers?.map((container) => container.toContainer(arn));
    for (let at = 0; at < this.times.length; at += 2) {
      const name = TASK_TIMES[this.times[at] ?? 0];
      if (name !== undefined) task[name] = new Date(this.times[at + 1] ?? 0);
    }
    return task;
  }
}

type Shared = Pick<
  Task,
  | 'attributes'
  | 'availabilityZone'
  | 'capacityProviderName'
  | 'cpu'
  | 'enableExecuteCommand'
  | 'ephemeralStorage'
  | 'fargateEphemeralStorage'
  | 'inferenceAccelerators'
  | 'memory'
  | 'platformFamily'
  | 'platformVersion'
>;

/** @param known the shared members of an earlier version, for those that events leave out */
function sharedOf(task: Task, known: Shared | undefined, interner: Interner): Shared {
  const { attributes, availabilityZone, capacityProviderName, cpu, enableExecuteCommand, ephemeralStorage } = task;
  const { fargateEphemeralStorage, inferenceAccelerators, memory, platformFamily, platformVersion } = task;
  const shared = { attributes, availabilityZone, capacityProviderName, cpu, enableExecuteCommand, ephemeralStorage };
  const more = { fargateEphemeralStorage, inferenceAccelerators, memory, platformFamily, platformVersion };
  const all: Shared = { ...shared, ...more };
  if (known !== undefined) for (const name of ONLY_IN_ANSWERS) Object.assign(all, { [name]: all[name] ?? known[name] });
  return interner.value(all);
}

function timeIn(times: readonly number[], name: (typeof TASK_TIMES)[number]): number | undefined {
  const wanted = TASK_TIMES.indexOf(name);
  for (let at = 0; at < times.length; at += 2) if (times[at] === wanted) return times[at + 1];
  return undefined;
}
