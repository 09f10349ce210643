import type { Task } from '@aws-sdk/client-ecs';
import { startOf, targetTasks } from './deployment-blockers.ts';
import { countsOf, isRollingBack, type Seen, strategyOf } from './deployment-percent.ts';
import { healthySpan, leastAtOnce, mostAtOnce, type Reached, runningSpan, type Span } from './task-history.ts';

/** The progress before the first poll, as far as ECS dates it. */
export interface Past {
  /** The most tasks that were finished at one time, and that were replaced. In a rollback, the most old tasks. */
  readonly ready: number;
  readonly replaced: number;
  /** When the last progress was made; undefined if ECS does not date it. */
  readonly at: number | undefined;
}

/**
 * The past of a deployment, as the tasks of the last hour show it: how many were ready at once, and when that number was first
 * reached. A task that became ready later, after others had exited, is no progress. ECS forgets stopped tasks after an
 * hour, so of a longer loop the date is at most an hour back. ECS does not date the stages of a deployment that shifts
 * traffic; in SCALE_UP its tasks do.
 */
export function pastOf(seen: Seen, now: number): Past {
  const { serviceDeployment, hasTasks } = seen;
  const start = startOf(seen)?.getTime();
  if (start === undefined) return NOTHING;
  if (isRollingBack(seen)) return rollbackPast(seen);
  const stage = serviceDeployment?.lifecycleStage;
  if (stage !== undefined && strategyOf(seen) !== 'ROLLING')
    return stage === 'SCALE_UP' ? scaleUpPast(seen, now) : NOTHING;
  if (hasTasks) {
    const { ours, others } = byRevision(seen);
    const ready = mostAtOnce(healthySpans(ours, now), start);
    const spans = others.flatMap(runningSpan);
    const left = leastAtOnce(spans, start);
    const replaced = mostAtOnce(spans, start).count - left.count;
    return { ready: ready.count, replaced, at: latest(start, ready, left) };
  }
  const { readyCount, sourceRunningTaskCount } = countsOf(seen, now);
  const isUntouched = readyCount === 0 && seen.sourceCount <= sourceRunningTaskCount && lostCount(seen) === 0;
  return { ...NOTHING, at: isUntouched ? start : undefined };
}

/** The most tasks of older revisions that ran at one time since the deployment started: the number to replace. */
export function sourceCountOf(seen: Omit<Seen, 'sourceCount'>): number {
  const start = startOf(seen)?.getTime();
  if (start === undefined || !seen.hasTasks) return 0;
  return mostAtOnce(byRevision(seen).others.flatMap(runningSpan), start).count;
}

function scaleUpPast(seen: Seen, now: number): Past {
  const { ours } = byRevision(seen);
  const created = ours.flatMap(({ createdAt }) => createdAt?.getTime() ?? []);
  if (created.length === 0) return NOTHING;
  const from = Math.min(...created);
  const ready = mostAtOnce(healthySpans(ours, now), from);
  return { ready: ready.count, replaced: 0, at: latest(from, ready) };
}

function rollbackPast(seen: Seen): Past {
  const from = seen.serviceDeployment?.rollback?.startedAt?.getTime();
  if (from === undefined || !seen.hasTasks) return NOTHING;
  const { ours, others } = byRevision(seen);
  const back = mostAtOnce(others.flatMap(runningSpan), from);
  const left = leastAtOnce(ours.flatMap(runningSpan), from);
  return { ready: back.count, replaced: 0, at: latest(from, back, left) };
}

function byRevision(seen: Omit<Seen, 'sourceCount'>): { readonly ours: readonly Task[]; readonly others: Task[] } {
  const ours = targetTasks(seen);
  const isOurs = new Set(ours.map(({ taskArn }) => taskArn));
  return { ours, others: seen.tasks.filter(({ taskArn }) => !isOurs.has(taskArn)) };
}

function healthySpans(tasks: readonly Task[], now: number): Span[] {
  return tasks.flatMap((task) => healthySpan(task, now));
}

const NOTHING: Past = { ready: 0, replaced: 0, at: undefined };

function latest(start: number, ...reached: readonly Reached[]): number {
  return Math.max(start, ...reached.map(({ at }) => at ?? start));
}

/** Tasks that older revisions were asked to run and that no longer run. */
function lostCount({ serviceDeployment }: Seen): number {
  return (serviceDeployment?.sourceServiceRevisions ?? []).reduce(
    (sum, { requestedTaskCount = 0, runningTaskCount = 0 }) => sum + Math.max(0, requestedTaskCount - runningTaskCount),
    0,
  );
}
