import type { ContainerInstance, Service, Task } from '@aws-sdk/client-ecs';
import {
  type Blocker,
  blocker,
  distinctBlockers,
  eventBlockers,
  isDeadlocked,
  percentagesMessage,
} from '../live/core/blockers.ts';
import { isHealthy, isStopping, latitudeOf } from '../live/core/deployment-bounds.ts';
import { counted } from '../live/core/duration.ts';
import { hasFailed, whyStopped } from '../live/core/task-verdict.ts';
import { drainProgress } from '../live/drain/drain-progress.ts';
import { observeDrain } from '../live/drain/drain-snapshot.ts';
import type { Look, SimulationReport } from '../sandbox/simulation/index.ts';
import type { PreviewRequest } from './types.ts';

/** ECS's answers at one moment, in the SDK's shape. */
interface Answers {
  readonly at: number;
  readonly services: readonly Service[];
  readonly tasks: readonly Task[];
  readonly containerInstances: readonly ContainerInstance[];
}

/** The wire has times as epoch seconds. */
function withDates(value: unknown, key = ''): unknown {
  if (typeof value === 'number' && key.endsWith('At')) return new Date(Math.round(value * 1000));
  if (Array.isArray(value)) return value.map((item) => withDates(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withDates(item, name)]));
}

function toAnswers({ at, services, tasks, containerInstances }: Look): Answers {
  return { at, ...(withDates({ services, tasks, containerInstances }) as Omit<Answers, 'at'>) };
}

/**
 * The blockers of a change at the end of its simulation, by the same rules by which `drainProgress` and
 * `deploymentProgress` report it of the real cluster. Empty if it is done.
 */
export function blockersOf(
  { clusterArn, change }: Pick<PreviewRequest, 'clusterArn' | 'change'>,
  report: Pick<SimulationReport, 'outcome' | 'services' | 'begunAt' | 'begun' | 'ended'>,
  protectedUntil: ReadonlyMap<string, number>,
): Blocker[] {
  const { outcome, services, begunAt } = report;
  if (report.ended === undefined) return [];
  const ended = toAnswers(report.ended);
  const begun = report.begun && toAnswers(report.begun);
  if (change.kind === 'drain' && begun !== undefined && outcome !== 'DONE_DEGRADED')
    return [...drainBlockersOf(clusterArn, change.containerInstanceArns, begun, ended, protectedUntil)];
  const whole = new Set(services.filter(({ isWhole }) => isWhole).map(({ serviceArn }) => serviceArn));
  // A deployment is also blocked where its service still has all of its old tasks.
  const isOfOne = change.kind === 'scale' || change.kind === 'deploy';
  const open = ended.services.filter(({ serviceArn = '' }) => isOfOne || !whole.has(serviceArn));
  return distinctBlockers([
    ...open.flatMap((service) => [
      ...eventBlockers(service, new Date(begunAt)),
      ...percentageBlockers(service, ended),
      ...failingBlockers(service, ended.tasks, begunAt),
    ]),
  ]);
}

function drainBlockersOf(
  clusterArn: string,
  containerInstanceArns: readonly string[],
  begun: Answers,
  ended: Answers,
  protectedUntil: ReadonlyMap<string, number>,
): readonly Blocker[] {
  const target = { clusterArn, containerInstanceArns };
  const leaving = new Set(containerInstanceArns);
  const look = ({ at, services, tasks, containerInstances }: Answers) => {
    const isProtected = ({ taskArn = '' }: Task) => (protectedUntil.get(taskArn) ?? 0) > at;
    return {
      instances: containerInstances,
      tasks: tasks.filter((task) => leaving.has(task.containerInstanceArn ?? '')),
      services,
      serviceTasks: tasks.filter(({ group = '' }) => group.startsWith('service:')),
      protectedTaskArns: new Set(tasks.filter(isProtected).flatMap(({ taskArn }) => taskArn ?? [])),
    };
  };
  const before = observeDrain(undefined, target, look(begun), begun.at);
  return drainProgress(observeDrain(before, target, look(ended), ended.at), ended.at).blockedBy;
}

/** The arithmetic behind percentages that let ECS neither stop nor start a task. */
function percentageBlockers(service: Service, { at, tasks }: Answers): Blocker[] {
  const { serviceName = '', serviceArn = '', runningCount = 0, pendingCount = 0, deploymentConfiguration } = service;
  const isRolling =
    (deploymentConfiguration?.strategy ?? 'ROLLING') === 'ROLLING' && (service.deployments ?? []).length > 1;
  const own = tasks.filter(({ group }) => group === `service:${serviceName}`);
  if (!isRolling || service.schedulingStrategy === 'DAEMON' || own.some(isStopping)) return [];
  const latitude = latitudeOf(service);
  const healthy = own.filter((task) => isHealthy(task, at)).length;
  const strength = { running: runningCount, healthy, active: runningCount + pendingCount };
  if (!isDeadlocked(latitude, strength)) return [];
  const message = percentagesMessage(serviceName, strength, latitude);
  return [blocker('PERCENTAGES_ALLOW_NOTHING', message, { inferred: true, serviceArn, latitude })];
}

/** This many failures are a pattern. */
const FAILURES_TO_REPORT = 2;

/** Tasks that the service started since then and that ended by themselves or by their checks. */
function failingBlockers({ serviceName, serviceArn = '' }: Service, tasks: readonly Task[], since: number): Blocker[] {
  const failed = tasks.filter(
    (task) => task.group === `service:${serviceName}` && (task.createdAt?.getTime() ?? 0) >= since && hasFailed(task),
  );
  const [newest] = failed.toReversed();
  if (newest === undefined || failed.length < FAILURES_TO_REPORT) return [];
  const message = `${serviceName}: ${counted(failed.length, 'task')} that it starts would fail: ${whyStopped(newest)}`;
  return [blocker('TASKS_KEEP_FAILING', message, { inferred: true, serviceArn })];
}
