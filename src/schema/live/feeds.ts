import type { FieldMap, ObjectRef } from '@pothos/core';
import { scopeKey } from '../../ecs/core/scope.ts';
import { DEFAULT_STALLS } from '../../live/core/default-timeouts.ts';
import { parseDuration } from '../../live/core/duration.ts';
import type { DeploymentProgress } from '../../live/deployment/deployment-progress.ts';
import type { DrainProgress } from '../../live/drain/drain-progress.ts';
import {
  type ClusterEvent,
  type ClusterEventsProgress,
  clusterEventsTopic,
} from '../../live/feeds/cluster-events-topic.ts';
import { deploymentsFeed } from '../../live/feeds/deployments-feed.ts';
import { drainsFeed } from '../../live/feeds/drains-feed.ts';
import type { FeedItem, FeedKind, FeedProgress } from '../../live/feeds/feed.ts';
import { fleetTopic } from '../../live/feeds/fleet.ts';
import type { LiveEvent } from '../../live/topic/topic-spec.ts';
import type { ComputedTypes } from '../computed/types.ts';
import { clustersArg } from '../connections/page-args.ts';
import type { Types } from '../core/builder.ts';
import type { GraphContext } from '../core/context.ts';
import { badUserInput } from '../core/errors.ts';
import { ownEnum } from '../core/own-enum.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';
import { resolveLink } from '../graph/entity.ts';
import { deploymentEnvelope } from '../links/deployment-envelope.ts';
import { fewClusters } from '../lists/clusters.ts';
import type { ObjectFields } from '../sdk-types/sdk-graph.ts';
import { DRAIN_OPERATIONS } from './drain.ts';
import { followedCluster, followedService } from './followed-before.ts';
import { eventsView, feedView, readableFeed } from './readable-feed.ts';
import { type ArgBuilder, follow, type LiveArgs, liveArgs, type UpdateTypes } from './updates.ts';

const KINDS: Readonly<Record<FeedKind, string>> = {
  ONGOING: 'The deployment or drain was under way already: only in a SNAPSHOT or RESYNC.',
  STARTED: 'The deployment or drain has started.',
  STALLED:
    'The deployment or drain has not moved towards its goal for `stallAfter`. In a SNAPSHOT or RESYNC: it is stalled now.',
  RESUMED: 'The stall is over: the deployment or drain has moved towards its goal.',
  ENDED: 'The deployment or drain is over; `outcome` says how.',
};

const MOST_SERVICES = 200;
/** More items are in progress only when a whole fleet is renewed. */
const MOST_ITEMS = 1_000;
const STALL_AFTER_MS = parseDuration(DEFAULT_STALLS.feed);

