import type { Service } from '@aws-sdk/client-ecs';
import type { LiveSession } from '../core/create-hub.ts';
import { lastPart } from '../core/deployment-bounds.ts';
import { counted } from '../core/duration.ts';
import { bareMessage, eventsAfter, inOrder, type TimedEvent } from '../core/service-events.ts';
import { wokenByService } from '../core/woken-by.ts';
import { ABSENCES_TO_BELIEVE } from '../topic/look-failures.ts';
import type { TopicSpec, Update } from '../topic/topic-spec.ts';

/** The service whose events are followed. */
export interface ServiceTarget {
  readonly clusterArn: string;
  readonly serviceArn: string;
  readonly serviceName: string;
}

/** Events of a service, oldest first: all that ECS still shows in a snapshot, then the new ones. */
export interface ServiceEventsProgress {
  readonly target: ServiceTarget;
  readonly events: readonly TimedEvent[];
}

interface State {
  readonly events: readonly TimedEvent[];
  /** The ids of reported events. */
  readonly seen: ReadonlySet<string>;
  /** When the service was created: a later one of the same name is another service. */
  readonly createdAt: Date | undefined;
  readonly absences: number;
  readonly isGone: boolean;
}

/** Emits each event of a service once, in order, until the service is gone. */
export function serviceEventsTopic(
  scope: string,
  target: ServiceTarget,
): TopicSpec<LiveSession, State, Service | null, ServiceEventsProgress> {
  const toUpdate = (events: readonly TimedEvent[], summary: string, outcome: string | null = null) => ({
    body: { target, events },
    changes: events.map(({ eventId, message }) => ({ field: `event/${eventId}`, before: null, after: message })),
    summary,
    outcome,
    mark: markAfter(events),
  });
  const goneLine = `${target.serviceName}: the service is gone`;

  return {
    key: `serviceEvents ${scope} ${target.serviceArn}`,
    group: `${scope} ${target.clusterArn}`,
    wakes: wokenByService(target),

    read: ({ loaders }) =>
      loaders.of('Service').load({ id: target.serviceName, cluster: lastPart(target.clusterArn), members: ['events'] }),

    step(state, service) {
      const absences = service === null && state !== undefined ? state.absences + 1 : 0;
      const createdAt = state?.createdAt ?? service?.createdAt;
      const isAnother = isLater(service?.createdAt, createdAt);
      const isGone = isAnother || (service === null ? absences >= ABSENCES_TO_BELIEVE : service.status === 'INACTIVE');
      const { fresh, seen } = eventsAfter(state?.seen ?? new Set(), isAnother ? [] : inOrder(service?.events));
      const events = [...(state?.events ?? []), ...fresh].slice(-MOST_EVENTS);
      const news: Update<ServiceEventsProgress>[] = fresh.map((event) => toUpdate([event], line(target, event)));
      if (isGone) news.push(toUpdate([], goneLine, 'SERVICE_DELETED'));
      return { state: { events, seen, createdAt, absences, isGone }, news };
    },

    whole({ events, isGone }) {
      const latest = events.at(-1);
      const summary = latest === undefined ? `${target.serviceName}: no events yet` : line(target, latest);
      return { ...toUpdate(events, isGone ? goneLine : summary, isGone ? 'SERVICE_DELETED' : null), changes: [] };
    },

    since({ events, isGone }, mark) {
      const index = mark === NONE_YET ? -1 : events.findIndex(({ eventId }) => eventId === mark);
      const isLost = mark === NONE_YET ? events.length >= MOST_EVENTS : index < 0;
      if (isLost || isGone) return undefined;
      const missed = events.slice(index + 1);
      return {
        ...toUpdate(missed, `${target.serviceName}: ${counted(missed.length, 'event')} since`),
        mark: missed.at(-1)?.eventId ?? mark,
      };
    },

    aside: ({ events }) => ({ ...toUpdate([], target.serviceName), mark: markAfter(events) }),
    pulse: () => 'quiet',
    weigh: ({ events }) => events.length,
    joinBodies: (earlier, later) => ({ ...later, events: [...earlier.events, ...later.events] }),
    timedOut: ({ events }) => ({
      ...toUpdate([], `${target.serviceName}: the time allowed is over`, 'TIMED_OUT'),
      mark: markAfter(events),
    }),
  };
}

function isLater(date: Date | undefined, than: Date | undefined): boolean {
  return date !== undefined && than !== undefined && date.getTime() > than.getTime();
}

/** The mark after these events, oldest first. */
export function markAfter(events: readonly Pick<TimedEvent, 'eventId'>[]): string {
  return events.at(-1)?.eventId ?? NONE_YET;
}

/** The mark of a stream without any event. */
const NONE_YET = 'none';

/** As many as ECS shows. */
const MOST_EVENTS = 100;

function line({ serviceName }: ServiceTarget, { message }: TimedEvent): string {
  return `${serviceName}: ${bareMessage(message)}`;
}
