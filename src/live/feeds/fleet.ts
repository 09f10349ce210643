import { listAll } from '../../ecs/lists/list.ts';
import { isClusterGone } from '../core/cluster-gone.ts';
import type { LiveSession } from '../core/create-hub.ts';
import { counted } from '../core/duration.ts';
import { earliest } from '../topic/confirmation.ts';
import type { TopicSpec, Update } from '../topic/topic-spec.ts';

/** The same feed for one cluster. */
type Part<State, Look, Body> = TopicSpec<LiveSession, State, Look, Body>;

export interface FleetSpec<State, Look, Body> {
  /** Names the feed and its parameters. */
  readonly key: string;
  /** The clusters by ARN; undefined means all clusters, including later ones. */
  readonly clusters: readonly string[] | undefined;
  readonly partOf: (clusterArn: string) => Part<State, Look, Body>;
  /** The poll of a cluster in which nothing has happened: whatever a new cluster shows beyond it is a change. */
  readonly nothing: Look;
  readonly join: (bodies: readonly Body[]) => Body;
  readonly isEmpty: (body: Body) => boolean;
}

interface FleetState<State> {
  readonly parts: ReadonlyMap<string, State>;
  /** The latest mark of each cluster. */
  readonly marks: ReadonlyMap<string, string>;
}

/** The poll of each cluster; undefined if the cluster is gone. */
type FleetLook<Look> = ReadonlyMap<string, Look | undefined>;

/**
 * Marks are part of every cursor, and cursors are sent in headers. Clusters whose marks do not fit are reported
 * completely after a restart.
 */
const MOST_MARKS = 6_000;