/** Adds the subscriptions that last as long as their cluster: `deployments`, `drains` and `clusterEvents`. */
export function addFeeds(graph: EcsGraph, updates: UpdateTypes, { imageReference }: ComputedTypes): void {
  const { builder } = graph;
  const kind = ownEnum(builder, 'FeedKind', 'The kind of a change in a feed.', KINDS);
  const outcome = ownEnum(builder, 'FeedOutcome', 'Why a feed ended that lasts as long as its cluster.', {
    CLUSTER_DELETED: 'The cluster was deleted: nothing can happen in it any more.',
    TIMED_OUT: 'The `timeout` asked for has passed.',
  });

  /** The types of one feed around the progress of its items. */
  function feedUpdate<Progress>(
    noun: string,
    progressType: string,
    outcomeType: string,
    more?: (t: ObjectFields<FeedItem<Progress>>) => FieldMap,
  ): ObjectRef<Types, LiveEvent<FeedProgress<Progress>>> {
    const item = builder.objectRef<FeedItem<Progress>>(`${noun}FeedItem`).implement({
      description: 'One change in a feed.',
      fields: (t) => ({
        ...more?.(t as never),
        kind: t.field({
          type: kind,
          nullable: false,
          description: 'The kind of event.',
          resolve: (source) => source.kind as FeedKind,
        }),
        outcome: t.field({
          type: outcomeType as never,
          description: 'How it ended; null unless `kind` is ENDED.',
          resolve: (source) => (source as FeedItem<Progress>).outcome as never,
        }),
        stalledSince: t.field({
          type: 'DateTime',
          description: 'Since when it has not moved towards its goal. Null unless it is stalled.',
          resolve: (source) => source.stalledSince,
        }),
        progress: t.field({
          type: progressType as never,
          nullable: false,
          description: 'The progress, as its own subscription would report it.',
          resolve: (source) => (source as FeedItem<Progress>).progress as never,
        }),
        summary: t.string({
          nullable: false,
          description: 'One line of text that a bot can post unchanged.',
          resolve: (source) => source.summary,
        }),
      }),
    });
    return updates.update<FeedProgress<Progress>>(
      `${noun}sUpdate`,
      'The changes. In a SNAPSHOT, everything in progress; in a RESYNC, also what started and ended since the cursor.',
      outcome,
      (t) => ({
        itemCount: t.int({
          nullable: false,
          description: 'How many items the event has.',
          resolve: ({ body }) => body.items.length,
        }),
        items: t.field({
          type: [item],
          nullable: false,
          description: `The changed items, each once; at most ${MOST_ITEMS}, and \`itemCount\` is their total.`,
          resolve: ({ body }) => body.items.slice(0, MOST_ITEMS),
        }),
      }),
    );
  }

  const clusterArgs = (arg: ArgBuilder) => ({
    clusters: clustersArg(arg),
    cluster: arg.id({
      description: 'One cluster: id, ARN or name.',
      deprecationReason: 'Use `clusters`. Removed in 1.2 at the earliest, and not before 2027-09-01.',
    }),
  });

  builder.subscriptionField('deployments', (t) =>
    t.field({
      type: feedUpdate<DeploymentProgress>('Deployment', 'DeploymentProgress', 'DeploymentOutcome', (fields) =>
        deploymentEnvelope(imageReference, fields, ({ progress }) => progress),
      ),
      nullable: false,
      description:
        'Reports the start, stalls and end of every deployment in all clusters, or in some. Ends when the only cluster named is deleted. An item reports what `deploymentProgress` reports of its deployment. A poll costs a DescribeServices for each 10 services and a ListServices for each 100 services, and for the deployments in progress what `deploymentProgress` costs. With more than 50 of them in one poll, the tasks of the others are not read: their `percent` then follows from the counts and events of the service.',
      args: {
        ...clusterArgs(t.arg),
        services: t.arg.idList({
          description: `Names or ARNs, at most ${MOST_SERVICES}. Without them, all services of the cluster.`,
        }),
        ...liveArgs(t.arg, { stallAfter: DEFAULT_STALLS.feed }),
      },
      extensions: {
        operations: [
          'ListClusters',
          'DescribeClusters',
          'ListServices',
          'DescribeServices',
          'ListServiceDeployments',
          'DescribeServiceDeployments',
          'ListTasks',
          'DescribeTasks',
        ],
        ecsCost: 10,
        joinBodies: FEED_BODIES.join,
      },
      async subscribe(_root, { stallAfter, ...args }, context) {
        const scope = scopeKey(context.ecs.scope);
        const stallAfterMs = stallAfter ?? STALL_AFTER_MS;
        const clusters = await followedClusters(context, args);
        if (clusters?.length === 1) {
          const services = await serviceNames(context, clusters[0] ?? '', args);
          const feed = deploymentsFeed(scope, clusters[0] ?? '', services, stallAfterMs);
          return readableFeed(context, follow(context, feed, args), deploymentsView(feed.key));
        }
        if (args.services != null) throw badUserInput('services', 'needs exactly one cluster in argument "clusters"');
        const fleet = fleetTopic({
          key: `deployments ${scope} ${stallAfterMs} ${clusters?.join() ?? '*'}`,
          clusters,
          partOf: (clusterArn) => deploymentsFeed(scope, clusterArn, undefined, stallAfterMs),
          nothing: { found: new Map(), memory: new Map(), completeSince: 0 },
          ...FEED_BODIES,
        });
        return readableFeed(context, follow(context, fleet, args) as never, deploymentsView(fleet.key)) as never;
      },
      resolve: (event) => event as never,
    }),
  );
  builder.subscriptionField('drains', (t) =>
    t.field({
      type: feedUpdate('Drain', 'DrainProgress', 'DrainOutcome'),
      nullable: false,
      description:
        'Reports the start, stalls and end of every drain in a cluster, one item for each instance. Ends when the cluster is deleted. A poll costs a ListContainerInstances, and during a drain the cost of `drainProgress`.',
      args: { ...clusterArgs(t.arg), ...liveArgs(t.arg, { stallAfter: DEFAULT_STALLS.feed }) },
      extensions: {
        operations: ['ListClusters', 'DescribeClusters', 'ListContainerInstances', ...DRAIN_OPERATIONS],
        ecsCost: 10,
        joinBodies: FEED_BODIES.join,
      },
      async subscribe(_root, { stallAfter, ...args }, context) {
        const scope = scopeKey(context.ecs.scope);
        const stallAfterMs = stallAfter ?? STALL_AFTER_MS;
        const clusters = await followedClusters(context, args);
        if (clusters?.length === 1) {
          const feed = drainsFeed(scope, clusters[0] ?? '', stallAfterMs);
          return readableFeed(context, follow(context, feed, args), drainsView(feed.key));
        }
        const fleet = fleetTopic({
          key: `drains ${scope} ${stallAfterMs} ${clusters?.join() ?? '*'}`,
          clusters,
          partOf: (clusterArn) => drainsFeed(scope, clusterArn, stallAfterMs),
          nothing: { found: new Map(), memory: undefined, completeSince: 0 },
          ...FEED_BODIES,
        });
        return readableFeed(context, follow(context, fleet, args) as never, drainsView(fleet.key)) as never;
      },
      resolve: (event) => event as never,
    }),
  );

  const clusterEvent = builder.objectRef<ClusterEvent>('ClusterEvent').implement({
    description: 'An event of one service of a cluster.',
    fields: (t) => ({
      service: t.field({
        type: graph.noun('Service').ref,
        description: 'The service of the event. Null if the service no longer exists.',
        extensions: { ecsCost: 1 },
        resolve: ({ service: { serviceArn, clusterArn } }, _args, context, info) =>
          resolveLink(context, info, 'Service', { arn: serviceArn, clusterArn }),
      }),
      event: t.field({
        type: graph.outputType('ServiceEvent'),
        nullable: false,
        description: 'The event.',
        resolve: ({ eventId, createdAt, message }) => ({ id: eventId, createdAt, message }),
      }),
    }),
  });
  const eventsUpdate = updates.update<ClusterEventsProgress>(
    'ClusterEventsUpdate',
    'Events of all services of a cluster.',
    outcome,
    (t) => ({
      events: t.field({
        type: [clusterEvent],
        nullable: false,
        description:
          'In a SNAPSHOT or RESYNC, the latest `recent` events; otherwise the new events: up to 100 of each service, as ECS shows no more. Oldest first.',
        resolve: ({ body }) => [...body.events],
      }),
    }),
  );
  builder.subscriptionField('clusterEvents', (t) =>
    t.field({
      type: eventsUpdate,
      nullable: false,
      description:
        'Follows the events of all services of a cluster in one stream, by time and without repeats. Ends when the cluster is deleted. A poll costs a ListServices for each 100 services and a DescribeServices for each 10.',
      args: {
        ...clusterArgs(t.arg),
        recent: t.arg.int({
          defaultValue: 20,
          description: 'How many past events the first event holds, at most 500.',
        }),
        ...liveArgs(t.arg),
      },
      extensions: {
        operations: ['ListClusters', 'DescribeClusters', 'ListServices', 'DescribeServices'],
        ecsCost: 10,
        joinBodies: joinEvents,
      },
      async subscribe(_root, args, context) {
        const scope = scopeKey(context.ecs.scope);
        const clusters = await followedClusters(context, args);
        if (clusters?.length === 1) {
          const feed = clusterEventsTopic(scope, clusters[0] ?? '');
          return readableFeed(context, follow(context, feed, args), eventsView(feed.key));
        }
        const fleet = fleetTopic({
          key: `clusterEvents ${scope} ${clusters?.join() ?? '*'}`,
          clusters,
          partOf: (clusterArn) => clusterEventsTopic(scope, clusterArn),
          nothing: [],
          join: joinEvents,
          isEmpty: ({ events }) => events.length === 0,
        });
        return readableFeed(context, follow(context, fleet, args), eventsView(fleet.key)) as never;
      },
      resolve(event, { recent }) {
        if (event.type !== 'SNAPSHOT' && event.type !== 'RESYNC') return event;
        const most = Math.min(500, Math.max(0, recent ?? 20));
        return { ...event, body: { ...event.body, events: most === 0 ? [] : event.body.events.slice(-most) } };
      },
    }),
  );
}

