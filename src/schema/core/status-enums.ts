export interface StatusEnum {
  readonly description: string;
  /** Value to meaning. */
  readonly values: Readonly<Record<string, string>>;
}

/** Status enums that ECS documents while the SDK declares strings. */
export const STATUS_ENUMS = {
  AttachmentStatus: {
    description: 'The lifecycle state of an attachment (network interface, volume, Service Connect proxy).',
    values: {
      PRECREATED: 'Reserved, not yet created.',
      CREATED: 'Created, not yet attached.',
      ATTACHING: 'Being attached.',
      ATTACHED: 'In use.',
      DETACHING: 'Being detached.',
      DETACHED: 'No longer in use.',
      DELETED: 'Deleted.',
      FAILED: 'Could not be created or attached.',
    },
  },
  AttachmentType: {
    description: 'The kind of a resource that is attached to a task, a container instance or a cluster.',
    values: {
      AmazonElasticBlockStorage: 'A volume of Amazon EBS.',
      ElasticNetworkInterface: 'A network interface.',
      'Service Connect': 'The proxy of Service Connect.',
      as_policy: 'The scaling plan of a capacity provider, attached to its cluster.',
      managed_draining: 'The lifecycle hook with which a capacity provider drains instances, attached to its cluster.',
    },
  },
  ClusterAttachmentsStatus: {
    description: "The state of the last change of a cluster's capacity providers.",
    values: {
      UPDATE_IN_PROGRESS: 'Being changed.',
      UPDATE_COMPLETE: 'Changed.',
      UPDATE_FAILED: 'The change failed.',
    },
  },
  ClusterStatus: {
    description: 'Whether a cluster can be used.',
    values: {
      ACTIVE: 'In use.',
      PROVISIONING: 'Its capacity providers are being set up.',
      DEPROVISIONING: 'Its capacity providers are being removed.',
      FAILED: 'Its capacity providers could not be set up.',
      INACTIVE: 'Deleted. It may still be described for a while, and should not be relied on.',
    },
  },
  ContainerStatus: {
    description: 'The last known state of a container; it moves through the states of its task.',
    values: {
      PROVISIONING: 'Its task is being prepared.',
      PENDING: 'Not started yet.',
      ACTIVATING: 'Being created.',
      RUNNING: 'Up.',
      DEACTIVATING: 'Its task is leaving load balancers and service discovery.',
      STOPPING: 'The container was asked to stop.',
      DEPROVISIONING: 'The task has ended; its network interface and other resources are being released.',
      STOPPED: 'Ended; `exitCode` and `reason` say how.',
    },
  },
  DeploymentStatus: {
    description: "Which part a deployment plays in its service's rollout.",
    values: {
      PRIMARY: 'The newest: the service moves towards it.',
      ACTIVE: 'Being replaced, and still has tasks.',
      DRAINING: 'Being emptied, as after a rollback.',
      INACTIVE: 'Fully replaced; it leaves the list.',
    },
  },
  EBSVolumeType: {
    description: 'The type of an Amazon EBS volume.',
    values: {
      gp2: 'General purpose SSD.',
      gp3: 'General purpose SSD with throughput and IOPS of its own.',
      io1: 'Provisioned IOPS SSD.',
      io2: 'Provisioned IOPS SSD, of higher durability.',
      sc1: 'Cold HDD.',
      st1: 'Throughput optimised HDD.',
      standard: 'Magnetic, of the former generation.',
    },
  },
  FailureReason: {
    description: 'Why ECS could not do something for one resource.',
    values: {
      MISSING: 'The resource does not exist, or not in this cluster.',
      INACTIVE: 'The resource is deleted or deregistered.',
      AGENT: 'The agent of the container instance is not connected.',
      ATTRIBUTE: 'The container instance lacks an attribute that the task definition requires.',
      LOCATION: 'The Availability Zone or instance does not fit the task.',
      'RESOURCE:CPU': 'Not enough CPU units are left.',
      'RESOURCE:ENI': 'No network interface is left.',
      'RESOURCE:FARGATE': 'Fargate has no capacity for it now.',
      'RESOURCE:GPU': 'Not enough GPUs are left.',
      'RESOURCE:MEMORY': 'Not enough memory is left.',
      'RESOURCE:PORTS': 'A host port that the task needs is in use.',
      DEPLOYMENT_BLOCKED: 'A deployment waits for the task, so its protection cannot be extended.',
      TASK_NOT_VALID: 'The task cannot be protected: it belongs to no service, or is stopping.',
    },
  },
  ManagedAgentStatus: {
    description: 'The last known state of an agent that ECS runs beside a container.',
    values: { PENDING: 'Not started yet.', RUNNING: 'Up.', STOPPED: 'Ended.' },
  },
  ManagedScalingPolicyType: {
    description: 'How an Application Auto Scaling policy decides.',
    values: {
      TargetTrackingScaling: 'The policy keeps a metric near a target.',
      StepScaling: 'The policy changes the count in steps when an alarm goes off.',
      PredictiveScaling: 'The policy forecasts the load from its history.',
    },
  },
  ResourceValueType: {
    description: 'Which member of a resource holds its value.',
    values: {
      DOUBLE: '`doubleValue`.',
      INTEGER: '`integerValue`.',
      LONG: '`longValue`.',
      STRINGSET: '`stringSetValue`.',
    },
  },
  ServiceStatus: {
    description: 'The lifecycle state of a service.',
    values: {
      ACTIVE: 'In use.',
      DRAINING: 'Deleted, while its tasks still stop. No longer listed, still described.',
      INACTIVE: 'Deleted, with no task left. Described for a while, then forgotten.',
    },
  },
  TaskSetStatus: {
    description: 'Which part a task set plays in its service.',
    values: {
      PRIMARY: 'Serves production traffic.',
      ACTIVE: 'Serves no production traffic.',
      DRAINING: 'Its tasks are being stopped, and leave their target groups.',
    },
  },
  TaskStatus: {
    description: 'The last known state of a task, in the order in which a task passes through them.',
    values: {
      PROVISIONING: 'ECS prepares what the task needs, such as a network interface, or waits for capacity.',
      PENDING: 'Waits for the agent, or for room on the container instance.',
      ACTIVATING: 'Image pull, container creation, target group and service discovery registration.',
      RUNNING: 'Up.',
      DEACTIVATING: 'Leaves its target groups.',
      STOPPING: 'Its containers are being stopped.',
      DEPROVISIONING: 'Its network interface is being released.',
      STOPPED: 'Ended. Described for about an hour more.',
      DELETED: 'Removed. Seen only for a moment.',
    },
  },
} as const satisfies Record<string, StatusEnum>;

export type StatusEnumName = keyof typeof STATUS_ENUMS;
