import type { Service } from '@aws-sdk/client-ecs';
import type { Latitude } from './deployment-bounds.ts';
import { counted } from './duration.ts';
import { bareMessage, inOrder, type ServiceEventTopic, type TimedEvent, topicOfEvent } from './service-events.ts';

/** Why a deployment or a drain makes no progress. */
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

/** One cause that blocks progress, with its details. */
export interface Blocker {
  readonly reason: BlockReason;
  /** Our own text, with ECS's message if there is one. */
  readonly message: string;
  /** True if it was inferred, not reported by ECS. */
  readonly inferred: boolean;
  readonly since: Date | null;
  readonly serviceArn: string | null;
  readonly taskArns: readonly string[];
  /** The percentages behind it, for PERCENTAGES_ALLOW_NOTHING. */
  readonly latitude: Latitude | null;
}

export function blocker(reason: BlockReason, message: string, more: Partial<Blocker> = {}): Blocker {
  return { inferred: false, since: null, serviceArn: null, taskArns: [], latitude: null, ...more, reason, message };
}

/** Topics of events that still hold until an event of a topic in `until` follows. */
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

/** Blockers that the service's events report, from the given time on. */
export function eventBlockers(service: Service, from: Date | undefined): Blocker[] {
  const latest = new Map<ServiceEventTopic, { readonly event: TimedEvent; readonly index: number }>();
  const events = inOrder(service.events).filter((event) => from === undefined || event.createdAt >= from);
  events.forEach((event, index) => {
    latest.set(topicOfEvent(event.message), { event, index });
  });
  return STANDING.flatMap(([topic, reason, until]) => {
    const known = latest.get(topic);
    if (known === undefined || until.some((over) => (latest.get(over)?.index ?? -1) > known.index)) return [];
    const { message, createdAt } = known.event;
    const words = `${service.serviceName ?? 'the service'} ${bareMessage(message)}`;
    return [blocker(reason, words, { since: createdAt, serviceArn: service.serviceArn ?? null })];
  });
}

/** The counts that a rolling deployment or a drain must work with. */
export interface Strength {
  readonly running: number;
  readonly healthy: number;
  /** Tasks that are starting or running: all that the ceiling counts. */
  readonly active: number;
}

/** Whether the percentages allow neither a stop nor a start. */
export function isDeadlocked(latitude: Latitude, { healthy, active }: Strength): boolean {
  return active >= latitude.taskCeiling && healthy <= latitude.healthyFloor && active > 0;
}

/** The first blocker for a summary line, and the number of others. */
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

/** One blocker for each reason: ECS's own, then the inferred one, which says more about the cause. */
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
