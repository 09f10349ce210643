/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type AssignPublicIpInput =
  | 'DISABLED'
  | 'ENABLED';

export type AwsVpcConfigurationInput = {
  assignPublicIp?: AssignPublicIpInput | null | undefined;
  securityGroups?: Array<string> | null | undefined;
  subnets: Array<string>;
};

export type BlockReason =
  | 'AWAITING_HOOK'
  | 'HEALTH_UNKNOWN'
  | 'NO_CAPACITY'
  | 'PERCENTAGES_ALLOW_NOTHING'
  | 'PROTECTED_TASKS'
  | 'SERVICE_THROTTLED'
  | 'STANDALONE_TASKS'
  | 'TASKS_KEEP_EXITING'
  | 'TASKS_KEEP_FAILING'
  | 'TASKS_UNHEALTHY'
  | 'TASK_CONFIGURATION_FAILURE';

export type CapacityProviderStrategyItemInput = {
  base?: number | null | undefined;
  capacityProvider: string | number;
  weight?: number | null | undefined;
};

export type ClusterStatus =
  | 'ACTIVE'
  | 'DEPROVISIONING'
  | 'FAILED'
  | 'INACTIVE'
  | 'PROVISIONING'
  | 'UNRECOGNIZED';

export type ContainerImageInput = {
  container: string;
  image: string;
};

export type ContainerInstanceStatus =
  | 'ACTIVE'
  | 'DEREGISTERING'
  | 'DRAINING'
  | 'INACTIVE'
  | 'REGISTERING'
  | 'REGISTRATION_FAILED'
  | 'UNRECOGNIZED';

export type ContainerOverrideInput = {
  command?: Array<string> | null | undefined;
  cpu?: number | null | undefined;
  environment?: Array<KeyValuePairInput> | null | undefined;
  environmentFiles?: Array<EnvironmentFileInput> | null | undefined;
  isMasked?: boolean | null | undefined;
  memory?: number | null | undefined;
  memoryReservation?: number | null | undefined;
  name?: string | null | undefined;
  resourceRequirements?: Array<ResourceRequirementInput> | null | undefined;
};

export type ContainerStatus =
  | 'ACTIVATING'
  | 'DEACTIVATING'
  | 'DEPROVISIONING'
  | 'PENDING'
  | 'PROVISIONING'
  | 'RUNNING'
  | 'STOPPED'
  | 'STOPPING'
  | 'UNRECOGNIZED';

export type CountPrecision =
  | 'AT_LEAST'
  | 'EXACT';

export type DeploymentOutcome =
  | 'FAILED'
  | 'ROLLBACK_FAILED'
  | 'ROLLED_BACK'
  | 'SERVICE_DELETED'
  | 'STOPPED'
  | 'SUCCEEDED'
  | 'SUPERSEDED'
  | 'TIMED_OUT';

export type DeploymentRolloutState =
  | 'COMPLETED'
  | 'FAILED'
  | 'IN_PROGRESS'
  | 'UNRECOGNIZED';

export type DeploymentStatus =
  | 'ACTIVE'
  | 'DRAINING'
  | 'INACTIVE'
  | 'PRIMARY'
  | 'UNRECOGNIZED';

export type DeploymentStrategy =
  | 'BLUE_GREEN'
  | 'CANARY'
  | 'LINEAR'
  | 'ROLLING'
  | 'UNRECOGNIZED';

export type EbsResourceTypeInput =
  | 'VOLUME';

export type EbsTagSpecificationInput = {
  propagateTags?: PropagateTagsInput | null | undefined;
  resourceType: EbsResourceTypeInput;
  tags?: Array<TagInput> | null | undefined;
};

export type EbsVolumeTypeInput =
  | 'GP2'
  | 'GP3'
  | 'IO1'
  | 'IO2'
  | 'SC1'
  | 'ST1'
  | 'STANDARD';

