import type {
  DeregisterContainerInstanceRequest,
  DeregisterContainerInstanceResponse,
  DescribeContainerInstancesRequest,
  DescribeContainerInstancesResponse,
  ListContainerInstancesRequest,
  ListContainerInstancesResponse,
  RegisterContainerInstanceRequest,
  RegisterContainerInstanceResponse,
  UpdateContainerInstancesStateRequest,
  UpdateContainerInstancesStateResponse,
} from '@aws-sdk/client-ecs';
import { clientError, invalidParameter } from '../../checks/ecs-errors.ts';
import { checkBatch } from '../../checks/input-limits.ts';
import { PAGE_OF_100, paginateRecords } from '../../checks/paging.ts';
import { setAgent } from '../../fleet/accidents.ts';
import { attachTrunk, canHaveTrunk, detachTrunk } from '../../instances/eni-trunking.ts';
import {
  changeInstance,
  reconnectInstance,
  registerInstance,
  retireInstance,
} from '../../instances/instance-lifecycle.ts';
import type { ClusterRecord } from '../../model/cluster-record.ts';
import type { InstanceRecord } from '../../model/instances/instance-record.ts';
import type { World } from '../../model/world.ts';
import { evaluate } from '../../query/evaluate.ts';
import { parseQuery } from '../../query/parse.ts';
import { renderContainerInstance } from '../../render/container-instance.ts';
import { effectiveSetting } from '../../store/account-settings.ts';
import { once } from '../../store/client-tokens.ts';
import { failureArn, findInstance, requireCluster, requireInstance } from '../../store/find-record.ts';
import { seenInstance } from '../../store/stale-views.ts';
import { checkTaggable, checkTags } from '../../store/tags.ts';
import { isWanted } from '../../store/task-statuses.ts';
import { stopTask } from '../../tasks/stop-task.ts';
import type { Caller, Input, Wire } from '../../util/wire-types.ts';
import type { Action } from '../action.ts';

/** AWS's quota for instances in a cluster. */
const MOST_INSTANCES = 5000;

function refuseTooMany({ instances }: ClusterRecord): void {
  if (instances.size < MOST_INSTANCES) return;
  const registered = [...instances.values()].filter((instance) => instance.status !== 'INACTIVE').length;
  if (registered >= MOST_INSTANCES)
    throw clientError(`A cluster can have at most ${MOST_INSTANCES} container instances.`);
}

export const registerContainerInstance: Action<RegisterContainerInstanceRequest, RegisterContainerInstanceResponse> = (
  world,
  input,
  caller,
) => {
  const cluster = requireCluster(world, input.cluster);
  if (input.containerInstanceArn !== undefined) {
    // An agent that registers again names its instance.
    const present = requireInstance(world, cluster, input.containerInstanceArn);
    setAgent(world, present, true);
    reconnectInstance(world, present, input);
    return { containerInstance: renderContainerInstance(present, ['TAGS']) };
  }
  const { clientToken } = input as { readonly clientToken?: string };
  const instance = once(world, {
    operation: 'RegisterContainerInstance',
    cluster: cluster.name,
    token: clientToken,
    input: {},
    run: () => register(world, cluster, input, caller),
    replay: (first) => (first.status === 'INACTIVE' ? undefined : first),
    conflict: () => invalidParameter('Registration of container instance was not idempotent.'),
  });
  return { containerInstance: renderContainerInstance(instance, ['TAGS']) };
};

/** A new instance. An agent whose answer was lost asks again, with the same token, and gets the instance that it has. */
function register(
  world: World,
  cluster: ClusterRecord,
  input: Input<RegisterContainerInstanceRequest>,
  caller: Caller,
): InstanceRecord {
  refuseTooMany(cluster);
  const longArn = effectiveSetting(world, caller, 'containerInstanceLongArnFormat') === 'enabled';
  checkTaggable(input.tags, longArn, 'container instance');
  const instance = registerInstance(world, cluster, input, checkTags(input.tags), longArn);
  const wantsTrunk = effectiveSetting(world, caller, 'awsvpcTrunking') === 'enabled';
  if (wantsTrunk && canHaveTrunk(instance)) attachTrunk(world, instance);
  return instance;
}

