import { isClusterGone } from '../core/cluster-gone.ts';
import type { LiveSession } from '../core/create-hub.ts';
import { lastPart } from '../core/deployment-bounds.ts';
import { counted } from '../core/duration.ts';
import { wokenByCluster } from '../core/woken-by.ts';
import type { Change } from '../topic/changes.ts';
import { earliest, isConfirmed } from '../topic/confirmation.ts';
import type { TopicSpec, Update } from '../topic/topic-spec.ts';
import { type FeedMarks, type Gap, OVERLAP_MS, type Reported, reportedId } from './feed-mark.ts';

/** The change of one item of a feed. */
export type FeedKind = 'ONGOING' | 'STARTED' | 'STALLED' | 'RESUMED' | 'ENDED';

export interface FeedItem<Progress> {
  readonly kind: FeedKind;
  readonly progress: Progress;
  /** The outcome, for ENDED. */
  readonly outcome: string | null;
  /** Since when it has made no progress, while that is a stall. */
  readonly stalledSince: Date | null;
  readonly summary: string;
}

/** One message of a feed: in a snapshot everything in progress, afterwards the changes. */
export interface FeedProgress<Progress> {
  readonly clusterArn: string;
  readonly items: readonly FeedItem<Progress>[];
}

/** The inputs of a feed's poll. */
export interface FeedRequest<Target, Snapshot, Memory> {
  /** Items in progress, to be followed to their end. */
  readonly known: ReadonlyMap<string, { readonly target: Target; readonly snapshot: Snapshot }>;
  /** Items whose end was reported. */
  readonly ended: ReadonlySet<string>;
  /** State that the previous poll asked to keep; undefined at the first. */
  readonly memory: Memory | undefined;
  /** Time of the previous poll; 0 at the first. */
  readonly lastLookAt: number;
  /** Marks of subscribers that resume with a cursor of another process and want the changes since. */
  readonly marks: readonly string[];
}

/** How a feed reads and shows its items. */
export interface FeedSpec<Target, Look, Snapshot, Progress, Memory> {
  readonly key: string;
  readonly group: string;
  readonly clusterArn: string;
  /** The noun in summaries: `deployment`, `drain`. */
  readonly noun: string;
  readonly stallAfterMs: number;
  readonly marks: FeedMarks;
  /** Outcomes that are reported only when a later poll finds the same. */
  readonly confirms: ReadonlySet<string>;
  /** Set if an ended name can start again, once two consecutive polls have not shown it. */
  readonly mayRepeat?: boolean;
  /** Whether a poll shows an item in progress again that is still listed after its end. */
  isAgain?(look: Look): boolean;
  /** Everything in progress, by a stable name, and everything that was in progress before, to its end. */
  read(session: LiveSession, request: FeedRequest<Target, Snapshot, Memory>): Promise<FeedLook<Target, Look, Memory>>;
  observe(previous: Snapshot | undefined, target: Target, look: Look, now: number): Snapshot;
  progress(snapshot: Snapshot, now: number): Progress;
  /** Since when it has made no progress, by ECS's clock. */
  quietSince(snapshot: Snapshot, now: number): number;
  outcomeOf(progress: Progress): string | null;
  summary(progress: Progress, now: number, kind: FeedKind): string;
  /** How many ECS resources a progress holds. */
  weigh(progress: Progress): number;
  /** When it started and ended, if ECS keeps that. */
  times?(progress: Progress): { readonly startedAt: Date | null; readonly finishedAt: Date | null };
}

export interface FeedLook<Target, Look, Memory> {
  readonly found: ReadonlyMap<string, Found<Target, Look>>;
  readonly memory: Memory;
  /** Everything that ended after this time is in this or an earlier poll. */
  readonly completeSince: number;
  /** Set if the next poll finds more of what ended after a mark. */
  readonly isSearching?: boolean;
}

interface Found<Target, Look> {
  readonly target: Target;
  readonly look: Look;
  /** Read because a mark contains it: its start was reported before the mark was created. */
  readonly isPast?: boolean;
}

