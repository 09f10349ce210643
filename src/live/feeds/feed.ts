import { isClusterGone } from '../core/cluster-gone.ts';
import type { LiveSession } from '../core/create-hub.ts';
import { lastPart } from '../core/deployment-bounds.ts';
import { counted } from '../core/duration.ts';
import type { Change } from '../hub/changes.ts';
import { earliest, isConfirmed } from '../hub/confirmation.ts';
import type { News, TopicSpec } from '../hub/topic-spec.ts';
import { type FeedMarks, type Gap, OVERLAP_MS, type Told, toldId } from './feed-mark.ts';

/** What happened to one thing of a standing feed. */
export type FeedKind = 'ONGOING' | 'STARTED' | 'STALLED' | 'RESUMED' | 'ENDED';

export interface FeedItem<Progress> {
  readonly kind: FeedKind;
  readonly progress: Progress;
  /** How it ended, for ENDED. */
  readonly outcome: string | null;
  /** Since when it has not moved towards its goal, while that is a stall. */
  readonly stalledSince: Date | null;
  readonly summary: string;
}

/** What one message of a feed tells: in a snapshot all that is under way, afterwards what happened. */
export interface FeedProgress<Progress> {
  readonly clusterArn: string;
  readonly items: readonly FeedItem<Progress>[];
}

/** What a feed's look begins with. */
export interface FeedRequest<Target, Snapshot, Memory> {
  /** What is under way, to be followed to its end. */
  readonly known: ReadonlyMap<string, { readonly target: Target; readonly snapshot: Snapshot }>;
  /** Those whose end was told. */
  readonly ended: ReadonlySet<string>;
  /** What the look before wanted to be remembered; undefined at the first. */
  readonly memory: Memory | undefined;
  /** When the last look was; 0 at the first. */
  readonly lastLookAt: number;
  /** Marks of those who joined with a cursor of another process and want to know what happened since. */
  readonly marks: readonly string[];
}

/** How a feed sees the things that it is about. */
export interface FeedSpec<Target, Look, Snapshot, Progress, Memory> {
  readonly key: string;
  readonly group: string;
  readonly clusterArn: string;
  /** What is counted in summaries: `deployment`, `drain`. */
  readonly noun: string;
  readonly stallAfterMs: number;
  readonly marks: FeedMarks;
  /** Outcomes that are told only when a later look finds the same. */
  readonly confirms: ReadonlySet<string>;
  /** Set where a name that is over may come again, once two looks in a row have not shown it. */
  readonly mayRepeat?: boolean;
  /** Whether a look shows something under way again that is still listed after its end. */
  isAgain?(look: Look): boolean;
  /** All that is under way, by a name that stays the same; and what was under way before, to its end. */
  read(session: LiveSession, request: FeedRequest<Target, Snapshot, Memory>): Promise<FeedLook<Target, Look, Memory>>;
  observe(previous: Snapshot | undefined, target: Target, look: Look, now: number): Snapshot;
  progress(snapshot: Snapshot, now: number): Progress;
  /** Since when it has not moved towards its goal, by ECS's clock. */
  quietSince(snapshot: Snapshot, now: number): number;
  outcomeOf(progress: Progress): string | null;
  summary(progress: Progress, now: number, kind: FeedKind): string;
  /** How many things of ECS a progress holds on to. */
  weigh(progress: Progress): number;
  /** When it began and ended, where ECS keeps that. */
  times?(progress: Progress): { readonly startedAt: Date | null; readonly finishedAt: Date | null };
}

export interface FeedLook<Target, Look, Memory> {
  readonly found: ReadonlyMap<string, Found<Target, Look>>;
  readonly memory: Memory;
  /** Everything that ended after this moment is in what was found, now or before. */
  readonly completeSince: number;
  /** Set where the next look finds more of what ended after a mark. */
  readonly isSearching?: boolean;
}

interface Found<Target, Look> {
  readonly target: Target;
  readonly look: Look;
  /** Looked for because a mark names it: its beginning was told before the mark was given out. */
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
  /** Since when it has not moved towards its goal, while that is a stall. */
  readonly stalledSince: number | null;
  /** When the first look began that found an end which a later one has to find, too; undefined while none has. */
  readonly claimedAt: number | undefined;
}

interface State<Target, Snapshot, Progress, Memory> {
  readonly open: ReadonlyMap<string, Followed<Target, Snapshot, Progress>>;
  /** Those that are over: they are not begun again by an answer that reads late. */
  readonly ended: ReadonlySet<string>;
  /** Of those, the ones that the last look showed. */
  readonly over: ReadonlySet<string>;
  /** What has ended after `completeSince`, in the order in which it was seen. */
  readonly history: ReadonlyMap<string, Ended<Progress>>;
  readonly forgottenAt: number;
  readonly completeSince: number;
  readonly isSearching: boolean;
  /** What was told and happened lately. */
  readonly told: readonly Told[];
  readonly memory: Memory;
  /** What had ended before the first look is no news. */
  readonly beganAt: number;
  readonly observedAt: number;
}

/** A feed that goes on as long as its cluster: it tells when something starts, stands still and ends, whoever began it. */
export function feedTopic<Target, Look, Snapshot, Progress, Memory>(
  spec: FeedSpec<Target, Look, Snapshot, Progress, Memory>,
): TopicSpec<
  LiveSession,
  State<Target, Snapshot, Progress, Memory>,
  FeedLook<Target, Look, Memory>,
  FeedProgress<Progress>
