import { blockedWords } from '../core/blockers.ts';
import { lastPart } from '../core/deployment-bounds.ts';
import { counted, inWords } from '../core/duration.ts';
import type { Facts } from '../topic/changes.ts';
import type { DrainProgress } from './drain-progress.ts';

/** The facts of a drain whose change is an event. */
export function drainFacts(progress: DrainProgress): Facts {
  const facts: Record<string, string | number | boolean | null | undefined> = {
    remainingTaskCount: progress.remainingTaskCount,
    stoppingTaskCount: progress.stoppingTaskCount,
    outcome: progress.outcome,
  };
  for (const { containerInstanceArn, instance, outcome, tasks } of progress.instances) {
    const id = lastPart(containerInstanceArn);
    facts[`instance/${id}/status`] = instance?.status;
    facts[`instance/${id}/outcome`] = outcome;
    for (const { task, state, isProtected, probableReplacement, isReplacementHealthy } of tasks) {
      const taskId = lastPart(task.taskArn);
      facts[`task/${taskId}`] = state;
      if (isProtected) facts[`task/${taskId}/protected`] = true;
      if (probableReplacement === null) continue;
      const health = isReplacementHealthy ? 'healthy' : probableReplacement.lastStatus;
      facts[`task/${taskId}/replacement`] = `${lastPart(probableReplacement.taskArn)} ${health}`;
    }
  }
  for (const { reason, serviceArn, message } of progress.blockedBy) {
    facts[`blockedBy/${reason}${serviceArn === null ? '' : `/${lastPart(serviceArn)}`}`] = message;
  }
  return facts;
}

const OUTCOMES: Readonly<Record<NonNullable<DrainProgress['outcome']>, string>> = {
  DRAINED: 'drained',
  REACTIVATED: 'drain was called off (reactivated)',
  DEREGISTERED: 'deregistered before the drain was done',
  TIMED_OUT: 'not drained in the time allowed',
};

/** One line that a bot can post as it is. */
export function drainSummary(progress: DrainProgress): string {
  const cluster = lastPart(progress.clusterArn);
  const [only] = progress.instances;
  const gone =
    progress.goneInstanceCount === 0
      ? ''
      : `; ${counted(progress.goneInstanceCount, 'instance')} left the cluster unseen`;
  if (only === undefined) return `${cluster}: no instance is draining${gone}`;
  const name =
    progress.instances.length === 1
      ? (only.instance?.ec2InstanceId ?? `instance ${lastPart(only.containerInstanceArn).slice(0, 8)}`)
      : counted(progress.instances.length, 'instance');
  const { movedTaskCount: moved, remainingTaskCount } = progress;
  const total = counted((moved ?? 0) + remainingTaskCount, 'task');
  if (progress.outcome !== null) {
    const parts = [
      ...(moved === null ? [] : [`${moved} of ${total} off`]),
      ...(remainingTaskCount === 0 ? [] : [`${counted(remainingTaskCount, 'task')} left`]),
    ];
    return `${name} in ${cluster}: ${OUTCOMES[progress.outcome]}${parts.length === 0 ? '' : ` (${parts.join(', ')})`}${gone}`;
  }
  const parts = [
    moved === null ? `${total} left` : `${remainingTaskCount} of ${total} left`,
    ...(progress.stoppingTaskCount > 0 ? [`${progress.stoppingTaskCount} stopping`] : []),
    ...(progress.standaloneTaskCount > 0 ? [`${progress.standaloneTaskCount} standalone`] : []),
    ...((progress.protectedTaskCount ?? 0) > 0 ? [`${progress.protectedTaskCount} protected`] : []),
  ];
  const estimate = progress.estimate === null ? '' : `, about ${inWords(progress.estimate.remainingMs)} left`;
  const state = progress.percent === null ? 'draining' : `${progress.percent} % drained`;
  return `${name} in ${cluster}: ${state} (${parts.join(', ')})${estimate}${blockedWords(progress.blockedBy)}${gone}`;
}
