import type {
  DescribeTasksRequest,
  DescribeTasksResponse,
  ListTasksRequest,
  ListTasksResponse,
  RunTaskRequest,
  RunTaskResponse,
  StartTaskRequest,
  StartTaskResponse,
  StopTaskRequest,
  StopTaskResponse,
} from '@aws-sdk/client-ecs';
import { invalidParameter, rateExceeded, serviceNotFound } from '../../checks/ecs-errors.ts';
import { checkBatch } from '../../checks/input-limits.ts';
import { PAGE_OF_100, paginateRecords } from '../../checks/paging.ts';
import { RUN_TASK_ON_FARGATE } from '../../checks/rate-buckets.ts';
import { checkBlocked } from '../../launch/configuration-faults.ts';
import { checkClientToken, checkCommon, checkCount, runsOnFargate, runTasks, startOn } from '../../launch/run-task.ts';
import type { ClusterRecord } from '../../model/cluster-record.ts';
import { DAEMON_GROUP } from '../../model/daemon-records.ts';
import type { TaskRecord } from '../../model/tasks/task-record.ts';
import type { World } from '../../model/world.ts';
import { renderTask } from '../../render/task.ts';
import { enforce } from '../../rules/rule.ts';
import { TASK_RULES } from '../../rules/task-rules.ts';
import { checkExpressions } from '../../services/service-spec.ts';
import { effectiveSetting } from '../../store/account-settings.ts';
import { once, tokenConflict } from '../../store/client-tokens.ts';
import { allSeen, changeQuietly, seen } from '../../store/eventual-consistency.ts';
import {
  failureArn,
  findInstance,
  findService,
  findTask,
  requireActiveTaskDefinition,
  requireCluster,
} from '../../store/find-record.ts';
import { checkTaggable } from '../../store/tags.ts';
import { stopTask as stop } from '../../tasks/stop-task.ts';
import type { Input, Wire } from '../../util/wire-types.ts';
import type { Action } from '../action.ts';

export const runTask: Action<RunTaskRequest, RunTaskResponse> = (world, input, caller) => {
  const cluster = requireCluster(world, input.cluster);
  checkClientToken(input.clientToken);
  checkCount(input.count);
  const taskDefinition = requireActiveTaskDefinition(world, input.taskDefinition);
  const isFargate = runsOnFargate(cluster, input);
  checkBlocked(world, isFargate);
  if (isFargate && !world.admits(RUN_TASK_ON_FARGATE)) throw rateExceeded();
  enforce(TASK_RULES, { ...input, operation: 'RunTask', definition: taskDefinition.definition, isFargate });
  checkExpressions(input.placementConstraints);
  checkCommon(world, taskDefinition, input, 128, isFargate);
  const longArn = effectiveSetting(world, caller, 'taskLongArnFormat') === 'enabled';
  checkTaggable(input.tags, longArn, 'task');
  const { clientToken, ...parameters } = input;
  const started = once(world, {
    operation: 'RunTask',
    cluster: cluster.name,
    token: clientToken,
    input: parameters,
    run: () => runTasks(world, cluster, taskDefinition, input, longArn),
    replay: (first) =>
      first.tasks.length > 0 && first.tasks.every((task) => isForgotten(world, task)) ? undefined : first,
    conflict: (first) => tokenConflict(first.tasks.map((task) => task.arn)),
  });
  return { tasks: started.tasks.map((task) => withoutHealth(renderReplayed(task))), failures: started.failures };
};

type RenderedTask = Wire<NonNullable<RunTaskResponse['tasks']>[number]>;

/** Nothing is said of health before a task has any (recordings of RunTask of 2025). */
function withoutHealth({ healthStatus: _task, containers, ...task }: RenderedTask): RenderedTask {
  if (containers === undefined) return task;
  return { ...task, containers: containers.map(({ healthStatus: _container, ...container }) => container) };
}

/** AWS: a token is valid while its tasks can be described. */
function isForgotten(world: World, { stoppedAt }: TaskRecord): boolean {
  return stoppedAt !== undefined && world.clock.now() >= stoppedAt + world.timings.keepStopped;
}

/** For a repeated RunTask, a task that has stopped meanwhile is little more than its ARN. */
function renderReplayed(task: TaskRecord): RenderedTask {
  if (task.lastStatus !== 'STOPPED') return renderTask(task, ['TAGS']);
  return { taskArn: task.arn, lastStatus: task.lastStatus, desiredStatus: task.desiredStatus };
}

