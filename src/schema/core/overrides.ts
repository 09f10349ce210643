import type { EnumName, OperationName, StructureName } from '../generated/types.ts';

/**
 * Manual decisions about the generated types. `src/schema/generated` is what the SDK says, and this file lists where
 * the graph differs. Inputs keep AWS's member names; renames and links concern answers.
 */

/** Linked types, and the structures in which ECS describes each, the most complete first. */
export const NOUNS = {
  CapacityProvider: ['CapacityProvider'],
  Cluster: ['Cluster'],
  ContainerInstance: ['ContainerInstance'],
  Daemon: ['DaemonDetail', 'DaemonSummary'],
  DaemonDeployment: ['DaemonDeployment', 'DaemonDeploymentSummary'],
  DaemonRevision: ['DaemonRevision'],
  DaemonTaskDefinition: ['DaemonTaskDefinition', 'DaemonTaskDefinitionSummary'],
  ExpressGatewayService: ['ECSExpressGatewayService', 'UpdatedExpressGatewayService'],
  Gateway: ['Gateway', 'GatewaySummary'],
  GatewayRoute: ['GatewayRoute', 'GatewayRouteSummary'],
  Service: ['Service'],
  ServiceDeployment: ['ServiceDeployment', 'ServiceDeploymentBrief'],
  ServiceRevision: ['ServiceRevision'],
  Task: ['Task'],
  TaskDefinition: ['TaskDefinition'],
  TaskSet: ['TaskSet'],
} as const satisfies Record<string, readonly StructureName[]>;

export type NounName = keyof typeof NOUNS;

/** A structure, or the output of an operation. */
type Owner = StructureName | OperationName;

/** A member with the ARN or name of a noun: the field links to the noun, and the string stays beside it. */
export interface LinkRule {
  readonly noun: NounName;
  /** The field with the linked noun. */
  readonly link: string;
  /** The field with the string, if the link needs AWS's name or that name is unclear. */
  readonly raw?: string;
  /** True if AWS sends a name or an ARN, and the field must always be the name. */
  readonly shorten?: true;
}

/** Links by member name, in any answer (but not from a noun to itself). */
export const LINKS: Readonly<Record<string, LinkRule>> = {
  capacityProviderArn: { noun: 'CapacityProvider', link: 'capacityProvider' },
  capacityProviderName: { noun: 'CapacityProvider', link: 'capacityProvider' },
  clusterArn: { noun: 'Cluster', link: 'cluster' },
  containerInstanceArn: { noun: 'ContainerInstance', link: 'containerInstance' },
  daemonArn: { noun: 'Daemon', link: 'daemon' },
  daemonDeploymentArn: { noun: 'DaemonDeployment', link: 'daemonDeployment' },
  daemonRevisionArn: { noun: 'DaemonRevision', link: 'daemonRevision' },
  daemonTaskDefinitionArn: { noun: 'DaemonTaskDefinition', link: 'daemonTaskDefinition' },
  gatewayArn: { noun: 'Gateway', link: 'gateway' },
  gatewayRouteArn: { noun: 'GatewayRoute', link: 'gatewayRoute' },
  gatewayRouteArns: { noun: 'GatewayRoute', link: 'gatewayRoutes' },
  serviceArn: { noun: 'Service', link: 'service' },
  serviceDeploymentArn: { noun: 'ServiceDeployment', link: 'serviceDeployment' },
  serviceRevisionArn: { noun: 'ServiceRevision', link: 'serviceRevision' },
  taskArn: { noun: 'Task', link: 'task' },
  taskDefinitionArn: { noun: 'TaskDefinition', link: 'taskDefinition' },
};

const taskDefinition: LinkRule = { noun: 'TaskDefinition', link: 'taskDefinition', raw: 'taskDefinitionArn' };
const serviceRevision: LinkRule = { noun: 'ServiceRevision', link: 'serviceRevision', raw: 'serviceRevisionArn' };
const daemonRevision: LinkRule = { noun: 'DaemonRevision', link: 'daemonRevision', raw: 'daemonRevisionArn' };
const daemonDeployment: LinkRule = { noun: 'DaemonDeployment', link: 'daemonDeployment' };
const capacityProvider: LinkRule = { noun: 'CapacityProvider', link: 'capacityProvider', raw: 'capacityProviderArn' };
const cluster: LinkRule = { noun: 'Cluster', link: 'cluster', raw: 'clusterName', shorten: true };

