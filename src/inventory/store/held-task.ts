import type { Task } from '@aws-sdk/client-ecs';
import { type AttachmentForm, packAttachment, skipAttachment, unpackAttachment } from './held-attachments.ts';
import {
  beginningsOf,
  type ContainerForm,
  type ContainerKind,
  containerKind,
  isContainerOfKind,
  packContainer,
  type Unannounced,
  unpackContainer,
  unpackUnannounced,
} from './held-container.ts';
import type { Interner } from './interner.ts';
import { isSame } from './is-same.ts';
import { TextReader, TextWriter } from './packed-texts.ts';

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

const SHARED = [
  'attributes',
  'capacityProviderName',
  'cpu',
  'enableExecuteCommand',
  'ephemeralStorage',
  'group',
  'memory',
  'platformVersion',
  'taskDefinitionArn',
  ...ONLY_IN_ANSWERS,
] as const;

/**
 * A task as it is kept: about 0.8 kB with three containers, where the SDK's own shape takes ten times as much. Tasks
 * share what is equal, and the rest is packed into one text.
 */
export class HeldTask {
  readonly arn: string;
  readonly version: number;
  readonly containerInstanceArn: string | undefined;
  readonly startedBy: string | undefined;
  readonly overrides: Task['overrides'];
  /** Monotonic time of the change that gave it this version, as far as it is known. */
  readonly seenAt: number;
  /** Monotonic time of the last answer of ECS that showed this version; 0 if only events did. */
  readonly verifiedAt: number;
  /** Monotonic time of the answer that the health is from; 0 if it was never read. */
  readonly healthAt: number;
  /** Whether an answer of ECS has shown the members that events leave out. */
  readonly isWhole: boolean;
  readonly #kind: Kind;
  readonly #form: Form;
  /** The rest, which no other task has, as `packState` writes it. */
  readonly #texts: string;

  constructor(task: Task, learned: Learned, before: HeldTask | undefined, interner: Interner) {
    const isAnswer = learned.from === 'api';
    // Whole numbers take less memory.
    const at = Math.ceil(learned.at);
    this.arn = before?.arn ?? task.taskArn ?? '';
    this.version = task.version ?? 0;
    this.containerInstanceArn = interner.text(task.containerInstanceArn);
    this.startedBy = interner.text(task.startedBy);
    this.overrides = isSame(task.overrides, before?.overrides) ? before?.overrides : interner.value(task.overrides);
    const known = isAnswer ? undefined : before;
    const kind = before === undefined ? undefined : before.#kind;
    this.#kind =
      kind !== undefined && isOfKind(task, kind, isAnswer)
        ? kind
        : interner.value(kindOf(task, isAnswer ? undefined : kind));
    const texts = new TextWriter();
    this.#form = interner.value(
      packState(task, known === undefined ? undefined : known.#readUnannounced(), this.arn, texts),
    );
    this.#texts = texts.join();
    this.seenAt = before !== undefined && before.version === this.version ? before.seenAt : at;
    this.verifiedAt = isAnswer ? at : 0;
    this.healthAt = isAnswer ? at : (before?.healthAt ?? 0);
    this.isWhole = isAnswer || before?.isWhole === true;
  }

  get lastStatus(): string {
    return this.#form.state.lastStatus;
  }

  get desiredStatus(): string {
    return this.#form.state.desiredStatus;
  }

  get launchType(): Task['launchType'] {
    return this.#form.state.launchType;
  }

