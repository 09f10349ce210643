import type { PropagateTags } from '@aws-sdk/client-ecs';
import type { ClusterRecord } from '../model/cluster-record.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { TaskDefinitionRecord } from '../model/task-definition-record.ts';
import type { Tags } from '../util/wire-types.ts';
import { mergeTags } from './tags.ts';

export interface TagSources {
  readonly cluster: ClusterRecord;
  readonly taskDefinition: TaskDefinitionRecord;
  readonly service?: ServiceRecord | undefined;
  readonly propagateTags: PropagateTags | undefined;
  readonly enableECSManagedTags: boolean | undefined;
  readonly own?: Tags | undefined;
}

/** A task's tags: propagated ones, overridden by its own, plus ECS's if enabled. */
export function taskTags(sources: TagSources): Tags {
  const { cluster, service, taskDefinition, propagateTags } = sources;
  const propagated =
    propagateTags === 'TASK_DEFINITION'
      ? taskDefinition.tags
      : propagateTags === 'SERVICE'
        ? (service?.tags ?? [])
        : [];
  const tags = mergeTags(propagated, sources.own ?? []);
  if (sources.enableECSManagedTags !== true) return tags;
  return [
    ...tags,
    { key: 'aws:ecs:clusterName', value: cluster.name },
    ...(service === undefined ? [] : [{ key: 'aws:ecs:serviceName', value: service.name }]),
  ];
}
