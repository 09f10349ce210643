import type { EnumRef, FieldMap, ObjectRef } from '@pothos/core';
import { GraphQLError } from 'graphql';
import type { LiveSession } from '../../live/core/create-hub.ts';
import { parseDuration } from '../../live/core/duration.ts';
import { TooManyTopicsError } from '../../live/hub/hub.ts';
import type { FindTarget } from '../../live/hub/late-target.ts';
import { CursorError, markIn } from '../../live/topic/cursor.ts';
import type { Follower, FollowOptions } from '../../live/topic/follower.ts';
import type { LiveEvent, TopicSpec } from '../../live/topic/topic-spec.ts';
import { feedPosition, isFeedCursor } from '../connections/feed-cursor.ts';
import type { Types } from '../core/builder.ts';
import type { GraphContext } from '../core/context.ts';
import { ERROR_CODES, type ErrorCode, type ErrorCodeInfo } from '../core/error-codes.ts';
import { badUserInput } from '../core/errors.ts';
import { ownEnum } from '../core/own-enum.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';
import type { ObjectFields } from '../sdk-types/sdk-graph.ts';
import { count, MOST_ROWS } from './shared-types.ts';

export type ArgBuilder = ObjectFields<object>['arg'];

/** Types and helpers that all subscriptions of live progress share. */
export interface UpdateTypes {
  readonly errorCode: EnumRef<Types, ErrorCode>;
  /** Creates the type of one subscription's events. */
  readonly update: <Body>(
    name: string,
    description: string,
    outcome: EnumRef<Types, string, string>,
    fields: (t: ObjectFields<LiveEvent<Body>>) => FieldMap,
  ) => ObjectRef<Types, LiveEvent<Body>>;
  /** The same for events that contain a whole progress. */
  readonly progressUpdate: <Body extends object>(
    name: string,
    description: string,
    outcome: EnumRef<Types, string, string>,
    progress: ObjectRef<Types, Body>,
    more?: (t: ObjectFields<LiveEvent<Body>>) => FieldMap,
  ) => ObjectRef<Types, LiveEvent<Body>>;
}

const TYPES = {
  SNAPSHOT: 'The first event of a stream: the current state.',
  CHANGED: 'The state changed; `changes` lists the differences.',
  STALLED:
    'A stall begins: nothing has moved towards the goal for `stallAfter`, whatever else has changed. Sent once for each stall. Until it ends, `isStalled` is true in every event.',
  DEGRADED:
    'ECS cannot be read at the moment. The progress repeats the last known state (a feed repeats no items). The stream continues by itself.',
  RECOVERED: 'ECS can be read again, and nothing has changed meanwhile.',
  RESYNC:
    'The cursor is too old or from another server process; this event is a full snapshot. `deployments` and `drains` also report what started and ended since the cursor. Event feeds replay the missed events as CHANGED while ECS still returns them.',
  ENDED: 'The last event: `outcome` says how it ended, and the stream completes.',
};

