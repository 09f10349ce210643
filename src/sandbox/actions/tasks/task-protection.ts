import type {
  GetTaskProtectionRequest,
  GetTaskProtectionResponse,
  ProtectedTask,
  UpdateTaskProtectionRequest,
  UpdateTaskProtectionResponse,
} from '@aws-sdk/client-ecs';
import { invalidParameter } from '../../checks/ecs-errors.ts';
import { checkBatch } from '../../checks/input-limits.ts';
import type { TaskRecord } from '../../model/tasks/task-record.ts';
import type { World } from '../../model/world.ts';
import { changeQuietly, seen } from '../../store/eventual-consistency.ts';
import { failureArn, findTask, requireCluster } from '../../store/find-record.ts';
import { isWanted } from '../../store/task-statuses.ts';
import { toSeconds, type Wire } from '../../util/wire-types.ts';
import { wakeService } from '../../wakeups/wake-services.ts';
import type { Action } from '../action.ts';

const DEFAULT_MINUTES = 120;
const MAX_MINUTES = 2880;

function render(world: World, task: TaskRecord): Wire<ProtectedTask> {
  const until = task.protectedUntil;
  if (until === undefined || until <= world.clock.now()) return { taskArn: task.arn, protectionEnabled: false };
  return { taskArn: task.arn, protectionEnabled: true, expirationDate: toSeconds(until) };
}

/** Only running tasks of a service can be protected. */
function isProtectable(task: TaskRecord): boolean {
  return task.service !== undefined && task.desiredStatus === 'RUNNING';
}

/** Whether every task that a deployment still has to stop is protected, so that the deployment is blocked. */
function blocksDeployment(world: World, { service }: TaskRecord): boolean {
  const [primary, ...old] = service?.deployments ?? [];
  if (primary?.rolloutState !== 'IN_PROGRESS') return false;
  const left = old.flatMap((deployment) => [...deployment.tasks]).filter(isWanted);
  return left.length > 0 && left.every((task) => (task.protectedUntil ?? 0) > world.clock.now());
}

export const getTaskProtection: Action<GetTaskProtectionRequest, GetTaskProtectionResponse> = (world, input) => {
  const cluster = requireCluster(world, input.cluster);
  const ofServices = [...cluster.tasks.values()].filter((task) => isProtectable(task));
  const references = input.tasks ?? ofServices.map((task) => task.arn);
  if (references.length > 100) throw invalidParameter('Tasks cannot have more than 100 elements.');
  const protectedTasks: Wire<ProtectedTask>[] = [];
  const failures: Wire<GetTaskProtectionResponse>['failures'] = [];
  for (const reference of new Set(references)) {
    const present = findTask(world, cluster, reference);
    const task = present === undefined ? undefined : seen(world, present);
    const arn = failureArn(world, 'task', reference);
    if (task === undefined) failures.push({ arn, reason: 'MISSING' });
    else if (!isProtectable(task)) failures.push({ arn: task.arn, reason: 'TASK_NOT_VALID' });
    else protectedTasks.push(render(world, task));
  }
  return { protectedTasks, failures };
};

export const updateTaskProtection: Action<UpdateTaskProtectionRequest, UpdateTaskProtectionResponse> = (
  world,
  input,
) => {
  const cluster = requireCluster(world, input.cluster);
  checkBatch(input.tasks, 10, 'tasks');
  const minutes = input.expiresInMinutes ?? DEFAULT_MINUTES;
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > MAX_MINUTES) {
    throw invalidParameter(`expiresInMinutes must be between 1 and ${MAX_MINUTES}.`);
  }
  const protectedTasks: Wire<ProtectedTask>[] = [];
  const failures: Wire<UpdateTaskProtectionResponse>['failures'] = [];
  for (const reference of new Set(input.tasks)) {
    const task = findTask(world, cluster, reference);
    if (task === undefined) {
      failures.push({ arn: failureArn(world, 'task', reference), reason: 'MISSING' });
    } else if (!isProtectable(task)) {
      failures.push({ arn: task.arn, reason: 'TASK_NOT_VALID' });
    } else if (input.protectionEnabled && blocksDeployment(world, task)) {
      failures.push({ arn: task.arn, reason: 'DEPLOYMENT_BLOCKED' });
    } else {
      const until = input.protectionEnabled ? world.clock.now() + minutes * 60_000 : undefined;
      changeQuietly(world, task, { protectedUntil: until });
      if (task.service !== undefined) wakeService(world, task.service);
      protectedTasks.push(render(world, task));
    }
  }
  return { protectedTasks, failures };
};
