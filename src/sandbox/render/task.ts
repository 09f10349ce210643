import type { Task } from '@aws-sdk/client-ecs';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import { shownAttachments } from '../tasks/task-attachments.ts';
import { toOptionalSeconds, toSeconds, type Wire } from '../util/wire-types.ts';
import { renderContainer } from './container.ts';

/** A task in wire format. JSON omits undefined members. */
export function renderTask(task: TaskRecord, include: readonly string[] = []): Wire<Task> {
  const rendered = renderPlacedTask(task, include);
  return isUnplaced(task) ? { ...rendered, ...UNPLACED, overrides: givenOverrides(task) } : rendered;
}

/** Whether a task waits for its capacity provider, or has in vain: it is on no machine, and has nothing of one. */
function isUnplaced({ instance, launchType, pullStartedAt, startedAt }: TaskRecord): boolean {
  // With `anyCapacity` tasks run on no instance, and have all that a task on one has.
  return instance === undefined && launchType !== 'FARGATE' && (pullStartedAt ?? startedAt) === undefined;
}

/** Without entries for containers, which do not exist yet. */
function givenOverrides({ overrides }: TaskRecord): Wire<Task>['overrides'] {
  const containerOverrides = overrides.containerOverrides?.filter((item) => Object.keys(item).length > 1) ?? [];
  return { ...overrides, containerOverrides };
}

/** A recording of 2022-03. */
const UNPLACED = { attributes: [], availabilityZone: undefined, containers: [], executionStoppedAt: undefined };

function renderPlacedTask(task: TaskRecord, include: readonly string[]): Wire<Task> {
  return {
    attachments: shownAttachments(task.attachments),
    attributes: task.attributes,
    availabilityZone: task.availabilityZone,
    capacityProviderName: task.capacityProviderName,
    clusterArn: task.cluster.arn,
    connectivity: task.connectivity,
    connectivityAt: toOptionalSeconds(task.connectivityAt),
    containerInstanceArn: task.instance?.arn,
    containers: task.containers.all.map((state) => renderContainer(task, state)),
    cpu: task.cpu,
    createdAt: toSeconds(task.bornAt),
    desiredStatus: task.desiredStatus,
    enableExecuteCommand: task.enableExecuteCommand,
    executionStoppedAt: toOptionalSeconds(task.executionStoppedAt),
    group: task.group,
    healthStatus: task.healthStatus,
    lastStatus: task.lastStatus,
    launchType: task.launchType,
    memory: task.memory,
    overrides: task.overrides,
    platformVersion: task.platformVersion,
    platformFamily: task.platformFamily,
    pullStartedAt: toOptionalSeconds(task.pullStartedAt),
    pullStoppedAt: toOptionalSeconds(task.pullStoppedAt),
    startedAt: toOptionalSeconds(task.startedAt),
    startedBy: task.startedBy,
    stopCode: task.stopCode,
    stoppedAt: toOptionalSeconds(task.stoppedAt),
    stoppedReason: task.stoppedReason,
    stoppingAt: toOptionalSeconds(task.stoppingAt),
    tags: include.includes('TAGS') ? task.tags : [],
    taskArn: task.arn,
    taskDefinitionArn: task.taskDefinition.arn,
    version: task.version,
    ephemeralStorage: task.ephemeralStorage,
    fargateEphemeralStorage: task.ephemeralStorage === undefined ? undefined : { ...task.ephemeralStorage },
  };
}