export type EcsAction =
  | 'ASSOCIATE_GATEWAY_WITH_CLUSTER'
  | 'CONTINUE_SERVICE_DEPLOYMENT'
  | 'CREATE_CAPACITY_PROVIDER'
  | 'CREATE_CLUSTER'
  | 'CREATE_DAEMON'
  | 'CREATE_EXPRESS_GATEWAY_SERVICE'
  | 'CREATE_GATEWAY'
  | 'CREATE_SERVICE'
  | 'CREATE_TASK_SET'
  | 'DELETE_ACCOUNT_SETTING'
  | 'DELETE_ATTRIBUTES'
  | 'DELETE_CAPACITY_PROVIDER'
  | 'DELETE_CLUSTER'
  | 'DELETE_DAEMON'
  | 'DELETE_DAEMON_TASK_DEFINITION'
  | 'DELETE_EXPRESS_GATEWAY_SERVICE'
  | 'DELETE_GATEWAY'
  | 'DELETE_SERVICE'
  | 'DELETE_TASK_DEFINITIONS'
  | 'DELETE_TASK_SET'
  | 'DEREGISTER_CONTAINER_INSTANCE'
  | 'DEREGISTER_TASK_DEFINITION'
  | 'DESCRIBE_CAPACITY_PROVIDERS'
  | 'DESCRIBE_CLUSTERS'
  | 'DESCRIBE_CONTAINER_INSTANCES'
  | 'DESCRIBE_DAEMON'
  | 'DESCRIBE_DAEMON_DEPLOYMENTS'
  | 'DESCRIBE_DAEMON_REVISIONS'
  | 'DESCRIBE_DAEMON_TASK_DEFINITION'
  | 'DESCRIBE_EXPRESS_GATEWAY_SERVICE'
  | 'DESCRIBE_GATEWAY'
  | 'DESCRIBE_GATEWAY_RESOURCES'
  | 'DESCRIBE_GATEWAY_ROUTE'
  | 'DESCRIBE_SERVICES'
  | 'DESCRIBE_SERVICE_DEPLOYMENTS'
  | 'DESCRIBE_SERVICE_REVISIONS'
  | 'DESCRIBE_TASKS'
  | 'DESCRIBE_TASK_DEFINITION'
  | 'DESCRIBE_TASK_SETS'
  | 'DESTROY_SEVERAL'
  | 'DISASSOCIATE_GATEWAY_FROM_CLUSTER'
  | 'DISCOVER_POLL_ENDPOINT'
  | 'EXECUTE_COMMAND'
  | 'GET_TASK_PROTECTION'
  | 'LIST_ACCOUNT_SETTINGS'
  | 'LIST_ATTRIBUTES'
  | 'LIST_CLUSTERS'
  | 'LIST_CONTAINER_INSTANCES'
  | 'LIST_DAEMONS'
  | 'LIST_DAEMON_DEPLOYMENTS'
  | 'LIST_DAEMON_TASK_DEFINITIONS'
  | 'LIST_GATEWAYS'
  | 'LIST_GATEWAY_CLUSTER_ASSOCIATIONS'
  | 'LIST_GATEWAY_ROUTES'
  | 'LIST_SERVICES'
  | 'LIST_SERVICES_BY_NAMESPACE'
  | 'LIST_SERVICE_DEPLOYMENTS'
  | 'LIST_TAGS_FOR_RESOURCE'
  | 'LIST_TASKS'
  | 'LIST_TASK_DEFINITIONS'
  | 'LIST_TASK_DEFINITION_FAMILIES'
  | 'PUT_ACCOUNT_SETTING'
  | 'PUT_ACCOUNT_SETTING_DEFAULT'
  | 'PUT_ATTRIBUTES'
  | 'PUT_CLUSTER_CAPACITY_PROVIDERS'
  | 'READ_METRICS'
  | 'READ_SECRETS'
  | 'REGISTER_CONTAINER_INSTANCE'
  | 'REGISTER_DAEMON_TASK_DEFINITION'
  | 'REGISTER_TASK_DEFINITION'
  | 'RUN_TASK'
  | 'START_TASK'
  | 'STOP_SERVICE_DEPLOYMENT'
  | 'STOP_TASK'
  | 'SUBMIT_ATTACHMENT_STATE_CHANGES'
  | 'SUBMIT_CONTAINER_STATE_CHANGE'
  | 'SUBMIT_TASK_STATE_CHANGE'
  | 'TAG_RESOURCE'
  | 'UNTAG_RESOURCE'
  | 'UPDATE_CAPACITY_PROVIDER'
  | 'UPDATE_CLUSTER'
  | 'UPDATE_CLUSTER_SETTINGS'
  | 'UPDATE_CONTAINER_AGENT'
  | 'UPDATE_CONTAINER_INSTANCES_STATE'
  | 'UPDATE_DAEMON'
  | 'UPDATE_EXPRESS_GATEWAY_SERVICE'
  | 'UPDATE_GATEWAY'
  | 'UPDATE_SERVICE'
  | 'UPDATE_SERVICE_PRIMARY_TASK_SET'
  | 'UPDATE_TASK_PROTECTION'
  | 'UPDATE_TASK_SET';

