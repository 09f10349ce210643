import type { OperationName, StructureName } from '../../generated/types.ts';

type Owner = StructureName | OperationName;

/** Meanings of members in one structure or request, where the general text does not fit. */
export const MEMBERS_IN: Partial<Readonly<Record<Owner, Readonly<Record<string, string>>>>> = {
  Attribute: {
    name: 'The name: letters, digits, hyphens, underscores, slashes and dots, up to 128.',
    targetType: 'The kind of resource with the attribute.',
    value: 'The value. Null for an attribute without a value.',
  },
  Attachment: {
    details: 'Names and values: of a network interface its id, addresses and subnet, of a volume its id and size.',
    status: 'The lifecycle state of the attachment.',
    type: 'The attached resource.',
  },
  CapacityProviderStrategyItem: {
    capacityProvider: 'The capacity provider by id, ARN or name; `FARGATE` and `FARGATE_SPOT` are built in.',
  },
  ClusterServiceConnectDefaults: { namespace: 'The Cloud Map namespace: name or ARN.' },
  ClusterSetting: {
    name: 'The name of the setting.',
    value: 'The value: `enabled`, `enhanced` or `disabled` for `containerInsights`.',
  },
  Container: {
    cpu: 'CPU units of the container as text. Null if its definition sets none.',
    memory: 'The memory limit of the container as text, in MiB. Null if its definition sets none.',
    memoryReservation: 'The memory reservation as text, in MiB. Null if its definition sets none.',
    name: 'The name in the task definition.',
    reason: 'Why it ended, or could not start, in the words of ECS.',
  },
  ContainerDefinition: {
    cpu: 'CPU units that are set aside for the container; 1024 are one vCPU.',
    healthCheck: 'The command that checks whether the container is healthy. Null without a health check.',
    logConfiguration: 'Where the output of the container goes.',
    name: 'The name, unique in the task definition.',
  },
  ContainerOverride: {
    command: 'The command to run instead of that of the image or definition.',
    environment: 'Environment variables to add to, or to put in the place of, those of the definition.',
    name: 'The name of the container that is changed.',
  },
  ContinueServiceDeployment: {
    action: 'CONTINUE goes on with the deployment, ROLLBACK goes back.',
    hookId: 'The hook that waits, from `lifecycleHookDetails`.',
  },
  CreateCapacityProvider: { name: 'The name; it must not begin with `aws`, `ecs` or `fargate`.' },
  CreateGateway: { name: 'The name of the gateway.' },
  CreateService: {
    desiredCount: 'How many tasks to start. Required, but for DAEMON services.',
    propagateTags: 'Where tasks take their tags from. NONE if absent.',
  },
  DaemonContainerDefinition: {
    healthCheck: 'The command that checks whether the container is healthy. Null without a health check.',
    name: 'The name, unique in the daemon task definition.',
  },
  DeleteAttributes: { attributes: 'The attributes to remove; each names its instance.' },
  DeleteService: { force: 'Delete the service although it has tasks; they are stopped.' },
  DeleteTaskDefinitions: {
    taskDefinitions: 'The INACTIVE task definitions to delete, up to 10, each by id, ARN or `family:revision`.',
  },
  DeleteTaskSet: { force: 'Delete the task set although it still has tasks.' },
  Deployment: {
    capacityProviderStrategy:
      'How its tasks are spread over capacity providers. Null or empty where `launchType` decides.',
    createdAt: 'When ECS began with it.',
    desiredCount:
      'The desired number of tasks. On AWS 0 until ECS has planned the deployment. Null if ECS does not report it.',
    launchType: 'Where its tasks run. Null where a capacity provider strategy decides.',
    pendingCount: 'Its tasks that are PENDING.',
    runningCount: 'Its tasks that are RUNNING.',
    status: 'The part that it plays: PRIMARY is the newest, ACTIVE is being replaced.',
    taskDefinition: 'The task definition of its tasks.',
    taskDefinitionArn: 'The ARN of the task definition of its tasks.',
    updatedAt: 'When it last changed.',
  },
  DeploymentAlarms: { rollback: 'Whether ECS rolls back when an alarm goes off.' },
  DeploymentController: { type: 'The controller that carries out deployments.' },
  DeploymentLifecycleHook: { targetType: 'Whether the hook calls a Lambda function or waits for an answer.' },
  DeploymentLifecycleHookDetail: {
    status: 'How far the hook is. AWAITING_ACTION waits for `continueServiceDeployment`.',
    targetType: 'Whether the hook calls a Lambda function or waits for an answer.',
  },
  DeploymentLifecycleHookTimeoutConfiguration: { action: 'The action if no answer comes in time.' },
  DeregisterContainerInstance: {
    containerInstance: 'The container instance: id, or ARN.',
    force:
      'Deregister the instance although tasks run on it. They keep running without ECS; services start replacements.',
  },
  DiscoverPollEndpoint: { endpoint: 'The address that the agent polls.' },
  EnvironmentFile: { type: 'Where the file is.', value: 'The ARN of the file in S3.' },
  ExecuteCommand: {
    command: 'The command to run, with its arguments.',
    interactive: 'Whether the command is interactive; ECS takes only true.',
  },
  ExecuteCommandConfiguration: {
    kmsKeyId: 'The KMS key that encrypts the session.',
    logConfiguration: 'Where output goes if `logging` is OVERRIDE.',
  },
  Failure: { arn: 'The resource as ECS names it: an ARN, or what was asked for.', reason: 'Why it failed.' },
  FirelensConfiguration: { type: 'The log router.' },
  HealthCheck: {
    command:
      'The check: `["CMD", ...]` runs a program, `["CMD-SHELL", "..."]` a line of a shell. Exit code 0 is healthy.',
    timeout: 'Seconds after which a check fails, 2 to 60; 5 if absent.',
  },
  InstanceHealthCheckResult: { status: 'The result of the check.', type: 'The subject of the check.' },
  KeyValuePair: {
    name: 'The name.',
    value: 'The value. In `environment` hidden unless the server is configured to show secrets.',
  },
  LoadBalancer: { targetGroupArn: 'The ARN of the target group. Null for a Classic Load Balancer.' },
  ManagedAgent: { name: 'Which agent.', reason: 'Why it stopped, in the words of ECS.' },
  NetworkInterface: { attachmentId: 'Its `attachmentId` among the attachments of the task.' },
  PlacementConstraint: {
    expression:
      'For MEMBER_OF: an expression of the cluster query language, such as `attribute:ecs.instance-type == m5.large`.',
    type: 'DISTINCT_INSTANCE puts each task on another instance; MEMBER_OF asks for an expression.',
  },
  PlacementStrategy: { type: 'SPREAD evens out, BINPACK fills up, RANDOM does neither.' },
  PlatformDevice: { id: 'The id of the device.', type: 'The kind of device.' },
  PortMapping: { name: 'A name by which Service Connect and VPC Lattice refer to the port.' },
  ProxyConfiguration: { type: 'The kind of proxy.' },
  PutAccountSetting: { name: 'The setting.', value: 'The value, such as `enabled`.' },
  PutAccountSettingDefault: { name: 'The setting.', value: 'The value, such as `enabled`.' },
  PutAttributes: { attributes: 'The attributes to set, up to 10; each names its instance.' },
  PutClusterCapacityProviders: {
    capacityProviders: 'All capacity providers that the cluster is to have, each by id, ARN or name.',
  },
  RegisterContainerInstance: { containerInstance: 'The container instance as registered.' },
  RegisterDaemonTaskDefinition: {
    cpu: 'CPU units of the whole task as text.',
    memory: 'Memory of the whole task as text, in MiB.',
  },
  RegisterTaskDefinition: {
    cpu: 'CPU units of the whole task as text, such as `256`, or vCPUs such as `.25 vCPU`. Required on Fargate.',
    memory: 'Memory of the whole task as text, in MiB, or such as `1 GB`. Required on Fargate.',
    tags: 'Tags of the task definition, up to 50.',
  },
  Resource: {
    name: 'CPU, MEMORY, PORTS, PORTS_UDP, GPU, or a name of your own.',
    type: 'Which field holds the value.',
  },
  ResourceRequirement: {
    type: 'The kind of resource.',
    value: 'For GPU how many; for an accelerator its device name.',
  },
  Rollback: { reason: 'Why ECS rolled back, in its words.', startedAt: 'When the rollback began.' },
  RunTask: {
    propagateTags:
      'TASK_DEFINITION copies the tags of the task definition. Standalone tasks have no service to copy from.',
  },
  Scale: { value: 'The share in percent.' },
  Secret: { name: 'The name of the environment variable or option.' },
  ServiceConnectConfiguration: {
    logConfiguration: 'Where the output of the proxy goes.',
    namespace: 'The Cloud Map namespace: name or ARN. Absent, that of the cluster.',
  },
  ServiceConnectService: { timeout: 'How long connections and requests may take.' },
  ServiceDeploymentAlarms: {
    alarmNames: 'Names of the alarms that are watched.',
    status: 'Whether the alarms are watched, or one went off.',
  },
  ServiceDeploymentCircuitBreaker: { status: 'Whether failures are counted, or too many tripped the circuit breaker.' },
  ServiceEvent: { createdAt: 'When it happened.', message: 'The message of the scheduler.' },
  ServiceVolumeConfiguration: { name: 'The `name` of the volume in the task definition.' },
  StartTask: {
    containerInstances: 'The container instances to start a task on, up to 10, each by id or ARN.',
    propagateTags: 'TASK_DEFINITION copies the tags of the task definition.',
  },
  StopTask: { reason: 'Why, in your words, up to 255 characters; ECS shows it as the `stoppedReason`.' },
  SystemControl: {
    namespace: 'The kernel parameter, such as `net.core.somaxconn`.',
    value: 'The value of the parameter.',
  },
  Tag: { value: 'The value, up to 256 characters. May be empty.' },
  TagResource: { tags: 'Tags to set. One whose key is there already gets the new value.' },
  TaskDefinitionPlacementConstraint: { type: 'The kind of constraint.' },
  TaskOverride: {
    cpu: 'CPU units of the task, as text.',
    executionRoleArn: 'The ARN of the execution role to use instead.',
    memory: 'Memory of the task as text, in MiB.',
    taskRoleArn: 'The ARN of the role that the containers have instead.',
  },
  TaskVolumeConfiguration: { name: 'The `name` of the volume in the task definition.' },
  ThresholdConfiguration: {
    type: 'The unit of the value: a number of tasks, or a share of the desired count.',
    value: 'The failures in a row that trip the circuit breaker.',
  },
  Ulimit: { name: 'Which limit.' },
  UpdateClusterSettings: { settings: 'Settings to change, each by name.' },
  UpdateContainerAgent: { containerInstance: 'The container instance: id, or ARN.' },
  UpdateContainerInstancesState: {
    containerInstances: 'The container instances, up to 10, each by id or ARN.',
    status: 'DRAINING, or ACTIVE to end a drain.',
  },
  UpdateService: {
    desiredCount: 'How many tasks there should be. Absent, the number stays.',
    propagateTags: 'Where tasks take their tags from. Absent, it stays.',
    service: 'The service by id, ARN or name.',
  },
  UpdateTaskProtection: { tasks: 'The tasks, up to 10, each by id or ARN.' },
  Volume: { name: 'The name by which mount points refer to it.' },
};
