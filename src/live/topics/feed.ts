import { lastPart } from '../arithmetic.ts';
import { type Change, changesBetween, type Facts } from '../changes.ts';
import { counted } from '../duration.ts';
import type { News, TopicSpec } from '../news.ts';
import type { LiveSession } from '../session.ts';
import { isClusterGone } from './cluster-gone.ts';
import { decodeMark, encodeMark, isAfter, OVERLAP_MS, type Told, toldId } from './feed-mark.ts';

/** What happened to one thing of a standing feed. */
export type FeedKind = 'ONGOING' | 'STARTED' | 'STALLED' | 'ENDED';

export interface FeedItem<Progress> {
  readonly kind: FeedKind;
  readonly progress: Progress;
  /** How it ended, for ENDED. */
  readonly outcome: string | null;
  readonly summary: string;
}

/** What one message of a feed tells: in a snapshot all that is under way, afterwards what happened. */
export interface FeedProgress<Progress> {
  readonly clusterArn: string;
  readonly items: readonly FeedItem<Progress>[];
}

/** How a feed sees the things that it is about. */
export interface FeedSpec<Target, Look, Snapshot, Progress> {
  readonly key: string;
  readonly clusterArn: string;
  /** What is counted in summaries: `deployment`, `drain`. */
  readonly noun: string;
  readonly stallAfterMs: number;
  /** All that is under way, by a name that stays the same; and what was under way before, to its end. */
  read(
    session: LiveSession,
    known: ReadonlyMap<string, { readonly target: Target; readonly snapshot: Snapshot }>,
    memory: Memory,
    /** When the last look was; 0 at the first. */
    lastLookAt: number,
  ): Promise<FeedLook<Target, Look>>;
  observe(previous: Snapshot | undefined, target: Target, look: Look, now: number): Snapshot;
  progress(snapshot: Snapshot, now: number): Progress;
  facts(progress: Progress): Facts;
  outcomeOf(progress: Progress): string | null;
  summary(progress: Progress, now: number, kind: FeedKind): string;
  /** When it began and ended, where ECS keeps a history: the feed can then tell what happened while nobody looked. */
  times?(progress: Progress): { readonly startedAt: Date | null; readonly finishedAt: Date | null };
}

export type Memory = ReadonlyMap<string, string>;

export interface FeedLook<Target, Look> {
  readonly found: ReadonlyMap<string, { readonly target: Target; readonly look: Look }>;
  /** What `read` wants to remember for its next look. */
  readonly memory: Memory;
  /** At the first look: everything that ended after this moment is in `found`. */
  readonly completeSince?: number;
}

interface Ended<Progress> {
  readonly progress: Progress;
  readonly at: number;
}

interface Followed<Target, Snapshot, Progress> {
  readonly target: Target;
  readonly snapshot: Snapshot;
  readonly progress: Progress;
  readonly changedAt: number;
  readonly hasStalled: boolean;
}

interface State<Target, Snapshot, Progress> {
  readonly open: ReadonlyMap<string, Followed<Target, Snapshot, Progress>>;
  /** Those whose end was told: they are not begun again by an answer that reads late. */
  readonly ended: ReadonlySet<string>;
  /** What has ended after `completeSince`, in the order in which it was seen. */
  readonly history: ReadonlyMap<string, Ended<Progress>>;
  readonly completeSince: number;
  /** What was told and happened lately. */
  readonly told: readonly Told[];
  readonly memory: Memory;
  readonly observedAt: number;
}

