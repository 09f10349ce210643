import type { ObjectRef } from '@pothos/core';
import { scopeKey } from '../../ecs/core/scope.ts';
import { DEFAULT_STALLS } from '../../live/core/default-timeouts.ts';
import { parseDuration } from '../../live/core/duration.ts';
import {
  type ClusterEvent,
  type ClusterEventsProgress,
  clusterEventsTopic,
} from '../../live/feeds/cluster-events-topic.ts';
import { deploymentsFeed } from '../../live/feeds/deployments-feed.ts';
import { drainsFeed } from '../../live/feeds/drains-feed.ts';
import type { FeedItem, FeedKind, FeedProgress } from '../../live/feeds/feed.ts';
import type { LiveEvent } from '../../live/hub/topic-spec.ts';
import type { Types } from '../core/builder.ts';
import type { GraphContext } from '../core/context.ts';
import { badUserInput } from '../core/errors.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';
import { resolveLink } from '../graph/entity.ts';
import { DRAIN_OPERATIONS } from './drain.ts';
import { ownEnum } from './enums.ts';
import { followedCluster, followedService } from './followed-before.ts';
import { type ArgBuilder, follow, type LiveArgs, liveArgs, type UpdateTypes } from './updates.ts';

const KINDS: Readonly<Record<FeedKind, string>> = {
  ONGOING: 'It was under way already: only in a SNAPSHOT or RESYNC.',
  STARTED: 'It has begun.',
  STALLED: 'Nothing about it has changed for `stallAfter`.',
  ENDED: 'It is over; `outcome` says how.',
};

const MOST_SERVICES = 200;
const STALL_AFTER_MS = parseDuration(DEFAULT_STALLS.feed);

