import type { Attachment, Container, NetworkInterface } from '@aws-sdk/client-ecs';
import { type Interner, ownCopy } from './interner.ts';

/** A container of a task, without what its task knows. */
export class HeldContainer {
  /** The part of the ARN behind the task's own `.../cluster/task/`, or the whole ARN if it has another form. */
  readonly arn: string | undefined;
  readonly runtimeId: string | undefined;
  readonly networkInterfaces: readonly NetworkInterface[] | undefined;
  readonly healthStatus: Container['healthStatus'];
  readonly lastStatus: string | undefined;
  readonly exitCode: number | undefined;
  readonly reason: string | undefined;
  /** What containers of the same definition share. */
  readonly shared: SharedContainer;
  readonly networkBindings: Container['networkBindings'];
  readonly managedAgents: Container['managedAgents'];

  constructor(container: Container, taskArn: string, before: HeldContainer | undefined, interner: Interner) {
    const { name, image, imageDigest, cpu, memory, memoryReservation, gpuIds, networkBindings } = container;
    this.arn = shortArn(container.containerArn, taskArn, before?.arn);
    this.runtimeId = container.runtimeId;
    this.networkInterfaces = container.networkInterfaces?.map(({ attachmentId, privateIpv4Address, ipv6Address }) => ({
      attachmentId,
      privateIpv4Address,
      ...(ipv6Address === undefined ? {} : { ipv6Address }),
    }));
    this.healthStatus = container.healthStatus ?? before?.healthStatus;
    this.lastStatus = interner.text(container.lastStatus);
    this.exitCode = container.exitCode;
    this.reason = interner.text(container.reason);
    this.shared = interner.value({ name, image, imageDigest, cpu, memory, memoryReservation, gpuIds });
    this.networkBindings = networkBindings?.length === 0 ? NO_BINDINGS : networkBindings;
    this.managedAgents = container.managedAgents?.map((agent) => ({
      ...before?.managedAgents?.find(({ name }) => name === agent.name),
      ...agent,
    }));
  }

  toContainer(taskArn: string): Container {
    const { arn, runtimeId, lastStatus, exitCode, reason, healthStatus, networkBindings, managedAgents } = this;
    return {
      containerArn: arn === undefined || arn.startsWith('arn:') ? arn : longArn(arn, taskArn),
      taskArn,
      ...this.shared,
      runtimeId,
      lastStatus,
      exitCode,
      reason,
      networkBindings,
      networkInterfaces: this.networkInterfaces as NetworkInterface[] | undefined,
      healthStatus,
      managedAgents,
    };
  }
}

type SharedContainer = Pick<
  Container,
  'name' | 'image' | 'imageDigest' | 'cpu' | 'memory' | 'memoryReservation' | 'gpuIds'
>;

const NO_BINDINGS: NonNullable<Container['networkBindings']> = [];

function prefixOf(taskArn: string): string {
  return `${taskArn.replace(':task/', ':container/')}/`;
}

function longArn(tail: string, taskArn: string): string {
  return prefixOf(taskArn) + tail;
}

function shortArn(arn: string | undefined, taskArn: string, known: string | undefined): string | undefined {
  if (arn === undefined) return undefined;
  if (known !== undefined && arn.endsWith(known)) return known;
  const prefix = prefixOf(taskArn);
  return arn.startsWith(prefix) ? ownCopy(arn.slice(prefix.length)) : arn;
}

/** Attachments with the names of their details kept once. */
export function packAttachments(
  attachments: readonly Attachment[] | undefined,
  interner: Interner,
): readonly Attachment[] | undefined {
  return attachments?.map(({ id, type, status, details }) => ({
    id,
    type: interner.text(type),
    status: interner.text(status),
    details: details?.map(({ name, value }) => ({ name: interner.text(name), value })),
  }));
}
