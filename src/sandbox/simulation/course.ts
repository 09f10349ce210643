import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { TaskBefore, TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { countTasks } from '../render/count.ts';
import { totalOf } from '../services/task-census.ts';
import { isUp } from '../store/task-statuses.ts';

/** The counts of a service on the way. */
export interface ServiceCounts {
  readonly running: number;
  readonly healthy: number;
  /** RUNNING or starting. */
  readonly up: number;
}

export interface ServiceCourse {
  readonly before: ServiceCounts;
  /** Kept up to date with each change of a task. */
  running: number;
  up: number;
  /** At the time of the last count. */
  healthy: number;
  countedAt: number;
  lowestRunning: number;
  lowestHealthy: number;
  highestUp: number;
}

/** The events of a task, in milliseconds after the change. */
export interface TaskCourse {
  readonly task: TaskRecord;
  readonly isNew: boolean;
  placedAt: number | undefined;
  runningAt: number | undefined;
  stoppedAt: number | undefined;
}

function countsOf(world: World, service: ServiceRecord): ServiceCounts {
  const { running } = countTasks(service.tasks);
  let up = 0;
  for (const task of service.tasks) if (isUp(task)) up += 1;
  return { running, up, healthy: totalOf(world, [...service.deployments, ...service.taskSets.values()]).healthy };
}

/**
 * How often healthy tasks are counted, at least: to count the tasks of a large service with each of their changes would take most
 * of the time.
 */
const COUNT_EVERY = 1_000;

/** Records the events of a world from now on. */
export class Course {
  readonly #world: World;
  readonly #from: number;
  readonly #touched = new Set<ServiceRecord>();
  readonly #hasLost = new Set<ServiceRecord>();
  readonly services = new Map<ServiceRecord, ServiceCourse>();
  readonly tasks = new Map<TaskRecord, TaskCourse>();
  readonly newInstances: InstanceRecord[] = [];
  /** When something last came nearer to an end: a task left, or a service had more healthy tasks than before. */
  lastProgressAt: number;

  /** @param concerned the services whose course is of interest */
  constructor(world: World, concerned: Iterable<ServiceRecord>) {
    this.#world = world;
    this.#from = world.clock.now();
    this.lastProgressAt = this.#from;
    for (const service of concerned) {
      const before = countsOf(world, service);
      const { running, healthy, up } = before;
      const lows = { lowestRunning: running, lowestHealthy: healthy, highestUp: up };
      this.services.set(service, { before, running, up, healthy, countedAt: this.#from, ...lows });
    }
    world.observers.push({
      onTask: (task, before) => this.#onTask(task, before),
      onInstance: (instance, before) => {
        if (before === undefined) this.newInstances.push(instance);
      },
      onRecord: (record) => {
        if (record.kind === 'deployment' || record.kind === 'serviceDeployment') this.#touched.add(record.service);
      },
    });
  }

  get elapsed(): number {
    return this.#world.clock.now() - this.#from;
  }

  /** The counts now; of healthy tasks, those of a second ago at most. */
  current(service: ServiceRecord): ServiceCounts {
    const course = this.services.get(service);
    if (course === undefined) return countsOf(this.#world, service);
    if (this.#world.clock.now() - course.countedAt >= COUNT_EVERY) this.#countHealthy(service, course);
    const { running, up, healthy } = course;
    return { running, up, healthy };
  }

  /** Takes the counts of the services to which something has just happened. */
  count(): void {
    const now = this.#world.clock.now();
    for (const service of this.#touched) {
      const course = this.services.get(service);
      if (course === undefined) continue;
      course.lowestRunning = Math.min(course.lowestRunning, course.running);
      course.highestUp = Math.max(course.highestUp, course.up);
      if (this.#hasLost.has(service) || now - course.countedAt >= COUNT_EVERY) this.#countHealthy(service, course);
    }
    this.#touched.clear();
    this.#hasLost.clear();
  }

  #countHealthy(service: ServiceRecord, course: ServiceCourse): void {
    const { healthy } = totalOf(this.#world, [...service.deployments, ...service.taskSets.values()]);
    if (healthy > course.healthy) this.lastProgressAt = this.#world.clock.now();
    course.healthy = healthy;
    course.countedAt = this.#world.clock.now();
    course.lowestHealthy = Math.min(course.lowestHealthy, healthy);
  }

  /** A task that ran is to stop, or fails its checks: the lowest count may be now. */
  #follow(service: ServiceRecord, task: TaskRecord, before: TaskBefore | undefined): void {
    const course = this.services.get(service);
    if (course === undefined) return;
    this.#touched.add(service);
    course.up += Number(isUp(task)) - Number(before !== undefined && isUp(before));
    course.running += Number(task.lastStatus === 'RUNNING') - Number(before?.lastStatus === 'RUNNING');
    const hasRun = before?.lastStatus === 'RUNNING' && before.desiredStatus === 'RUNNING';
    const isFine =
      task.lastStatus === 'RUNNING' && task.desiredStatus === 'RUNNING' && task.healthStatus !== 'UNHEALTHY';
    if (hasRun && !isFine) this.#hasLost.add(service);
  }

  #onTask(task: TaskRecord, before: TaskBefore | undefined): void {
    const { service, lastStatus } = task;
    if (service !== undefined) this.#follow(service, task, before);
    const hasMoved = before?.lastStatus !== lastStatus || before?.desiredStatus !== task.desiredStatus;
    if (!hasMoved && before?.instance === task.instance) return;
    const course = this.tasks.get(task) ?? {
      task,
      isNew: before === undefined,
      placedAt: undefined,
      runningAt: undefined,
      stoppedAt: undefined,
    };
    this.tasks.set(task, course);
    const isPlaced = task.instance !== undefined || task.launchType === 'FARGATE';
    if (course.isNew && isPlaced) course.placedAt ??= this.elapsed;
    if (lastStatus === 'RUNNING' && task.desiredStatus === 'RUNNING') course.runningAt ??= this.elapsed;
    if (lastStatus !== 'STOPPED') return;
    course.stoppedAt ??= this.elapsed;
    const isConcerned = service === undefined || this.services.has(service);
    if (!course.isNew && isConcerned) this.lastProgressAt = this.#world.clock.now();
  }
}
