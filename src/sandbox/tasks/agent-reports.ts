import type {
  AttachmentStateChange,
  ContainerStateChange,
  ManagedAgentStateChange,
  NetworkBinding,
  SubmitTaskStateChangeRequest,
} from '@aws-sdk/client-ecs';
import { invalidParameter } from '../checks/ecs-errors.ts';
import { changeInstance } from '../instances/instance-lifecycle.ts';
import { isManual } from '../instances/manual-agents.ts';
import type { ClusterRecord } from '../model/cluster-record.ts';
import type { ContainerPatch, ContainerState } from '../model/tasks/containers.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { changeQuietly } from '../store/eventual-consistency.ts';
import { isPending } from '../store/task-statuses.ts';
import { type Input, toSeconds, type Wire } from '../util/wire-types.ts';
import { changeTask } from './add-task.ts';
import { endContainer, endTask } from './stop-task.ts';
import { startRunning } from './task-lifecycle.ts';

/** States that an agent may report of a container or a task: ECS treats Docker's intermediate steps alike. */
const ON_THE_WAY = ['MANIFEST_PULLED', 'PULLED', 'CREATED', 'ACTIVATING', 'RESOURCES_PROVISIONED'];
const REPORTED = ['NONE', 'PENDING', ...ON_THE_WAY, 'RUNNING', 'STOPPED'];
const ATTACHMENT_STATUSES = [
  'PRECREATED',
  'CREATED',
  'ATTACHING',
  'ATTACHED',
  'DETACHING',
  'DETACHED',
  'DELETED',
  'FAILED',
];

function checkStatus(status: string | undefined): void {
  if (status !== undefined && !REPORTED.includes(status)) throw invalidParameter(`Invalid status: ${status}`);
}

/** Epoch seconds, or a string in which the SDKs also send timestamps. */
function timeOf(value: number | string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const time = typeof value === 'number' ? value * 1000 : Date.parse(value);
  return Number.isFinite(time) ? time : undefined;
}

function isOver(task: TaskRecord): boolean {
  return task.lastStatus === 'STOPPED' || task.lastStatus === 'DEPROVISIONING';
}

/**
 * Whether no agent has the task any more, or none has it yet because it waits for an instance: reports about it are
 * ignored.
 */
function isNobodys(world: World, task: TaskRecord): boolean {
  return isOver(task) || world.waiting.has(task);
}

interface Facts {
  readonly runtimeId?: string | undefined;
  readonly imageDigest?: string | undefined;
  readonly networkBindings?: Wire<NetworkBinding>[] | undefined;
  readonly status?: string | undefined;
  readonly exitCode?: number | undefined;
  readonly reason?: string | undefined;
}

function newsOf(container: ContainerState, facts: Facts): ContainerPatch {
  const { runtimeId, imageDigest, networkBindings, exitCode, reason } = facts;
  const runs = facts.status === 'RUNNING' && container.lastStatus !== 'STOPPED';
  return {
    ...(runs ? { lastStatus: 'RUNNING' } : {}),
    ...(runtimeId === undefined ? {} : { runtimeId }),
    ...(imageDigest === undefined ? {} : { imageDigest }),
    ...(networkBindings === undefined ? {} : { networkBindings }),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(reason === undefined ? {} : { reason }),
  };
}

/**
 * Applies a report about one container. An essential one that has ended stops its task; the last one to end ends it.
 */
export function reportContainer(world: World, task: TaskRecord, name: string, facts: Facts): void {
  checkStatus(facts.status);
  const present = task.containers.find(name);
  if (present === undefined || isNobodys(world, task)) return;
  changeTask(world, task, { containers: task.containers.with(name, newsOf(present, facts)) });
  if (facts.status !== 'STOPPED' || present.lastStatus === 'STOPPED') return;
  if (task.desiredStatus === 'RUNNING') endContainer(world, task, name, facts.exitCode ?? 0, facts.reason);
  const ended = task.containers.with(name, { lastStatus: 'STOPPED' });
  if (task.desiredStatus === 'STOPPED' && !isOver(task)) changeTask(world, task, { containers: ended });
  if (isManual(task) && task.containers.areStopped && task.desiredStatus === 'STOPPED') endTask(world, task);
}

