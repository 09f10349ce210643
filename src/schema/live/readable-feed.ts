import { type EntityKind, KINDS } from '../../ecs/core/describe-specs.ts';
import type { ClusterEventsProgress } from '../../live/feeds/cluster-events-topic.ts';
import type { FeedItem, FeedProgress } from '../../live/feeds/feed.ts';
import { decodeLiveCursor, encodeLiveCursor } from '../../live/topic/cursor.ts';
import type { LiveEvent } from '../../live/topic/topic-spec.ts';
import { createContext, type GraphContext } from '../core/context.ts';

/** The subject of one item of a feed. */
interface Named {
  readonly arn: string;
  readonly clusterArn: string;
}

/** How a feed's items are found in its events, and left out. */
export interface FeedView<Body, Item> {
  /** The topic's key, which its cursors have. */
  readonly key: string;
  readonly noun: EntityKind;
  readonly itemsOf: (body: Body) => readonly Item[];
  readonly named: (item: Item) => readonly Named[];
  readonly with: (body: Body, items: readonly Item[]) => Body;
  readonly summary: (items: readonly Item[]) => string;
  /** The field of a change that is about the item. */
  readonly changeOf?: (item: Item) => string;
  /** Since when an item is stalled, and its name; for feeds whose items can be. */
  readonly stallOf?: (item: Item) => { readonly name: string; readonly since: Date | null };
}

const ALWAYS_SENT: ReadonlySet<string> = new Set(['SNAPSHOT', 'RESYNC', 'DEGRADED', 'RECOVERED', 'ENDED']);

/** Summaries of events about the feed itself: those of the feed may name items. */
const SUMMARIES: Readonly<Record<string, string>> = {
  DEGRADED: 'ECS cannot be read at the moment',
  RECOVERED: 'ECS can be read again',
  ENDED: 'the feed has ended',
};

/**
 * The events of a feed without items that the caller may not read. An event about nothing else is not sent. Cursors lose
 * their marks, which name items: with one, a stream resumes in the same process only, and begins with a RESYNC in others.
 */
export function readableFeed<Body, Item>(
  context: GraphContext,
  events: AsyncIterableIterator<LiveEvent<Body>>,
  view: FeedView<Body, Item>,
): AsyncIterableIterator<LiveEvent<Body>> {
  if (context.services.policies?.restrictsReads !== true) return events;
  const stalls = new Map<string, Date>();
  return {
    async next() {
      for (;;) {
        const { done, value } = await events.next();
        if (done === true) return { done, value: undefined };
        const shown = await shownTo(context, value, view, stalls);
        if (shown !== undefined) return { done: false, value: shown };
      }
    },
    // A pending `next` must not delay the end, as it would in an async generator.
    return: async () => (await events.return?.()) ?? { done: true, value: undefined },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

async function shownTo<Body, Item>(
  { requestId, principal, log, services }: GraphContext,
  event: LiveEvent<Body>,
  view: FeedView<Body, Item>,
  stalls: Map<string, Date>,
): Promise<LiveEvent<Body> | undefined> {
  // Decisions follow the policies that are in force now.
  const now = createContext({ requestId, principal, log, signal: new AbortController().signal }, services);
  try {
    const { access } = now;
    if (access === undefined || access.readsAll(view.noun)) return event;
    const items = view.itemsOf(event.body);
    const action = KINDS[view.noun].operation;
    const allowed = await Promise.all(
      items.map(async (item) => {
        const named = view.named(item);
        const decisions = await Promise.all(
          named.map(({ arn, clusterArn }) => access.byName(action, view.noun, arn, clusterArn)),
        );
        return named.length > 0 && decisions.every(({ isAllowed }) => isAllowed);
      }),
    );
    return withItems(
      event,
      items,
      items.filter((_item, index) => allowed[index]),
      view,
      stalls,
    );
  } finally {
    now.ecs.release();
  }
}

function withItems<Body, Item>(
  event: LiveEvent<Body>,
  all: readonly Item[],
  items: readonly Item[],
  view: FeedView<Body, Item>,
  stalls: Map<string, Date>,
): LiveEvent<Body> | undefined {
  const { type } = event;
  if (type === 'SNAPSHOT' || type === 'RESYNC') stalls.clear();
  for (const { name, since } of view.stallOf === undefined ? [] : items.map(view.stallOf)) {
    if (since === null) stalls.delete(name);
    else stalls.set(name, since);
  }
  if (items.length === 0 && !ALWAYS_SENT.has(type)) return undefined;
  const { changeOf } = view;
  const fields = changeOf && new Set(items.map(changeOf));
  const isWhole = items.length === all.length;
  const { epoch, sequence } = decodeLiveCursor(view.key, event.cursor);
  return {
    ...event,
    cursor: encodeLiveCursor(view.key, { epoch, sequence }),
    body: view.with(event.body, items),
    changes: isWhole ? event.changes : event.changes.filter(({ field }) => fields?.has(field) === true),
    summary: SUMMARIES[type] ?? view.summary(items),
    stalledSince: earliest(stalls),
  };
}

function earliest(stalls: ReadonlyMap<string, Date>): Date | null {
  return [...stalls.values()].sort((a, b) => a.getTime() - b.getTime())[0] ?? null;
}

function summaryOf(items: readonly { readonly summary: string }[]): string {
  return items.map(({ summary }) => summary).join('; ') || 'nothing under way';
}

/** The view of a feed of deployments or drains. */
export function feedView<Progress>(
  key: string,
  noun: EntityKind,
  named: (progress: Progress) => readonly Named[],
): FeedView<FeedProgress<Progress>, FeedItem<Progress>> {
  return {
    key,
    noun,
    itemsOf: ({ items }) => items,
    named: ({ progress }) => named(progress),
    with: (body, items) => ({ ...body, items }),
    summary: summaryOf,
    stallOf: ({ progress, stalledSince }) => ({
      name: named(progress)
        .map(({ arn }) => arn)
        .join(),
      since: stalledSince,
    }),
  };
}

/** The view of a feed of service events. */
export function eventsView(key: string): FeedView<ClusterEventsProgress, ClusterEventsProgress['events'][number]> {
  return {
    key,
    noun: 'Service',
    itemsOf: ({ events }) => events,
    named: ({ service: { serviceArn, clusterArn } }) => [{ arn: serviceArn, clusterArn }],
    with: (body, events) => ({ ...body, events }),
    summary: (events) => events.map(({ message }) => message).at(-1) ?? 'no events yet',
    changeOf: ({ eventId }) => `event/${eventId}`,
  };
}
