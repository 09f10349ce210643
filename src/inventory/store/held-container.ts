import type { Container, ManagedAgent, NetworkBinding, NetworkInterface } from '@aws-sdk/client-ecs';
import { isSame } from './is-same.ts';
import type { TextReader, TextWriter } from './packed-texts.ts';

const OF_KIND = ['name', 'image', 'imageDigest', 'cpu', 'memory', 'memoryReservation', 'gpuIds'] as const;

/** The members that containers of the same definition share. */
export type ContainerKind = Pick<Container, (typeof OF_KIND)[number]>;

export function containerKind(container: Container): ContainerKind {
  const kind: Record<string, unknown> = {};
  for (const name of OF_KIND) kind[name] = container[name];
  return kind;
}

export function isContainerOfKind(container: Container, kind: ContainerKind): boolean {
  return OF_KIND.every((name) => isSame(container[name], kind[name]));
}

/** The state of a container, without what is its own: that is packed into the texts of its task. */
export interface ContainerForm extends Pick<Container, 'lastStatus' | 'exitCode' | 'healthStatus'> {
  readonly bindings: readonly NetworkBinding[] | undefined;
  /** Number of network interfaces. */
  readonly interfaces: number | undefined;
  readonly agents: readonly ManagedAgent[] | undefined;
}

/** Beginnings that ARNs and runtime ids of the containers of a task usually have. */
export interface Beginnings {
  readonly arn: string;
  readonly runtimeId: string;
}

export function beginningsOf(taskArn: string): Beginnings {
  const runtimeId = `${taskArn.slice(taskArn.lastIndexOf('/') + 1)}-`;
  return { arn: `${taskArn.replace(':task/', ':container/')}/`, runtimeId };
}

/** @param before the same container in an earlier version, for the members that events leave out */
export function packContainer(
  container: Container,
  before: Unannounced | undefined,
  beginnings: Beginnings,
  texts: TextWriter,
): ContainerForm {
  const { lastStatus, exitCode, networkBindings, networkInterfaces, managedAgents } = container;
  texts.textBeginning(beginnings.arn, container.containerArn);
  texts.textBeginning(beginnings.runtimeId, container.runtimeId);
  texts.text(container.reason);
  for (const { attachmentId, privateIpv4Address, ipv6Address } of networkInterfaces ?? []) {
    // Its attachment has the same id and address.
    texts.repeatedText(attachmentId);
    texts.repeatedText(privateIpv4Address);
    texts.repeatedText(ipv6Address);
  }
  return {
    lastStatus,
    exitCode,
    healthStatus: container.healthStatus ?? before?.healthStatus,
    interfaces: networkInterfaces?.length,
    bindings: networkBindings?.map(({ hostPort, ...shared }) => {
      texts.number(hostPort);
      return shared;
    }),
    agents: managedAgents?.map((agent) => {
      const known = before?.managedAgents?.find(({ name }) => name === agent.name);
      texts.time(agent.lastStartedAt ?? known?.lastStartedAt);
      const { lastStartedAt: _, ...shared } = agent;
      return shared;
    }),
  };
}

export function unpackContainer(
  kind: ContainerKind | undefined,
  { lastStatus, exitCode, healthStatus, interfaces, bindings, agents }: ContainerForm,
  { taskArn, beginnings }: { readonly taskArn: string; readonly beginnings: Beginnings },
  texts: TextReader,
): Container {
  const containerArn = texts.text(beginnings.arn);
  const runtimeId = texts.text(beginnings.runtimeId);
  const reason = texts.text();
  const networkInterfaces = interfaces === undefined ? undefined : unpackInterfaces(interfaces, texts);
  return {
    containerArn,
    taskArn,
    name: kind?.name,
    image: kind?.image,
    imageDigest: kind?.imageDigest,
    cpu: kind?.cpu,
    memory: kind?.memory,
    memoryReservation: kind?.memoryReservation,
    gpuIds: kind?.gpuIds,
    runtimeId,
    lastStatus,
    exitCode,
    reason,
    networkBindings: bindings?.map((shared) => ({ ...shared, hostPort: texts.number() })),
    networkInterfaces,
    healthStatus,
    managedAgents: agents?.map(({ name, lastStatus, reason }) => ({
      lastStartedAt: texts.time(),
      name,
      reason,
      lastStatus,
    })),
  };
}

/** The members of a container that events leave out, and its name. */
export type Unannounced = Pick<Container, 'name' | 'healthStatus' | 'managedAgents'>;

/** Reads these members alone. */
export function unpackUnannounced(
  kind: ContainerKind | undefined,
  { healthStatus, interfaces = 0, bindings = [], agents }: ContainerForm,
  texts: TextReader,
): Unannounced {
  texts.skip(TEXTS + TEXTS_OF_INTERFACE * interfaces + bindings.length);
  const managedAgents = agents?.map(({ name }) => ({ name, lastStartedAt: texts.time() }));
  return { name: kind?.name, healthStatus, managedAgents };
}

/** Numbers of texts that `packContainer` writes for each container, and for each of its interfaces. */
const TEXTS = 3;
const TEXTS_OF_INTERFACE = 3;

function unpackInterfaces(count: number, texts: TextReader): NetworkInterface[] {
  return Array.from({ length: count }, () => ({
    attachmentId: texts.text(),
    privateIpv4Address: texts.text(),
    ipv6Address: texts.text(),
  }));
}
