import type { Advance } from '../core/progress-memory.ts';
import { startOf } from './deployment-blockers.ts';
import { waitInStage } from './deployment-estimate.ts';
import { pastOf } from './deployment-past.ts';
import { countsOf, isRollingBack, type Seen } from './deployment-percent.ts';
import type { DeploymentSnapshot } from './deployment-state.ts';

/** Since when a deployment has made no progress. Bake times and the waits between traffic steps do not count. */
export function quietSince(snapshot: DeploymentSnapshot, now: number): number {
  return Math.min(now, snapshot.advance.at + waitInStage(snapshot));
}

/** Combines a poll with the furthest progress so far. Tasks that start, fail and start again are no progress. */
export function advanceOf(previous: Advance, seen: Seen, now: number): Advance {
  return further(previous, countedIn(seen, now), isRollingBack(seen), now);
}

/**
 * The progress at the first poll. What came before it follows from what ECS dates, and from the progress that this
 * process saw when it followed the deployment before.
 */
export function firstAdvance(seen: Seen, now: number, remembered: Advance | undefined): Advance {
  const found = countedIn(seen, now);
  const past = pastOf(seen, now);
  const first = {
    ...found,
    ready: Math.max(found.ready, past.ready),
    replaced: Math.max(found.replaced, past.replaced),
  };
  const at = Math.min(now, Math.max(past.at ?? now, startOf(seen)?.getTime() ?? 0));
  return remembered === undefined ? { ...first, at } : further(remembered, first, isRollingBack(seen), at);
}

/** @param at when the progress was made, if it is any */
function further(previous: Advance, found: Omit<Advance, 'at'>, isBack: boolean, at: number): Advance {
  const reachedAt = Math.max(previous.at, at);
  if (previous.stage !== found.stage) return { ...found, at: reachedAt };
  const isFurther =
    found.ready > previous.ready ||
    found.replaced > previous.replaced ||
    found.weight > previous.weight ||
    (isBack && found.left < previous.left);
  return {
    stage: found.stage,
    ready: Math.max(found.ready, previous.ready),
    replaced: Math.max(found.replaced, previous.replaced),
    left: Math.min(found.left, previous.left),
    weight: Math.max(found.weight, previous.weight),
    at: isFurther ? reachedAt : previous.at,
  };
}

/** The progress by one poll alone. */
function countedIn(seen: Seen, now: number): Omit<Advance, 'at'> {
  const { readyCount, runningCount, sourceRunningTaskCount } = countsOf(seen, now);
  const isBack = isRollingBack(seen);
  return {
    stage: stageOf(seen),
    ready: isBack ? sourceRunningTaskCount : readyCount,
    replaced: isBack ? 0 : Math.max(0, seen.sourceCount - sourceRunningTaskCount),
    left: runningCount,
    weight: seen.serviceDeployment?.targetServiceRevision?.requestedProductionTrafficWeight ?? 0,
  };
}

function stageOf({ serviceDeployment, deployment }: Seen): string {
  const status = serviceDeployment?.status ?? deployment?.rolloutState ?? '';
  const hooks = (serviceDeployment?.lifecycleHookDetails ?? []).map(
    ({ hookId, status: answer }) => `${hookId} ${answer}`,
  );
  return [status, serviceDeployment?.lifecycleStage ?? '', ...hooks].join('|');
}
