import { counted, sceneOf, shortId, type TaskRow } from './scene-types.ts';
import { weightedPercent } from './weighted-percent.ts';

interface TaskState {
  readonly taskArn: string;
  readonly verdict: string | null;
  readonly reason: string | null;
  readonly task: { readonly lastStatus: string | null; readonly taskDefinitionArn: string } | null;
}

interface TasksProgress {
  readonly stoppedTaskCount: number;
  readonly tasks: readonly TaskState[];
}

/** How much of a task's life has passed in each state. RUNNING is half of it, however long it lasts. */
const SHARES: Readonly<Record<string, number>> = {
  PENDING: 0.1,
  ACTIVATING: 0.2,
  RUNNING: 0.5,
  DEACTIVATING: 0.8,
  STOPPING: 0.85,
  DEPROVISIONING: 0.9,
};

export const TASK_SCENE = sceneOf<TasksProgress>(
  'tasks { taskArn verdict reason task { lastStatus taskDefinitionArn } }',
  ({ tasks, stoppedTaskCount }) => {
    const left = tasks.length - stoppedTaskCount;
    const underWay = tasks.filter(({ verdict }) => verdict === null);
    return {
      blockers: [],
      remaining: null,
      percent: weightedPercent(
        tasks.length === 0 ? 0 : Math.floor((100 * stoppedTaskCount) / tasks.length),
        100,
        left,
        underWay.map(({ task }) => [SHARES[task?.lastStatus ?? ''] ?? 0, 1]),
      ),
      isRollingBack: false,
      subject: '',
      counts: [
        `${stoppedTaskCount} of ${tasks.length} ended`,
        ...counted(tasks.filter(({ task }) => task?.lastStatus === 'RUNNING').length, 'running'),
      ],
      rows: tasks.map(rowOf),
    };
  },
);

function rowOf({ taskArn, verdict, reason, task }: TaskState): TaskRow {
  const what = task?.taskDefinitionArn.replace(/^.*\//, '') ?? '';
  if (verdict === null) {
    const status = task?.lastStatus ?? 'unknown';
    return { id: shortId(taskArn), state: status.toLowerCase(), detail: what, tone: 'busy' };
  }
  return {
    id: shortId(taskArn),
    state: verdict === 'SUCCEEDED' ? 'succeeded' : 'ended',
    detail: reason === null ? what : `${what}  ${reason}`,
    tone: verdict === 'SUCCEEDED' ? 'good' : 'bad',
  };
}
