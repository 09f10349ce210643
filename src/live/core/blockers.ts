import type { Service } from '@aws-sdk/client-ecs';
import type { Latitude } from './deployment-bounds.ts';
import { counted } from './duration.ts';
import { bareMessage, inOrder, type ServiceEventTopic, type TimedEvent, topicOfEvent } from './service-events.ts';

/** Why a deployment or a drain stands still. */
export type BlockReason =
  | 'PERCENTAGES_ALLOW_NOTHING'
  | 'NO_CAPACITY'
  | 'TASKS_KEEP_FAILING'
  | 'TASKS_KEEP_EXITING'
  | 'TASKS_UNHEALTHY'
  | 'TASK_CONFIGURATION_FAILURE'
  | 'HEALTH_UNKNOWN'
  | 'AWAITING_HOOK'
  | 'STANDALONE_TASKS'
  | 'PROTECTED_TASKS'
  | 'SERVICE_THROTTLED';

/** One thing that stands in the way, and what can be said about it. */
export interface Blocker {
  readonly reason: BlockReason;
  /** In our words, with ECS's own where it said something. */
  readonly message: string;
  /** True where ECS does not say so and we concluded it. */
  readonly inferred: boolean;
  readonly since: Date | null;
  readonly serviceArn: string | null;
  readonly taskArns: readonly string[];
  /** The arithmetic, for PERCENTAGES_ALLOW_NOTHING. */
  readonly latitude: Latitude | null;
}

export function blocker(reason: BlockReason, message: string, more: Partial<Blocker> = {}): Blocker {
  return { inferred: false, since: null, serviceArn: null, taskArns: [], latitude: null, ...more, reason, message };
}

/** An event that is still true unless one of the topics in `until` came after it. */
const STANDING: readonly (readonly [ServiceEventTopic, BlockReason, readonly ServiceEventTopic[]])[] = [
  ['CONFIGURATION_BLOCKS', 'PERCENTAGES_ALLOW_NOTHING', ['TASKS_STARTED', 'TASKS_STOPPED', 'STEADY_STATE']],
  ['PLACEMENT_FAILED', 'NO_CAPACITY', ['TASKS_STARTED', 'STEADY_STATE']],
  ['LAUNCH_FAILED', 'TASK_CONFIGURATION_FAILURE', ['TASKS_STARTED', 'STEADY_STATE']],
  ['HEALTH_UNKNOWN', 'HEALTH_UNKNOWN', ['TASKS_STARTED', 'TASKS_STOPPED', 'STEADY_STATE']],
  ['START_IMPAIRED', 'TASKS_KEEP_FAILING', ['DEPLOYMENT_COMPLETED', 'STEADY_STATE']],
  ['UNHEALTHY', 'TASKS_UNHEALTHY', ['DEPLOYMENT_COMPLETED', 'STEADY_STATE']],
  ['PROTECTION_BLOCKS', 'PROTECTED_TASKS', ['STEADY_STATE']],
  ['THROTTLED', 'SERVICE_THROTTLED', ['TASKS_STARTED', 'TASKS_STOPPED', 'STEADY_STATE']],
];

/** What the service's own events say is in the way, from the given moment on. */
export function eventBlockers(service: Service, from: Date | undefined): Blocker[] {
  const latest = new Map<ServiceEventTopic, { readonly event: TimedEvent; readonly index: number }>();
  const events = inOrder(service.events).filter((event) => from === undefined || event.createdAt >= from);
  events.forEach((event, index) => {
    latest.set(topicOfEvent(event.message), { event, index });
  });
  return STANDING.flatMap(([topic, reason, until]) => {
    const told = latest.get(topic);
    if (told === undefined || until.some((over) => (latest.get(over)?.index ?? -1) > told.index)) return [];
    const { message, createdAt } = told.event;
    const words = `${service.serviceName ?? 'the service'} ${bareMessage(message)}`;
    return [blocker(reason, words, { since: createdAt, serviceArn: service.serviceArn ?? null })];
  });
}

/** Counts with which a rolling deployment, or a drain, has to get by. */
export interface Strength {
  readonly running: number;
  readonly healthy: number;
  /** Started, or starting: all that the ceiling counts. */
  readonly active: number;
}

/** Whether the percentages allow neither a stop nor a start. */
export function isDeadlocked(latitude: Latitude, { healthy, active }: Strength): boolean {
  return active >= latitude.taskCeiling && healthy <= latitude.healthyFloor && active > 0;
}

/** The first blocker in a summary line, and how many more there are. */
export function blockedWords(blockers: readonly Blocker[]): string {
  const [first] = blockers;
  if (first === undefined) return '';
  return `; blocked: ${first.message}${blockers.length > 1 ? ` (and ${blockers.length - 1} more)` : ''}`;
}

export function percentagesMessage(name: string, { healthy, active }: Strength, latitude: Latitude): string {
  const { minimumHealthyPercent, maximumPercent, healthyFloor, taskCeiling, desiredCount } = latitude;
  return (
    `${name}: with ${counted(desiredCount, 'task')} desired, minimumHealthyPercent ${minimumHealthyPercent} keeps ${healthyFloor} healthy ` +
    `(${healthy} are) and maximumPercent ${maximumPercent} allows ${taskCeiling} (${active} run or start): ECS may neither stop nor start one`
  );
}

/** One blocker a reason: what ECS said, then what we concluded, which says more about the cause. */
export function distinctBlockers(blockers: readonly Blocker[]): Blocker[] {
  const byReason = new Map<string, Blocker>();
  for (const candidate of blockers) {
    const key = `${candidate.reason} ${candidate.serviceArn ?? ''}`;
    const known = byReason.get(key);
    if (known === undefined) byReason.set(key, candidate);
    else
      byReason.set(key, {
        ...known,
        message: `${known.message.replace(/\.$/, '')}; ${candidate.message}`,
        taskArns: known.taskArns.length > 0 ? known.taskArns : candidate.taskArns,
        latitude: known.latitude ?? candidate.latitude,
      });
  }
  return [...byReason.values()];
}
