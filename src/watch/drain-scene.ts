import { counted, type Outlook, outlook, sceneOf, shortId, type TaskRow } from './scene-types.ts';
import { weightedPercent } from './weighted-percent.ts';

interface DrainTask {
  readonly state: 'WAITING' | 'STOPPING' | 'STOPPED';
  readonly kind: string;
  readonly isProtected: boolean | null;
  readonly isReplacementHealthy: boolean;
  readonly task: { readonly taskArn: string; readonly group: string | null };
  readonly probableReplacement: { readonly taskArn: string; readonly lastStatus: string | null } | null;
}

interface DrainProgress extends Outlook {
  readonly percent: number | null;
  readonly remainingTaskCount: number;
  readonly stoppingTaskCount: number;
  readonly standaloneTaskCount: number;
  readonly protectedTaskCount: number | null;
  readonly movedTaskCount: number | null;
  readonly instanceCount: number;
  readonly instances: readonly { readonly tasks: { readonly nodes: readonly DrainTask[] } | null }[];
}

/** How much of a task's move is done: its replacement starts, is healthy, the task itself stops. */
const STARTING = 0.25;
const REPLACED = 0.5;
const STOPPING = 0.8;

export const DRAIN_SCENE = sceneOf<DrainProgress>(
  `instanceCount estimate { remaining } instances { tasks(first: 50, states: [WAITING, STOPPING]) { nodes {
      state kind isProtected isReplacementHealthy task { taskArn group } probableReplacement { taskArn lastStatus } } } }`,
  (progress) => {
    const tasks = progress.instances.flatMap(({ tasks }) => tasks?.nodes ?? []);
    const { percent, remainingTaskCount, instanceCount } = progress;
    return {
      ...outlook(progress),
      percent: percent === null ? null : weightedPercent(percent, 100, remainingTaskCount, sharesOf(tasks)),
      isRollingBack: false,
      subject: `${instanceCount} ${instanceCount === 1 ? 'instance' : 'instances'}`,
      counts: [
        `${remainingTaskCount} left`,
        ...counted(progress.movedTaskCount ?? 0, 'moved'),
        ...counted(progress.stoppingTaskCount, 'stopping'),
        ...counted(progress.standaloneTaskCount, 'standalone'),
        ...counted(progress.protectedTaskCount ?? 0, 'protected'),
      ],
      rows: tasks.map(rowOf),
    };
  },
);

function sharesOf(tasks: readonly DrainTask[]): (readonly [number, number])[] {
  return tasks.map(({ state, isReplacementHealthy, probableReplacement }) => [
    state === 'STOPPING' ? STOPPING : isReplacementHealthy ? REPLACED : probableReplacement === null ? 0 : STARTING,
    1,
  ]);
}

function rowOf({ state, kind, isProtected, task, probableReplacement, isReplacementHealthy }: DrainTask): TaskRow {
  const group = task.group?.replace(/^service:/, '') ?? '';
  const next =
    probableReplacement === null
      ? ''
      : `, replaced by ${shortId(probableReplacement.taskArn)} (${isReplacementHealthy ? 'healthy' : (probableReplacement.lastStatus ?? 'starting').toLowerCase()})`;
  const stays = kind === 'STANDALONE' ? 'standalone' : isProtected === true ? 'protected' : undefined;
  return {
    id: shortId(task.taskArn),
    state: state === 'STOPPING' ? 'stopping' : (stays ?? 'waiting'),
    detail: `${group}${next}`,
    tone: state === 'STOPPING' ? 'dim' : stays === undefined ? 'busy' : 'bad',
  };
}
