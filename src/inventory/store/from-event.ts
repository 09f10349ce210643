import type { Attachment, Container, ContainerInstance, ManagedAgent, Task } from '@aws-sdk/client-ecs';
import { parseArn } from '../../ecs/core/arn.ts';
import type { EcsEvent } from '../core/ecs-event.ts';
import { TASK_TIMES } from './held-task.ts';

/**
 * The content of a state change event about one task or container instance, in the SDK's shape. The shape of events differs
 * from that of answers: times are texts, a network interface is an `eni`, an agent's `lastStatus` is `status`, and
 * empty lists are left out.
 */
export type StateChange =
  | { readonly kind: 'Task'; readonly clusterArn: string; readonly item: Task; readonly changedAt: number }
  | {
      readonly kind: 'ContainerInstance';
      readonly clusterArn: string;
      readonly item: ContainerInstance;
      readonly changedAt: number;
    };

type Detail = Readonly<Record<string, unknown>>;

/** Undefined if the event is no state change, or its detail contradicts the account and region of the event. */
export function stateChangeIn(event: EcsEvent): StateChange | undefined {
  const { detail, detailType } = event;
  const { clusterArn, version } = detail;
  if (typeof clusterArn !== 'string' || typeof version !== 'number' || !isOf(event, clusterArn, 'cluster')) {
    return undefined;
  }
  const changedAt = toDate(detail.updatedAt)?.getTime() ?? event.time;
  if (detailType === 'ECS Task State Change' && isOf(event, detail.taskArn, 'task')) {
    return { kind: 'Task', clusterArn, item: toTask(detail), changedAt };
  }
  if (
    detailType === 'ECS Container Instance State Change' &&
    isOf(event, detail.containerInstanceArn, 'container-instance')
  )
    return { kind: 'ContainerInstance', clusterArn, item: toInstance(detail), changedAt };
  return undefined;
}

/** Whether a value is an ARN of that type in the account and region of the event. */
export function isOf(event: EcsEvent, value: unknown, type: string): boolean {
  const arn = typeof value === 'string' ? parseArn(value) : undefined;
  return arn?.type === type && arn.account === event.account && arn.region === event.region;
}

const TASK_TEXTS = [
  'availabilityZone',
  'capacityProviderName',
  'clusterArn',
  'connectivity',
  'containerInstanceArn',
  'cpu',
  'desiredStatus',
  'group',
  'lastStatus',
  'launchType',
  'memory',
  'platformFamily',
  'platformVersion',
  'startedBy',
  'stopCode',
  'stoppedReason',
  'taskArn',
  'taskDefinitionArn',
] as const;

const TASK_OBJECTS = ['attributes', 'ephemeralStorage', 'fargateEphemeralStorage', 'inferenceAccelerators'] as const;

function toTask(detail: Detail): Task {
  const task: Record<string, unknown> = { version: detail.version };
  for (const name of TASK_TEXTS) if (typeof detail[name] === 'string') task[name] = detail[name];
  for (const name of TASK_TIMES) {
    const date = toDate(detail[name]);
    if (date !== undefined) task[name] = date;
  }
  for (const name of TASK_OBJECTS) if (isObject(detail[name])) task[name] = detail[name];
  if (typeof detail.enableExecuteCommand === 'boolean') task.enableExecuteCommand = detail.enableExecuteCommand;
  const hasStarted = detail.startedAt !== undefined;
  task.attachments = listIn(detail.attachments).flatMap(toAttachment);
  task.containers = listIn(detail.containers).map((container) => toContainer(container, hasStarted));
  if (isObject(detail.overrides)) task.overrides = { inferenceAcceleratorOverrides: [], ...detail.overrides };
  return task as Task;
}

/** Only events show a load balancer as an attachment. */
function toAttachment({ id, type, status, details }: Detail): Attachment[] {
  if (type === 'elb') return [];
  const shown = type === 'eni' ? 'ElasticNetworkInterface' : type;
  const pairs = listIn(details).map(({ name, value }) => ({ name: textIn(name), value: textIn(value) }));
  return [{ id: textIn(id), type: textIn(shown), status: textIn(status), details: pairs }];
}

function toContainer(container: Detail, hasStarted: boolean): Container {
  const { managedAgents, networkBindings, networkInterfaces, ...rest } = container;
  return {
    ...(rest as Container),
    ...(networkBindings !== undefined || hasStarted
      ? { networkBindings: listIn(networkBindings) as Container['networkBindings'] }
      : {}),
    networkInterfaces: listIn(networkInterfaces) as Container['networkInterfaces'],
    ...(managedAgents !== undefined && { managedAgents: listIn(managedAgents).map(toAgent) }),
  };
}

function toAgent({ name, status, lastStatus, reason }: Detail): ManagedAgent {
  return {
    name: textIn(name) as ManagedAgent['name'],
    lastStatus: textIn(status ?? lastStatus),
    ...(typeof reason === 'string' && { reason }),
  };
}

function toInstance(detail: Detail): ContainerInstance {
  const { agentConnected, agentUpdateStatus, attributes, capacityProviderName, containerInstanceArn } = detail;
  const { ec2InstanceId, registeredResources, remainingResources, status, statusReason, version, versionInfo } = detail;
  return {
    agentConnected: agentConnected === true,
    containerInstanceArn: textIn(containerInstanceArn),
    ec2InstanceId: textIn(ec2InstanceId),
    registeredResources: listIn(registeredResources).map(toResource),
    remainingResources: listIn(remainingResources).map(toResource),
    status: textIn(status),
    version: version as number,
    ...(isObject(attributes) && {
      attributes: listIn(attributes) as unknown as NonNullable<ContainerInstance['attributes']>,
    }),
    ...(isObject(versionInfo) && { versionInfo: versionInfo as ContainerInstance['versionInfo'] }),
    ...(typeof statusReason === 'string' && { statusReason }),
    ...(typeof capacityProviderName === 'string' && { capacityProviderName }),
    ...(typeof agentUpdateStatus === 'string' && {
      agentUpdateStatus: agentUpdateStatus as NonNullable<ContainerInstance['agentUpdateStatus']>,
    }),
  };
}

/** Answers have zeros beside the value that applies. */
function toResource(resource: Detail): NonNullable<ContainerInstance['registeredResources']>[number] {
  return { ...resource, doubleValue: 0, longValue: 0, integerValue: Number(resource.integerValue ?? 0) };
}

function listIn(value: unknown): Detail[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function isObject(value: unknown): value is Detail {
  return typeof value === 'object' && value !== null;
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function toDate(value: unknown): Date | undefined {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? undefined : new Date(at);
}