export const describeContainerInstances: Action<
  DescribeContainerInstancesRequest,
  DescribeContainerInstancesResponse
> = (world, input) => {
  const cluster = requireCluster(world, input.cluster);
  checkBatch(input.containerInstances, 100, 'containerInstances');
  const containerInstances: Wire<DescribeContainerInstancesResponse>['containerInstances'] = [];
  const failures: Wire<DescribeContainerInstancesResponse>['failures'] = [];
  for (const reference of new Set(input.containerInstances)) {
    const instance = findInstance(world, cluster, reference);
    const visible = instance === undefined ? undefined : seenInstance(world, instance);
    if (visible !== undefined) containerInstances.push(renderContainerInstance(visible, input.include ?? []));
    else failures.push({ arn: failureArn(world, 'container-instance', reference), reason: 'MISSING' });
  }
  return { containerInstances, failures };
};

export const listContainerInstances: Action<ListContainerInstancesRequest, ListContainerInstancesResponse> = (
  world,
  input,
) => {
  const cluster = requireCluster(world, input.cluster);
  const query = input.filter === undefined ? undefined : parseQuery(input.filter);
  const isListed = (instance: InstanceRecord): boolean =>
    instance.status !== 'INACTIVE' &&
    (input.status === undefined || instance.status === input.status) &&
    (query === undefined || evaluate(query, instance));
  // A query may use the number of tasks of an instance.
  const instances = [...cluster.instances.values()].map((instance) => seenInstance(world, instance));
  const listed = instances.filter((instance) => instance !== undefined).filter(isListed);
  const { items, ...next } = paginateRecords('ListContainerInstances', input, PAGE_OF_100, listed);
  return { containerInstanceArns: items.map((instance) => instance.arn), ...next };
};

/** DRAINING only from ACTIVE, ACTIVE only from DRAINING. Setting the current state changes nothing. */
export const updateContainerInstancesState: Action<
  UpdateContainerInstancesStateRequest,
  UpdateContainerInstancesStateResponse
> = (world, input) => {
  const cluster = requireCluster(world, input.cluster);
  const { status } = input;
  if (status !== 'ACTIVE' && status !== 'DRAINING') {
    throw invalidParameter('Container instance status should be one of [ACTIVE, DRAINING].');
  }
  checkBatch(input.containerInstances, 10, 'containerInstances');
  const instances: InstanceRecord[] = [];
  const failures: Wire<UpdateContainerInstancesStateResponse>['failures'] = [];
  for (const reference of new Set(input.containerInstances)) {
    const instance = findInstance(world, cluster, reference);
    if (instance === undefined || instance.status === 'INACTIVE') {
      const reason = instance === undefined ? 'MISSING' : 'INACTIVE';
      failures.push({ arn: failureArn(world, 'container-instance', reference), reason });
      continue;
    }
    if (instance.status !== 'ACTIVE' && instance.status !== 'DRAINING') {
      throw invalidParameter(`Cannot set the container instance to ${status} while it is ${instance.status}.`);
    }
    instances.push(instance);
  }
  // All instances or, if one is refused, none.
  for (const instance of instances) if (instance.status !== status) changeInstance(world, instance, { status });
  return { containerInstances: instances.map((instance) => renderContainerInstance(instance)), failures };
};

/**
 * With `force`, service tasks are stopped and thus replaced elsewhere; standalone tasks keep running (the API reference
 * says so; the events page says that all stop).
 */
export const deregisterContainerInstance: Action<
  DeregisterContainerInstanceRequest,
  DeregisterContainerInstanceResponse
> = (world, input) => {
  const cluster = requireCluster(world, input.cluster);
  const instance = requireInstance(world, cluster, input.containerInstance);
  const tasks = [...instance.tasks].filter(isWanted);
  if (tasks.length > 0 && input.force !== true) throw invalidParameter('Found running tasks on the instance.');
  if (!detachTrunk(world, instance)) retireInstance(world, instance);
  for (const task of tasks) {
    const id = task.deployment?.id;
    if (id === undefined) continue;
    stopTask(world, task, 'ServiceSchedulerInitiated', `Scaling activity initiated by (deployment ${id})`);
  }
  return { containerInstance: renderContainerInstance(instance) };
};
