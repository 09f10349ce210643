import type { Task } from '@aws-sdk/client-ecs';
import { counted } from '../live/core/duration.ts';
import { whyStopped } from '../live/core/task-verdict.ts';
import type { TaskOutlook } from '../sandbox/simulation/index.ts';
import type { PreviewAssumption } from './types.ts';

/** A task that ran for so long did not fail at its start. */
const LONG_ENOUGH = 120_000;
/** This many failures, one after another, are a pattern. */
const FAILURES = 2;

const CONTAINER_CHECK = /failed container health checks/i;
const TARGET_CHECK = /health checks? .*(ELB|target-group)|ELB health checks/i;

interface Learned {
  readonly fate: NonNullable<TaskOutlook['fate']>;
  readonly assumption: PreviewAssumption;
}

/**
 * The expected fate of new tasks of a revision, judged by its tasks so far: if its last ones failed and none outlives them, new ones
 * are assumed to fail in the same way. Undefined if they are assumed to start and to keep running.
 */
export function learnFate(
  family: string,
  live: readonly Task[],
  stopped: readonly Task[],
  now: number,
): Learned | undefined {
  const newestFirst = [...stopped].sort((a, b) => (b.stoppedAt?.getTime() ?? 0) - (a.stoppedAt?.getTime() ?? 0));
  const failed: { readonly task: Task; readonly ran: number; readonly fate: Learned['fate'] }[] = [];
  for (const task of newestFirst) {
    const ran = ranFor(task);
    const fate = fateOf(task, ran);
    // Stopped from outside: it shows that tasks keep running only if it had the time to fail.
    if (fate === undefined && ran < LONG_ENOUGH) continue;
    if (fate === undefined) break;
    failed.push({ task, ran, fate });
  }
  const [newest] = failed;
  if (newest === undefined || failed.length < FAILURES) return undefined;
  // One that has run for longer than the failed ones shows that new ones may keep running.
  const longest = Math.max(...failed.map(({ ran }) => ran));
  const outlived = live.some(
    ({ lastStatus, startedAt }) =>
      lastStatus === 'RUNNING' && now - (startedAt?.getTime() ?? 0) > longest * 1.5 + 10_000,
  );
  if (outlived) return undefined;
  const text = `New tasks fail as the last ${counted(failed.length, 'task')} of ${family} did: ${whyStopped(newest.task)}.`;
  return {
    fate: newest.fate,
    assumption: { kind: 'TASK_FATE', family, text, range: null, sampleCount: failed.length },
  };
}

function ranFor({ startedAt, executionStoppedAt, stoppingAt }: Task): number {
  if (startedAt === undefined) return 0;
  return Math.max(0, (executionStoppedAt ?? stoppingAt ?? startedAt).getTime() - startedAt.getTime());
}

/** How a task failed, as the fate of new tasks; undefined if it did not fail by itself. */
function fateOf(task: Task, ran: number): Learned['fate'] | undefined {
  const { stopCode, stoppedReason = '', startedAt } = task;
  if (stopCode === 'TaskFailedToStart') {
    return /CannotPull/.test(whyStopped(task)) ? { pullError: stoppedReason } : { startError: stoppedReason };
  }
  if (stopCode === 'EssentialContainerExited') {
    const exitCode = task.containers?.find((container) => container.exitCode !== undefined)?.exitCode ?? 1;
    return startedAt === undefined ? { exitCode } : { exitCode, exitAfter: ran };
  }
  if (CONTAINER_CHECK.test(stoppedReason)) return { unhealthyAfter: ran };
  return TARGET_CHECK.test(stoppedReason) ? { targetUnhealthyAfter: ran } : undefined;
}
