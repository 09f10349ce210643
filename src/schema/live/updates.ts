import type { EnumRef, FieldMap, ObjectRef } from '@pothos/core';
import { GraphQLError } from 'graphql';
import type { LiveSession } from '../../live/core/create-hub.ts';
import { parseDuration } from '../../live/core/duration.ts';
import { CursorError, markIn } from '../../live/hub/cursor.ts';
import type { FollowOptions } from '../../live/hub/follower.ts';
import { TooManyTopicsError } from '../../live/hub/hub.ts';
import type { LiveEvent, TopicSpec } from '../../live/hub/topic-spec.ts';
import type { Types } from '../core/builder.ts';
import type { GraphContext } from '../core/context.ts';
import { badUserInput } from '../core/errors.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';
import type { ObjectFields } from '../sdk-types/sdk-graph.ts';

export type ArgBuilder = ObjectFields<object>['arg'];

/** What all subscriptions of live progress share in the graph. */
export interface UpdateTypes {
  /** Makes the type of one subscription's events. */
  readonly update: <Body>(
    name: string,
    description: string,
    outcome: EnumRef<Types, string, string>,
    fields: (t: ObjectFields<LiveEvent<Body>>) => FieldMap,
  ) => ObjectRef<Types, LiveEvent<Body>>;
  /** The same for events that tell a whole progress each. */
  readonly progressUpdate: <Body extends object>(
    name: string,
    description: string,
    outcome: EnumRef<Types, string, string>,
    progress: ObjectRef<Types, Body>,
  ) => ObjectRef<Types, LiveEvent<Body>>;
}

const TYPES = {
  SNAPSHOT: 'The first of a stream: how things stand.',
  CHANGED: 'Something changed; `changes` says what.',
  STALLED: 'Nothing has changed for `stallAfter`. Sent once, until something changes again.',
  DEGRADED:
    'ECS cannot be read at the moment. The progress is what was last known (a feed repeats no items); the stream goes on by itself.',
  RECOVERED: 'ECS can be read again, and nothing has changed meanwhile.',
  RESYNC:
    'The cursor given is too old, or of another run of the server: how things stand, whole. Feeds tell besides what began and ended since; those of events go on with CHANGED and the very events that were missed, as long as ECS shows them.',
  ENDED: 'The last event: `outcome` says how it ended, and the stream completes.',
};

/** Adds what every live event has. */
export function addUpdateTypes({ builder }: EcsGraph): UpdateTypes {
  const eventType = builder.enumType('LiveEventType', {
    description: 'Why an event of a live subscription was sent.',
    values: Object.fromEntries(Object.entries(TYPES).map(([name, description]) => [name, { description }])),
  });
  const change = builder.objectRef<LiveEvent<unknown>['changes'][number]>('LiveChange').implement({
    description: 'One fact that is not what it was in the event before.',
    fields: (t) => ({
      field: t.exposeString('field', {
        nullable: false,
        description:
          'What changed: a field of the progress, or `failedTask/<id>`, `blockedBy/<reason>`, `event/<id>`, ...',
      }),
      before: t.exposeString('before', { description: 'What it was, as text; null when there was no such fact.' }),
      after: t.exposeString('after', { description: 'What it is, as text; null when there is no such fact any more.' }),
    }),
  });
  const degraded = builder.objectRef<NonNullable<LiveEvent<unknown>['degraded']>>('LiveDegraded').implement({
    description: 'Why ECS cannot be read at the moment.',
    fields: (t) => ({
      since: t.expose('since', {
        type: 'DateTime',
        nullable: false,
        description: 'When ECS could first not be read, by its own clock.',
      }),
      code: t.exposeString('code', { nullable: false, description: 'As the `code` of an error would say it.' }),
      message: t.exposeString('message', { nullable: false, description: 'What ECS, or the way to it, answered.' }),
    }),
  });
  const liveUpdate = builder.interfaceRef<LiveEvent<unknown>>('LiveUpdate').implement({
    description:
      'One event of a live subscription. The first tells how things stand, later ones only come when something changed, the last has an outcome.',
    fields: (t) => ({
      type: t.expose('type', { type: eventType, nullable: false, description: 'Why this event was sent.' }),
      sequence: t.exposeInt('sequence', {
        nullable: false,
        description: 'Rises from event to event. Gaps are normal: several events may be told as one.',
      }),
      cursor: t.exposeString('cursor', {
        nullable: false,
        description: 'Give it back as `after` to go on behind this event. Over SSE it is the `id` too.',
      }),
      observedAt: t.expose('observedAt', {
        type: 'DateTime',
        nullable: false,
        description: "When this was so, by ECS's own clock. What is repeated is as old as it was.",
      }),
      changes: t.expose('changes', {
        type: [change],
        nullable: false,
        description: 'What is different from the event before; empty in a snapshot.',
      }),
      summary: t.exposeString('summary', { nullable: false, description: 'One line that a bot can post as it is.' }),
      degraded: t.expose('degraded', {
        type: degraded,
        description: 'Set while ECS cannot be read: the progress is then what was last known. Null when all is well.',
      }),
      stalledSince: t.expose('stalledSince', {
        type: 'DateTime',
        description: 'In a STALLED event, since when nothing has changed; else null.',
      }),
    }),
  });
  const update: UpdateTypes['update'] = (name, description, outcome, fields) =>
    builder.objectRef<LiveEvent<never>>(name).implement({
      description,
      interfaces: [liveUpdate] as never,
      fields: (t) => ({
        outcome: t.expose('outcome', { type: outcome, description: 'How it ended. Set in the last event only.' }),
        ...fields(t as never),
      }),
    }) as never;
  return {
    update,
    progressUpdate: (name, description, outcome, progress) =>
      update(name, description, outcome, (t) => ({
        progress: t.expose('body', { type: progress, nullable: false, description: 'The whole progress.' } as never),
      })),
  };
}

