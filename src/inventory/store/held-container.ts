import type { Container, NetworkInterface } from '@aws-sdk/client-ecs';
import type { HeldAttachments } from './held-attachments.ts';
import { type Interner, ownCopy } from './interner.ts';

/** A container of a task, without what its task knows. */
export class HeldContainer {
  /** The part of the ARN behind the task's own `.../cluster/task/`, or the whole ARN if it has another form. */
  readonly arn: string | undefined;
  /** Without the task's id, with which Fargate begins it. */
  readonly runtimeId: string | undefined;
  readonly networkInterfaces: readonly NetworkInterface[] | undefined;
  readonly healthStatus: Container['healthStatus'];
  readonly lastStatus: string | undefined;
  readonly exitCode: number | undefined;
  readonly reason: string | undefined;
  /** The members that containers of the same definition share. */
  readonly shared: SharedContainer;
  readonly networkBindings: Container['networkBindings'];
  readonly managedAgents: Container['managedAgents'];

  constructor(container: Container, { taskArn, attachments, before, interner }: ContainerSurroundings) {
    const { name, image, imageDigest, cpu, memory, memoryReservation, gpuIds, networkBindings } = container;
    this.arn = shortArn(container.containerArn, taskArn, before?.arn);
    this.runtimeId = withoutId(container.runtimeId, taskArn, before?.runtimeId);
    this.networkInterfaces = before?.networkInterfaces;
    if (!isSame(container.networkInterfaces, before?.networkInterfaces)) {
      this.networkInterfaces = container.networkInterfaces?.map((each) => toInterface(each, attachments));
    }
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
      runtimeId: runtimeId?.startsWith('-') === true ? idOf(taskArn) + runtimeId : runtimeId,
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

/** The surroundings of a held container. */
export interface ContainerSurroundings {
  readonly taskArn: string;
  readonly attachments: HeldAttachments | undefined;
  /** The same container in an earlier version. */
  readonly before: HeldContainer | undefined;
  readonly interner: Interner;
}

type SharedContainer = Pick<
  Container,
  'name' | 'image' | 'imageDigest' | 'cpu' | 'memory' | 'memoryReservation' | 'gpuIds'
>;

const NO_BINDINGS: NonNullable<Container['networkBindings']> = [];

function isSame(one: readonly NetworkInterface[] | undefined, other: readonly NetworkInterface[] | undefined): boolean {
  if (one?.length !== other?.length) return false;
  return (
    one?.every(
      ({ attachmentId, privateIpv4Address, ipv6Address }, index) =>
        attachmentId === other?.[index]?.attachmentId &&
        privateIpv4Address === other?.[index]?.privateIpv4Address &&
        ipv6Address === other?.[index]?.ipv6Address,
    ) !== false
  );
}

/** Its attachment has the same id and address, so that each is kept once. */
function toInterface(
  { attachmentId, privateIpv4Address, ipv6Address }: NetworkInterface,
  attachments: HeldAttachments | undefined,
): NetworkInterface {
  return {
    attachmentId: attachments?.textLike(attachmentId) ?? attachmentId,
    privateIpv4Address: attachments?.textLike(privateIpv4Address) ?? privateIpv4Address,
    ...(ipv6Address === undefined ? {} : { ipv6Address }),
  };
}

function idOf(taskArn: string): string {
  return taskArn.slice(taskArn.lastIndexOf('/') + 1);
}

function withoutId(runtimeId: string | undefined, taskArn: string, known: string | undefined): string | undefined {
  if (runtimeId === undefined) return undefined;
  if (known !== undefined && runtimeId.endsWith(known)) return known;
  const id = idOf(taskArn);
  return runtimeId.startsWith(`${id}-`) ? ownCopy(runtimeId.slice(id.length)) : runtimeId;
}

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
