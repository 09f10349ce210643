import type { WatchKind } from './arguments.ts';

const EVENT =
  'type sequence cursor observedAt outcome summary isStalled stalledSince changes { field before after } degraded { code message }';
const ARGUMENTS = 'cluster: $cluster, after: $after, timeout: $timeout, stallAfter: $stallAfter';
const VARIABLES = '$cluster: ID, $after: String, $timeout: Duration, $stallAfter: Duration';
const BLOCKED = 'blockedBy { reason message }';

/** Service and revision of a deployment, beside its progress. */
const ENVELOPE = 'clusterName serviceName taskDefinitionArn images { raw digest }';

/** The subscription for each kind. `more` is a selection on the progress beside that of JSON lines. */
const QUERIES: Readonly<Record<WatchKind, (more: string) => string>> = {
  deployment: (more) => `subscription Watch(${VARIABLES}, $service: ID!, $deploymentId: ID, $until: DeploymentMoment) {
  watch: deploymentProgress(${ARGUMENTS}, service: $service, deploymentId: $deploymentId, until: $until) {
    ${EVENT} ${ENVELOPE}
    progress { percent isRollingBack hooks { status } desiredTaskCount pendingTaskCount runningTaskCount healthyTaskCount failedTaskCount stoppingTaskCount lifecycleStage ${BLOCKED} ${more} }
  }
}`,
  drain: (more) => `subscription Watch(${VARIABLES}, $containerInstances: [ID!]) {
  watch: drainProgress(${ARGUMENTS}, containerInstances: $containerInstances) {
    ${EVENT}
    progress { percent remainingTaskCount stoppingTaskCount standaloneTaskCount protectedTaskCount movedTaskCount ${BLOCKED} ${more} }
  }
}`,
  task: (more) => `subscription Watch(${VARIABLES}, $tasks: [ID!]!) {
  watch: taskProgress(${ARGUMENTS}, tasks: $tasks) {
    ${EVENT}
    progress { stoppedTaskCount tasks { taskArn verdict reason containers { name essential exitCode reason } } ${more} }
  }
}`,
};

/** The subscription of a kind, with a further selection on the progress. */
export function queryOf(kind: WatchKind, more: string): string {
  return QUERIES[kind](more);
}

/** The outcome that counts as success, for each kind. */
export const SUCCESS: Readonly<Record<WatchKind, string>> = {
  deployment: 'SUCCEEDED',
  drain: 'DRAINED',
  task: 'SUCCEEDED',
};

/** The members that the events of every kind share. */
export interface WatchEvent {
  readonly type: string;
  readonly cursor: string;
  readonly observedAt: string;
  readonly outcome: string | null;
  readonly summary: string;
  readonly isStalled: boolean;
  readonly stalledSince: string | null;
  readonly changes: readonly {
    readonly field: string;
    readonly before: string | null;
    readonly after: string | null;
  }[];
  readonly degraded: { readonly code: string; readonly message: string } | null;
  readonly progress: unknown;
}
