import type {
  CreateTaskSetRequest,
  CreateTaskSetResponse,
  DeleteTaskSetRequest,
  DeleteTaskSetResponse,
  DescribeTaskSetsRequest,
  DescribeTaskSetsResponse,
  Scale,
  UpdateServicePrimaryTaskSetRequest,
  UpdateServicePrimaryTaskSetResponse,
  UpdateTaskSetRequest,
  UpdateTaskSetResponse,
} from '@aws-sdk/client-ecs';
import { EcsError, invalidParameter, serviceNotActive, unsupportedFeature } from '../../checks/ecs-errors.ts';
import type { ServiceRecord } from '../../model/services/service-record.ts';
import type { TaskSetRecord } from '../../model/services/task-set-record.ts';
import type { World } from '../../model/world.ts';
import { renderTaskSet } from '../../render/task-set.ts';
import { computedCount, makePrimary, createTaskSet as makeTaskSet } from '../../scheduler/task-sets.ts';
import { controllerOf } from '../../services/deployment-controllers.ts';
import { createTaskSetSpec } from '../../services/service-spec.ts';
import { isArn } from '../../store/arns.ts';
import { once } from '../../store/client-tokens.ts';
import { change } from '../../store/eventual-consistency.ts';
import { requireCluster, requireService } from '../../store/find-record.ts';
import { seenTaskSet } from '../../store/stale-views.ts';
import { checkTags } from '../../store/tags.ts';
import type { Wire } from '../../util/wire-types.ts';
import { wakeService } from '../../wakeups/wake-services.ts';
import type { Action } from '../action.ts';

/** Observed, not documented. */
const MOST_TASK_SETS = 5;

interface Place {
  readonly cluster: string;
  readonly service: string;
}

/** An ACTIVE service whose deployments another controller manages. */
function requireControlled(world: World, input: Place): ServiceRecord {
  const service = requireService(world, requireCluster(world, input.cluster), input.service);
  if (service.status !== 'ACTIVE') throw serviceNotActive();
  if (controllerOf(service) === 'ECS') {
    throw unsupportedFeature('Task sets are not supported on services with an ECS deployment controller.');
  }
  return service;
}

function findTaskSet(service: ServiceRecord, reference: string): TaskSetRecord | undefined {
  if (!isArn(reference)) return service.taskSets.get(reference);
  return [...service.taskSets.values()].find((taskSet) => taskSet.arn === reference);
}

function requireTaskSet(service: ServiceRecord, reference: string): TaskSetRecord {
  const taskSet = findTaskSet(service, reference);
  if (taskSet !== undefined) return taskSet;
  throw new EcsError('TaskSetNotFoundException', 'The specified task set was not found.');
}

function checkScale(scale: Wire<Scale> | undefined): TaskSetRecord['scale'] {
  const { value = 0, unit = 'PERCENT' } = scale ?? {};
  if (value < 0 || value > 100) throw invalidParameter('Scale value must be between 0 and 100.');
  return { value, unit };
}

export const createTaskSet: Action<CreateTaskSetRequest, CreateTaskSetResponse> = (world, input) => {
  const service = requireControlled(world, input);
  if ((input.clientToken?.length ?? 0) > 36) throw invalidParameter('clientToken must be at most 36 characters long.');
  const create = (): TaskSetRecord => {
    const spec = createTaskSetSpec(world, service, input);
    if (service.taskSets.size >= MOST_TASK_SETS) {
      throw invalidParameter(
        `${MOST_TASK_SETS} deployments exist on the service. Unable to create new TaskSet since this exceeds the maximum limit.`,
      );
    }
    const isCodeDeploy = service.deploymentController.type === 'CODE_DEPLOY';
    return makeTaskSet(world, service, {
      spec,
      scale: checkScale(input.scale),
      status: 'ACTIVE',
      externalId: input.externalId,
      startedBy: isCodeDeploy ? 'CODE_DEPLOY' : undefined,
      tags: checkTags(input.tags),
    });
  };
  const taskSet = once(world, {
    operation: 'CreateTaskSet',
    cluster: service.cluster.name,
    token: input.clientToken,
    input,
    run: create,
    replay: (first) => (service.taskSets.get(first.id) === first ? first : undefined),
    conflict: () => invalidParameter('Creation of task set was not idempotent.'),
  });
  return { taskSet: renderTaskSet(taskSet, ['TAGS']) };
};

export const updateTaskSet: Action<UpdateTaskSetRequest, UpdateTaskSetResponse> = (world, input) => {
  const service = requireControlled(world, input);
  const taskSet = requireTaskSet(service, input.taskSet);
  if (taskSet.status === 'DRAINING') throw invalidParameter('A task set that is DRAINING cannot be updated.');
  change(world, taskSet, {
    scale: checkScale(input.scale),
    stabilityStatus: 'STABILIZING',
    updatedAt: world.clock.now(),
  });
  wakeService(world, service);
  return { taskSet: { ...renderTaskSet(taskSet), computedDesiredCount: computedCount(service, taskSet) } };
};

export const deleteTaskSet: Action<DeleteTaskSetRequest, DeleteTaskSetResponse> = (world, input) => {
  const service = requireControlled(world, input);
  const taskSet = requireTaskSet(service, input.taskSet);
  if (taskSet.status === 'PRIMARY') throw invalidParameter('Primary TaskSet cannot be deleted');
  if (taskSet.scale.value > 0 && input.force !== true) {
    throw invalidParameter('The TaskSet cannot be deleted while it is scaled above 0.');
  }
  const now = world.clock.now();
  change(world, taskSet, {
    status: 'DRAINING',
    scale: { value: 0, unit: 'PERCENT' },
    desiredCount: 0,
    stabilityStatus: 'STABILIZING',
    stabilityStatusAt: now,
    updatedAt: now,
  });
  wakeService(world, service);
  return { taskSet: renderTaskSet(taskSet) };
};

/** Only for services with another deployment controller; others have no task sets. */
export const describeTaskSets: Action<DescribeTaskSetsRequest, DescribeTaskSetsResponse> = (world, input) => {
  const service = requireControlled(world, input);
  const references = input.taskSets ?? [...service.taskSets.keys()];
  const taskSets: Wire<DescribeTaskSetsResponse>['taskSets'] = [];
  const failures: Wire<DescribeTaskSetsResponse>['failures'] = [];
  for (const reference of new Set(references)) {
    const taskSet = findTaskSet(service, reference);
    const visible = taskSet === undefined ? undefined : seenTaskSet(world, taskSet);
    if (visible !== undefined) taskSets.push(renderTaskSet(visible, input.include ?? []));
    else failures.push({ arn: reference, reason: 'MISSING' });
  }
  return { taskSets, failures };
};

export const updateServicePrimaryTaskSet: Action<
  UpdateServicePrimaryTaskSetRequest,
  UpdateServicePrimaryTaskSetResponse
> = (world, input) => {
  const service = requireControlled(world, input);
  const taskSet = requireTaskSet(service, input.primaryTaskSet);
  if (taskSet.status === 'DRAINING') throw invalidParameter('A task set that is DRAINING cannot be made PRIMARY.');
  makePrimary(world, service, taskSet);
  wakeService(world, service);
  return { taskSet: renderTaskSet(taskSet) };
};
