import type { EnumName } from '../../generated/types.ts';

/** Meanings of the values of AWS's enums, by AWS's spelling, A to E. */
export const ENUMS_A_TO_E: Partial<Readonly<Record<EnumName, Readonly<Record<string, string>>>>> = {
  AcceleratorManufacturer: {
    'amazon-web-services': 'AWS: Inferentia and Trainium.',
    amd: 'AMD.',
    habana: 'Habana.',
    nvidia: 'NVIDIA.',
    xilinx: 'Xilinx.',
  },
  AcceleratorName: {
    a100: 'NVIDIA A100.',
    a10g: 'NVIDIA A10G.',
    h100: 'NVIDIA H100.',
    inferentia: 'AWS Inferentia.',
    k520: 'NVIDIA GRID K520.',
    k80: 'NVIDIA K80.',
    m60: 'NVIDIA M60.',
    'radeon-pro-v520': 'AMD Radeon Pro V520.',
    t4: 'NVIDIA T4.',
    t4g: 'NVIDIA T4G.',
    v100: 'NVIDIA V100.',
    vu9p: 'Xilinx VU9P.',
  },
  AcceleratorType: {
    fpga: 'FPGAs.',
    gpu: 'GPUs.',
    inference: 'Chips for inference.',
  },
  AccessType: {
    PRIVATE: 'Reached from the VPC only.',
    PUBLIC: 'Reached from the internet.',
  },
  AgentUpdateStatus: {
    FAILED: 'The update failed.',
    PENDING: 'Asked for, not begun.',
    STAGED: 'Downloaded, not yet installed.',
    STAGING: 'Being downloaded.',
    UPDATED: 'Done.',
    UPDATING: 'Being installed.',
  },
  ApplicationProtocol: {
    grpc: 'gRPC.',
    http: 'HTTP/1.1.',
    http2: 'HTTP/2.',
  },
  AssignPublicIp: {
    DISABLED: 'No public address.',
    ENABLED: 'A public address.',
  },
  AutoRepairActionsStatus: {
    DISABLED: 'Off.',
    ENABLED: 'On.',
  },
  AvailabilityZoneRebalancing: {
    DISABLED: 'Off.',
    ENABLED: 'On.',
  },
  BareMetal: {
    excluded: 'Not accepted.',
    included: 'Accepted.',
    required: 'No others are accepted.',
  },
  BurstablePerformance: {
    excluded: 'Not accepted.',
    included: 'Accepted.',
    required: 'No others are accepted.',
  },
  CPUArchitecture: {
    ARM64: '64-bit ARM, such as AWS Graviton.',
    X86_64: '64-bit x86.',
  },
  CapacityOptionType: {
    ON_DEMAND: 'On-Demand instances.',
    RESERVED: 'Instances in capacity reservations.',
    SPOT: 'Spot instances.',
  },
  CapacityProviderStatus: {
    ACTIVE: 'In use.',
    DEPROVISIONING: 'Being deleted.',
    INACTIVE: 'Deleted.',
    PROVISIONING: 'Being set up.',
  },
  CapacityProviderType: {
    EC2_AUTOSCALING: 'An EC2 Auto Scaling group.',
    FARGATE: 'Fargate.',
    FARGATE_SPOT: 'Fargate Spot.',
    MANAGED_INSTANCES: 'Instances that ECS manages.',
  },
  CapacityProviderUpdateStatus: {
    CREATE_COMPLETE: 'The creation is done.',
    CREATE_FAILED: 'The creation failed.',
    CREATE_IN_PROGRESS: 'The creation is under way.',
    DELETE_COMPLETE: 'The deletion is done.',
    DELETE_FAILED: 'The deletion failed.',
    DELETE_IN_PROGRESS: 'The deletion is under way.',
    UPDATE_COMPLETE: 'The update is done.',
    UPDATE_FAILED: 'The update failed.',
    UPDATE_IN_PROGRESS: 'The update is under way.',
  },
  CapacityReservationPreference: {
    RESERVATIONS_EXCLUDED: 'Never into reservations.',
    RESERVATIONS_FIRST: 'Into reservations as long as there is room, then elsewhere.',
    RESERVATIONS_ONLY: 'Into reservations only.',
  },
  ClusterSettingName: {
    containerInsights: 'CloudWatch Container Insights.',
  },
  Compatibility: {
    EC2: 'Container instances on EC2 that are yours.',
    EXTERNAL: 'Servers of your own (ECS Anywhere).',
    FARGATE: 'Fargate: no instances to look after.',
    MANAGED_INSTANCES: 'EC2 instances that ECS manages.',
  },
  Connectivity: {
    CONNECTED: 'Connected.',
    DISCONNECTED: 'Not connected.',
  },
  ContainerCondition: {
    COMPLETE: 'The container has ended, with any exit code.',
    HEALTHY: 'The health check of the container has succeeded.',
    START: 'The container has started.',
    SUCCESS: 'The container has ended with exit code 0.',
  },
  ContainerInstanceStatus: {
    ACTIVE: 'Takes tasks.',
    DEREGISTERING: 'Being deregistered.',
    DRAINING: 'Takes no tasks; those of services move elsewhere.',
    REGISTERING: 'Being registered.',
    REGISTRATION_FAILED: 'Could not be registered.',
  },
  CpuManufacturer: {
    'amazon-web-services': 'AWS: Graviton.',
    amd: 'AMD.',
    intel: 'Intel.',
  },
  DaemonDeploymentRollbackMonitorsStatus: {
    DISABLED: 'Not watched.',
    MONITORING: 'Watched.',
    MONITORING_COMPLETE: 'No longer watched: the deployment has ended.',
    TRIGGERED: 'An alarm went off.',
  },
  DaemonDeploymentStatus: {
    IN_PROGRESS: 'Under way.',
    PENDING: 'Not begun.',
    ROLLBACK_FAILED: 'The rollback failed too.',
    ROLLBACK_IN_PROGRESS: 'Rolling back.',
    ROLLBACK_SUCCESSFUL: 'Rolled back.',
    STOPPED: 'Stopped.',
    STOP_REQUESTED: 'A stop was asked for.',
    SUCCESSFUL: 'Done.',
  },
  DaemonIpcMode: {
    none: 'IPC resources are private to each container.',
    shared: 'The containers share IPC resources.',
  },
  DaemonPidMode: {
    none: 'Processes are private to each container.',
    shared: "The containers see each other's processes.",
  },
  DaemonPropagateTags: {
    DAEMON: 'Tasks get the tags of the daemon.',
    NONE: 'Tasks get no tags.',
  },
  DaemonStatus: {
    ACTIVE: 'In use.',
    DELETE_IN_PROGRESS: 'Being deleted.',
  },
  DaemonTaskDefinitionRevisionFilter: {
    LAST_REGISTERED: 'The latest revision of each family alone.',
  },
  DaemonTaskDefinitionStatus: {
    ACTIVE: 'Can be used.',
    DELETED: 'Deleted.',
    DELETE_IN_PROGRESS: 'Being deleted.',
  },
  DaemonTaskDefinitionStatusFilter: {
    ACTIVE: 'Revisions that can be used.',
    ALL: 'All revisions.',
    DELETE_IN_PROGRESS: 'Revisions that are being deleted.',
  },
  DeploymentControllerType: {
    CODE_DEPLOY: 'AWS CodeDeploy.',
    ECS: 'ECS.',
    EXTERNAL: 'A controller of yours, by task sets.',
  },
  DeploymentLifecycleHookAction: {
    CONTINUE: 'The deployment goes on.',
    ROLLBACK: 'The deployment is rolled back.',
  },
  DeploymentLifecycleHookStage: {
    POST_PRODUCTION_TRAFFIC_SHIFT: 'After production traffic has moved.',
    POST_SCALE_UP: 'After the new revision was started.',
    POST_TEST_TRAFFIC_SHIFT: 'After test traffic has moved.',
    PRE_PRODUCTION_TRAFFIC_SHIFT: 'Before production traffic moves.',
    PRE_SCALE_UP: 'Before the new revision is started.',
    PRODUCTION_TRAFFIC_SHIFT: 'Production traffic moves.',
    RECONCILE_SERVICE: 'A deployment begins while more than one revision is running.',
    TEST_TRAFFIC_SHIFT: 'Test traffic moves.',
  },
  DeploymentLifecycleHookStatus: {
    AWAITING_ACTION: 'Waits for `continueServiceDeployment`.',
    FAILED: 'The hook failed.',
    IN_PROGRESS: 'Under way.',
    SUCCEEDED: 'The hook succeeded.',
    TIMED_OUT: 'No caller answered in time.',
  },
  DeploymentLifecycleHookTargetType: {
    AWS_LAMBDA: 'A Lambda function.',
    PAUSE: 'A pause until a caller answers.',
  },
  DeploymentRolloutState: {
    COMPLETED: 'Done: the service is steady with it.',
    FAILED: 'The circuit breaker or an alarm ended the deployment.',
    IN_PROGRESS: 'Under way.',
  },
  DeploymentStrategy: {
    BLUE_GREEN: 'All new tasks are started, then all traffic moves at once.',
    CANARY: 'A share of the traffic moves first, then the rest.',
    LINEAR: 'Traffic moves in equal steps.',
    ROLLING: 'Tasks are replaced share by share.',
  },
  DesiredStatus: {
    PENDING: 'To be started. ECS never reports it.',
    RUNNING: 'To run.',
    STOPPED: 'To stop.',
  },
  DeviceCgroupPermission: {
    mknod: 'Make device files.',
    read: 'Read.',
    write: 'Write.',
  },
  EBSResourceType: {
    volume: 'The volume.',
  },
  EFSAuthorizationConfigIAM: {
    DISABLED: 'Off.',
    ENABLED: 'On.',
  },
  EFSTransitEncryption: {
    DISABLED: 'Off.',
    ENABLED: 'On.',
  },
  EnvironmentFileType: {
    s3: 'Amazon S3.',
  },
  ExecuteCommandLogging: {
    DEFAULT: 'To the log group of the awslogs configuration of the container.',
    NONE: 'Not logged.',
    OVERRIDE: 'As `logConfiguration` configures.',
  },
  ExpressCpuArchitecture: {
    ARM64: '64-bit ARM, such as AWS Graviton.',
    X86_64: '64-bit x86.',
  },
  ExpressGatewayServiceScalingMetric: {
    AVERAGE_CPU: 'The average use of CPU.',
    AVERAGE_MEMORY: 'The average use of memory.',
    REQUEST_COUNT_PER_TARGET: 'Requests for each task.',
  },
  ExpressGatewayServiceStatusCode: {
    ACTIVE: 'In use.',
    DRAINING: 'Being deleted.',
    INACTIVE: 'Deleted.',
  },
};
