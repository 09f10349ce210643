import type { Attribute, ContainerInstance, Resource } from '@aws-sdk/client-ecs';
import type { Learned } from './held-task.ts';
import type { Interner } from './interner.ts';

/** The facts about an instance that follow from its tasks. */
export interface TaskCounts {
  readonly running: number;
  readonly pending: number;
}

/** A container instance as it is kept. Instances share nearly all of their seventy attributes. */
export class HeldInstance {
  readonly arn: string;
  readonly version: number;
  readonly status: string;
  readonly verifiedAt: number;
  readonly seenAt: number;
  /** Whether an answer of ECS has shown the members that events leave out. */
  readonly isWhole: boolean;
  private readonly content: ContainerInstance;

  constructor(
    instance: ContainerInstance,
    { from, at }: Learned,
    before: HeldInstance | undefined,
    interner: Interner,
  ) {
    const isAnswer = from === 'api';
    const { attributes, registeredResources, remainingResources, versionInfo, ...rest } = instance;
    const known = isAnswer ? undefined : before?.content;
    this.arn = before?.arn ?? instance.containerInstanceArn ?? '';
    this.version = instance.version ?? 0;
    this.status = interner.text(instance.status ?? '');
    this.content = {
      ...(known && { attachments: known.attachments, registeredAt: known.registeredAt }),
      ...rest,
      containerInstanceArn: this.arn,
      attributes: attributes?.map((attribute): Attribute => interner.value(attribute)),
      registeredResources: interner.value(registeredResources),
      remainingResources: remainingResources?.map((resource): Resource => interner.value(resource)),
      versionInfo: interner.value(versionInfo),
      // Only an answer that asked for them has them, and they get old.
      tags: undefined,
      healthStatus: undefined,
      gpuDevices: undefined,
    };
    this.seenAt = before !== undefined && before.version === this.version ? before.seenAt : at;
    this.verifiedAt = isAnswer ? at : 0;
    this.isWhole = isAnswer || before?.isWhole === true;
  }

  /** Whether it is in its cluster no more. */
  get isGone(): boolean {
    return this.status === 'INACTIVE';
  }

  /** The instance in the SDK's shape. Events do not count its tasks. */
  toInstance(clusterArn: string, { running, pending }: TaskCounts): ContainerInstance & { clusterArn: string } {
    return { ...this.content, clusterArn, runningTasksCount: running, pendingTasksCount: pending };
  }
}
