import type { Service, ServiceDeployment, Task } from '@aws-sdk/client-ecs';
import { clusterNameOf } from '../ecs/core/arn.ts';
import { serviceArnOf } from '../live/core/task-owner.ts';
import type { HistoryEntry } from './history.ts';

/** Members of a stopped task that are kept. Overrides are not: they hold secrets. */
const OF_TASK = [
  'attachments',
  'availabilityZone',
  'capacityProviderName',
  'clusterArn',
  'containerInstanceArn',
  'cpu',
  'createdAt',
  'desiredStatus',
  'executionStoppedAt',
  'group',
  'healthStatus',
  'lastStatus',
  'launchType',
  'memory',
  'platformFamily',
  'platformVersion',
  'pullStartedAt',
  'pullStoppedAt',
  'startedAt',
  'startedBy',
  'stopCode',
  'stoppedAt',
  'stoppedReason',
  'stoppingAt',
  'taskArn',
  'taskDefinitionArn',
  'version',
] as const satisfies readonly (keyof Task)[];
const OF_CONTAINER = [
  'containerArn',
  'exitCode',
  'image',
  'imageDigest',
  'lastStatus',
  'name',
  'reason',
  'taskArn',
] as const;
const OF_DEPLOYMENT = [
  'alarms',
  'clusterArn',
  'createdAt',
  'deploymentCircuitBreaker',
  'deploymentConfiguration',
  'finishedAt',
  'rollback',
  'serviceArn',
  'serviceDeploymentArn',
  'sourceServiceRevisions',
  'startedAt',
  'status',
  'statusReason',
  'stoppedAt',
  'targetServiceRevision',
  'updatedAt',
] as const satisfies readonly (keyof ServiceDeployment)[];

/** Final statuses of service deployments. */
const ENDED: ReadonlySet<string> = new Set(['SUCCESSFUL', 'STOPPED', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED']);

/** The entry of a task that has stopped; undefined for any other. */
export function ofTask(task: Task): HistoryEntry | undefined {
  const { taskArn, clusterArn = '', lastStatus, stoppedAt, containers } = task;
  if (lastStatus !== 'STOPPED' || taskArn === undefined || stoppedAt === undefined) return undefined;
  const serviceArn = serviceArnOf(task) ?? '';
  const kept = {
    ...pick(task, OF_TASK),
    ...(containers && { containers: containers.map((container) => pick(container, OF_CONTAINER)) }),
  };
  return {
    key: taskArn,
    kind: 'TASK_STOPPED',
    at: stoppedAt.getTime(),
    cluster: clusterNameOf(clusterArn),
    serviceArn,
    body: JSON.stringify(kept),
  };
}

/** The entry of a service deployment that has ended; undefined for any other. */
export function ofDeployment(deployment: ServiceDeployment): HistoryEntry | undefined {
  const { serviceDeploymentArn: key, serviceArn = '', clusterArn = '', status = '' } = deployment;
  const endedAt = deployment.finishedAt ?? deployment.stoppedAt ?? deployment.updatedAt;
  if (!ENDED.has(status) || key === undefined || endedAt === undefined) return undefined;
  const body = JSON.stringify(pick(deployment, OF_DEPLOYMENT));
  return { key, kind: 'DEPLOYMENT_ENDED', at: endedAt.getTime(), cluster: clusterNameOf(clusterArn), serviceArn, body };
}

/** The entries of a service's events that are newer than a time, in epoch milliseconds. */
export function ofEvents(
  { serviceArn = '', clusterArn = '', events = [] }: Service,
  newerThan: number,
): HistoryEntry[] {
  return events.flatMap(({ id, createdAt, message }): HistoryEntry[] => {
    const at = createdAt?.getTime() ?? 0;
    if (id === undefined || at <= newerThan) return [];
    return [
      {
        key: id,
        kind: 'SERVICE_EVENT',
        at,
        cluster: clusterNameOf(clusterArn),
        serviceArn,
        body: JSON.stringify({ id, createdAt, message }),
      },
    ];
  });
}

/** The members of an entry, with its times as dates. */
export function membersOf<Shape extends object>({ body }: Pick<HistoryEntry, 'body'>): Shape {
  return JSON.parse(body, (name, value: unknown) =>
    typeof value === 'string' && name.endsWith('At') ? new Date(value) : value,
  ) as Shape;
}

function pick<Item extends object, Key extends keyof Item>(item: Item, keys: readonly Key[]): Partial<Item> {
  const kept: Partial<Item> = {};
  for (const key of keys) if (item[key] !== undefined) kept[key] = item[key];
  return kept;
}