function deploymentsView(key: string) {
  return feedView<DeploymentProgress>(key, 'Service', ({ target: { serviceArn, clusterArn } }) => [
    { arn: serviceArn, clusterArn },
  ]);
}

function drainsView(key: string) {
  return feedView<DrainProgress>(key, 'ContainerInstance', ({ clusterArn, instances }) =>
    instances.map(({ containerInstanceArn }) => ({ arn: containerInstanceArn, clusterArn })),
  );
}

/** How the messages of several clusters are joined into one. */
const FEED_BODIES = {
  join: <Progress>(bodies: readonly FeedProgress<Progress>[]): FeedProgress<Progress> => ({
    clusterArn: bodies[0]?.clusterArn ?? '',
    items: bodies.flatMap(({ items }) => items),
  }),
  isEmpty: <Progress>({ items }: FeedProgress<Progress>) => items.length === 0,
};

/** The events of several clusters, by time. */
function joinEvents(bodies: readonly ClusterEventsProgress[]): ClusterEventsProgress {
  return {
    clusterArn: bodies[0]?.clusterArn ?? '',
    events: bodies.flatMap(({ events }) => events).sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime()),
  };
}

/**
 * The ARNs of the named clusters; undefined means all.
 * @throws NOT_FOUND, BAD_USER_INPUT
 */