interface Ended<Progress> {
  readonly progress: Progress;
  readonly at: number;
}

interface Followed<Target, Snapshot, Progress> {
  readonly target: Target;
  readonly snapshot: Snapshot;
  readonly progress: Progress;
  /** Since when it has made no progress, while that is a stall. */
  readonly stalledSince: number | null;
  /** When the first poll started that found an end which a later one must confirm; undefined without one. */
  readonly claimedAt: number | undefined;
}

interface State<Target, Snapshot, Progress, Memory> {
  readonly open: ReadonlyMap<string, Followed<Target, Snapshot, Progress>>;
  /** Ended items: a stale answer does not start them again. */
  readonly ended: ReadonlySet<string>;
  /** The ended items that the last poll showed. */
  readonly over: ReadonlySet<string>;
  /** Items that ended after `completeSince`, in the order in which that was seen. */
  readonly history: ReadonlyMap<string, Ended<Progress>>;
  readonly forgottenAt: number;
  readonly completeSince: number;
  readonly isSearching: boolean;
  /** Recent changes that were reported. */
  readonly reported: readonly Reported[];
  readonly memory: Memory;
  /** Ends before the first poll are not reported. */
  readonly beganAt: number;
  readonly observedAt: number;
}

/** A feed that lasts as long as its cluster. It reports when items start, stall and end, whatever started them. */
export function feedTopic<Target, Look, Snapshot, Progress, Memory>(
  spec: FeedSpec<Target, Look, Snapshot, Progress, Memory>,
): TopicSpec<
  LiveSession,
  State<Target, Snapshot, Progress, Memory>,
  FeedLook<Target, Look, Memory>,
  FeedProgress<Progress>
