import type { EnumName, OperationName, StructureName } from '../generated/types.ts';
import type { StatusEnumName } from './status-enums.ts';

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
  /** The references that ECS accepts, if not both names and ARNs. */
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

export { STATUS_ENUMS, type StatusEnum, type StatusEnumName } from './status-enums.ts';

/** Kinds of values that hold secrets in practice, as answers and policies name them. */
export const SECRET_KINDS = {
  COMMAND: 'Commands, entry points and the commands of health checks.',
  CREDENTIAL: 'Credentials of registries and credential specs.',
  ENVIRONMENT: 'Environment variables and environment files.',
  HOOK_DETAILS: 'The input that a lifecycle hook passes to its target.',
  LABEL: 'Docker labels of containers and volumes.',
  LOG_OPTION: 'Options of log drivers and of FireLens, but for those that hold no secret, such as `awslogs-group`.',
  SESSION: 'The token of an interactive session.',
  VOLUME_OPTION: 'Options of the drivers of Docker volumes.',
} as const;
export type SecretKind = keyof typeof SECRET_KINDS;

/**
 * The members that hold secrets in practice, in requests and answers: the SDK marks a few of them, and this table is
 * complete. Their values are masked in answers, errors, the audit log and plans; names and structure stay. A structure
 * here is hidden but for its name. References to a secret (`Secret.valueFrom`, the credentials of an FSx volume), tags
 * and the texts that ECS writes are shown.
 */
export const SECRET_MEMBERS: Partial<Readonly<Record<Owner, Readonly<Record<string, SecretKind>>>>> = {
  ContainerDefinition: {
    command: 'COMMAND',
    credentialSpecs: 'CREDENTIAL',
    dockerLabels: 'LABEL',
    entryPoint: 'COMMAND',
    environment: 'ENVIRONMENT',
    repositoryCredentials: 'CREDENTIAL',
  },
  ContainerOverride: { command: 'COMMAND', environment: 'ENVIRONMENT' },
  DaemonContainerDefinition: {
    command: 'COMMAND',
    entryPoint: 'COMMAND',
    environment: 'ENVIRONMENT',
    repositoryCredentials: 'CREDENTIAL',
  },
  DeploymentLifecycleHook: { hookDetails: 'HOOK_DETAILS' },
  DockerVolumeConfiguration: { driverOpts: 'VOLUME_OPTION', labels: 'LABEL' },
  EnvironmentFile: { value: 'ENVIRONMENT' },
  ExecuteCommand: { command: 'COMMAND' },
  ExpressGatewayContainer: { command: 'COMMAND', environment: 'ENVIRONMENT' },
  ExpressGatewayRepositoryCredentials: { credentialsParameter: 'CREDENTIAL' },
  FirelensConfiguration: { options: 'LOG_OPTION' },
  HealthCheck: { command: 'COMMAND' },
  LogConfiguration: { options: 'LOG_OPTION' },
  RegisterContainerInstance: {
    instanceIdentityDocument: 'CREDENTIAL',
    instanceIdentityDocumentSignature: 'CREDENTIAL',
  },
  Session: { tokenValue: 'SESSION' },
};

/** Options of log drivers that hold no secret: their values are shown. */
export const HARMLESS_OPTIONS: ReadonlySet<string> = new Set([
  'awslogs-create-group',
  'awslogs-datetime-format',
  'awslogs-group',
  'awslogs-multiline-pattern',
  'awslogs-region',
  'awslogs-stream-prefix',
  'config-file-type',
  'enable-ecs-log-metadata',
  'max-buffer-size',
  'max-file',
  'max-size',
  'mode',
]);

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
