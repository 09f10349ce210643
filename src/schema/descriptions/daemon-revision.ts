/** Descriptions of the fields of an ECS daemon revision. */
export const DAEMON_REVISION_WORDS = {
  daemonRevisionArn: 'The ARN of the revision. Never null.',
  clusterArn: 'The ARN of the cluster that runs the daemon.',
  daemonArn: 'The ARN of its daemon.',
  daemonTaskDefinitionArn: 'The ARN of the daemon task definition that its tasks run.',
  createdAt: 'When the revision was made.',
  containerImages: 'The image of each container, and the digest that ECS resolved it to.',
  propagateTags: 'Whether its tasks take the tags of the daemon.',
  enableECSManagedTags: 'Whether ECS tags its tasks with the names of cluster and daemon.',
  enableExecuteCommand: 'Whether ExecuteCommand may be used on its tasks.',
  critical: 'Whether an instance without the daemon counts as unfit for other tasks.',
} as const;