function attachmentIdOf(reference: string): string {
  return reference.split('/').pop() ?? '';
}

function checkAttachments(changes: readonly Input<AttachmentStateChange>[]): void {
  const wrong = changes.find(({ status }) => !ATTACHMENT_STATUSES.includes(status));
  if (wrong !== undefined) throw invalidParameter(`Invalid attachment status: ${wrong.status}`);
}

function reportAttachmentsOf(
  record: Pick<TaskRecord, 'attachments'>,
  changes: readonly Input<AttachmentStateChange>[],
): TaskRecord['attachments'] | undefined {
  const statuses = new Map(changes.map(({ attachmentArn, status }) => [attachmentIdOf(attachmentArn), status]));
  if (!record.attachments.some(({ id = '', status }) => (statuses.get(id) ?? status) !== status)) return undefined;
  return record.attachments.map((item) => ({ ...item, status: statuses.get(item.id ?? '') ?? item.status }));
}

/** Applies a report about attachments of tasks and instances in the cluster; unknown ones are ignored. */
export function reportAttachments(
  world: World,
  cluster: ClusterRecord,
  changes: readonly Input<AttachmentStateChange>[],
): void {
  checkAttachments(changes);
  for (const task of cluster.tasks.values()) {
    if (task.attachments.length === 0 || isNobodys(world, task)) continue;
    const attachments = reportAttachmentsOf(task, changes);
    if (attachments !== undefined) changeTask(world, task, { attachments });
  }
  for (const instance of cluster.instances.values()) {
    const attachments = reportAttachmentsOf(instance, changes);
    if (attachments !== undefined) changeInstance(world, instance, { attachments });
  }
}

function reportManagedAgents(world: World, task: TaskRecord, changes: readonly Input<ManagedAgentStateChange>[]): void {
  if (changes.length === 0) return;
  let { containers } = task;
  for (const name of new Set(changes.map(({ containerName }) => containerName))) {
    const own = changes.filter(({ containerName }) => containerName === name);
    const managedAgents = own.map(({ managedAgentName, status, reason }) => ({
      name: managedAgentName,
      lastStatus: status,
      ...(reason === undefined ? {} : { reason }),
      ...(status === 'RUNNING' ? { lastStartedAt: toSeconds(world.clock.now()) } : {}),
    }));
    containers = containers.with(name, { managedAgents });
  }
  changeTask(world, task, { containers });
}

/** Advances a starting task: a pulled one is ACTIVATING. */
function advance(world: World, task: TaskRecord, status: string): void {
  if (!isPending(task) || task.desiredStatus === 'STOPPED') return;
  if (status === 'RUNNING') {
    const connectivityAt = task.connectivityAt ?? world.clock.now();
    changeQuietly(world, task, { connectivity: 'CONNECTED', connectivityAt });
    startRunning(world, task);
  } else if (ON_THE_WAY.includes(status) && task.lastStatus === 'PENDING') {
    changeTask(world, task, { lastStatus: 'ACTIVATING' });
  }
}

type TaskReport = Omit<Input<SubmitTaskStateChangeRequest>, 'cluster' | 'task'>;

/** Applies everything that an agent reports of a task. A task only moves forward: older states change nothing. */
export function reportTask(world: World, task: TaskRecord, report: TaskReport): void {
  const { status, reason, containers = [], attachments = [], managedAgents = [] } = report;
  checkStatus(status);
  for (const item of containers) checkStatus(item.status);
  checkAttachments(attachments);
  if (isNobodys(world, task)) return;
  const pullStartedAt = timeOf(report.pullStartedAt) ?? task.pullStartedAt;
  const pullStoppedAt = timeOf(report.pullStoppedAt) ?? task.pullStoppedAt;
  changeQuietly(world, task, { pullStartedAt, pullStoppedAt });
  const changed = reportAttachmentsOf(task, attachments);
  if (changed !== undefined) changeTask(world, task, { attachments: changed });
  for (const item of containers as readonly (Input<ContainerStateChange> & Facts)[]) {
    reportContainer(world, task, item.containerName ?? '', item);
  }
  reportManagedAgents(world, task, managedAgents);
  if (status === 'STOPPED') endTask(world, task, reason, timeOf(report.executionStoppedAt));
  else if (status !== undefined) advance(world, task, status);
}
