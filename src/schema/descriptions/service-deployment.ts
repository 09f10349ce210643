/** Descriptions of the fields of an ECS service deployment. */
export const SERVICE_DEPLOYMENT_WORDS = {
  serviceDeploymentArn: 'The ARN of the service deployment. Never null.',
  serviceArn: 'The ARN of its service.',
  clusterArn: 'The ARN of the cluster that runs the service.',
  createdAt: 'When it was asked for.',
  startedAt: 'When it left PENDING. Null before.',
  finishedAt: 'When it completed, or when its rollback completed. Null while it is under way, and if it was stopped.',
  stoppedAt: 'When it was stopped: asked to, or because a newer deployment began. Null otherwise.',
  updatedAt: 'When it last changed.',
  sourceServiceRevisions: 'The revisions that had tasks before, with how many they have now.',
  targetServiceRevision: 'The revision that it deploys, with how many tasks it has now.',
  status: 'The status. SUCCESSFUL, STOPPED, ROLLBACK_SUCCESSFUL and ROLLBACK_FAILED are final.',
  statusReason: 'Why it has that status, in the words of ECS. Null if ECS gives no reason.',
  lifecycleStage: 'Which stage is under way: scaling, shifting traffic, baking, cleaning up. Null before and after.',
  lifecycleHookDetails: 'The lifecycle hooks that ran or wait, with the ids that `continueServiceDeployment` takes.',
  deploymentConfiguration: 'Strategy, healthy percentages, circuit breaker, alarms and hooks of this deployment.',
  rollback:
    'The revision that the rollback restores, with the start and reason of the rollback. Null without a rollback.',
  deploymentCircuitBreaker: 'How many tasks failed to start, and how many may. Null when there is no circuit breaker.',
  alarms: 'The alarms that would fail the deployment, and the alarms in state ALARM. Null if no alarms are configured.',
} as const;