> {
  const toUpdate = (
    items: readonly FeedItem<Progress>[],
    changes: readonly Change[],
    summary: string,
    { outcome, mark, open }: UpdateParts = {},
  ): Update<FeedProgress<Progress>> => ({
    body: { clusterArn: spec.clusterArn, items },
    changes,
    summary,
    outcome: outcome ?? null,
    mark,
    stalledSince: open === undefined ? null : firstStall(open),
  });
  const item = (kind: FeedKind, progress: Progress, stalledSince: number | null, now: number): FeedItem<Progress> => ({
    kind,
    progress,
    outcome: kind === 'ENDED' ? spec.outcomeOf(progress) : null,
    stalledSince: stalledSince === null ? null : new Date(stalledSince),
    summary: `${PREFIXES[kind] ?? ''}${spec.summary(progress, now, kind)}`,
  });
  /** An item in progress, as a snapshot shows it. */
  const standing = ({ progress, stalledSince }: Followed<Target, Snapshot, Progress>, now: number) =>
    item(stalledSince === null ? 'ONGOING' : 'STALLED', progress, stalledSince, now);
  const timesOf = (progress: Progress) => spec.times?.(progress) ?? { startedAt: null, finishedAt: null };
  const markOf = ({ open, over, reported, observedAt }: Pick<State<unknown, unknown, unknown, unknown>, StandingKey>) =>
    spec.marks.write({ observedAt, reported, over, open: new Set(open.keys()) });
  const cluster = lastPart(spec.clusterArn);
  const underWay = (open: ReadonlyMap<string, unknown>) => `${cluster}: ${counted(open.size, spec.noun)} under way`;

  return {
    key: spec.key,
    group: spec.group,
    wakes: wokenByCluster(spec.clusterArn),
    read: (session, state, marks) =>
      spec.read(session, {
        known: state?.open ?? new Map(),
        ended: state?.ended ?? new Set(),
        memory: state?.memory,
        lastLookAt: state?.observedAt ?? 0,
        marks,
      }),
    step(state, { found, memory, completeSince: from, isSearching = false }, now, moment) {
      const open = new Map(state?.open);
      const isAgain = (name: string) => {
        const [one, past] = [found.get(name), state?.history.get(name)];
        if (one === undefined || past === undefined || spec.isAgain?.(one.look) !== true) return false;
        return spec.confirms.has(spec.outcomeOf(past.progress) ?? '');
      };
      const isStill = (name: string) => (found.has(name) || state?.over.has(name) === true) && !isAgain(name);
      const ended = new Set([...(state?.ended ?? [])].filter((name) => spec.mayRepeat !== true || isStill(name)));
      const over = new Set([...found.keys()].filter((name) => ended.has(name)));
      const news: Update<FeedProgress<Progress>>[] = [];
      const history = new Map(state?.history);
      const observedAt = state?.observedAt ?? now;
      const beganAt = state?.beganAt ?? now;
      const reported = (state?.reported ?? []).filter(({ at }) => at > observedAt - OVERLAP_MS);
      const publish = (kind: FeedKind, name: string, progress: Progress, stalledSince: number | null = null) => {
        const was = state?.open.get(name);
        const said = item(kind, progress, stalledSince, now);
        const before = was === undefined ? null : was.stalledSince === null ? 'ONGOING' : 'STALLED';
        const after = said.outcome ?? (kind === 'RESUMED' ? 'ONGOING' : kind);
        const change = { field: `${spec.noun}/${name}`, before, after };
        news.push(
          toUpdate([said], [change], said.summary, { mark: markOf({ open, over, reported, observedAt }), open }),
        );
      };
      for (const name of state?.open.keys() ?? []) if (!found.has(name)) open.delete(name);
      for (const [name, { target, look, isPast = false }] of found) {
        const before = state?.open.get(name);
        if (ended.has(name) || (isPast && before === undefined && history.has(name))) continue;
        const snapshot = spec.observe(before?.snapshot, target, look, now);
        const progress = spec.progress(snapshot, now);
        const outcome = spec.outcomeOf(progress);
        const { startedAt, finishedAt } = timesOf(progress);
        const quietSince = spec.quietSince(snapshot, now);
        // An item that is reported as started is not reported as stalled at the same time.
        const mayStall = before !== undefined || state === undefined || isPast;
        const stalledSince = mayStall && now - quietSince >= spec.stallAfterMs ? quietSince : null;
        const lastAt = finishedAt ?? startedAt;
        const wasOver = outcome !== null && (state === undefined || isBefore(lastAt, beganAt));
        const isOld = before === undefined && (isPast || wasOver);
        const mustConfirm = outcome !== null && !isOld && spec.confirms.has(outcome);
        const isClaimed = mustConfirm && !isConfirmed(before?.claimedAt, moment);
        const claimedAt = isClaimed ? (before?.claimedAt ?? moment.askedAt) : undefined;
        const followed = { target, snapshot, progress, stalledSince, claimedAt };
        if (before === undefined) {
          reported.push({ id: reportedId('STARTED', name), at: startedAt?.getTime() ?? 0 });
          if (outcome === null || isClaimed) open.set(name, followed);
          if (state !== undefined && !isOld) publish('STARTED', name, progress);
        }
        if (isClaimed) {
          if (before !== undefined) open.set(name, { ...before, claimedAt });
          continue;
        }
        if (outcome !== null) {
          ended.add(name);
          over.add(name);
          open.delete(name);
          const at = finishedAt?.getTime() ?? (isOld ? 0 : now);
          reported.push({ id: reportedId('ENDED', name), at });
          history.delete(name);
          history.set(name, { progress, at });
          if (!isOld) publish('ENDED', name, progress);
          continue;
        }
        open.set(name, followed);
        const hadStalled = before?.stalledSince != null;
        if (before !== undefined && hadStalled !== (stalledSince !== null))
          publish(stalledSince === null ? 'RESUMED' : 'STALLED', name, progress, stalledSince);
      }
      const forgotten = [...history].slice(0, -MOST_HISTORY);
      for (const [name] of forgotten) history.delete(name);
      const forgottenAt = Math.max(state?.forgottenAt ?? 0, ...forgotten.map(([, { at }]) => at));
      const completeSince = Math.max(from, forgottenAt);
      const kept = {
        ended: new Set([...ended].slice(-MOST_ENDED)),
        over,
        history,
        forgottenAt,
        completeSince,
        isSearching,
      };
      return { state: { open, ...kept, reported, memory, beganAt, observedAt: now }, news };
    },
    whole(state, now) {
      const items = [...state.open.values()]
        .filter(({ progress }) => spec.outcomeOf(progress) === null)
        .map((followed) => standing(followed, now));
      return toUpdate(items, [], underWay(state.open), { mark: markOf(state), open: state.open });
    },
    aside: (state) => toUpdate([], [], underWay(state.open), { mark: markOf(state), open: state.open }),
    sinceIsWhole: true,
    since(state, text, now) {
      const gap = spec.marks.read(text);
      if (gap === undefined) return undefined;
      const ended = [...state.history].filter(([name, { at }]) => gap.hasEnded(name, at));
      const open = [...state.open].filter(([, { progress }]) => spec.outcomeOf(progress) === null);
      const begun = open.filter(([name, { progress }]) =>
        gap.hasBegun(name, timesOf(progress).startedAt?.getTime() ?? 0),
      );
      const hasBegun = new Set(begun.map(([name]) => name));
      const items = [
        ...ended.sort(([, a], [, b]) => a.at - b.at).map(([, { progress }]) => item('ENDED', progress, null, now)),
        ...begun.map(([, { progress, stalledSince }]) => item('STARTED', progress, stalledSince, now)),
        // An item that started and stalled since is reported as both.
        ...open
          .filter(([name, { stalledSince }]) => !hasBegun.has(name) || stalledSince !== null)
          .map(([, followed]) => standing(followed, now)),
      ];
      const some = state.completeSince > gap.since ? 'at least ' : '';
      const summary = `${underWay(state.open)}; since the last message ${some}${ended.length} ended and ${begun.length} started`;
      return toUpdate(items, [], summary, { mark: markOf(state), open: state.open });
    },
    isSearching: (state) => state.isSearching,
    adopt: (state) => ({
      ...state,
      open: new Map([...state.open].map(([name, followed]) => [name, { ...followed, claimedAt: undefined }])),
    }),
    claimedAt: ({ open }) => earliest([...open.values()].map(({ claimedAt }) => claimedAt)),
    gone: (error) =>
      isClusterGone(error)
        ? toUpdate([], [], `${cluster}: the cluster is gone`, { outcome: 'CLUSTER_DELETED' })
        : undefined,
    pulse: ({ open }) => (open.size > 0 ? 'active' : 'quiet'),
    weigh: ({ items }) => items.reduce((sum, { progress }) => sum + 1 + spec.weigh(progress), 0),
    joinBodies: (earlier, later) => ({ ...later, items: [...earlier.items, ...later.items] }),
    timedOut: ({ open }) => toUpdate([], [], `${cluster}: the time allowed is over`, { outcome: 'TIMED_OUT', open }),
  };
}

interface UpdateParts {
  readonly outcome?: string;
  readonly mark?: string | undefined;
  /** Items in progress. */
  readonly open?: ReadonlyMap<string, { readonly stalledSince: number | null }>;
}

const PREFIXES: Partial<Readonly<Record<FeedKind, string>>> = {
  STARTED: 'started: ',
  STALLED: 'stalled: ',
  RESUMED: 'goes on: ',
};

/** Since when the longest-stalled item has made no progress. */
function firstStall(open: NonNullable<UpdateParts['open']>): Date | null {
  const stalls = [...open.values()].flatMap(({ stalledSince }) => stalledSince ?? []);
  return stalls.length === 0 ? null : new Date(Math.min(...stalls));
}

type StandingKey = 'open' | 'over' | 'reported' | 'observedAt';

function isBefore(date: Date | null, moment: number): boolean {
  return date !== null && date.getTime() <= moment;
}

/** The changes after the readable marks. */
export function gapsIn(marks: FeedMarks, texts: readonly string[]): Gap[] {
  return texts.flatMap((text) => marks.read(text) ?? []);
}

const MOST_ENDED = 5_000;
const MOST_HISTORY = 2_000;
