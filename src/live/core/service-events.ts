import type { ServiceEvent } from '@aws-sdk/client-ecs';

/** A service event with the members that the feed needs. */
export interface TimedEvent {
  readonly eventId: string;
  readonly createdAt: Date;
  readonly message: string;
}

/** The topic of a service event, read from its text because ECS has no code for it. OTHER is any unknown text. */
export type ServiceEventTopic =
  | 'STEADY_STATE'
  | 'TASKS_STARTED'
  | 'TASKS_STOPPED'
  | 'UNHEALTHY'
  | 'DEPLOYMENT_COMPLETED'
  | 'DEPLOYMENT_FAILED'
  | 'ROLLING_BACK'
  | 'PLACEMENT_FAILED'
  | 'START_IMPAIRED'
  | 'LAUNCH_FAILED'
  | 'HEALTH_UNKNOWN'
  | 'CONFIGURATION_BLOCKS'
  | 'PROTECTION_BLOCKS'
  | 'THROTTLED'
  | 'TARGETS'
  | 'REBALANCING'
  | 'OTHER';

/** Order matters: the first matching pattern decides. */
const TOPICS: readonly (readonly [ServiceEventTopic, RegExp])[] = [
  ['PROTECTION_BLOCKS', /protected tasks/],
  ['STEADY_STATE', /has reached a steady state/],
  ['DEPLOYMENT_COMPLETED', /deployment completed/],
  ['DEPLOYMENT_FAILED', /deployment failed/],
  ['ROLLING_BACK', /rolling back to/],
  ['CONFIGURATION_BLOCKS', /unable to stop or start tasks during a deployment/],
  ['START_IMPAIRED', /unable to consistently start tasks/],
  ['LAUNCH_FAILED', /failed to launch a task with/],
  ['HEALTH_UNKNOWN', /unable to describe the health/],
  ['PLACEMENT_FAILED', /unable to place (a task|tasks)|could not launch \d+ tasks?/],
  ['THROTTLED', /operations are being throttled/],
  ['UNHEALTHY', /failed container health checks|is unhealthy in|due to an unhealthy status/],
  ['TASKS_STARTED', /has started \d+ tasks?/],
  ['TASKS_STOPPED', /has stopped \d+ running tasks?/],
  ['REBALANCING', /AZ balanced|AZ Rebalancing/i],
  ['TARGETS', /(de)?registered \d+ targets?|draining connections/],
];

export function topicOfEvent(message: string): ServiceEventTopic {
  return TOPICS.find(([, pattern]) => pattern.test(message))?.[0] ?? 'OTHER';
}

/** Complete events only, oldest first. ECS sends them newest first; simultaneous events keep ECS's order. */
export function inOrder(events: readonly ServiceEvent[] | undefined): TimedEvent[] {
  const whole: TimedEvent[] = [];
  for (const { id, createdAt, message } of events ?? []) {
    if (id !== undefined && createdAt !== undefined) whole.unshift({ eventId: id, createdAt, message: message ?? '' });
  }
  return whole.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
}

/**
 * The new events in order, and the ids of reported events that include them. ECS shows the latest hundred, so older ids
 * can be forgotten. A stale answer contains no new events.
 */
export function eventsAfter(
  seen: ReadonlySet<string>,
  events: readonly TimedEvent[],
): { readonly fresh: TimedEvent[]; readonly seen: ReadonlySet<string> } {
  const fresh = events.filter(({ eventId }) => !seen.has(eventId));
  if (fresh.length === 0) return { fresh, seen };
  const kept = [...seen].slice(-MOST_REMEMBERED);
  return { fresh, seen: new Set([...kept, ...fresh.map(({ eventId }) => eventId)]) };
}

const MOST_REMEMBERED = 1_000;

/** ECS's message without its leading `(service web)`, which the summary already shows. */
export function bareMessage(message: string): string {
  return message.replace(/^\(service [^)]*\)\s*/, '');
}
