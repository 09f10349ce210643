/** What each field of an ECS capacity provider means, for the graph's readers. */
export const CAPACITY_PROVIDER_WORDS = {
  capacityProviderArn: 'The ARN of the capacity provider. Never null.',
  name: 'The name, unique in its account and region.',
  clusterName: 'The cluster whose instances ECS manages with it. Null for all others, which any cluster may use.',
  cluster: 'The one cluster that may use it. Null where any may.',
  status: 'ACTIVE when tasks can use it; INACTIVE once deleted; the others while it is set up or removed.',
  autoScalingGroupProvider: 'Its Auto Scaling group, and how ECS scales and drains it. Null for other types.',
  managedInstancesProvider:
    'How ECS chooses, launches and replaces the instances that it manages. Null for other types.',
  updateStatus: 'How the last creation, change or deletion goes. Null where none is known.',
  updateStatusReason: 'Why `updateStatus` is what it is. Null when there is nothing to explain.',
  tags: 'The tags of the capacity provider. Asked for only when selected.',
  type: 'What it is made of. ECS leaves it null for some that are older than this field.',
} as const;
