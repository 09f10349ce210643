import type { DaemonDeployment } from '@aws-sdk/client-ecs';
import { EcsError } from '../../ecs/core/errors.ts';
import { listPage } from '../../ecs/lists/list.ts';
import type { LiveSession } from '../core/create-hub.ts';
import type { DeploymentEnding } from '../deployment/deployment-outcome.ts';
import { changesBetween } from '../topic/changes.ts';
import type { TopicSpec, Update } from '../topic/topic-spec.ts';
import {
  type DaemonLook,
  type DaemonProgress,
  type DaemonSnapshot,
  daemonFacts,
  daemonProgress,
  daemonSummary,
  observeDaemon,
  triggeredBy,
} from './daemon-progress.ts';

/** Follows one deployment of a daemon to its end. */
export function daemonTopic(
  scope: string,
  arn: string,
): TopicSpec<LiveSession, DaemonSnapshot, DaemonLook, DaemonProgress> {
  const toUpdate = (progress: DaemonProgress, now: number, before?: DaemonProgress): Update<DaemonProgress> => ({
    body: progress,
    changes: before === undefined ? [] : changesBetween(daemonFacts(before), daemonFacts(progress)),
    summary: daemonSummary(progress, now),
    outcome: progress.ending?.outcome ?? null,
  });
  return {
    key: `daemon ${scope} ${arn}`,
    read: (session, state) => readDaemon(session, arn, state),
    step(state, look, now) {
      const next = observeDaemon(state, arn, look, now);
      if (state === undefined) return { state: next, news: [] };
      const news = toUpdate(daemonProgress(next), now, daemonProgress(state));
      return { state: next, news: news.changes.length === 0 ? [] : [news] };
    },
    facts: daemonFacts,
    whole: (state, now) => toUpdate(daemonProgress(state), now),
    confirms: new Set(['SUCCEEDED']),
    quietSince: ({ advance }) => advance.at,
    pulse: () => 'active',
    timedOut(state, now) {
      const ending: DeploymentEnding = { outcome: 'TIMED_OUT', cause: 'TIMEOUT', reason: null, inferred: false };
      return toUpdate({ ...daemonProgress(state), ending }, now);
    },
  };
}

async function readDaemon(session: LiveSession, arn: string, state: DaemonSnapshot | undefined): Promise<DaemonLook> {
  const reached = state === undefined ? session.progress?.daemons.get(arn) : undefined;
  if (state !== undefined) session.progress?.daemons.set(arn, state.advance);
  const deployment = await readDaemonDeployment(session, arn);
  const isUnexplained = deployment?.status === 'STOPPED' && triggeredBy(deployment) === undefined;
  return { deployment, stoppedBy: isUnexplained ? await whatStopped(session, deployment) : null, reached };
}

/** Read once, at the end. Without permission, the cause stays unknown. */
async function whatStopped(
  { ecs, loaders }: LiveSession,
  { daemonDeploymentArn = '', createdAt }: DaemonDeployment,
): Promise<DaemonLook['stoppedBy']> {
  const daemonArn = daemonDeploymentArn.replace(':daemon-deployment/', ':daemon/').replace(/\/[^/]*$/, '');
  try {
    const daemon = await loaders.of('Daemon').load({ id: daemonArn, members: [] });
    if (daemon === null || daemon.status !== 'ACTIVE') return 'DELETION';
    const { items } = await listPage(ecs, 'ListDaemonDeployments', { daemonArn });
    const isNewer = (other: Date | undefined) => (other?.getTime() ?? 0) > (createdAt?.getTime() ?? 0);
    return items.some((other) => isNewer(other.createdAt)) ? 'NEWER_DEPLOYMENT' : null;
  } catch (error) {
    if (error instanceof EcsError && !error.retryable) return null;
    throw error;
  }
}

/** Null if the deployment does not exist. */
export function readDaemonDeployment({ loaders }: LiveSession, id: string): Promise<DaemonDeployment | null> {
  return loaders.of('DaemonDeployment').load({ id, members: [] });
}