/** Links of one structure or output only. */
export const LINKS_IN: Partial<Readonly<Record<Owner, Readonly<Record<string, LinkRule>>>>> = {
  CapacityProvider: { cluster },
  CapacityProviderStrategyItem: {
    capacityProvider: { noun: 'CapacityProvider', link: 'capacityProvider', raw: 'capacityProviderName' },
  },
  Cluster: {
    capacityProviders: { noun: 'CapacityProvider', link: 'capacityProviders', raw: 'capacityProviderNames' },
  },
  CreateDaemon: { deploymentArn: daemonDeployment },
  DaemonCapacityProvider: { arn: capacityProvider },
  DaemonDeploymentCapacityProvider: { arn: capacityProvider },
  DaemonDeploymentRevisionDetail: { arn: daemonRevision },
  DaemonDetail: { deploymentArn: daemonDeployment },
  DaemonRevisionDetail: { arn: daemonRevision },
  DaemonRollback: {
    rollbackTargetDaemonRevisionArn: { noun: 'DaemonRevision', link: 'rollbackTargetDaemonRevision' },
  },
  DeleteDaemon: { deploymentArn: daemonDeployment },
  Deployment: { taskDefinition },
  ECSExpressGatewayService: { cluster },
  Service: {
    currentServiceDeployment: {
      noun: 'ServiceDeployment',
      link: 'currentServiceDeployment',
      raw: 'currentServiceDeploymentArn',
    },
    taskDefinition,
  },
  ServiceCurrentRevisionSummary: { arn: serviceRevision },
  ServiceRevision: { taskDefinition },
  ServiceRevisionSummary: { arn: serviceRevision },
  TaskSet: { taskDefinition },
  UpdateDaemon: { deploymentArn: daemonDeployment },
  UpdatedExpressGatewayService: { cluster },
};

/** Nouns whose ids and ARNs name their cluster. */
export const IN_CLUSTER: ReadonlySet<NounName> = new Set([
  'ContainerInstance',
  'Daemon',
  'ExpressGatewayService',
  'Service',
  'ServiceDeployment',
  'ServiceRevision',
  'Task',
  'TaskSet',
]);

/** A member of a request that names a noun: the graph accepts an id, an ARN or a name there. */
export interface ReferenceRule {
  /** Absent means any noun. */
  readonly noun?: NounName;
  /** What ECS accepts, if not both names and ARNs. */
  readonly send?: 'name' | 'arn';
}

/** References by member name, wherever a request has them as a string or a list of strings. */
export const REFERENCES: Readonly<Record<string, ReferenceRule>> = {
  capacityProvider: { noun: 'CapacityProvider', send: 'name' },
  capacityProviderArns: { noun: 'CapacityProvider', send: 'arn' },
  capacityProviders: { noun: 'CapacityProvider', send: 'name' },
  cluster: { noun: 'Cluster' },
  clusterArn: { noun: 'Cluster', send: 'arn' },
  containerInstance: { noun: 'ContainerInstance' },
  containerInstanceArn: { noun: 'ContainerInstance', send: 'arn' },
  containerInstances: { noun: 'ContainerInstance' },
  daemonArn: { noun: 'Daemon', send: 'arn' },
  daemonTaskDefinition: { noun: 'DaemonTaskDefinition' },
  daemonTaskDefinitionArn: { noun: 'DaemonTaskDefinition', send: 'arn' },
  gateway: { noun: 'Gateway' },
  primaryTaskSet: { noun: 'TaskSet' },
  resourceArn: { send: 'arn' },
  service: { noun: 'Service' },
  serviceArn: { noun: 'ExpressGatewayService', send: 'arn' },
  serviceDeploymentArn: { noun: 'ServiceDeployment', send: 'arn' },
  task: { noun: 'Task' },
  taskDefinition: { noun: 'TaskDefinition' },
  taskDefinitionArn: { noun: 'TaskDefinition', send: 'arn' },
  taskDefinitions: { noun: 'TaskDefinition' },
  taskSet: { noun: 'TaskSet' },
  taskSets: { noun: 'TaskSet' },
  tasks: { noun: 'Task' },
};

/**
 * References of one structure or request only: elsewhere these names mean the name of a new resource, or something
 * else.
 */
