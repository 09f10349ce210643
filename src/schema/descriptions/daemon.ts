/** Descriptions of the fields of an ECS daemon. */
export const DAEMON_WORDS = {
  daemonArn: 'The ARN of the daemon. Never null.',
  clusterArn: 'The ARN of the cluster that runs it.',
  status: 'ACTIVE, or DELETE_IN_PROGRESS while its tasks still stop.',
  currentRevisions: 'Which revisions run on how many instances, by capacity provider. Two while one replaces another.',
  deploymentArn: 'The ARN of the deployment that is under way, or else the last one that ended.',
  daemonDeployment: 'The deployment that is under way, or else the last one that ended.',
  createdAt: 'When the daemon was created.',
  updatedAt: 'When it was last changed.',
} as const;
