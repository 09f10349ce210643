import type { Service } from '@aws-sdk/client-ecs';
import { isClusterGone } from '../core/cluster-gone.ts';
import type { LiveSession } from '../core/create-hub.ts';
import { lastPart } from '../core/deployment-bounds.ts';
import { counted } from '../core/duration.ts';
import { bareMessage, eventsAfter, inOrder, type TimedEvent } from '../core/service-events.ts';
import { wokenByCluster } from '../core/woken-by.ts';
import type { TopicSpec } from '../topic/topic-spec.ts';
import { readServices } from './deployments-feed.ts';
import { readEventsMark, writeEventsMark } from './events-mark.ts';
import type { ServiceTarget } from './service-events-topic.ts';

/** An event and its service. */
export interface ClusterEvent extends TimedEvent {
  readonly service: ServiceTarget;
}

export interface ClusterEventsProgress {
  readonly clusterArn: string;
  readonly events: readonly ClusterEvent[];
}

interface State {
  /** The latest events of all services, oldest first. */
  readonly events: readonly ClusterEvent[];
  /** The ids of reported events by service: ECS's latest hundred of each. */
  readonly seen: ReadonlyMap<string, ReadonlySet<string>>;
  /** Every event after this time is in the list. */
  readonly completeSince: number;
}

const MOST_EVENTS = 500;
/** The number of events that ECS shows of a service. There may be older ones. */
const MOST_SHOWN = 100;

/** Emits the events of all services of a cluster in one stream, in order of time, without duplicates. */
export function clusterEventsTopic(
  scope: string,
  clusterArn: string,
): TopicSpec<LiveSession, State, readonly Service[], ClusterEventsProgress> {
  const toUpdate = (
    events: readonly ClusterEvent[],
    reported: readonly ClusterEvent[],
    summary: string,
    outcome: string | null = null,
  ) => ({
    body: { clusterArn, events },
    changes: events.map(({ eventId, message }) => ({ field: `event/${eventId}`, before: null, after: message })),
    summary,
    outcome,
    mark: writeEventsMark(reported),
  });
  return {
    key: `clusterEvents ${scope} ${clusterArn}`,
    group: `${scope} ${clusterArn}`,
    wakes: wokenByCluster(clusterArn),
    read: (session) => readServices(session, clusterArn),
    step(state, services) {
      const seen = new Map(state?.seen);
      const fresh: ClusterEvent[] = [];
      let { completeSince } = state ?? { completeSince: 0 };
      for (const { serviceArn = '', serviceName = '', events: shown } of services) {
        const reported = eventsAfter(state?.seen.get(serviceArn) ?? new Set(), inOrder(shown));
        seen.set(serviceArn, reported.seen);
        fresh.push(...reported.fresh.map((event) => ({ ...event, service: { clusterArn, serviceArn, serviceName } })));
        // All shown events are new, so there may have been others in between.
        const [oldest] = reported.fresh.length >= MOST_SHOWN ? reported.fresh : [];
        completeSince = Math.max(completeSince, oldest?.createdAt.getTime() ?? 0);
      }
      fresh.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
      const before = state?.events ?? [];
      const all = [...before, ...fresh];
      const events = all.slice(-MOST_EVENTS);
      for (const { createdAt } of all.slice(0, -MOST_EVENTS))
        completeSince = Math.max(completeSince, createdAt.getTime());
      const reportedWith = (index: number) => all.slice(0, before.length + index + 1).slice(-MOST_EVENTS);
      const news = state === undefined ? [] : fresh.map((event, i) => toUpdate([event], reportedWith(i), line(event)));
      return { state: { events, seen, completeSince }, news };
    },
    whole({ events }) {
      const latest = events.at(-1);
      return { ...toUpdate(events, events, latest === undefined ? 'no events yet' : line(latest)), changes: [] };
    },
    since({ events, completeSince }, text) {
      const missed = missedSince(events, completeSince, text);
      if (missed === undefined) return undefined;
      return toUpdate(missed, events, `${lastPart(clusterArn)}: ${counted(missed.length, 'event')} since`);
    },
    aside: ({ events }) => toUpdate([], events, lastPart(clusterArn)),
    gone: (error) =>
      isClusterGone(error)
        ? toUpdate([], [], `${lastPart(clusterArn)}: the cluster is gone`, 'CLUSTER_DELETED')
        : undefined,
    pulse: () => 'quiet',
    weigh: ({ events }) => events.length,
    joinBodies: (earlier, later) => ({ ...later, events: [...earlier.events, ...later.events] }),
    timedOut: ({ events }) => toUpdate([], events, `${lastPart(clusterArn)}: the time allowed is over`, 'TIMED_OUT'),
  };
}

/** Undefined if some of the missed events may no longer be known. */
function missedSince(
  events: readonly ClusterEvent[],
  completeSince: number,
  text: string,
): readonly ClusterEvent[] | undefined {
  const mark = readEventsMark(text);
  if (mark !== undefined)
    return completeSince > mark.from ? undefined : events.filter((event) => !mark.isReported(event));
  // An old cursor contains the id of the last reported event.
  const index = events.findIndex(({ eventId }) => eventId === text);
  return index < 0 ? undefined : events.slice(index + 1);
}

function line({ service, message }: ClusterEvent): string {
  return `${service.serviceName}: ${bareMessage(message)}`;
}