/** A feed that goes on as long as its cluster: it tells when something starts, stands still and ends, whoever began it. */
export function feedTopic<Target, Look, Snapshot, Progress>(
  spec: FeedSpec<Target, Look, Snapshot, Progress>,
): TopicSpec<LiveSession, State<Target, Snapshot, Progress>, FeedLook<Target, Look>, FeedProgress<Progress>> {
  const tell = (
    items: readonly FeedItem<Progress>[],
    changes: readonly Change[],
    summary: string,
    outcome: string | null = null,
    mark?: string,
  ): News<FeedProgress<Progress>> => ({
    body: { clusterArn: spec.clusterArn, items },
    changes,
    summary,
    outcome,
    mark,
  });
  const item = (kind: FeedKind, progress: Progress, now: number): FeedItem<Progress> => {
    const prefix = kind === 'STARTED' ? 'started: ' : kind === 'STALLED' ? 'stalled: ' : '';
    const outcome = kind === 'ENDED' ? spec.outcomeOf(progress) : null;
    return { kind, progress, outcome, summary: `${prefix}${spec.summary(progress, now, kind)}` };
  };

  const markOf = (since: number, told: readonly Told[]) =>
    spec.times === undefined ? undefined : encodeMark(since, told);
  const cluster = lastPart(spec.clusterArn);

  return {
    key: spec.key,
    read(session, state) {
      return spec.read(session, state?.open ?? new Map(), state?.memory ?? new Map(), state?.observedAt ?? 0);
    },
    step(state, { found, memory, completeSince: from }, now) {
      const open = new Map<string, Followed<Target, Snapshot, Progress>>();
      const ended = new Set(state?.ended);
      const news: News<FeedProgress<Progress>>[] = [];
      const history = new Map(state?.history);
      const since = state?.observedAt ?? now;
      const told = (state?.told ?? []).filter(({ at }) => at > since - OVERLAP_MS);
      const publish = (kind: FeedKind, name: string, progress: Progress) => {
        const said = item(kind, progress, now);
        const change = { field: `${spec.noun}/${name}`, before: null, after: said.outcome ?? kind };
        news.push(tell([said], [change], said.summary, null, markOf(since, told)));
      };
      for (const [name, { target, look }] of found) {
        if (ended.has(name)) continue;
        const before = state?.open.get(name);
        const snapshot = spec.observe(before?.snapshot, target, look, now);
        const progress = spec.progress(snapshot, now);
        const isOver = spec.outcomeOf(progress) !== null;
        const { startedAt, finishedAt } = spec.times?.(progress) ?? { startedAt: null, finishedAt: null };
        if (before === undefined) told.push({ id: toldId('STARTED', name), at: startedAt?.getTime() ?? 0 });
        if (before === undefined && state !== undefined) publish('STARTED', name, progress);
        if (isOver) {
          ended.add(name);
          const at = finishedAt?.getTime() ?? (state === undefined ? 0 : now);
          told.push({ id: toldId('ENDED', name), at });
          history.set(name, { progress, at });
          // What had ended before the first look is no news.
          if (state !== undefined) publish('ENDED', name, progress);
          continue;
        }
        const changed =
          before === undefined || changesBetween(spec.facts(before.progress), spec.facts(progress)).length > 0;
        const changedAt = changed ? now : before.changedAt;
        const stalls = now - changedAt >= spec.stallAfterMs;
        if (stalls && before?.hasStalled === false) publish('STALLED', name, progress);
        open.set(name, { target, snapshot, progress, changedAt, hasStalled: stalls });
      }
      const forgotten = [...history].slice(0, -MOST_HISTORY);
      for (const [name] of forgotten) history.delete(name);
      const completeSince = Math.max(state?.completeSince ?? from ?? now, ...forgotten.map(([, { at }]) => at));
      const kept = { ended: new Set([...ended].slice(-MOST_ENDED)), history, completeSince, told };
      return { state: { open, ...kept, memory, observedAt: now }, news };
    },
    whole({ open, observedAt, told }, now) {
      const items = [...open.values()].map(({ progress }) => item('ONGOING', progress, now));
      const summary = `${cluster}: ${counted(items.length, spec.noun)} under way`;
      return tell(items, [], summary, null, markOf(observedAt, told));
    },
    aside: ({ open, observedAt, told }) =>
      tell([], [], `${cluster}: ${counted(open.size, spec.noun)} under way`, null, markOf(observedAt, told)),
    since({ open, history, completeSince, observedAt, told }, text, now) {
      const mark = decodeMark(text);
      if (spec.times === undefined || mark === undefined || completeSince > mark.since) return undefined;
      const ended = [...history].filter(([name, { at }]) => isAfter(mark, { id: toldId('ENDED', name), at }));
      const begun = [...open].filter(([name, { progress }]) =>
        isAfter(mark, { id: toldId('STARTED', name), at: spec.times?.(progress).startedAt?.getTime() ?? 0 }),
      );
      const items = [
        ...ended.sort(([, a], [, b]) => a.at - b.at).map(([, { progress }]) => item('ENDED', progress, now)),
        ...begun.map(([, { progress }]) => item('STARTED', progress, now)),
      ];
      const summary = `${cluster}: since then ${ended.length} ended and ${begun.length} started`;
      return tell(items, [], summary, null, markOf(observedAt, told));
    },
    gone: (_state, error) =>
      isClusterGone(error) ? tell([], [], `${cluster}: the cluster is gone`, 'CLUSTER_DELETED') : undefined,
    pulse: ({ open }) => (open.size > 0 ? 'active' : 'quiet'),
    joinBodies: (earlier, later) => ({ ...later, items: [...earlier.items, ...later.items] }),
    timedOut: () => tell([], [], 'the time allowed is over', 'TIMED_OUT'),
  };
}

const MOST_ENDED = 5_000;
const MOST_HISTORY = 500;