export const startTask: Action<StartTaskRequest, StartTaskResponse> = (world, input, caller) => {
  const cluster = requireCluster(world, input.cluster);
  checkBatch(input.containerInstances, 10, 'containerInstances');
  const taskDefinition = requireActiveTaskDefinition(world, input.taskDefinition);
  enforce(TASK_RULES, { ...input, operation: 'StartTask', definition: taskDefinition.definition, isFargate: false });
  checkCommon(world, taskDefinition, input, 36, false);
  const longArn = effectiveSetting(world, caller, 'taskLongArnFormat') === 'enabled';
  checkTaggable(input.tags, longArn, 'task');
  const tasks: Wire<StartTaskResponse>['tasks'] = [];
  const failures: Wire<StartTaskResponse>['failures'] = [];
  for (const reference of input.containerInstances) {
    const instance = findInstance(world, cluster, reference);
    if (instance === undefined) {
      failures.push({ arn: failureArn(world, 'container-instance', reference), reason: 'MISSING' });
      continue;
    }
    const started = startOn(world, cluster, taskDefinition, input, instance, longArn);
    tasks.push(...started.tasks.map((task) => renderTask(task, ['TAGS'])));
    failures.push(...started.failures);
  }
  return { tasks, failures };
};

/** Stopping removes the task's tags, and the first stop reason stays. */
export const stopTask: Action<StopTaskRequest, StopTaskResponse> = (world, input) => {
  const cluster = requireCluster(world, input.cluster);
  if ((input.reason?.length ?? 0) > 1024) throw invalidParameter('reason must be at most 1024 characters long.');
  const task = findTask(world, cluster, input.task);
  if (task === undefined) throw invalidParameter('The referenced task was not found.');
  if (task.lastStatus !== 'STOPPED') {
    stop(world, task, 'UserInitiated', input.reason ?? 'Task stopped by user');
    changeQuietly(world, task, { tags: [] });
  }
  return { task: renderTask(task) };
};

export const describeTasks: Action<DescribeTasksRequest, DescribeTasksResponse> = (world, input) => {
  const cluster = requireCluster(world, input.cluster);
  checkBatch(input.tasks, 100, 'tasks');
  const tasks: Wire<DescribeTasksResponse>['tasks'] = [];
  const failures: Wire<DescribeTasksResponse>['failures'] = [];
  for (const reference of new Set(input.tasks)) {
    const task = findTask(world, cluster, reference);
    const visible = task === undefined ? undefined : seen(world, task);
    if (visible !== undefined) tasks.push(renderTask(visible, input.include ?? []));
    else failures.push({ arn: failureArn(world, 'task', reference), reason: 'MISSING' });
  }
  return { tasks, failures };
};

/** Lazily, so that a page reads only as many tasks as it needs. */
function* where(tasks: Iterable<TaskRecord>, isWanted: (task: TaskRecord) => boolean): Generator<TaskRecord> {
  for (const task of tasks) if (isWanted(task)) yield task;
}

/** The tasks to filter: an index, if there is one and only live tasks are wanted. */
function candidates(world: World, cluster: ClusterRecord, input: Input<ListTasksRequest>): Iterable<TaskRecord> {
  // The indexes show the present and hold no stopped tasks.
  const wantsAll = input.desiredStatus === 'STOPPED' || world.lagMs > 0;
  if (input.containerInstance !== undefined) {
    const instance = findInstance(world, cluster, input.containerInstance);
    if (instance === undefined) throw invalidParameter('The referenced container instance was not found.');
    return wantsAll ? where(cluster.tasks.values(), (task) => task.instance === instance) : instance.tasks;
  }
  if (input.serviceName !== undefined) {
    const service = findService(world, cluster, input.serviceName);
    if (service === undefined) throw serviceNotFound();
    return wantsAll ? where(cluster.tasks.values(), (task) => task.service === service) : service.tasks;
  }
  return cluster.tasks.values();
}

export const listTasks: Action<ListTasksRequest, ListTasksResponse> = (world, input) => {
  const cluster = requireCluster(world, input.cluster);
  const { startedBy, family, launchType, desiredStatus = 'RUNNING' } = input;
  const others = [input.containerInstance, family, input.serviceName, input.daemonName];
  if (startedBy !== undefined && others.some((filter) => filter !== undefined)) {
    throw invalidParameter('startedBy must be the only filter.');
  }
  const isListed = (task: TaskRecord): boolean =>
    task.desiredStatus === desiredStatus &&
    (input.daemonName === undefined || task.group === `${DAEMON_GROUP}${input.daemonName}`) &&
    (startedBy === undefined || task.startedBy === startedBy) &&
    (family === undefined || task.taskDefinition.family === family) &&
    (launchType === undefined || task.launchType === launchType);
  const select = (tasks: Iterable<TaskRecord>) => where(allSeen(world, tasks), isListed);
  const among = candidates(world, cluster, input);
  const { items, ...next } = paginateRecords('ListTasks', input, PAGE_OF_100, among, select);
  return { taskArns: items.map((task) => task.arn), ...next };
};
