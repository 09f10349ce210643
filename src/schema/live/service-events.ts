import { scopeKey } from '../../ecs/core/scope.ts';
import { type ServiceEventsProgress, serviceEventsTopic } from '../../live/feeds/service-events-topic.ts';
import type { LiveEvent } from '../../live/topic/topic-spec.ts';
import { clusterArg } from '../connections/page-args.ts';
import { ownEnum } from '../core/own-enum.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';
import { resolveLink } from '../graph/entity.ts';
import { followedService } from './followed-before.ts';
import { type ArgBuilder, follow, liveArgs, type UpdateTypes } from './updates.ts';

/** Adds the subscription `serviceEvents`. */
export function addServiceEvents(graph: EcsGraph, types: UpdateTypes): void {
  const { builder } = graph;
  const outcome = ownEnum(builder, 'EventFeedOutcome', 'How a feed of events ended.', {
    SERVICE_DELETED: 'The service was deleted. No more events follow.',
    TIMED_OUT: 'The `timeout` asked for has passed.',
  });
  const update = types.update<ServiceEventsProgress>(
    'ServiceEventsUpdate',
    'Events of a service: recent events first, then each new event.',
    outcome,
    (t) => ({
      service: t.field({
        type: graph.noun('Service').ref,
        description: 'The service as read with this event, or up to `MEMORY_TTL` (1 s) before. Null if it was deleted.',
        extensions: { ecsCost: 1 },
        resolve: ({ body: { target } }, _args, context, info) =>
          resolveLink(context, info, 'Service', { arn: target.serviceArn, clusterArn: target.clusterArn }),
      }),
      events: t.field({
        type: [graph.outputType('ServiceEvent')],
        nullable: false,
        description:
          'In a SNAPSHOT or RESYNC, the latest `recent` events; otherwise the new events, up to 100 as ECS shows no more. Oldest first. Only a RESYNC can repeat an event.',
        resolve: ({ body }) =>
          body.events.map(({ eventId, createdAt, message }) => ({ id: eventId, createdAt, message })),
      }),
    }),
  );
  builder.subscriptionField('serviceEvents', (t) =>
    t.field({
      type: update,
      nullable: false,
      description:
        'Follows the events of a service: recent events first, then each new event, in order and without repeats, until the service is deleted. A poll costs one DescribeServices, shared by all subscribers of services in the cluster. NOT_FOUND if the service does not exist.',
      args: {
        ...serviceArgs(t.arg),
        recent: t.arg.int({
          defaultValue: 10,
          description: 'How many past events the first event holds, at most 100.',
        }),
        ...liveArgs(t.arg),
      },
      extensions: { operations: ['DescribeServices'], ecsCost: 1 },
      async subscribe(_root, args, context) {
        const { clusterArn = '', serviceArn = '', serviceName = '' } = await followedService(context, args);
        return follow(
          context,
          serviceEventsTopic(scopeKey(context.ecs.scope), { clusterArn, serviceArn, serviceName }),
          args,
        );
      },
      resolve: (event, { recent }) => latest(event, Math.min(100, Math.max(0, recent ?? 10))),
    }),
  );
}

/** The arguments of subscriptions to one service. */
export function serviceArgs(arg: ArgBuilder) {
  return {
    cluster: clusterArg(arg),
    service: arg.id({ required: true, description: 'Id, ARN or name of the service.' }),
  };
}

function latest(event: LiveEvent<ServiceEventsProgress>, recent: number): LiveEvent<ServiceEventsProgress> {
  if (event.type !== 'SNAPSHOT' && event.type !== 'RESYNC') return event;
  const events = recent === 0 ? [] : event.body.events.slice(-recent);
  return { ...event, body: { ...event.body, events } };
}
