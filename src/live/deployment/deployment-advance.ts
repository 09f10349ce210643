import { startOf, targetTasks } from './deployment-blockers.ts';
import { waitInStage } from './deployment-estimate.ts';
import { countsOf, isRollingBack, type Seen, strategyOf } from './deployment-percent.ts';
import type { Advance, DeploymentSnapshot } from './deployment-state.ts';

/** Since when a deployment has made no progress. Bake times and the waits between traffic steps do not count. */
export function quietSince(snapshot: DeploymentSnapshot, now: number): number {
  return Math.min(now, snapshot.advance.at + waitInStage(snapshot));
}

/** Combines a poll with the furthest progress so far. Tasks that start, fail and start again are no progress. */
export function advanceOf(previous: Advance | undefined, seen: Seen, now: number): Advance {
  const { readyCount, runningCount, sourceRunningTaskCount } = countsOf(seen, now);
  const { serviceDeployment, sourceCount } = seen;
  const found = {
    stage: stageOf(seen),
    ready: isRollingBack(seen) ? sourceRunningTaskCount : readyCount,
    replaced: isRollingBack(seen) ? 0 : Math.max(0, sourceCount - sourceRunningTaskCount),
    left: runningCount,
    weight: serviceDeployment?.targetServiceRevision?.requestedProductionTrafficWeight ?? 0,
  };
  if (previous === undefined) return { ...found, at: Math.min(now, beganAt(seen, found, now)) };
  if (previous.stage !== found.stage) return { ...found, at: now };
  const isFurther =
    found.ready > previous.ready ||
    found.replaced > previous.replaced ||
    found.weight > previous.weight ||
    (isRollingBack(seen) && found.left < previous.left);
  return {
    stage: found.stage,
    ready: Math.max(found.ready, previous.ready),
    replaced: Math.max(found.replaced, previous.replaced),
    left: Math.min(found.left, previous.left),
    weight: Math.max(found.weight, previous.weight),
    at: isFurther ? now : previous.at,
  };
}

function stageOf({ serviceDeployment, deployment }: Seen): string {
  const status = serviceDeployment?.status ?? deployment?.rolloutState ?? '';
  const hooks = (serviceDeployment?.lifecycleHookDetails ?? []).map(
    ({ hookId, status: answer }) => `${hookId} ${answer}`,
  );
  return [status, serviceDeployment?.lifecycleStage ?? '', ...hooks].join('|');
}

/**
 * When it last progressed before the first poll, as far as that can be known: the start of its newest healthy task, or
 * its own start if no task is healthy and none was replaced. Otherwise now.
 */
function beganAt(seen: Seen, { ready, replaced }: Pick<Advance, 'ready' | 'replaced'>, now: number): number {
  const start = startOf(seen)?.getTime();
  const isStaged = seen.serviceDeployment?.lifecycleStage !== undefined && strategyOf(seen) !== 'ROLLING';
  if (start === undefined || isStaged || isRollingBack(seen)) return now;
  if (ready === 0 && replaced === 0 && lostCount(seen) === 0) return start;
  if (!seen.hasTasks) return now;
  const ours = new Set(targetTasks(seen).map(({ taskArn }) => taskArn));
  const moments = seen.tasks.map((task) => {
    if (ours.has(task.taskArn)) return task.lastStatus === 'RUNNING' ? task.startedAt : undefined;
    return task.stoppedAt ?? task.stoppingAt;
  });
  return Math.max(start, ...moments.map((moment) => moment?.getTime() ?? 0));
}

/** Tasks that older revisions were asked to run and that no longer run. */
function lostCount({ serviceDeployment }: Seen): number {
  return (serviceDeployment?.sourceServiceRevisions ?? []).reduce(
    (sum, { requestedTaskCount = 0, runningTaskCount = 0 }) => sum + Math.max(0, requestedTaskCount - runningTaskCount),
    0,
  );
}