export type EnvironmentFileInput = {
  isMasked?: boolean | null | undefined;
  type: EnvironmentFileTypeInput;
  value: string;
};

export type EnvironmentFileTypeInput =
  | 'S3';

export type EphemeralStorageInput = {
  sizeInGiB: number;
};

export type FailureReason =
  | 'AGENT'
  | 'ATTRIBUTE'
  | 'DEPLOYMENT_BLOCKED'
  | 'INACTIVE'
  | 'LOCATION'
  | 'MISSING'
  | 'RESOURCE_CPU'
  | 'RESOURCE_ENI'
  | 'RESOURCE_FARGATE'
  | 'RESOURCE_GPU'
  | 'RESOURCE_MEMORY'
  | 'RESOURCE_PORTS'
  | 'TASK_NOT_VALID'
  | 'UNRECOGNIZED';

export type FeedKind =
  | 'ENDED'
  | 'ONGOING'
  | 'RESUMED'
  | 'STALLED'
  | 'STARTED';

export type HealthStatus =
  | 'HEALTHY'
  | 'UNHEALTHY'
  | 'UNKNOWN'
  | 'UNRECOGNIZED';

export type InferenceAcceleratorOverrideInput = {
  deviceName?: string | null | undefined;
  deviceType?: string | null | undefined;
};

export type KeyValuePairInput = {
  isMasked?: boolean | null | undefined;
  name?: string | null | undefined;
  value?: string | null | undefined;
};

export type LaunchType =
  | 'EC2'
  | 'EXTERNAL'
  | 'FARGATE'
  | 'MANAGED_INSTANCES'
  | 'UNRECOGNIZED';

export type LaunchTypeInput =
  | 'EC2'
  | 'EXTERNAL'
  | 'FARGATE'
  | 'MANAGED_INSTANCES';

export type LiveEventType =
  | 'CHANGED'
  | 'DEGRADED'
  | 'ENDED'
  | 'RECOVERED'
  | 'RESYNC'
  | 'SNAPSHOT'
  | 'STALLED';

export type NetworkConfigurationInput = {
  awsvpcConfiguration?: AwsVpcConfigurationInput | null | undefined;
};

export type NvidiaMpsAllocationInput = {
  maxComputePercent?: number | null | undefined;
  memory: number;
};

export type PlacementConstraintInput = {
  expression?: string | null | undefined;
  type?: PlacementConstraintTypeInput | null | undefined;
};

export type PlacementConstraintTypeInput =
  | 'DISTINCT_INSTANCE'
  | 'MEMBER_OF';

export type PlacementStrategyInput = {
  field?: string | null | undefined;
  type?: PlacementStrategyTypeInput | null | undefined;
};

export type PlacementStrategyTypeInput =
  | 'BINPACK'
  | 'RANDOM'
  | 'SPREAD';

export type PropagateTagsInput =
  | 'NONE'
  | 'SERVICE'
  | 'TASK_DEFINITION';

export type ResourceRequirementInput = {
  sharingStrategy?: SharingStrategyInput | null | undefined;
  type: ResourceTypeInput;
  value?: string | null | undefined;
};

export type ResourceTypeInput =
  | 'GPU'
  | 'INFERENCE_ACCELERATOR'
  | 'NEURON_DEVICE';

export type RolloutState =
  | 'DEPLOYING'
  | 'DRAINING'
  | 'FAILED'
  | 'INACTIVE'
  | 'ROLLING_BACK'
  | 'STEADY'
  | 'UNDER_DESIRED'
  | 'UNRECOGNIZED';

