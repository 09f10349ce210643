import type { Service, Task } from '@aws-sdk/client-ecs';
import {
  type Blocker,
  blocker,
  distinctBlockers,
  eventBlockers,
  isDeadlocked,
  percentagesMessage,
} from '../core/blockers.ts';
import { isHealthy, isStopping, latitudeOf } from '../core/deployment-bounds.ts';
import { counted } from '../core/duration.ts';
import { serviceNameOf } from '../core/task-owner.ts';
import { exitsThatGoOn } from '../core/task-verdict.ts';
import type { DrainSnapshot } from './drain-snapshot.ts';
import type { DrainTask } from './drain-task.ts';

/** The blockers of a drain. */
export function drainBlockers(snapshot: DrainSnapshot, remaining: readonly DrainTask[], now: number): Blocker[] {
  const waiting = remaining.filter(({ state }) => state === 'WAITING');
  const standalone = waiting.filter(({ kind }) => kind === 'STANDALONE');
  const since = Math.min(...snapshot.drainingSince.values());
  const from = Number.isFinite(since) ? new Date(since) : undefined;
  const services = snapshot.services.filter(({ serviceName }) =>
    waiting.some(({ task, kind }) => kind === 'SERVICE' && serviceNameOf(task) === serviceName),
  );
  return distinctBlockers([
    ...blockingTasks('STANDALONE_TASKS', standalone, standaloneMessage),
    ...protectedTasks(waiting),
    ...services.flatMap((service) => [
      ...eventBlockers(service, from),
      ...percentageBlockers(service, tasksOf(service, snapshot.serviceTasks), now),
      ...failureBlockers(service, tasksOf(service, snapshot.serviceTasks), now),
    ]),
  ]);
}

/** A blocker that names its tasks. Empty without tasks. */
export function blockingTasks(
  reason: Blocker['reason'],
  tasks: readonly { readonly task: Task }[],
  message: (count: number) => string,
  inferred = false,
): Blocker[] {
  if (tasks.length === 0) return [];
  const taskArns = tasks.flatMap(({ task }) => task.taskArn ?? []);
  return [blocker(reason, message(tasks.length), { inferred, taskArns })];
}

/** The blocker of the tasks with scale-in protection. */
export function protectedTasks(tasks: readonly Pick<DrainTask, 'task' | 'isProtected'>[]): Blocker[] {
  const found = tasks.filter(({ isProtected }) => isProtected === true);
  return blockingTasks('PROTECTED_TASKS', found, (count) => `${counted(count, 'task')} with scale-in protection`);
}

function standaloneMessage(count: number): string {
  return `${counted(count, 'task')} of no service: a drain never moves ${count === 1 ? 'it' : 'them'}; end or stop ${count === 1 ? 'it' : 'them'}`;
}

function tasksOf(service: Service, tasks: readonly Task[]): Task[] {
  return tasks.filter((task) => serviceNameOf(task) === service.serviceName);
}

function percentageBlockers(service: Service, tasks: readonly Task[], now: number): Blocker[] {
  const latitude = latitudeOf(service);
  const strength = {
    running: service.runningCount ?? 0,
    healthy: tasks.filter((task) => isHealthy(task, now)).length,
    active: (service.runningCount ?? 0) + (service.pendingCount ?? 0),
  };
  const isMoving = (service.pendingCount ?? 0) > 0 || tasks.some(isStopping);
  if (isMoving || !isDeadlocked(latitude, strength)) return [];
  const message = percentagesMessage(service.serviceName ?? '', strength, latitude);
  return [
    blocker('PERCENTAGES_ALLOW_NOTHING', message, { inferred: true, latitude, serviceArn: service.serviceArn ?? null }),
  ];
}

/** This many failures are a pattern. */
const FAILURES_TO_REPORT = 2;

/**
 * A service at its floor keeps its tasks until another one is healthy, and the tasks that it starts do not become
 * healthy.
 */
function failureBlockers(service: Service, tasks: readonly Task[], now: number): Blocker[] {
  const { healthyFloor, minimumHealthyPercent, desiredCount } = latitudeOf(service);
  const healthy = tasks.filter((task) => isHealthy(task, now)).length;
  const failing = service.deployments?.some(
    ({ status, failedTasks = 0 }) => status === 'PRIMARY' && failedTasks >= FAILURES_TO_REPORT,
  );
  const exited = exitsThatGoOn(tasks, now);
  if ((failing !== true && exited.length === 0) || healthyFloor === 0 || healthy > healthyFloor) return [];
  // The text omits the number of failures, or each failure would be a change.
  const floor = `minimumHealthyPercent ${minimumHealthyPercent} of ${desiredCount} keeps ${healthyFloor} healthy (${healthy} are)`;
  const name = `${service.serviceName ?? ''}: ${floor}, and the tasks that it starts`;
  const serviceArn = service.serviceArn ?? null;
  if (failing === true) return [blocker('TASKS_KEEP_FAILING', `${name} keep failing`, { inferred: true, serviceArn })];
  const taskArns = exited.flatMap(({ taskArn }) => taskArn ?? []).slice(0, 10);
  return [blocker('TASKS_KEEP_EXITING', `${name} run and exit`, { inferred: true, serviceArn, taskArns })];
}
