/** Descriptions of the fields of an ECS daemon deployment. */
export const DAEMON_DEPLOYMENT_WORDS = {
  daemonDeploymentArn: 'The ARN of the daemon deployment. Never null.',
  clusterArn: 'The ARN of the cluster that runs the daemon.',
  status: 'The status. SUCCESSFUL, STOPPED, ROLLBACK_SUCCESSFUL and ROLLBACK_FAILED are final.',
  statusReason: 'Why it has that status, in the words of ECS. Null if ECS gives no reason.',
  targetDaemonRevision: 'The revision that it deploys, with the instances that have it, lack it, or drain for it.',
  sourceDaemonRevisions: 'The revisions that ran before, with the instances that still have them.',
  circuitBreaker: 'How many instances failed to run it, and how many may. Null when there is no circuit breaker.',
  alarms: 'The alarms that would fail the deployment, and the alarms in state ALARM. Null if no alarms are configured.',
  rollback:
    'The revision that the rollback restores, with the start and reason of the rollback. Null without a rollback.',
  deploymentConfiguration: 'The share of instances drained at a time, the alarms, and the bake time in minutes.',
  createdAt: 'When it was asked for.',
  startedAt: 'When it left PENDING. Null before.',
  stoppedAt: 'When it was stopped. Null otherwise.',
  finishedAt: 'When it completed, or when its rollback completed. Null otherwise.',
} as const;