export type RunTaskInput = {
  capacityProviderStrategy?: Array<CapacityProviderStrategyItemInput> | null | undefined;
  cluster?: string | number | null | undefined;
  count?: number | null | undefined;
  enableECSManagedTags?: boolean | null | undefined;
  enableExecuteCommand?: boolean | null | undefined;
  group?: string | null | undefined;
  launchType?: LaunchTypeInput | null | undefined;
  networkConfiguration?: NetworkConfigurationInput | null | undefined;
  overrides?: TaskOverrideInput | null | undefined;
  placementConstraints?: Array<PlacementConstraintInput> | null | undefined;
  placementStrategy?: Array<PlacementStrategyInput> | null | undefined;
  platformVersion?: string | null | undefined;
  propagateTags?: PropagateTagsInput | null | undefined;
  referenceId?: string | null | undefined;
  startedBy?: string | null | undefined;
  tags?: Array<TagInput> | null | undefined;
  taskDefinition: string | number;
  volumeConfigurations?: Array<TaskVolumeConfigurationInput> | null | undefined;
};

export type SearchKind =
  | 'CLUSTER'
  | 'CONTAINER_INSTANCE'
  | 'IMAGE'
  | 'SERVICE'
  | 'TASK'
  | 'TASK_DEFINITION_FAMILY';

export type ServiceDeploymentLifecycleStage =
  | 'BAKE_TIME'
  | 'CLEAN_UP'
  | 'POST_PRODUCTION_TRAFFIC_SHIFT'
  | 'POST_SCALE_UP'
  | 'POST_TEST_TRAFFIC_SHIFT'
  | 'PRE_PRODUCTION_TRAFFIC_SHIFT'
  | 'PRE_SCALE_UP'
  | 'PRODUCTION_TRAFFIC_SHIFT'
  | 'RECONCILE_SERVICE'
  | 'SCALE_UP'
  | 'TEST_TRAFFIC_SHIFT'
  | 'UNRECOGNIZED';

export type ServiceDeploymentStatus =
  | 'IN_PROGRESS'
  | 'PENDING'
  | 'ROLLBACK_FAILED'
  | 'ROLLBACK_IN_PROGRESS'
  | 'ROLLBACK_REQUESTED'
  | 'ROLLBACK_SUCCESSFUL'
  | 'STOPPED'
  | 'STOP_REQUESTED'
  | 'SUCCESSFUL'
  | 'UNRECOGNIZED';

export type ServiceStatus =
  | 'ACTIVE'
  | 'DRAINING'
  | 'INACTIVE'
  | 'UNRECOGNIZED';

export type SharingStrategyInput =
  {   nvidiaMps: NvidiaMpsAllocationInput; };

export type TagInput = {
  key?: string | null | undefined;
  value?: string | null | undefined;
};

export type TaskDefinitionStatus =
  | 'ACTIVE'
  | 'DELETE_IN_PROGRESS'
  | 'INACTIVE'
  | 'UNRECOGNIZED';

export type TaskFate =
  | 'BLOCKED'
  | 'NO_ROOM'
  | 'WOULD_MOVE'
  | 'WOULD_STAY'
  | 'WOULD_STOP';

export type TaskFilesystemTypeInput =
  | 'EXT3'
  | 'EXT4'
  | 'NTFS'
  | 'XFS';

export type TaskManagedEbsVolumeConfigurationInput = {
  encrypted?: boolean | null | undefined;
  filesystemType?: TaskFilesystemTypeInput | null | undefined;
  iops?: number | null | undefined;
  kmsKeyId?: string | null | undefined;
  roleArn: string;
  sizeInGiB?: number | null | undefined;
  snapshotId?: string | null | undefined;
  tagSpecifications?: Array<EbsTagSpecificationInput> | null | undefined;
  terminationPolicy?: TaskManagedEbsVolumeTerminationPolicyInput | null | undefined;
  throughput?: number | null | undefined;
  volumeInitializationRate?: number | null | undefined;
  volumeType?: EbsVolumeTypeInput | null | undefined;
};

export type TaskManagedEbsVolumeTerminationPolicyInput = {
  deleteOnTermination: boolean;
};

export type TaskOverrideInput = {
  containerOverrides?: Array<ContainerOverrideInput> | null | undefined;
  cpu?: string | null | undefined;
  ephemeralStorage?: EphemeralStorageInput | null | undefined;
  executionRoleArn?: string | null | undefined;
  /** @deprecated AWS has withdrawn this feature since 2023-04-15. Nothing takes its place. Removed in 2.0 at the earliest, and not before 2027-12-01. */
  inferenceAcceleratorOverrides?: Array<InferenceAcceleratorOverrideInput> | null | undefined;
  memory?: string | null | undefined;
  taskRoleArn?: string | null | undefined;
};

