/** Descriptions of the fields of an ECS task set. */
export const TASK_SET_WORDS = {
  taskSetId: 'The id of the task set, `ecs-svc/` and digits. Its tasks carry it in `startedBy`.',
  taskSetArn: 'The ARN of the task set. Never null.',
  serviceArn: 'The ARN of its service.',
  clusterArn: 'The ARN of the cluster that runs the service.',
  startedBy: 'CODE_DEPLOY, `EXTERNAL`, or the tag that its creator set.',
  externalId: 'The id that the creator gave it; for CodeDeploy, the id of the deployment. Null if not set.',
  status: 'PRIMARY serves production traffic; ACTIVE does not; DRAINING is being emptied.',
  taskDefinitionArn: 'The ARN of the revision that its tasks run.',
  computedDesiredCount: "How many tasks it should have: the service's desired count times `scale`, rounded up.",
  pendingCount: 'Its tasks whose last status is PENDING.',
  runningCount: 'Its tasks whose last status is RUNNING.',
  createdAt: 'When it was created.',
  updatedAt: 'When it last changed.',
  launchType: 'Where its tasks run. Null when a capacity provider strategy decides.',
  capacityProviderStrategy:
    'How its tasks are spread over capacity providers. Null or empty when `launchType` decides.',
  platformVersion: 'The Fargate platform version. Null on EC2.',
  platformFamily: 'The operating system family on Fargate. Null on EC2.',
  networkConfiguration: 'Subnets, security groups and public address of awsvpc tasks. Null in other network modes.',
  loadBalancers: 'Target groups that its tasks register with.',
  serviceRegistries: 'Cloud Map registries that its tasks register with.',
  scale: "Its share of the service's desired count, in percent.",
  stabilityStatus:
    'STEADY_STATE if the running count equals the desired count, all tasks are healthy, and no task is on a draining instance.',
  stabilityStatusAt: 'When `stabilityStatus` was found.',
  fargateEphemeralStorage: 'The key that encrypts the ephemeral storage. Fargate only.',
} as const;