> {
  const tell = (
    items: readonly FeedItem<Progress>[],
    changes: readonly Change[],
    summary: string,
    { outcome, mark, open }: Telling = {},
  ): News<FeedProgress<Progress>> => ({
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
  /** What is under way, as a snapshot tells it. */
  const standing = ({ progress, stalledSince }: Followed<Target, Snapshot, Progress>, now: number) =>
    item(stalledSince === null ? 'ONGOING' : 'STALLED', progress, stalledSince, now);
  const timesOf = (progress: Progress) => spec.times?.(progress) ?? { startedAt: null, finishedAt: null };
  const markOf = ({ open, over, told, observedAt }: Pick<State<unknown, unknown, unknown, unknown>, StandingKey>) =>
    spec.marks.write({ observedAt, told, over, open: new Set(open.keys()) });
  const cluster = lastPart(spec.clusterArn);
  const underWay = (open: ReadonlyMap<string, unknown>) => `${cluster}: ${counted(open.size, spec.noun)} under way`;

  return {
    key: spec.key,
    group: spec.group,
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
      const news: News<FeedProgress<Progress>>[] = [];
      const history = new Map(state?.history);
      const observedAt = state?.observedAt ?? now;
      const beganAt = state?.beganAt ?? now;
      const told = (state?.told ?? []).filter(({ at }) => at > observedAt - OVERLAP_MS);
      const publish = (kind: FeedKind, name: string, progress: Progress, stalledSince: number | null = null) => {
        const was = state?.open.get(name);
        const said = item(kind, progress, stalledSince, now);
        const before = was === undefined ? null : was.stalledSince === null ? 'ONGOING' : 'STALLED';
        const after = said.outcome ?? (kind === 'RESUMED' ? 'ONGOING' : kind);
        const change = { field: `${spec.noun}/${name}`, before, after };
        news.push(tell([said], [change], said.summary, { mark: markOf({ open, over, told, observedAt }), open }));
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
        // What is told as started is not told as stalled in the same moment.
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
          told.push({ id: toldId('STARTED', name), at: startedAt?.getTime() ?? 0 });
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
          told.push({ id: toldId('ENDED', name), at });
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
      return { state: { open, ...kept, told, memory, beganAt, observedAt: now }, news };
    },
    whole(state, now) {
      const items = [...state.open.values()]
        .filter(({ progress }) => spec.outcomeOf(progress) === null)
        .map((followed) => standing(followed, now));
      return tell(items, [], underWay(state.open), { mark: markOf(state), open: state.open });
    },
    aside: (state) => tell([], [], underWay(state.open), { mark: markOf(state), open: state.open }),
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
        // What has begun and stalled since is told as both.
        ...open
          .filter(([name, { stalledSince }]) => !hasBegun.has(name) || stalledSince !== null)
          .map(([, followed]) => standing(followed, now)),
      ];
      const some = state.completeSince > gap.since ? 'at least ' : '';
      const summary = `${underWay(state.open)}; since the last message ${some}${ended.length} ended and ${begun.length} started`;
      return tell(items, [], summary, { mark: markOf(state), open: state.open });
    },
    isSearching: (state) => state.isSearching,
    claimedAt: ({ open }) => earliest([...open.values()].map(({ claimedAt }) => claimedAt)),
    gone: (error) =>
      isClusterGone(error)
        ? tell([], [], `${cluster}: the cluster is gone`, { outcome: 'CLUSTER_DELETED' })
        : undefined,
    pulse: ({ open }) => (open.size > 0 ? 'active' : 'quiet'),
    weigh: ({ items }) => items.reduce((sum, { progress }) => sum + 1 + spec.weigh(progress), 0),
    joinBodies: (earlier, later) => ({ ...later, items: [...earlier.items, ...later.items] }),
    timedOut: ({ open }) => tell([], [], `${cluster}: the time allowed is over`, { outcome: 'TIMED_OUT', open }),
  };
}

interface Telling {
  readonly outcome?: string;
  readonly mark?: string | undefined;
  /** What is under way. */
  readonly open?: ReadonlyMap<string, { readonly stalledSince: number | null }>;
}

const PREFIXES: Partial<Readonly<Record<FeedKind, string>>> = {
  STARTED: 'started: ',
  STALLED: 'stalled: ',
  RESUMED: 'goes on: ',
};

/** Since when something that is under way has stood still, the first of it. */
function firstStall(open: NonNullable<Telling['open']>): Date | null {
  const stalls = [...open.values()].flatMap(({ stalledSince }) => stalledSince ?? []);
  return stalls.length === 0 ? null : new Date(Math.min(...stalls));
}

type StandingKey = 'open' | 'over' | 'told' | 'observedAt';

function isBefore(date: Date | null, moment: number): boolean {
  return date !== null && date.getTime() <= moment;
}

/** What happened behind the marks that can be read. */
export function gapsIn(marks: FeedMarks, texts: readonly string[]): Gap[] {
  return texts.flatMap((text) => marks.read(text) ?? []);
}

const MOST_ENDED = 5_000;
const MOST_HISTORY = 2_000;
