import type { ContainerInstance, GpuDevice, Resource } from '@aws-sdk/client-ecs';
import type { InstanceRecord } from '../model/instances/instance-record.ts';
import { GPU_MEMORY, idleGpus } from '../store/gpus.ts';
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

/** How each GPU is used: free, by one container, or by several that share its memory. */
function gpuDevicesOf({ registered, used }: InstanceRecord): Wire<GpuDevice>[] | undefined {
  if (registered.gpuIds.length === 0) return undefined;
  return registered.gpuIds.map((gpuId) => {
    const share = used.gpuShares.get(gpuId);
    const isDedicated = used.gpuIds.has(gpuId);
    return {
      gpuId,
      sharingMode: isDedicated ? 'DEDICATED' : share === undefined ? 'IDLE' : 'NVIDIA_MPS',
      totalMemoryInMiB: GPU_MEMORY,
      remainingMemoryInMiB: isDedicated ? 0 : GPU_MEMORY - (share?.memory ?? 0),
      containerCount: isDedicated ? 1 : (share?.containers ?? 0),
    };
  });
}

/** The remaining CPU, memory and GPUs; for ports, the ones in use. */
export function remainingResources(instance: InstanceRecord): Wire<Resource>[] {
  const { registered } = instance;
  return [
    integer('CPU', instance.remainingCpu),
    integer('MEMORY', instance.remainingMemory),
    stringSet('PORTS', [...registered.reservedTcpPorts, ...instance.used.tcpPorts]),
    stringSet('PORTS_UDP', [...registered.reservedUdpPorts, ...instance.used.udpPorts]),
    ...(registered.gpuIds.length > 0 ? [stringSet('GPU', idleGpus(instance))] : []),
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
  const gpuDevices = gpuDevicesOf(instance);
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
    ...(gpuDevices === undefined ? {} : { gpuDevices }),
    tags: include.includes('TAGS') ? instance.tags : [],
    ...(include.includes('CONTAINER_INSTANCE_HEALTH') ? { healthStatus: health(instance) } : {}),
  };
}
