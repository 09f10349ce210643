import { createHash } from 'node:crypto';
import type { Attachment, Container, Resource, TaskOverride } from '@aws-sdk/client-ecs';
import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import { renderContainer } from '../render/container.ts';
import { registeredResources, remainingResources } from '../render/container-instance.ts';
import { specOf } from '../tasks/load-balancer-targets.ts';
import { ENI, shownAttachments } from '../tasks/task-attachments.ts';
import { eventTime } from '../util/event-time.ts';
import { uuidFrom } from '../util/random.ts';
import type { Wire } from '../util/wire-types.ts';

function optionalTime(at: number | undefined): string | undefined {
  return at === undefined ? undefined : eventTime(at);
}

/** Only events show a load balancer as an attachment. Its status while the task runs was not recorded: our choice. */
function loadBalancerAttachment(task: TaskRecord): Wire<Attachment>[] {
  if ((specOf(task)?.loadBalancers.length ?? 0) === 0) return [];
  const id = uuidFrom(createHash('sha256').update(`${task.id}/elb`).digest('hex'));
  const isOver = task.desiredStatus === 'STOPPED' || task.lastStatus === 'STOPPED';
  const status = task.target !== undefined ? 'ATTACHED' : isOver ? 'DELETED' : 'PRECREATED';
  return [{ id, type: 'elb', status, details: [] }];
}

function attachmentsOf(task: TaskRecord): Wire<Attachment>[] {
  const own = shownAttachments(task.attachments).map((attachment) =>
    attachment.type === ENI ? { ...attachment, type: 'eni' } : attachment,
  );
  return [...loadBalancerAttachment(task), ...own];
}

/** An override as events show it: without empty lists. */
function overridesOf({ overrides }: TaskRecord): Wire<TaskOverride> {
  const { inferenceAcceleratorOverrides = [], containerOverrides, ...rest } = overrides;
  const more = inferenceAcceleratorOverrides.length > 0 ? { inferenceAcceleratorOverrides } : {};
  return { containerOverrides, ...more, ...rest };
}

function containerOf(task: TaskRecord, answer: Wire<Container>): object {
  const { networkBindings = [], managedAgents } = answer;
  const hasBindings = task.launchType !== 'FARGATE' && networkBindings.length > 0;
  return {
    containerArn: answer.containerArn,
    exitCode: answer.exitCode,
    lastStatus: answer.lastStatus,
    name: answer.name,
    image: answer.image,
    imageDigest: answer.imageDigest,
    runtimeId: answer.runtimeId,
    reason: answer.reason,
    taskArn: answer.taskArn,
    networkBindings: hasBindings ? networkBindings : undefined,
    networkInterfaces: answer.networkInterfaces,
    cpu: answer.cpu,
    memory: answer.memory,
    memoryReservation: answer.memoryReservation,
    gpuIds: answer.gpuIds,
    managedAgents: managedAgents?.map(({ name, lastStatus, reason }) => ({ name, status: lastStatus, reason })),
  };
}

/** A task as its events show it. The shape differs from DescribeTasks'; members are in the order of the recordings. */
export function taskDetail(task: TaskRecord, at: number): object {
  return {
    attachments: attachmentsOf(task),
    attributes: task.attributes,
    availabilityZone: task.availabilityZone,
    capacityProviderName: task.capacityProviderName,
    clusterArn: task.cluster.arn,
    connectivity: task.connectivity,
    connectivityAt: optionalTime(task.connectivityAt),
    containerInstanceArn: task.instance?.arn,
    containers: task.containers.all.map((state) => containerOf(task, renderContainer(task, state))),
    cpu: task.cpu,
    createdAt: eventTime(task.bornAt),
    desiredStatus: task.desiredStatus,
    enableExecuteCommand: task.enableExecuteCommand,
    ephemeralStorage: task.ephemeralStorage,
    executionStoppedAt: optionalTime(task.executionStoppedAt),
    group: task.group,
    launchType: task.launchType,
    lastStatus: task.lastStatus,
    memory: task.memory,
    overrides: overridesOf(task),
    platformVersion: task.platformVersion,
    pullStartedAt: optionalTime(task.pullStartedAt),
    pullStoppedAt: optionalTime(task.pullStoppedAt),
    startedAt: optionalTime(task.startedAt),
    startedBy: task.startedBy,
    stoppingAt: optionalTime(task.stoppingAt),
    stoppedAt: optionalTime(task.stoppedAt),
    stoppedReason: task.stoppedReason,
    stopCode: task.stopCode,
    taskArn: task.arn,
    taskDefinitionArn: task.taskDefinition.arn,
    updatedAt: eventTime(at),
    version: task.version,
  };
}

/** Only the value that applies; answers have zeros beside it. */
function resourceOf({ name, type, integerValue, stringSetValue }: Wire<Resource>): Wire<Resource> {
  return stringSetValue === undefined ? { name, type, integerValue } : { name, type, stringSetValue };
}

/** An instance as its events show it, from AWS's sample event. */
export function instanceDetail(instance: InstanceRecord, at: number): object {
  return {
    agentConnected: instance.agentConnected,
    agentUpdateStatus: instance.agentUpdateStatus,
    attributes: instance.attributes,
    capacityProviderName: instance.capacityProviderName,
    clusterArn: instance.cluster.arn,
    containerInstanceArn: instance.arn,
    ec2InstanceId: instance.ec2InstanceId,
    registeredResources: registeredResources(instance).map(resourceOf),
    remainingResources: remainingResources(instance).map(resourceOf),
    status: instance.status,
    statusReason: instance.statusReason,
    version: instance.version,
    versionInfo: instance.versionInfo,
    updatedAt: eventTime(at),
  };
}
