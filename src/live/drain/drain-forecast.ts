import type { ContainerInstance, Service, Task, TaskDefinition } from '@aws-sdk/client-ecs';
import { type Blocker, blocker, distinctBlockers, isDeadlocked, percentagesMessage } from '../core/blockers.ts';
import { isHealthy, isStopped, latitudeOf } from '../core/deployment-bounds.ts';
import { counted } from '../core/duration.ts';
import { type DrainTaskKind, kindOf, serviceNameOf } from '../core/task-owner.ts';
import { blockingTasks, protectedTasks } from './drain-blockers.ts';
import { fits, type Need, needOf, occupy, type Room, roomOf } from './instance-capacity.ts';

/** The fate of a task in a drain. */
export type TaskFate =
  /** Replaced elsewhere, then stopped. */
  | 'WOULD_MOVE'
  /** Stopped. A daemon runs once on each instance and is not replaced. */
  | 'WOULD_STOP'
  /** Not touched, because it belongs to no service. */
  | 'WOULD_STAY'
  /** Its service's percentages allow neither a stop nor a start. */
  | 'BLOCKED'
  /** No other instance has room for its replacement. */
  | 'NO_ROOM';

export interface TaskForecast {
  readonly task: Task;
  readonly kind: DrainTaskKind;
  readonly fate: TaskFate;
  /** Null if the protection cannot be read. */
  readonly isProtected: boolean | null;
  /** An instance with room. ECS may choose another. */
  readonly roomOnArn: string | null;
}

export interface DrainForecast {
  readonly clusterArn: string;
  readonly tasks: readonly TaskForecast[];
  readonly movingTaskCount: number;
  readonly stayingTaskCount: number;
  readonly blockedTaskCount: number;
  /** Whether every task that must move has room elsewhere. */
  readonly hasRoom: boolean;
  readonly blockedBy: readonly Blocker[];
  /** Rules that were not evaluated: placement rules, and protection that cannot be read. */
  readonly notEvaluated: readonly string[];
  readonly summary: string;
}

/** The inputs of a forecast. */
export interface ForecastInput {
  readonly clusterArn: string;
  readonly drainArns: readonly string[];
  /** Every instance of the cluster. */
  readonly instances: readonly ContainerInstance[];
  readonly tasks: readonly Task[];
  readonly services: readonly Service[];
  readonly serviceTasks: readonly Task[];
  readonly taskDefinitions: ReadonlyMap<string, TaskDefinition>;
  /** Null if the gateway may not read the protection. */
  readonly protectedTaskArns: ReadonlySet<string> | null;
}

/** Forecasts a drain of the instances at this moment. Nothing is changed. */
export function forecastDrain(input: ForecastInput, now: number): DrainForecast {
  const draining = new Set(input.drainArns);
  const rooms = input.instances
    .filter(
      (instance) =>
        !draining.has(instance.containerInstanceArn ?? '') &&
        instance.status === 'ACTIVE' &&
        instance.agentConnected !== false,
    )
    .map((instance) => roomOf(instance, input.serviceTasks));
  const blocked = new Set(
    input.services
      .filter((service) => isBlocked(service, input.serviceTasks, now))
      .map(({ serviceName }) => serviceName),
  );
  const leaving = input.tasks.filter((task) => draining.has(task.containerInstanceArn ?? '') && !isStopped(task));
  // Largest first, as in manual packing: a task that finds no room then would rarely find it in another order.
  const sized = leaving
    .map((task) => ({ task, need: needOf(task, input) }))
    .sort((a, b) => b.need.memory - a.need.memory);
  const tasks = sized.map(({ task, need }) => forecastTask(input, task, need, rooms, blocked));
  const count = (...fates: TaskFate[]) => tasks.filter(({ fate }) => fates.includes(fate)).length;
  const movingTaskCount = count('WOULD_MOVE');
  const stayingTaskCount = count('WOULD_STAY');
  const hasRoom = count('NO_ROOM') === 0;
  const blockedBy = blockersOf(input, tasks, now);
  const parts = [
    `${movingTaskCount} would move`,
    ...(count('WOULD_STOP') > 0 ? [`${counted(count('WOULD_STOP'), 'daemon task')} would stop`] : []),
    ...(stayingTaskCount > 0 ? [`${stayingTaskCount} would stay (standalone)`] : []),
    ...(count('NO_ROOM') > 0 ? [`${count('NO_ROOM')} would find no room`] : []),
    ...(count('BLOCKED') > 0 ? [`${count('BLOCKED')} blocked by percentages`] : []),
  ];
  return {
    clusterArn: input.clusterArn,
    tasks,
    movingTaskCount,
    stayingTaskCount,
    blockedTaskCount: count('BLOCKED', 'NO_ROOM'),
    hasRoom,
    blockedBy,
    notEvaluated: notEvaluated(input),
    summary: `${counted(input.drainArns.length, 'instance')}, ${counted(tasks.length, 'task')}: ${parts.join(', ')}`,
  };
}

