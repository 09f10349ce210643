import { type Change, changesBetween, type Facts } from '../changes.ts';
import { counted } from '../duration.ts';
import type { News, TopicSpec } from '../news.ts';
import type { LiveSession } from '../session.ts';

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
  summary(progress: Progress, now: number): string;
}

export type Memory = ReadonlyMap<string, string>;

export interface FeedLook<Target, Look> {
  readonly found: ReadonlyMap<string, { readonly target: Target; readonly look: Look }>;
  /** What `read` wants to remember for its next look. */
  readonly memory: Memory;
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
  readonly memory: Memory;
  readonly observedAt: number;
}

/** A feed that never completes: it tells when something starts, stands still and ends, whoever began it. */
export function feedTopic<Target, Look, Snapshot, Progress>(
  spec: FeedSpec<Target, Look, Snapshot, Progress>,
): TopicSpec<LiveSession, State<Target, Snapshot, Progress>, FeedLook<Target, Look>, FeedProgress<Progress>> {
  const tell = (
    items: readonly FeedItem<Progress>[],
    changes: readonly Change[],
    summary: string,
    outcome: string | null = null,
  ): News<FeedProgress<Progress>> => ({ body: { clusterArn: spec.clusterArn, items }, changes, summary, outcome });
  const item = (kind: FeedKind, progress: Progress, now: number): FeedItem<Progress> => {
    const prefix = kind === 'STARTED' ? 'started: ' : kind === 'STALLED' ? 'stalled: ' : '';
    const outcome = kind === 'ENDED' ? spec.outcomeOf(progress) : null;
    return { kind, progress, outcome, summary: `${prefix}${spec.summary(progress, now)}` };
  };

  return {
    key: spec.key,
    read(session, state) {
      return spec.read(session, state?.open ?? new Map(), state?.memory ?? new Map(), state?.observedAt ?? 0);
    },
    step(state, { found, memory }, now) {
      const open = new Map<string, Followed<Target, Snapshot, Progress>>();
      const ended = new Set(state?.ended);
      const news: News<FeedProgress<Progress>>[] = [];
      const publish = (kind: FeedKind, name: string, progress: Progress) => {
        const told = item(kind, progress, now);
        news.push(
          tell([told], [{ field: `${spec.noun}/${name}`, before: null, after: told.outcome ?? kind }], told.summary),
        );
      };
      for (const [name, { target, look }] of found) {
        if (ended.has(name)) continue;
        const before = state?.open.get(name);
        const snapshot = spec.observe(before?.snapshot, target, look, now);
        const progress = spec.progress(snapshot, now);
        const isOver = spec.outcomeOf(progress) !== null;
        if (before === undefined && state !== undefined) publish('STARTED', name, progress);
        if (isOver) {
          ended.add(name);
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
      return { state: { open, ended: new Set([...ended].slice(-MOST_ENDED)), memory, observedAt: now }, news };
    },
    whole({ open }, now) {
      const items = [...open.values()].map(({ progress }) => item('ONGOING', progress, now));
      return tell(items, [], `${counted(items.length, spec.noun)} under way`);
    },
    pulse: ({ open }) => (open.size > 0 ? 'active' : 'quiet'),
    joinBodies: (earlier, later) => ({ ...later, items: [...earlier.items, ...later.items] }),
    timedOut: () => tell([], [], 'the time allowed is over', 'TIMED_OUT'),
  };
}

const MOST_ENDED = 5_000;
