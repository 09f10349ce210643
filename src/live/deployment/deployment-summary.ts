import { blockedWords } from '../core/blockers.ts';
import { lastPart } from '../core/deployment-bounds.ts';
import { inWords } from '../core/duration.ts';
import { whyStopped } from '../core/task-verdict.ts';
import type { Facts } from '../topic/changes.ts';
import type { DeploymentProgress } from './deployment-progress.ts';
import { endingWords } from './ending-summary.ts';

/** The facts of a deployment whose change is an event. */
export function deploymentFacts(progress: DeploymentProgress): Facts {
  const { ending, circuitBreaker, targetRevision } = progress;
  const facts: Record<string, string | number | boolean | null | undefined> = {
    status: progress.status,
    rolloutState: progress.rolloutState,
    lifecycleStage: progress.lifecycleStage,
    desiredCount: progress.desiredCount,
    pendingCount: progress.pendingCount,
    runningCount: progress.runningCount,
    healthyTaskCount: progress.healthyTaskCount,
    failedTaskCount: progress.failedTaskCount,
    stoppingTaskCount: progress.stoppingTaskCount,
    sourceRunningTaskCount: progress.sourceRunningTaskCount,
    failureCount: circuitBreaker?.failureCount,
    productionTrafficWeight: targetRevision?.requestedProductionTrafficWeight,
    testTrafficWeight: targetRevision?.requestedTestTrafficWeight,
    outcome: ending?.outcome,
  };
  for (const hook of progress.hooks) facts[`hook/${hook.hookId}`] = hook.status;
  for (const task of progress.failedTasks) facts[`failedTask/${lastPart(task.taskArn)}`] = whyStopped(task);
  for (const blocked of progress.blockedBy) facts[`blockedBy/${blocked.reason}`] = blocked.message;
  for (const event of progress.events) facts[`event/${event.eventId}`] = event.message;
  return facts;
}

/** The line about its start, which names the revision because people ask for it first. */
export function startedSummary(progress: DeploymentProgress, now: number): string {
  const { taskDefinitionArn, ending } = progress;
  const what = taskDefinitionArn === null ? '' : ` (${lastPart(taskDefinitionArn)})`;
  // If it has already ended, another line reports that.
  return `${ending === null ? deploymentSummary(progress, now) : nameOf(progress)}${what}`;
}

/** One line that a bot can post as it is. */
export function deploymentSummary(progress: DeploymentProgress, now: number): string {
  const { ending, startedAt, finishedAt } = progress;
  const name = nameOf(progress);
  const took = startedAt === null ? '' : ` after ${inWords((finishedAt?.getTime() ?? now) - startedAt.getTime())}`;
  if (ending !== null) {
    const newest = progress.failedTasks[0];
    const isFailure = ending.outcome === 'FAILED' || ending.outcome.startsWith('ROLL');
    return `${name}: ${endingWords(ending, took, isFailure && newest !== undefined ? [whyStopped(newest)] : [])}`;
  }
  const parts = [
    ...standing(progress),
    ...(progress.sourceRunningTaskCount > 0 ? [`${progress.sourceRunningTaskCount} old running`] : []),
    ...(progress.failedTaskCount > 0 ? [`${progress.failedTaskCount} failed`] : []),
    ...(progress.lifecycleStage === null ? [] : [progress.lifecycleStage]),
  ];
  const estimate = progress.estimate === null ? '' : `, about ${inWords(progress.estimate.remainingMs)} left`;
  return `${name}: ${progress.percent} % (${parts.join(', ')})${estimate}${blockedWords(progress.blockedBy)}`;
}

/** The state of its own tasks. In a rollback none of them is wanted any more. */
function standing({
  isRollingBack,
  hasTasks,
  healthyTaskCount,
  runningCount,
  pendingCount,
  desiredCount,
}: DeploymentProgress) {
  if (isRollingBack) return ['rolling back', `${runningCount} new left`];
  return [
    hasTasks ? `${healthyTaskCount} of ${desiredCount} healthy` : `${runningCount} of ${desiredCount} running`,
    ...(pendingCount > 0 ? [`${pendingCount} pending`] : []),
  ];
}

function nameOf({ target }: DeploymentProgress): string {
  return `${target.serviceName} in ${lastPart(target.clusterArn)}`;
}