function forecastTask(
  input: ForecastInput,
  task: Task,
  need: Need,
  rooms: Room[],
  blocked: ReadonlySet<string | undefined>,
): TaskForecast {
  const kind = kindOf(task, input.services);
  const isProtected = input.protectedTaskArns?.has(task.taskArn ?? '') ?? null;
  const withFate = (fate: TaskFate, roomOnArn: string | null = null): TaskForecast => ({
    task,
    kind,
    fate,
    isProtected,
    roomOnArn,
  });
  if (kind === 'STANDALONE') return withFate('WOULD_STAY');
  if (kind === 'DAEMON') return withFate('WOULD_STOP');
  if (blocked.has(serviceNameOf(task))) return withFate('BLOCKED');
  const room = rooms.find((candidate) => fits(candidate, need));
  if (room === undefined) return withFate('NO_ROOM');
  occupy(room, need);
  return withFate('WOULD_MOVE', room.containerInstanceArn);
}

function strengthOf(service: Service, tasks: readonly Task[], now: number) {
  const own = tasks.filter((task) => serviceNameOf(task) === service.serviceName);
  const active = (service.runningCount ?? 0) + (service.pendingCount ?? 0);
  return { running: service.runningCount ?? 0, healthy: own.filter((task) => isHealthy(task, now)).length, active };
}

/** Judges by the percentages alone, as if all tasks were healthy, which is so when a drain starts. */
function isBlocked(service: Service, tasks: readonly Task[], now: number): boolean {
  const { active } = strengthOf(service, tasks, now);
  return (
    service.schedulingStrategy !== 'DAEMON' &&
    isDeadlocked(latitudeOf(service), { running: active, healthy: active, active })
  );
}

function blockersOf(input: ForecastInput, tasks: readonly TaskForecast[], now: number): Blocker[] {
  const of = (fate: TaskFate) => tasks.filter((forecast) => forecast.fate === fate);
  const [stay, homeless, stuck] = [of('WOULD_STAY'), of('NO_ROOM'), of('BLOCKED')];
  const services = input.services.filter(({ serviceName }) =>
    stuck.some(({ task }) => serviceNameOf(task) === serviceName),
  );
  return distinctBlockers([
    ...blockingTasks('STANDALONE_TASKS', stay, (count) => `${counted(count, 'task')} of no service would stay`, true),
    ...blockingTasks('NO_CAPACITY', homeless, (count) => `no instance has room for ${counted(count, 'task')}`, true),
    ...protectedTasks(tasks),
    ...services.map((service) => {
      const message = percentagesMessage(
        service.serviceName ?? '',
        strengthOf(service, input.serviceTasks, now),
        latitudeOf(service),
      );
      return blocker('PERCENTAGES_ALLOW_NOTHING', message, {
        inferred: true,
        latitude: latitudeOf(service),
        serviceArn: service.serviceArn ?? null,
      });
    }),
  ]);
}

function notEvaluated({ services, taskDefinitions, protectedTaskArns }: ForecastInput): string[] {
  const rules = [
    ...services.flatMap(({ placementConstraints }) => placementConstraints ?? []),
    ...[...taskDefinitions.values()].flatMap(({ placementConstraints }) => placementConstraints ?? []),
  ];
  return [
    ...(protectedTaskArns === null ? ['scale-in protection'] : []),
    ...new Set(rules.flatMap(({ type, expression }) => (type === 'memberOf' ? `memberOf ${expression ?? ''}` : []))),
  ];
}
