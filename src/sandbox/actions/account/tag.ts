import type {
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
  TagResourceRequest,
  TagResourceResponse,
  UntagResourceRequest,
  UntagResourceResponse,
} from '@aws-sdk/client-ecs';
import { clusterNotFound, EcsError, invalidParameter, resourceNotFound } from '../../checks/ecs-errors.ts';
import { findDaemonTaskDefinition } from '../../daemons/daemon-task-definitions.ts';
import type { ClusterRecord } from '../../model/cluster-record.ts';
import type { DaemonRecord, DaemonTaskDefinitionRecord } from '../../model/daemon-records.ts';
import type { GatewayRecord } from '../../model/gateway-records.ts';
import type { CapacityProviderRecord } from '../../model/instances/capacity-provider-record.ts';
import type { InstanceRecord } from '../../model/instances/instance-record.ts';
import type { ServiceRecord } from '../../model/services/service-record.ts';
import type { TaskSetRecord } from '../../model/services/task-set-record.ts';
import type { TaskDefinitionRecord } from '../../model/task-definition-record.ts';
import type { TaskRecord } from '../../model/tasks/task-record.ts';
import type { World } from '../../model/world.ts';
import { parseArn } from '../../store/arns.ts';
import { beginChange, change, changeQuietly, endInstanceChange, seen } from '../../store/eventual-consistency.ts';
import { findTaskDefinition } from '../../store/find-record.ts';
import { checkRemovable, checkTags, mergeTags, withoutTags } from '../../store/tags.ts';
import type { Tags } from '../../util/wire-types.ts';
import type { Action } from '../action.ts';

type Tagged =
  | DaemonRecord
  | DaemonTaskDefinitionRecord
  | GatewayRecord
  | ClusterRecord
  | ServiceRecord
  | TaskRecord
  | InstanceRecord
  | TaskDefinitionRecord
  | CapacityProviderRecord
  | TaskSetRecord;

function findInCluster(cluster: ClusterRecord, type: string, name: string, rest: string): Tagged | undefined {
  if (type === 'service') return cluster.services.get(name);
  if (type === 'task') return cluster.tasks.get(name);
  if (type === 'task-set') return cluster.services.get(name)?.taskSets.get(rest);
  return type === 'container-instance' ? cluster.instances.get(name) : undefined;
}

/** The resource of an ARN, if it can have tags. Services with old-format ARNs cannot. */
function findTagged(world: World, reference: string): Tagged {
  const arn = parseArn(reference);
  const [first, second, ...rest] = arn?.path ?? [];
  if (arn === undefined || first === undefined) throw invalidParameter('Invalid identifier: Unexpected ARN format.');
  if (arn.region !== world.region) throw invalidParameter(`Invalid region. Expected ${world.region}.`);
  let found: Tagged | undefined;
  if (arn.type === 'cluster') {
    found = world.clusters.get(first);
    if (found === undefined || found.status === 'INACTIVE') throw clusterNotFound();
  } else if (arn.type === 'task-definition') {
    found = findTaskDefinition(world, reference);
  } else if (arn.type === 'capacity-provider') {
    found = world.capacityProviders.get(first);
  } else if (arn.type === 'daemon-task-definition') {
    found = findDaemonTaskDefinition(world, reference);
  } else if (arn.type === 'gateway') {
    found = world.gateways.get(first);
  } else if (arn.type === 'daemon') {
    found = world.daemons.get(reference);
  } else if (second === undefined) {
    throw invalidParameter('Long arn format must be used for tagging operations');
  } else {
    const cluster = world.clusters.get(first);
    if (cluster === undefined) throw clusterNotFound();
    found = findInCluster(cluster, arn.type, second, rest.join('/'));
  }
  if (found === undefined) throw resourceNotFound('The specified resource was not found.');
  return found;
}

function retag(world: World, record: Tagged, tags: Tags): void {
  if (record.kind === 'task') changeQuietly(world, record, { tags });
  else if (record.kind === 'containerInstance') retagInstance(world, record, tags);
  else change(world, record, { tags });
}

function retagInstance(world: World, instance: InstanceRecord, tags: Tags): void {
  const before = beginChange(world, instance);
  instance.tags = tags;
  endInstanceChange(world, instance, before);
}

export const tagResource: Action<TagResourceRequest, TagResourceResponse> = (world, input) => {
  const record = findTagged(world, input.resourceArn);
  // Too many tags are not an invalid parameter; TagResource has an error of its own for them.
  const limitExceeded = (message: string): EcsError => new EcsError('LimitExceededException', message);
  retag(world, record, mergeTags(record.tags, checkTags(input.tags), limitExceeded));
  return {};
};

export const untagResource: Action<UntagResourceRequest, UntagResourceResponse> = (world, input) => {
  const record = findTagged(world, input.resourceArn);
  checkRemovable(input.tagKeys);
  retag(world, record, withoutTags(record.tags, input.tagKeys));
  return {};
};

export const listTagsForResource: Action<ListTagsForResourceRequest, ListTagsForResourceResponse> = (world, input) => {
  const record = findTagged(world, input.resourceArn);
  return { tags: seen(world, record)?.tags ?? [] };
};
