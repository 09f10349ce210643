import type { Service } from '@aws-sdk/client-ecs';
import { lastPart } from '../arithmetic.ts';
import { counted } from '../duration.ts';
import type { TopicSpec } from '../news.ts';
import { bareMessage, inOrder, SeenEvents, type TimedEvent } from '../service-events.ts';
import type { LiveSession } from '../session.ts';
import { isClusterGone } from './cluster-gone.ts';
import { readServices } from './deployments-feed.ts';
import type { ServiceTarget } from './service-events.ts';

/** An event, and whose it is. */
export interface ClusterEvent extends TimedEvent {
  readonly service: ServiceTarget;
}

export interface ClusterEventsProgress {
  readonly clusterArn: string;
  readonly events: readonly ClusterEvent[];
}

interface State {
  /** The latest of all services, oldest first. */
  readonly events: readonly ClusterEvent[];
  /** What was told, by service: ECS's hundred of each. */
  readonly seen: ReadonlyMap<string, SeenEvents>;
}

const MOST_EVENTS = 500;

/** Tells the events of all services of a cluster in one stream, in the order of their time, none twice. */
export function clusterEventsTopic(
  scope: string,
  clusterArn: string,
): TopicSpec<LiveSession, State, readonly Service[], ClusterEventsProgress> {
  const tell = (events: readonly ClusterEvent[], summary: string, outcome: string | null = null) => ({
    body: { clusterArn, events },
    changes: events.map(({ eventId, message }) => ({ field: `event/${eventId}`, before: null, after: message })),
    summary,
    outcome,
    mark: events.at(-1)?.eventId,
  });
  return {
    key: `clusterEvents ${scope} ${clusterArn}`,
    group: `${scope} ${clusterArn}`,
    read: (session) => readServices(session, clusterArn),
    step(state, services) {
      const seen = new Map(state?.seen);
      const fresh: ClusterEvent[] = [];
      for (const { serviceArn = '', serviceName = '', events } of services) {
        const told = (state?.seen.get(serviceArn) ?? new SeenEvents()).after(inOrder(events));
        seen.set(serviceArn, told.seen);
        fresh.push(...told.fresh.map((event) => ({ ...event, service: { clusterArn, serviceArn, serviceName } })));
      }
      fresh.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
      const events = [...(state?.events ?? []), ...fresh].slice(-MOST_EVENTS);
      return { state: { events, seen }, news: fresh.map((event) => tell([event], line(event))) };
    },
    whole({ events }) {
      const latest = events.at(-1);
      return { ...tell(events, latest === undefined ? 'no events yet' : line(latest)), changes: [] };
    },
    since({ events }, mark) {
      const index = events.findIndex(({ eventId }) => eventId === mark);
      if (index < 0) return undefined;
      const missed = events.slice(index + 1);
      return {
        ...tell(missed, `${lastPart(clusterArn)}: ${counted(missed.length, 'event')} since`),
        mark: missed.at(-1)?.eventId ?? mark,
      };
    },
    aside: ({ events }) => ({
      ...tell([], lastPart(clusterArn)),
      mark: events.at(-1)?.eventId,
    }),
    gone: (error) =>
      isClusterGone(error) ? tell([], `${lastPart(clusterArn)}: the cluster is gone`, 'CLUSTER_DELETED') : undefined,
    pulse: () => 'quiet',
    joinBodies: (earlier, later) => ({ ...later, events: [...earlier.events, ...later.events] }),
    timedOut: () => tell([], `${lastPart(clusterArn)}: the time allowed is over`, 'TIMED_OUT'),
  };
}

function line({ service, message }: ClusterEvent): string {
  return `${service.serviceName}: ${bareMessage(message)}`;
}