export type TaskStatus =
  | 'ACTIVATING'
  | 'DEACTIVATING'
  | 'DELETED'
  | 'DEPROVISIONING'
  | 'PENDING'
  | 'PROVISIONING'
  | 'RUNNING'
  | 'STOPPED'
  | 'STOPPING'
  | 'UNRECOGNIZED';

export type TaskStopCode =
  | 'ESSENTIAL_CONTAINER_EXITED'
  | 'INFRASTRUCTURE_HEALTH'
  | 'SERVICE_SCHEDULER_INITIATED'
  | 'SPOT_INTERRUPTION'
  | 'TASK_FAILED_TO_START'
  | 'TERMINATION_NOTICE'
  | 'UNRECOGNIZED'
  | 'USER_INITIATED';

export type TaskVerdict =
  | 'FAILED'
  | 'FAILED_TO_START'
  | 'GONE'
  | 'INFRASTRUCTURE_FAILED'
  | 'INTERRUPTED'
  | 'STOPPED_BY_SERVICE'
  | 'STOPPED_BY_USER'
  | 'SUCCEEDED'
  | 'UNHEALTHY';

export type TaskVolumeConfigurationInput = {
  managedEBSVolume?: TaskManagedEbsVolumeConfigurationInput | null | undefined;
  name: string;
};

export type ByTagQueryVariables = Exact<{
  key: string;
  value: string;
}>;


export type ByTagQuery = { services: { totalCount: { value: number }, nodes: Array<{ id: string, serviceName: string, tags: Array<{ key: string, value: string }> }> } };

export type DefinitionHistoryQueryVariables = Exact<{
  family: string;
}>;


export type DefinitionHistoryQuery = { taskDefinitions: { totalCount: { value: number }, nodes: Array<{ id: string, revision: number, status: TaskDefinitionStatus, registeredAt: string | null, registeredBy: string | null, images: Array<{ repository: string, tag: string | null }> }> } };

export type DeployDialogMutationVariables = Exact<{
  service: string | number;
  images: Array<ContainerImageInput> | ContainerImageInput;
  expectedRevision?: number | null | undefined;
  dryRun: boolean;
  key?: string | number | null | undefined;
}>;


export type DeployDialogMutation = { deployImages: { deploymentId: string | null, followCursor: string | null, plan: Array<{ operation: string, changes: Array<{ field: string, before: string | null, after: string | null }> }>, taskDefinition: { family: string, revision: number } | null } };

export type DeploymentTimelineQueryVariables = Exact<{
  cluster: string | number;
  service: string | number;
}>;


export type DeploymentTimelineQuery = { serviceDeployments: { totalCount: { value: number, precision: CountPrecision }, nodes: Array<{ id: string, serviceDeploymentArn: string, status: ServiceDeploymentStatus, outcome: DeploymentOutcome | null, statusReason: string | null, strategy: DeploymentStrategy, createdAt: string, duration: string | null, lifecycleStage: ServiceDeploymentLifecycleStage | null, rollback: { reason: string | null } | null, targetServiceRevision: { requestedTaskCount: number | null, runningTaskCount: number | null, serviceRevision: { taskDefinition: { family: string, revision: number } | null } | null } | null }> } };

export type DrainPageQueryVariables = Exact<{
  cluster: string | number;
  instance: string | number;
}>;


export type DrainPageQuery = { containerInstances: { nodes: Array<{ id: string, ec2InstanceId: string | null, status: ContainerInstanceStatus, agentConnected: boolean, instanceType: string | null, availabilityZone: string | null, runningTasksCount: number, cpuCapacity: { used: number, total: number }, memoryCapacity: { used: number, total: number } }> }, drainForecast: { summary: string, hasRoom: boolean, movingTaskCount: number, stayingTaskCount: number, blockedTaskCount: number, blockedBy: Array<{ reason: BlockReason, message: string }>, tasks: { nodes: Array<{ fate: TaskFate, isProtected: boolean | null, task: { taskId: string, service: { serviceName: string } | null }, roomOn: { ec2InstanceId: string | null } | null }> } } | null };

export type FleetOverviewQueryVariables = Exact<{ [key: string]: never; }>;


export type FleetOverviewQuery = { overview: { clusterCount: number, failedTaskCount: number }, clusters: { nodes: Array<{ id: string, clusterName: string, status: ClusterStatus, registeredContainerInstancesCount: number, taskCounts: { running: number, pending: number }, services: { totalCount: { value: number, precision: CountPrecision }, nodes: Array<{ id: string, serviceName: string, rollout: RolloutState, rolloutSince: string | null, desiredCount: number, runningCount: number, pendingCount: number }> } }> } };