/** Marks arguments that only choose which events are sent: those who differ in nothing else are sent the same. */
const CHOOSES_EVENTS = { extensions: { choosesEvents: true } };

/** What is so where the caller does not say, as ISO 8601. */
export interface LiveDefaults {
  readonly timeout?: string;
  readonly stallAfter?: string;
}

/** The arguments that every live subscription takes. */
export function liveArgs(arg: ArgBuilder, defaults: LiveDefaults = {}) {
  return {
    after: arg.string({
      ...CHOOSES_EVENTS,
      description: 'The `cursor` of an event received before: what came after it is sent first, or one RESYNC event.',
    }),
    timeout: arg({
      ...CHOOSES_EVENTS,
      type: 'Duration',
      description: `The stream ends with TIMED_OUT after so long${defaults.timeout ? `; ${defaults.timeout} if not given` : '; never if not given'}. By ECS's clock.`,
    }),
    stallAfter: arg({
      ...CHOOSES_EVENTS,
      type: 'Duration',
      description: `A STALLED event when nothing has changed for so long${defaults.stallAfter ? `; ${defaults.stallAfter} if not given` : '; none if not given'}.`,
    }),
    minInterval: arg({
      ...CHOOSES_EVENTS,
      type: 'Duration',
      description:
        'The least time between two events, for chat rooms: what happens meanwhile is told as one. The last event never waits.',
    }),
  };
}

export interface LiveArgs {
  readonly after?: string | null | undefined;
  readonly timeout?: number | null | undefined;
  readonly stallAfter?: number | null | undefined;
  readonly minInterval?: number | null | undefined;
}

/** The cursor that a subscription goes on from; undefined at its beginning, for which some clients send an empty text. */
export function cursorGiven({ lastEventId }: GraphContext, { after }: LiveArgs): string | undefined {
  return after || lastEventId || undefined;
}

/** The mark in that cursor: the caller's word, not more. */
export function markGiven(context: GraphContext, args: LiveArgs): string | undefined {
  const cursor = cursorGiven(context, args);
  return cursor === undefined ? undefined : markIn(cursor);
}

/** Follows a topic for a subscription. Mistakes in the arguments are the caller's errors. */
export function follow<State, Look, Body>(
  context: GraphContext,
  spec: TopicSpec<LiveSession, State, Look, Body>,
  args: LiveArgs,
  defaults: LiveDefaults = {},
): AsyncIterableIterator<LiveEvent<Body>> {
  const options: FollowOptions = {
    after: cursorGiven(context, args),
    timeoutMs: args.timeout ?? parsed(defaults.timeout),
    stallAfterMs: args.stallAfter ?? parsed(defaults.stallAfter),
    minIntervalMs: args.minInterval ?? undefined,
  };
  try {
    return context.services.live.follow(spec, options);
  } catch (error) {
    if (error instanceof CursorError) throw badUserInput('after', error.message);
    if (error instanceof TooManyTopicsError)
      throw new GraphQLError(error.message, { extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' } });
    throw error;
  }
}

function parsed(duration: string | undefined): number | undefined {
  return duration === undefined ? undefined : parseDuration(duration);
}

/** What is to be followed does not exist. */
export function notFound(argument: string, problem: string): GraphQLError {
  return new GraphQLError(problem, { extensions: { code: 'NOT_FOUND', argument } });
}
