import { counted, lastPart, type Outlook, outlook, sceneOf, shortId, type TaskRow, type Tone } from './scene-types.ts';
import { weightedPercent } from './weighted-percent.ts';

type State = 'STARTING' | 'RUNNING' | 'HEALTHY' | 'STOPPING';

interface DeploymentProgress extends Outlook {
  readonly percent: number;
  readonly strategy: string;
  readonly isRollingBack: boolean;
  readonly lifecycleStage: string | null;
  readonly desiredTaskCount: number;
  readonly pendingTaskCount: number;
  readonly runningTaskCount: number;
  readonly healthyTaskCount: number;
  readonly failedTaskCount: number;
  readonly sourceRunningTaskCount: number;
  readonly taskDefinition: { readonly taskDefinitionArn: string } | null;
  readonly tasks: readonly {
    readonly state: State;
    readonly isOld: boolean;
    readonly task: { readonly taskArn: string; readonly taskDefinitionArn: string; readonly lastStatus: string | null };
  }[];
  readonly recentFailures: readonly { readonly taskArn: string; readonly stoppedReason: string | null }[];
}

const WORDS: Readonly<Record<State, readonly [string, Tone]>> = {
  STARTING: ['starting', 'busy'],
  RUNNING: ['running', 'busy'],
  HEALTHY: ['healthy', 'good'],
  STOPPING: ['stopping', 'dim'],
};

/** How much of a new task is done when it starts, and when it runs without counting as healthy. */
const STARTING = 0.25;
const RUNNING = 0.6;
/** Where the scale-up of a deployment with traffic shifts ends. In a rolling deployment all of it is scale-up. */
const SCALED_UP = 45;
const MOST_FAILURES = 2;

export const DEPLOYMENT_SCENE = sceneOf<DeploymentProgress>(
  `strategy isRollingBack sourceRunningTaskCount estimate { remaining } taskDefinition { taskDefinitionArn }
    tasks { state isOld task { taskArn taskDefinitionArn lastStatus } } recentFailures { taskArn stoppedReason }`,
  (progress) => ({
    ...outlook(progress),
    percent: percentOf(progress),
    isRollingBack: progress.isRollingBack,
    subject: progress.taskDefinition === null ? '' : lastPart(progress.taskDefinition.taskDefinitionArn),
    counts: countsOf(progress),
    rows: rowsOf(progress),
  }),
);

function percentOf(progress: DeploymentProgress): number {
  const { percent, strategy, lifecycleStage, healthyTaskCount, desiredTaskCount } = progress;
  if (progress.isRollingBack) return percent;
  const missing = Math.max(0, desiredTaskCount - healthyTaskCount);
  const underWay = [
    [STARTING, Math.min(progress.pendingTaskCount, missing)],
    [RUNNING, progress.runningTaskCount - healthyTaskCount],
  ] as const;
  if (strategy === 'ROLLING') return weightedPercent(percent, 100, missing + progress.sourceRunningTaskCount, underWay);
  return lifecycleStage === 'SCALE_UP' ? weightedPercent(percent, SCALED_UP, missing, underWay) : percent;
}

function countsOf(progress: DeploymentProgress): string[] {
  const { healthyTaskCount, desiredTaskCount, runningTaskCount, lifecycleStage } = progress;
  return [
    ...(progress.isRollingBack
      ? ['rolling back', `${runningTaskCount} new left`]
      : [`${healthyTaskCount} of ${desiredTaskCount} healthy`]),
    ...counted(progress.pendingTaskCount, 'starting'),
    ...counted(progress.sourceRunningTaskCount, 'old running'),
    ...counted(progress.failedTaskCount, 'failed'),
    ...(lifecycleStage === null ? [] : [lifecycleStage.toLowerCase().replaceAll('_', ' ')]),
  ];
}

function rowsOf({ tasks, recentFailures }: DeploymentProgress): TaskRow[] {
  const failures = recentFailures.slice(0, MOST_FAILURES).map(
    ({ taskArn, stoppedReason }): TaskRow => ({
      id: shortId(taskArn),
      state: 'failed',
      detail: stoppedReason ?? '',
      tone: 'bad',
    }),
  );
  const rows = tasks.map(({ state, isOld, task }): TaskRow => {
    const [word, tone] = WORDS[state];
    // A healthy task of an older revision still has to go.
    const shown = isOld && state !== 'STOPPING' ? 'old' : word;
    const status = state === 'STARTING' && task.lastStatus !== null ? ` ${task.lastStatus.toLowerCase()}` : '';
    return {
      id: shortId(task.taskArn),
      state: shown,
      detail: `${lastPart(task.taskDefinitionArn)}${status}`,
      tone: isOld ? 'dim' : tone,
    };
  });
  return [...failures, ...rows];
}