export type HeaderQueryVariables = Exact<{ [key: string]: never; }>;


export type HeaderQuery = { overview: { failedTaskCount: number, serviceCounts: { steady: number, deploying: number, failed: number } } };

export type ImageUsageQueryVariables = Exact<{
  image: string;
}>;


export type ImageUsageQuery = { imageUsage: { services: { totalCount: { value: number }, nodes: Array<{ id: string, serviceName: string, cluster: { clusterName: string } }> } } };

export type PermissionsQueryVariables = Exact<{
  clusters?: Array<string | number> | string | number | null | undefined;
  service?: string | number | null | undefined;
}>;


export type PermissionsQuery = { viewer: { principal: string, roles: Array<string>, scale: { message: string, policies: Array<string> } | null, delete: { message: string, policies: Array<string> } | null }, services: { nodes: Array<{ id: string, serviceName: string, viewerActions: Array<EcsAction> }> } };

export type RunJobMutationVariables = Exact<{
  input: RunTaskInput;
  key?: string | number | null | undefined;
}>;


export type RunJobMutation = { runTask: { tasks: Array<{ id: string, taskId: string, lastStatus: TaskStatus }> | null, failures: Array<{ reason: FailureReason | null, detail: string | null }> | null } };

export type ScaleDialogMutationVariables = Exact<{
  service: string | number;
  desiredCount: number;
  expected?: number | null | undefined;
  dryRun: boolean;
}>;


export type ScaleDialogMutation = { scaleService: { plan: Array<{ operation: string, changes: Array<{ field: string, before: string | null, after: string | null }> }>, service: { id: string, desiredCount: number } | null } };

export type SearchQueryVariables = Exact<{
  text: string;
}>;


export type SearchQuery = { search: { totalCount: { value: number }, nodes: Array<{ kind: SearchKind, name: string, clusterName: string | null, node:
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
       | null }> } };

export type ServicePageQueryVariables = Exact<{
  cluster: string | number;
  service: string | number;
}>;


export type ServicePageQuery = { service: { id: string, serviceName: string, status: ServiceStatus, rollout: RolloutState, rolloutSince: string | null, desiredCount: number, runningCount: number, pendingCount: number, launchType: LaunchType | null, createdAt: string, cluster: { clusterName: string }, taskDefinition: { family: string, revision: number, cpuUnits: number | null, memoryMiB: number | null } | null, images: Array<{ repository: string, tag: string | null }> | null, tags: Array<{ key: string, value: string }>, loadBalancers: Array<{ containerName: string | null, containerPort: number | null, targetGroupArn: string | null }>, deployments: Array<{ deploymentId: string, status: DeploymentStatus, rolloutState: DeploymentRolloutState | null, runningCount: number, pendingCount: number, desiredCount: number | null, createdAt: string, taskDefinition: { revision: number } }>, lastDeployment: { status: ServiceDeploymentStatus, strategy: DeploymentStrategy, duration: string | null } | null, tasks: { nodes: Array<{ id: string, taskId: string, lastStatus: TaskStatus, healthStatus: HealthStatus | null, availabilityZone: string | null, startDuration: string | null, containers: Array<{ name: string, lastStatus: ContainerStatus }> }> }, events: Array<{ eventId: string, createdAt: string, message: string }> } | null };

export type StalledRolloutsSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type StalledRolloutsSubscription = { deployments: { type: LiveEventType, cursor: string, summary: string, items: Array<{ kind: FeedKind, stalledSince: string | null, progress: { service: { serviceName: string } | null } }> } };

export type StoppedTasksQueryVariables = Exact<{
  since?: string | null | undefined;
}>;


export type StoppedTasksQuery = { stopReasons: Array<{ verdict: TaskVerdict, reason: string, count: number, services: Array<{ serviceName: string }> }>, stoppedTasks: { totalCount: { value: number, precision: CountPrecision }, nodes: Array<{ id: string, taskId: string, stoppedAt: string | null, stopCode: TaskStopCode | null, service: { serviceName: string } | null, cluster: { clusterName: string }, ending: { verdict: TaskVerdict | null, reason: string | null } | null, containers: Array<{ name: string, exitCode: number | null }> }> } };

