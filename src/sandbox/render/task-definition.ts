import type { TaskDefinition } from '@aws-sdk/client-ecs';
import type { TaskDefinitionRecord } from '../model/task-definition-record.ts';
import { toOptionalSeconds, toSeconds, type Wire } from '../util/wire-types.ts';

export function renderTaskDefinition(record: TaskDefinitionRecord): Wire<TaskDefinition> {
  return {
    taskDefinitionArn: record.arn,
    ...record.definition,
    revision: record.revision,
    status: record.status as Wire<TaskDefinition>['status'],
    registeredAt: toSeconds(record.bornAt),
    deregisteredAt: toOptionalSeconds(record.deregisteredAt),
    deleteRequestedAt: toOptionalSeconds(record.deleteRequestedAt),
  };
}