async function followedClusters(
  context: GraphContext,
  args: LiveArgs & {
    readonly cluster?: string | null | undefined;
    readonly clusters?: readonly string[] | null | undefined;
  },
): Promise<string[] | undefined> {
  const named = args.clusters ?? (args.cluster == null ? undefined : [args.cluster]);
  // Fails before it gets expensive.
  await fewClusters(context, named);
  if (named === undefined) return undefined;
  const arns = await Promise.all(
    named.map((cluster) => followedCluster(context, args, cluster, args.clusters == null ? 'cluster' : 'clusters')),
  );
  return [...new Set(arns)].sort();
}

/** @throws NOT_FOUND, BAD_USER_INPUT */
async function serviceNames(
  context: GraphContext,
  clusterArn: string,
  { services, ...args }: LiveArgs & { readonly services?: readonly string[] | null | undefined },
): Promise<string[] | undefined> {
  if (services == null) return undefined;
  if (services.length === 0 || services.length > MOST_SERVICES)
    throw badUserInput('services', `must name 1 to ${MOST_SERVICES} services`);
  const found = await Promise.all(
    services.map((service) => followedService(context, { ...args, cluster: clusterArn, service }, 'services')),
  );
  return found.flatMap(({ serviceName }) => serviceName ?? []);
}
