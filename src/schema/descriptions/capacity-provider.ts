/** Descriptions of the fields of an ECS capacity provider. */
export const CAPACITY_PROVIDER_WORDS = {
  capacityProviderArn: 'The ARN of the capacity provider. Never null.',
  name: 'The name, unique in its account and region.',
  clusterName:
    'The cluster of a Managed Instances capacity provider. Null for other capacity providers, which any cluster may use.',
  cluster: 'The one cluster that may use it. Null where any may.',
  status: 'ACTIVE when tasks can use it; INACTIVE once deleted; the others while it is set up or removed.',
  autoScalingGroupProvider: 'Its Auto Scaling group, and how ECS scales and drains it. Null for other types.',
  managedInstancesProvider:
    'How ECS chooses, launches and replaces the instances that it manages. Null for other types.',
  updateStatus: 'The progress of the last creation, change or deletion. Null if ECS reports none.',
  updateStatusReason: 'The reason for `updateStatus`. Null if ECS gives no reason.',
  tags: 'The tags of the capacity provider. Requested from ECS only when selected.',
  type: 'Its configuration. Null for some older items, for which ECS does not return it.',
} as const;