  get group(): string | undefined {
    return this.#kind.shared.group;
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
    const texts = new TextReader(this.#texts);
    texts.skip(TASK_TIMES.indexOf('stoppedAt'));
    return texts.number() ?? texts.number();
  }

  /** The family of its task definition. */
  get family(): string | undefined {
    const { taskDefinitionArn: arn } = this.#kind.shared;
    return arn?.slice(arn.lastIndexOf('/') + 1, arn.lastIndexOf(':'));
  }

  /**
   * The task in the SDK's shape.
   * @param without members that the reader does not need
   */
  toTask(clusterArn: string, without: readonly string[]): Task {
    const { arn: taskArn, version, containerInstanceArn, startedBy } = this;
    const { shared, containers: kinds } = this.#kind;
    const { state, attachments, containers } = this.#form;
    const wants = (member: keyof Task) => !without.includes(member);
    const task: Task = { taskArn, clusterArn, version, containerInstanceArn, startedBy, ...shared, ...state };
    const texts = new TextReader(this.#texts);
    for (const name of TASK_TIMES) {
      const time = texts.time();
      if (time !== undefined) task[name] = time;
    }
    task.stoppedReason = texts.text();
    if (wants('overrides')) task.overrides = this.overrides;
    if (wants('attachments')) task.attachments = attachments?.map((each) => unpackAttachment(each, texts));
    else for (const each of attachments ?? []) skipAttachment(each, texts);
    if (!wants('containers')) return task;
    const around = { taskArn, beginnings: beginningsOf(taskArn) };
    task.containers = containers?.map((each, index) => unpackContainer(kinds?.[index], each, around, texts));
    return task;
  }

  /** The state that events leave out; undefined if no answer of ECS has ever shown it. */
  #readUnannounced(): UnannouncedState | undefined {
    if (this.healthAt === 0) return undefined;
    const { state, attachments, containers } = this.#form;
    const { containers: kinds } = this.#kind;
    const texts = new TextReader(this.#texts);
    texts.skip(TASK_TIMES.length + 1);
    for (const each of attachments ?? []) skipAttachment(each, texts);
    const unannounced = containers?.map((each, index) => unpackUnannounced(kinds?.[index], each, texts));
    return { healthStatus: state.healthStatus, containers: unannounced };
  }
}

interface UnannouncedState {
  readonly healthStatus: Task['healthStatus'];
  readonly containers: readonly Unannounced[] | undefined;
}

/** The members that tasks of the same deployment share. */
interface Kind {
  readonly shared: Pick<Task, (typeof SHARED)[number]>;
  readonly containers: readonly ContainerKind[] | undefined;
}

/** The state of a task, without what is its own. Tasks of different services share most forms. */
interface Form {
  readonly state: Pick<Task, 'availabilityZone' | 'connectivity' | 'healthStatus' | 'launchType' | 'stopCode'> & {
    readonly lastStatus: string;
    readonly desiredStatus: string;
  };
  readonly attachments: readonly AttachmentForm[] | undefined;
  readonly containers: readonly ContainerForm[] | undefined;
}

/** @param known the kind of an earlier version, for the members that events leave out */
function kindOf(task: Task, known: Kind | undefined): Kind {
  const shared: Record<string, unknown> = {};
  for (const name of SHARED) shared[name] = task[name];
  if (known !== undefined) for (const name of ONLY_IN_ANSWERS) shared[name] ??= known.shared[name];
  return { shared, containers: task.containers?.map(containerKind) };
}

/** Whether a task is of a kind, so that the kind need not be written to be found. */
function isOfKind(task: Task, { shared, containers }: Kind, isAnswer: boolean): boolean {
  for (const name of SHARED) {
    const isLeftOut = !isAnswer && task[name] === undefined && ONLY_IN_ANSWERS.some((each) => each === name);
    if (!isLeftOut && !isSame(task[name], shared[name])) return false;
  }
  if (task.containers?.length !== containers?.length) return false;
  return containers?.every((kind, index) => isContainerOfKind(task.containers?.[index] ?? {}, kind)) ?? true;
}

/** @param before an earlier version, for the members that events leave out */
function packState(task: Task, before: UnannouncedState | undefined, arn: string, texts: TextWriter): Form {
  const { lastStatus = '', desiredStatus = '', availabilityZone, connectivity, launchType, stopCode } = task;
  const { attachments, containers } = task;
  for (const name of TASK_TIMES) texts.time(task[name]);
  texts.text(task.stoppedReason);
  const beginnings = beginningsOf(arn);
  const healthStatus = task.healthStatus ?? before?.healthStatus;
  return {
    state: { lastStatus, desiredStatus, healthStatus, availabilityZone, connectivity, launchType, stopCode },
    attachments: attachments?.map((attachment) => packAttachment(attachment, texts)),
    containers: containers?.map((container, index) => {
      const same = before?.containers?.[index];
      return packContainer(container, same?.name === container.name ? same : undefined, beginnings, texts);
    }),
  };
}