/** Adds the fields of every live event. */
export function addUpdateTypes({ builder }: EcsGraph): UpdateTypes {
  const eventType = builder.enumType('LiveEventType', {
    description: 'Why an event of a live subscription was sent.',
    values: Object.fromEntries(Object.entries(TYPES).map(([name, description]) => [name, { description }])),
  });
  const errorCode = ownEnum(
    builder,
    'ErrorCode',
    'Every value of `extensions.code` of an error. See docs/errors.md.',
    Object.fromEntries(
      Object.entries<ErrorCodeInfo>(ERROR_CODES).map(([code, { description, unless }]) => [
        code,
        unless === undefined ? description : `${description} Not retryable if ${unless}.`,
      ]),
    ) as Readonly<Record<ErrorCode, string>>,
  );
  const change = builder.objectRef<LiveEvent<unknown>['changes'][number]>('LiveChange').implement({
    description:
      'One difference from the previous event, as text for people. Its content and form may change in any release; programs read `progress`.',
    fields: (t) => ({
      field: t.exposeString('field', {
        nullable: false,
        description: 'The name of the changed member, for people: its form may change in any release.',
      }),
      before: t.exposeString('before', { description: 'The previous value as text. Null if there was no value.' }),
      after: t.exposeString('after', { description: 'The new value as text. Null if the value was removed.' }),
    }),
  });
  const degraded = builder.objectRef<NonNullable<LiveEvent<unknown>['degraded']>>('LiveDegraded').implement({
    description: 'Why ECS cannot be read at the moment.',
    fields: (t) => ({
      since: t.expose('since', {
        type: 'DateTime',
        nullable: false,
        description: 'Since when ECS cannot be read, by the clock of ECS.',
      }),
      code: t.field({
        type: errorCode,
        nullable: false,
        description: 'The `code` that an error would have.',
        resolve: ({ code }) => code as ErrorCode,
      }),
      message: t.exposeString('message', {
        nullable: false,
        description: 'The error message of ECS or of the connection to it.',
      }),
    }),
  });
  const liveUpdate = builder.interfaceRef<LiveEvent<unknown>>('LiveUpdate').implement({
    description:
      'One event of a live subscription. The first event is the current state, later events report changes, and the last event has an outcome.',
    fields: (t) => ({
      type: t.expose('type', { type: eventType, nullable: false, description: 'Why this event was sent.' }),
      sequence: t.exposeInt('sequence', {
        nullable: false,
        description: 'Increases from event to event. Gaps are normal: the gateway can join several events into one.',
      }),
      cursor: t.exposeString('cursor', {
        nullable: false,
        description: "Pass it as `after` to resume after this event. Over SSE it is also the event's `id`.",
      }),
      observedAt: t.expose('observedAt', {
        type: 'DateTime',
        nullable: false,
        description: "When the state was read, by ECS's clock. A repeated state keeps its time.",
      }),
      changes: t.field({
        type: [change],
        nullable: false,
        description: `Differences from the previous event, at most ${MOST_ROWS}; \`changeCount\` is their total. Empty in a snapshot.`,
        resolve: ({ changes }) => changes.slice(0, MOST_ROWS),
      }),
      changeCount: t.int({
        ...count('Differences from the previous event.'),
        resolve: ({ changes }) => changes.length,
      }),
      summary: t.exposeString('summary', {
        nullable: false,
        description: 'One line of text that a bot can post unchanged.',
      }),
      degraded: t.expose('degraded', {
        type: degraded,
        description: 'Set while ECS cannot be read; the progress then repeats the last known state. Null otherwise.',
      }),
      isStalled: t.boolean({
        nullable: false,
        description:
          'True during a stall: from the STALLED event (or a first event that comes within a stall) to the event that reports the next move towards the goal. In `deployments` and `drains`, true while any item is stalled.',
        resolve: ({ stalledSince }) => stalledSince !== null,
      }),
      stalledSince: t.expose('stalledSince', {
        type: 'DateTime',
        description: 'Since when nothing has moved towards the goal. Null unless `isStalled`.',
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
    errorCode,
    update,
    progressUpdate: (name, description, outcome, progress, more) =>
      update(name, description, outcome, (t) => ({
        ...more?.(t as never),
        progress: t.expose('body', { type: progress, nullable: false, description: 'The whole progress.' } as never),
      })),
  };
}

/**
 * Marks arguments that only choose which events are sent: subscribers that differ in nothing else receive the same
 * bytes.
 */
export const CHOOSES_EVENTS = { extensions: { choosesEvents: true } };

/** Default values, as ISO 8601. */
export interface LiveDefaults {
  readonly timeout?: string;
  readonly stallAfter?: string;
}

/** The arguments that every live subscription takes. */
export function liveArgs(arg: ArgBuilder, defaults: LiveDefaults = {}) {
  return {
    after: arg.string({
      ...CHOOSES_EVENTS,
      description:
        'The `cursor` of an earlier event. The stream starts with the events after it, or with one RESYNC event.',
    }),
    timeout: arg({
      ...CHOOSES_EVENTS,
      type: 'Duration',
      description: `The stream ends with TIMED_OUT after this long, by ECS's clock. Default: ${defaults.timeout ?? 'never'}.`,
    }),
    stallAfter: arg({
      ...CHOOSES_EVENTS,
      type: 'Duration',
      description: `Emit STALLED after this long without a move towards the goal. A task that starts and stops again is no such move. The time in which a deployment waits as configured, such as its bake time, does not count. Default: ${defaults.stallAfter ?? 'never'}.`,
    }),
    minInterval: arg({
      ...CHOOSES_EVENTS,
      type: 'Duration',
      description:
        'The least time between two events. Changes in between are joined into one event. The last event is never delayed.',
    }),
  };
}

export interface LiveArgs {
  readonly after?: string | null | undefined;
  readonly timeout?: number | null | undefined;
  readonly stallAfter?: number | null | undefined;
  readonly minInterval?: number | null | undefined;
}

/** The cursor that a subscription resumes from; undefined at the start, for which some clients send an empty string. */
export function cursorGiven({ lastEventId }: GraphContext, { after }: LiveArgs): string | undefined {
  return after || lastEventId || undefined;
}

/** The same for one scope: of a feed over several scopes, a cursor holds the position in each. */
function ownCursor(context: GraphContext, args: LiveArgs): string | undefined {
  const given = cursorGiven(context, args);
  return given === undefined || !isFeedCursor(given) ? given : feedPosition(given, context.scope)?.cursor;
}

/** The mark in that cursor, which is untrusted input. */
export function markGiven(context: GraphContext, args: LiveArgs): string | undefined {
  const cursor = ownCursor(context, args);
  return cursor === undefined ? undefined : markIn(cursor);
}

/**
 * Follows a topic for a subscription. Invalid arguments are errors of the caller.
 * @param find asks ECS again what is to be followed, if the caller did not name a resource
 */
export function follow<State, Look, Body>(
  context: GraphContext,
  spec: TopicSpec<LiveSession, State, Look, Body>,
  args: LiveArgs,
  defaults: LiveDefaults = {},
  find?: FindTarget<LiveSession, TopicSpec<LiveSession, State, Look, Body>>,
): Follower<Body> {
  const options: FollowOptions = {
    after: ownCursor(context, args),
    timeoutMs: args.timeout ?? parsed(defaults.timeout),
    stallAfterMs: args.stallAfter ?? parsed(defaults.stallAfter),
    minIntervalMs: args.minInterval ?? undefined,
  };
  try {
    return context.services.live.follow(spec, options, find);
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

/** The session of one look, which knows what the live hub remembers: a stall is the same in a query and in a stream. */
export function lookSession({ ecs, loaders, services }: GraphContext): LiveSession {
  return { ecs, loaders, progress: services.live.progress };
}