/** Adds the subscriptions that go on as long as their cluster: `deployments`, `drains` and `clusterEvents`. */
export function addFeeds(graph: EcsGraph, updates: UpdateTypes): void {
  const { builder } = graph;
  const kind = ownEnum(builder, 'FeedKind', 'What happened to something in a standing feed.', KINDS);
  const outcome = ownEnum(builder, 'FeedOutcome', 'Why a standing feed ended: it goes on as long as its cluster.', {
    CLUSTER_DELETED: 'The cluster was deleted: nothing can happen in it any more.',
    TIMED_OUT: 'The `timeout` asked for has passed.',
  });

  /** The types of one feed, around the progress of what it is about. */
  function feedUpdate<Progress>(
    noun: string,
    progressType: string,
    outcomeType: string,
  ): ObjectRef<Types, LiveEvent<FeedProgress<Progress>>> {
    const item = builder.objectRef<FeedItem<Progress>>(`${noun}FeedItem`).implement({
      description: 'What happened to one of them.',
      fields: (t) => ({
        kind: t.field({
          type: kind,
          nullable: false,
          description: 'What happened.',
          resolve: (source) => source.kind as FeedKind,
        }),
        outcome: t.field({
          type: outcomeType as never,
          description: 'How it ended; null unless `kind` is ENDED.',
          resolve: (source) => (source as FeedItem<Progress>).outcome as never,
        }),
        progress: t.field({
          type: progressType as never,
          nullable: false,
          description: 'Where it stands, as a stream of its own would tell it.',
          resolve: (source) => (source as FeedItem<Progress>).progress as never,
        }),
        summary: t.string({
          nullable: false,
          description: 'One line that a bot can post as it is.',
          resolve: (source) => source.summary,
        }),
      }),
    });
    return updates.update<FeedProgress<Progress>>(
      `${noun}sUpdate`,
      'What happened: in a SNAPSHOT all that is under way, in a RESYNC besides what began and ended since the cursor.',
      outcome,
      (t) => ({
        items: t.field({
          type: [item],
          nullable: false,
          description: 'Each of them, once for everything that happened to it.',
          resolve: ({ body }) => [...body.items],
        }),
      }),
    );
  }

  const clusterArg = (arg: ArgBuilder) =>
    arg.string({ description: 'Name or ARN of the cluster. Null means `default`.' });

  builder.subscriptionField('deployments', (t) =>
    t.field({
      type: feedUpdate('Deployment', 'DeploymentProgress', 'DeploymentOutcome'),
      nullable: false,
      description:
        'Tells of every deployment in a cluster when it starts, stands still and ends, whoever began it. Completes with the cluster only. Tasks are not read: `failedTasks` and `healthyCount` stay empty, and `percent` counts tasks that run as done; ' +
        'follow a deployment with `deploymentProgress` for those. A poll costs a DescribeServices for each 10 services, a DescribeServiceDeployments for each 20 that deploy, and a ListServices for each 100.',
      args: {
        cluster: clusterArg(t.arg),
        services: t.arg.stringList({
          description: `Names or ARNs, at most ${MOST_SERVICES}. Without them, all services of the cluster.`,
        }),
        ...liveArgs(t.arg, { stallAfter: DEFAULT_STALLS.feed }),
      },
      extensions: {
        operations: [
          'DescribeClusters',
          'ListServices',
          'DescribeServices',
          'ListServiceDeployments',
          'DescribeServiceDeployments',
        ],
        ecsCost: 10,
      },
      async subscribe(_root, { stallAfter, ...args }, context) {
        const clusterArn = await followedCluster(context, args, args.cluster ?? 'default');
        const services = await serviceNames(context, clusterArn, args);
        return follow(
          context,
          deploymentsFeed(scopeKey(context.ecs.scope), clusterArn, services, stallAfter ?? STALL_AFTER_MS),
          args,
        );
      },
      resolve: (event) => event as never,
    }),
  );
  builder.subscriptionField('drains', (t) =>
    t.field({
      type: feedUpdate('Drain', 'DrainProgress', 'DrainOutcome'),
      nullable: false,
      description:
        'Tells of every drain in a cluster when it starts, stands still and ends, one item an instance. Completes with the cluster only. A poll costs a ListContainerInstances, and while something drains what `drainProgress` costs.',
      args: { cluster: clusterArg(t.arg), ...liveArgs(t.arg, { stallAfter: DEFAULT_STALLS.feed }) },
      extensions: { operations: ['DescribeClusters', 'ListContainerInstances', ...DRAIN_OPERATIONS], ecsCost: 10 },
      async subscribe(_root, { stallAfter, ...args }, context) {
        const clusterArn = await followedCluster(context, args, args.cluster ?? 'default');
        return follow(context, drainsFeed(scopeKey(context.ecs.scope), clusterArn, stallAfter ?? STALL_AFTER_MS), args);
      },
      resolve: (event) => event as never,
    }),
  );

  const clusterEvent = builder.objectRef<ClusterEvent>('ClusterEvent').implement({
    description: 'An event of one service of a cluster.',
    fields: (t) => ({
      service: t.field({
        type: graph.noun('Service').ref,
        description: 'Whose event it is. Null when the service is gone by now.',
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
    'What the services of a cluster have to say.',
    outcome,
    (t) => ({
      events: t.field({
        type: [clusterEvent],
        nullable: false,
        description: 'In a SNAPSHOT or RESYNC the latest `recent` events, else those that are new; oldest first.',
        resolve: ({ body }) => [...body.events],
      }),
    }),
  );
  builder.subscriptionField('clusterEvents', (t) =>
    t.field({
      type: eventsUpdate,
      nullable: false,
      description:
        'Follows the events of all services of a cluster in one stream, in the order of their time, none twice. Completes with the cluster only. A poll costs a ListServices for each 100 services and a DescribeServices for each 10.',
      args: {
        cluster: clusterArg(t.arg),
        recent: t.arg.int({
          defaultValue: 20,
          description: 'How many past events the first event holds, at most 500.',
        }),
        ...liveArgs(t.arg),
      },
      extensions: { operations: ['DescribeClusters', 'ListServices', 'DescribeServices'], ecsCost: 10 },
      async subscribe(_root, args, context) {
        return follow(
          context,
          clusterEventsTopic(
            scopeKey(context.ecs.scope),
            await followedCluster(context, args, args.cluster ?? 'default'),
          ),
          args,
        );
      },
      resolve(event, { recent }) {
        if (event.type !== 'SNAPSHOT' && event.type !== 'RESYNC') return event;
        const most = Math.min(500, Math.max(0, recent ?? 20));
        return { ...event, body: { ...event.body, events: most === 0 ? [] : event.body.events.slice(-most) } };
      },
    }),
  );
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
    services.map((service) => followedService(context, { ...args, cluster: clusterArn, service })),
  );
  return found.flatMap(({ serviceName }) => serviceName ?? []);
}
