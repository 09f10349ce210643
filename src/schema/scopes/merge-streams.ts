import type { GraphQLResolveInfo } from 'graphql';
import { realTimers } from '../../ecs/core/timers.ts';
import { feedPosition, isFeedCursor } from '../connections/feed-cursor.ts';
import { createContext, type GraphContext } from '../core/context.ts';
import { badUserInput } from '../core/errors.ts';
import { cursorGiven } from '../live/updates.ts';
import { inScope, reportFailures, settleScopes } from './across.ts';
import { type Event, type FeedPart, MergedFeed } from './merged-feed.ts';
import type { Args, Part } from './select-scopes.ts';

/** Joins the bodies of a feed's events in several scopes: the extension `joinBodies` of a subscription field. */
export type JoinBodies = (bodies: readonly object[]) => object;

/**
 * Follows a feed in several scopes at once. A scope of which the caller may see nothing is left out; one that cannot be read is tried again
 * while the others are followed.
 * @throws what the first scope threw, if all failed
 */
export async function mergeStreams(
  parts: readonly Part[],
  args: Args,
  context: GraphContext,
  info: GraphQLResolveInfo,
  join: JoinBodies,
  follow: (context: GraphContext, args: Args) => unknown,
): Promise<unknown> {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) {
    try {
      return await follow(context.in(only.entry), only.args);
    } catch (error) {
      throw inScope(error, only.entry);
    }
  }
  const cursor = cursorGiven(context, args);
  if (cursor !== undefined && !isFeedCursor(cursor))
    throw badUserInput('after', 'is no cursor of a feed that follows several accounts and regions, as this one does');
  const feeds = parts.map(({ entry, args: own }) => {
    const open = async (within: GraphContext) => (await follow(within.in(entry), own)) as AsyncIterable<Event>;
    const part: FeedPart = {
      entry,
      position: cursor === undefined ? undefined : feedPosition(cursor, entry),
      open: async () => {
        const { requestId, principal, log, services } = context;
        const now = createContext({ requestId, principal, log, signal: new AbortController().signal }, services);
        try {
          return await open(now);
        } finally {
          now.release();
        }
      },
    };
    return { part, context: context.in(entry), open: () => open(context) };
  });
  const { values, failures } = await settleScopes(feeds, ({ open }) => open());
  if (values.length === 0) reportFailures(failures, true, context, info);
  const quiet = new Set(failures.filter(({ isQuiet }) => isQuiet).map(({ entry }) => entry));
  return new MergedFeed({
    parts: feeds.flatMap(({ part }) => (quiet.has(part.entry) ? [] : [part])),
    opened: new Map(values.map(({ part, value }) => [part.part, value])),
    join,
    timers: realTimers(),
  });
}