export const REFERENCES_IN: Partial<Readonly<Record<Owner, Readonly<Record<string, ReferenceRule>>>>> = {
  Attribute: { targetId: { noun: 'ContainerInstance' } },
  ListTasks: {
    daemonName: { noun: 'Daemon', send: 'name' },
    serviceName: { noun: 'Service', send: 'name' },
  },
};

/** Other renamed members of answers. Only a `Node` has a field `id`, because normalising caches use it as a key. */
export const RENAMED_MEMBERS: Partial<Readonly<Record<StructureName, Readonly<Record<string, string>>>>> = {
  Attachment: { id: 'attachmentId' },
  // `Task.healthStatus` is one word; this is a report.
  ContainerInstance: { healthStatus: 'health' },
  Deployment: { id: 'deploymentId' },
  ServiceEvent: { id: 'eventId' },
  TaskSet: { id: 'taskSetId' },
};

/** Renamed answer types, whose AWS names Relay or another type needs, or are unclear outside AWS's generators. */
export const RENAMED_TYPES: Partial<Readonly<Record<StructureName, string>>> = {
  // A row of `Service.deployments`, not a `ServiceDeployment`: a revision that has tasks, in its part of the rollout.
  Deployment: 'DeploymentSlot',
  DescribeGatewayAlbConfiguration: 'GatewayAlbConfiguration',
  DescribeGatewayConfiguration: 'GatewayConfiguration',
  GatewayClusterAssociationSummary: 'GatewayClusterAssociation',
  // To Relay, a type named *Connection is a page of a list.
  GatewayConnection: 'GatewayConnectionDetail',
  Setting: 'AccountSetting',
};

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
      DELETED: 'Gone.',
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
      STOPPING: 'It was asked to stop.',
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
      MISSING: 'It does not exist, or not in this cluster.',
      INACTIVE: 'It is deleted or deregistered.',
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
      TargetTrackingScaling: 'It keeps a metric near a target.',
      StepScaling: 'It changes the count in steps when an alarm goes off.',
      PredictiveScaling: 'It forecasts the load from its history.',
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

/** The enum of a member that the SDK declares as a string. */
export const MEMBER_ENUMS: Partial<Readonly<Record<Owner, Readonly<Record<string, EnumName | StatusEnumName>>>>> = {
  Attachment: { status: 'AttachmentStatus', type: 'AttachmentType' },
  AttachmentStateChange: { status: 'AttachmentStatus' },
  Cluster: { attachmentsStatus: 'ClusterAttachmentsStatus', status: 'ClusterStatus' },
  Container: { lastStatus: 'ContainerStatus' },
  ContainerInstance: { status: 'ContainerInstanceStatus' },
  ContainerStateChange: { status: 'ContainerStatus' },
  Deployment: { status: 'DeploymentStatus' },
  Failure: { reason: 'FailureReason' },
  ManagedAgent: { lastStatus: 'ManagedAgentStatus' },
  ManagedAgentStateChange: { status: 'ManagedAgentStatus' },
  ManagedApplicationAutoScalingPolicy: { policyType: 'ManagedScalingPolicyType' },
  ManagedLoadBalancer: { scheme: 'GatewayElbScheme' },
  Resource: { type: 'ResourceValueType' },
  RuntimePlatformOverride: { cpuArchitecture: 'CPUArchitecture' },
  Service: { status: 'ServiceStatus' },
  ServiceManagedEBSVolumeConfiguration: { volumeType: 'EBSVolumeType' },
  SubmitContainerStateChange: { status: 'ContainerStatus' },
  SubmitTaskStateChange: { status: 'TaskStatus' },
  Task: { desiredStatus: 'DesiredStatus', lastStatus: 'TaskStatus' },
  TaskManagedEBSVolumeConfiguration: { volumeType: 'EBSVolumeType' },
  TaskSet: { status: 'TaskSetStatus' },
};

/** Values that ECS returns although the SDK does not list them, with their meanings. */
export const MISSING_ENUM_VALUES: Partial<Readonly<Record<EnumName, Readonly<Record<string, string>>>>> = {
  ContainerInstanceStatus: { INACTIVE: 'Deregistered. ECS does not take it as a filter.' },
  ServiceDeploymentLifecycleStage: {
    PRE_PRODUCTION_TRAFFIC_SHIFT: 'Hooks that run before production traffic moves.',
  },
};