/** One feed for several clusters: each is polled like its own feed, and all changes come in one stream. */
export function fleetTopic<State, Look, Body>({
  key,
  clusters,
  partOf,
  nothing,
  join,
  isEmpty,
}: FleetSpec<State, Look, Body>): TopicSpec<LiveSession, FleetState<State>, FleetLook<Look>, Body> {
  const specs = new Map<string, Part<State, Look, Body>>();
  const specOf = (arn: string) => {
    const spec = specs.get(arn) ?? partOf(arn);
    specs.set(arn, spec);
    return spec;
  };
  const joined = (news: readonly Update<Body>[], marks: ReadonlyMap<string, string>): Update<Body> => {
    const reported = news.filter(({ body, changes }) => changes.length > 0 || !isEmpty(body));
    const summary =
      reported.map((one) => one.summary).join('; ') || `${counted(news.length, 'cluster')}: nothing under way`;
    return {
      body: join(news.map(({ body }) => body)),
      changes: news.flatMap(({ changes }) => changes),
      summary,
      outcome: null,
      mark: packMarks(marks),
      ...longestStall(news),
    };
  };
  const each = (state: FleetState<State>, toUpdate: (spec: Part<State, Look, Body>, part: State) => Update<Body>) => {
    const news = [...state.parts].map(([arn, part]) => [arn, toUpdate(specOf(arn), part)] as const);
    const marks = new Map(news.flatMap(([arn, { mark }]) => (mark === undefined ? [] : [[arn, mark] as const])));
    return joined(
      news.map(([, one]) => one),
      marks,
    );
  };

  return {
    key,
    async read(session, state, texts) {
      const listed = clusters ?? (await listAll(session.ecs, 'ListClusters', {}));
      const arns = [...new Set([...listed, ...(state?.parts.keys() ?? [])])].sort();
      const looks = arns.map(async (arn) => {
        const marks = texts.flatMap((text) => unpackMarks(text).get(arn) ?? []);
        try {
          return [arn, await specOf(arn).read(session, state?.parts.get(arn), marks)] as const;
        } catch (error) {
          // If the only requested cluster is gone, the feed ends. One of several just has no more changes.
          if (!isClusterGone(error) || clusters?.length === 1) throw error;
          return [arn, undefined] as const;
        }
      });
      return new Map(await Promise.all(looks));
    },
    step(state, look, now, moment) {
      const parts = new Map<string, State>();
      const marks = new Map(state?.marks);
      const news: Update<Body>[] = [];
      for (const [arn, found] of look) {
        if (found === undefined) {
          marks.delete(arn);
          continue;
        }
        const spec = specOf(arn);
        const isNew = state !== undefined && !state.parts.has(arn);
        const before = isNew ? spec.step(undefined, nothing, now, moment).state : state?.parts.get(arn);
        const step = spec.step(before, found, now, moment);
        parts.set(arn, step.state);
        for (const one of step.news) {
          if (one.mark !== undefined) marks.set(arn, one.mark);
          news.push({ ...one, outcome: null, mark: packMarks(marks) });
        }
      }
      if (news.length === 0) return { state: { parts, marks }, news };
      // An update of one cluster is an event of the whole feed, whose other clusters may stall.
      const stall = longestStall([...parts].map(([arn, part]) => specOf(arn).whole(part, now)));
      return { state: { parts, marks }, news: news.map((one) => ({ ...one, ...stall })) };
    },
    whole: (state, now) => ({ ...each(state, (spec, part) => spec.whole(part, now)), changes: [] }),
    aside: (state, now) => each(state, (spec, part) => spec.aside?.(part, now) ?? spec.whole(part, now)),
    sinceIsWhole: true,
    since(state, text, now) {
      const marks = unpackMarks(text);
      if (marks.size === 0) return undefined;
      return each(state, (spec, part) => {
        const mark = [...state.parts].find(([, one]) => one === part)?.[0] ?? '';
        const known = marks.get(mark);
        return (known === undefined ? undefined : spec.since?.(part, known, now)) ?? spec.whole(part, now);
      });
    },
    isSearching: ({ parts }) => [...parts].some(([arn, part]) => specOf(arn).isSearching?.(part) === true),
    adopt: (state) => ({
      ...state,
      parts: new Map([...state.parts].map(([arn, part]) => [arn, specOf(arn).adopt?.(part) ?? part])),
    }),
    claimedAt: ({ parts }) => earliest([...parts].map(([arn, part]) => specOf(arn).claimedAt?.(part))),
    gone: (error) => (clusters?.[0] === undefined ? undefined : specOf(clusters[0]).gone?.(error)),
    pulse: ({ parts }) => ([...parts].some(([arn, part]) => specOf(arn).pulse(part) === 'active') ? 'active' : 'quiet'),
    joinBodies: (earlier, later) => join([earlier, later]),
    timedOut: (state, now) => ({
      ...each(state, (spec, part) => spec.timedOut(part, now)),
      changes: [],
      summary: 'the time allowed is over',
      outcome: 'TIMED_OUT',
    }),
  };
}

/** Since when the longest-stalled item of all clusters has made no progress; null without one, absent where a feed has no items. */
function longestStall(news: readonly Update<unknown>[]): { readonly stalledSince?: Date | null } {
  const known = news.flatMap(({ stalledSince }) => (stalledSince === undefined ? [] : [stalledSince]));
  if (known.length === 0) return {};
  const stalls = known.filter((since) => since !== null).map((since) => since.getTime());
  return { stalledSince: stalls.length === 0 ? null : new Date(Math.min(...stalls)) };
}

/** The marks of all clusters in one. If they are too long together, the longest are omitted. */
function packMarks(marks: ReadonlyMap<string, string>): string | undefined {
  let length = 0;
  const shortest = [...marks].sort(([, a], [, b]) => a.length - b.length);
  const kept = shortest.filter(([arn, mark]) => {
    length += arn.length + mark.length;
    return length <= MOST_MARKS;
  });
  return kept.length === 0 ? undefined : JSON.stringify(kept);
}

/** The marks by cluster; empty if the text is not such a mark. It comes from a client. */
function unpackMarks(text: string): ReadonlyMap<string, string> {
  try {
    const pairs: unknown = JSON.parse(text);
    if (!Array.isArray(pairs)) return new Map();
    return new Map(
      pairs.filter(
        (pair): pair is [string, string] =>
          Array.isArray(pair) && pair.length === 2 && pair.every((one) => typeof one === 'string'),
      ),
    );
  } catch {
    return new Map();
  }
}
