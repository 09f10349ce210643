import type { DaemonDeployment } from '@aws-sdk/client-ecs';
import { changesBetween } from '../changes.ts';
import {
  type DaemonProgress,
  type DaemonSnapshot,
  daemonFacts,
  daemonProgress,
  daemonSummary,
  observeDaemon,
} from '../daemon-progress.ts';
import type { DeploymentEnding } from '../deployment-outcome.ts';
import type { News, TopicSpec } from '../news.ts';
import type { LiveSession } from '../session.ts';

/** Follows one deployment of a daemon to its end. */
export function daemonTopic(
  scope: string,
  arn: string,
): TopicSpec<LiveSession, DaemonSnapshot, DaemonDeployment | null, DaemonProgress> {
  const tell = (progress: DaemonProgress, now: number, before?: DaemonProgress): News<DaemonProgress> => ({
    body: progress,
    changes: before === undefined ? [] : changesBetween(daemonFacts(before), daemonFacts(progress)),
    summary: daemonSummary(progress, now),
    outcome: progress.ending?.outcome ?? null,
  });
  return {
    key: `daemon ${scope} ${arn}`,
    read: (session) => readDaemonDeployment(session, arn),
    step(state, look, now) {
      const next = observeDaemon(state, arn, look, now);
      if (state === undefined) return { state: next, news: [] };
      const news = tell(daemonProgress(next), now, daemonProgress(state));
      return { state: next, news: news.changes.length === 0 ? [] : [news] };
    },
    whole: (state, now) => tell(daemonProgress(state), now),
    pulse: () => 'active',
    timedOut(state, now) {
      const ending: DeploymentEnding = { outcome: 'TIMED_OUT', cause: 'TIMEOUT', reason: null, inferred: false };
      return tell({ ...daemonProgress(state), ending }, now);
    },
  };
}

/** Null when there is none. */
export function readDaemonDeployment({ loaders }: LiveSession, id: string): Promise<DaemonDeployment | null> {
  return loaders.of('DaemonDeployment').load({ id, members: [] });
}
