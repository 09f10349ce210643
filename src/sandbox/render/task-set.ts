import type { TaskSet } from '@aws-sdk/client-ecs';
import type { TaskSetRecord } from '../model/services/task-set-record.ts';
import { toSeconds, type Wire } from '../util/wire-types.ts';
import { countTasks } from './count.ts';

/** A task set in wire format. */
export function renderTaskSet(taskSet: TaskSetRecord, include: readonly string[] = []): Wire<TaskSet> {
  const { spec, service } = taskSet;
  const counts = countTasks(taskSet.tasks);
  return {
    id: taskSet.id,
    taskSetArn: taskSet.arn,
    serviceArn: service.arn,
    clusterArn: service.cluster.arn,
    startedBy: taskSet.startedBy,
    externalId: taskSet.externalId,
    status: taskSet.status,
    taskDefinition: spec.taskDefinition?.arn,
    computedDesiredCount: taskSet.desiredCount,
    pendingCount: counts.pending,
    runningCount: counts.running,
    createdAt: toSeconds(taskSet.bornAt),
    updatedAt: toSeconds(taskSet.updatedAt),
    launchType: spec.launchType,
    capacityProviderStrategy: spec.capacityProviderStrategy,
    platformVersion: spec.platformVersion,
    platformFamily: spec.platformFamily,
    networkConfiguration: spec.networkConfiguration,
    loadBalancers: spec.loadBalancers,
    serviceRegistries: spec.serviceRegistries,
    scale: taskSet.scale,
    stabilityStatus: taskSet.stabilityStatus,
    stabilityStatusAt: toSeconds(taskSet.stabilityStatusAt),
    tags: include.includes('TAGS') ? taskSet.tags : [],
  };
}
