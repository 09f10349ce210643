import type { ContainerInstance, Resource } from '@aws-sdk/client-ecs';
import type { InstanceRecord } from '../model/instances/instance-record';
import { countRunning, isPending } from '../store/task-statuses.ts';
import { toSeconds, type Wire } from '../util/wire-types.ts';

function integer(name: string, value: number): Wire<Resource> {
  return { name, type: 'INTEGER', doubleValue: 0, longValue: 0, integerValue: value };
}

function stringSet(name: string, values: Iterable<number | string>): Wire<Resource> {
  const stringSetValue = Array.from(values, String);
  return { name, type: 'STRINGSET', doubleValue: 0, longValue: 0, integerValue: 0, stringSetValue };
}

export function registeredResources(instance: InstanceRecord): Wire<Resource>[] {
  const { registered } = instance;
  return [
    integer('CPU', registered.cpu),
    integer('MEMORY', registered.memory),
    stringSet('PORTS', registered.reservedTcpPorts),
    stringSet('PORTS_UDP', registered.reservedUdpPorts),
    ...(registered.gpuIds.length > 0 ? [stringSet('GPU', registered.gpuIds)] : []),
  ];
}

function freeGpus({ registered, used }: InstanceRecord): string[] {
  return registered.gpuIds.filter((id) => !used.gpuIds.has(id));
}

/** The remaining CPU, memory and GPUs; for ports, the ones in use. */
export function remainingResources(instance: InstanceRecord): Wire<Resource>[] {
  const { registered } = instance;
  return [
    integer('CPU', instance.remainingCpu),
    integer('MEMORY', instance.remainingMemory),
    stringSet('PORTS', [...registered.reservedTcpPorts, ...instance.used.tcpPorts]),
    stringSet('PORTS_UDP', [...registered.reservedUdpPorts, ...instance.used.udpPorts]),
    ...(registered.gpuIds.length > 0 ? [stringSet('GPU', freeGpus(instance))] : []),
  ];
}

/** Only the agent can fail here. */
function health(instance: InstanceRecord): Wire<ContainerInstance['healthStatus']> {
  const status = instance.agentConnected ? 'OK' : 'IMPAIRED';
  const since = toSeconds(instance.registeredAt);
  const at = toSeconds(instance.connectivityAt);
  const fine = { status: 'OK', lastUpdated: since, lastStatusChange: since } as const;
  return {
    overallStatus: status,
    details: [
      { type: 'CONTAINER_RUNTIME', ...fine },
      ...(instance.registered.gpuIds.length > 0 ? [{ type: 'ACCELERATED_COMPUTE' as const, ...fine }] : []),
      { type: 'AGENT_CONNECTIVITY', status, lastUpdated: at, lastStatusChange: at },
    ],
  };
}

export function renderContainerInstance(
  instance: InstanceRecord,
  include: readonly string[] = [],
): Wire<ContainerInstance> {
  const tasks = [...instance.tasks];
  return {
    containerInstanceArn: instance.arn,
    ec2InstanceId: instance.ec2InstanceId,
    ...(instance.capacityProviderName === undefined ? {} : { capacityProviderName: instance.capacityProviderName }),
    version: instance.version,
    versionInfo: instance.versionInfo,
    remainingResources: remainingResources(instance),
    registeredResources: registeredResources(instance),
    status: instance.status,
    ...(instance.statusReason === undefined ? {} : { statusReason: instance.statusReason }),
    agentConnected: instance.agentConnected,
    runningTasksCount: countRunning(instance),
    pendingTasksCount: tasks.filter((task) => isPending(task)).length,
    ...(instance.agentUpdateStatus === undefined
      ? {}
      : { agentUpdateStatus: instance.agentUpdateStatus as NonNullable<ContainerInstance['agentUpdateStatus']> }),
    attributes: instance.attributes,
    registeredAt: toSeconds(instance.registeredAt),
    attachments: instance.attachments,
    tags: include.includes('TAGS') ? instance.tags : [],
    ...(include.includes('CONTAINER_INSTANCE_HEALTH') ? { healthStatus: health(instance) } : {}),
  };
}
