import type { StructureName } from '../generated/types.ts';

/** Members of a structure, by `Structure.member`. */
type ByMember<Value> = Readonly<Record<string, Value>>;

/** Members that ECS derives, or that name the revision itself: they are not part of what changed. */
export const DERIVED: ReadonlySet<string> = new Set([
  'ServiceRevision.clusterArn',
  // Compared together with the containers' images.
  'ServiceRevision.containerImages',
  'ServiceRevision.createdAt',
  'ServiceRevision.ecsManagedResources',
  'ServiceRevision.resolvedConfiguration',
  'ServiceRevision.serviceArn',
  'ServiceRevision.serviceRevisionArn',
  'TaskDefinition.compatibilities',
  'TaskDefinition.deleteRequestedAt',
  'TaskDefinition.deregisteredAt',
  'TaskDefinition.registeredAt',
  'TaskDefinition.registeredBy',
  'TaskDefinition.requiresAttributes',
  'TaskDefinition.revision',
  'TaskDefinition.status',
  'TaskDefinition.taskDefinitionArn',
]);

/**
 * Values that ECS writes into a definition or revision if the caller gave none: a member with one of them equals an absent member.
 * A number or a flag is 0 or false unless this table names another default.
 */
export const DEFAULTS: ByMember<unknown> = {
  'AwsVpcConfiguration.assignPublicIp': 'DISABLED',
  'ContainerDefinition.essential': true,
  'ContainerDefinition.versionConsistency': 'enabled',
  'DockerVolumeConfiguration.scope': 'task',
  'EFSVolumeConfiguration.rootDirectory': '/',
  'EFSVolumeConfiguration.transitEncryption': 'DISABLED',
  'HealthCheck.interval': 30,
  'HealthCheck.retries': 3,
  'HealthCheck.timeout': 5,
  'PortMapping.protocol': 'tcp',
};

/** Numbers and flags whose 0 or false differs from their absence. */
export const MEANS_ITSELF: ReadonlySet<string> = new Set([
  'ContainerDefinition.startTimeout',
  'ContainerDefinition.stopTimeout',
  'ContainerRestartPolicy.enabled',
  'LinuxParameters.maxSwap',
  'LinuxParameters.swappiness',
  'TimeoutConfiguration.idleTimeoutSeconds',
  'TimeoutConfiguration.perRequestTimeoutSeconds',
  'Ulimit.hardLimit',
  'Ulimit.softLimit',
]);

/** Members that identify an item of a list of structures. Items of other structures have their position. */
export const KEYS: Partial<Readonly<Record<StructureName, readonly string[]>>> = {
  CapacityProviderStrategyItem: ['capacityProvider'],
  ContainerDefinition: ['name'],
  ContainerDependency: ['containerName'],
  Device: ['hostPath'],
  GatewayConnector: ['portName'],
  HostEntry: ['hostname'],
  InferenceAccelerator: ['deviceName'],
  KeyValuePair: ['name'],
  LoadBalancer: ['containerName', 'containerPort', 'targetGroupArn'],
  MountPoint: ['containerPath'],
  PortMapping: ['containerPort', 'containerPortRange', 'protocol'],
  ResourceRequirement: ['type'],
  Secret: ['name'],
  ServiceConnectClientAlias: ['port'],
  ServiceConnectService: ['portName'],
  ServiceRegistry: ['registryArn'],
  ServiceVolumeConfiguration: ['name'],
  SystemControl: ['namespace'],
  Tag: ['key'],
  TaskDefinitionPlacementConstraint: ['type', 'expression'],
  Tmpfs: ['containerPath'],
  Ulimit: ['name'],
  Volume: ['name'],
  VolumeFrom: ['sourceContainer'],
  VpcLatticeConfiguration: ['portName', 'targetGroupArn'],
};

/** The member that holds the value of an item that is a name with a value. */
export const VALUES: Partial<Readonly<Record<StructureName, string>>> = {
  ContainerDependency: 'condition',
  HostEntry: 'ipAddress',
  KeyValuePair: 'value',
  Secret: 'valueFrom',
  SystemControl: 'value',
  Tag: 'value',
};

/** Lists of strings whose order has a meaning. All others are sets. */
export const ORDERED: ReadonlySet<string> = new Set([
  'ContainerDefinition.command',
  'ContainerDefinition.dnsSearchDomains',
  'ContainerDefinition.dnsServers',
  'ContainerDefinition.entryPoint',
  'HealthCheck.command',
]);

/** The subjects of changes. */
export type Subject = keyof typeof SUBJECTS;

export const SUBJECTS = {
  CAPACITY: 'Launch type and capacity provider strategy.',
  COMMAND: 'Command, entry point, user and working directory of a container.',
  CONTAINER: 'A container that was added or removed, and settings of containers without a subject of their own.',
  ENVIRONMENT: 'Environment variables and environment files.',
  HEALTH_CHECK: 'The health check of a container.',
  IMAGE: 'The image of a container: another name, tag or digest.',
  LOAD_BALANCING: 'Target groups, load balancers, VPC Lattice and ECS gateways.',
  LOGGING: 'Where output goes.',
  NETWORK: 'Network mode, subnets, security groups and ports.',
  OTHER: 'Anything else.',
  PLATFORM: 'Platform version, operating system and architecture.',
  RESOURCES: 'CPU, memory, GPUs and ephemeral storage.',
  ROLES: 'IAM roles.',
  SECRETS: 'Secrets and registry credentials, by their references.',
  SERVICE_CONNECT: 'Service Connect and service discovery.',
  TASK_DEFINITION: 'The revision of the task definition that a service runs.',
  VOLUMES: 'Volumes and their mounts.',
} as const;

/** The subject of a member, by `Structure.member`. A nested member has the subject of the nearest member above it that is listed. */
export const SUBJECT_OF: ByMember<Subject> = {
  'ContainerDefinition.command': 'COMMAND',
  'ContainerDefinition.cpu': 'RESOURCES',
  'ContainerDefinition.entryPoint': 'COMMAND',
  'ContainerDefinition.environment': 'ENVIRONMENT',
  'ContainerDefinition.environmentFiles': 'ENVIRONMENT',
  'ContainerDefinition.firelensConfiguration': 'LOGGING',
  'ContainerDefinition.healthCheck': 'HEALTH_CHECK',
  'ContainerDefinition.image': 'IMAGE',
  'ContainerDefinition.logConfiguration': 'LOGGING',
  'ContainerDefinition.memory': 'RESOURCES',
  'ContainerDefinition.memoryReservation': 'RESOURCES',
  'ContainerDefinition.mountPoints': 'VOLUMES',
  'ContainerDefinition.portMappings': 'NETWORK',
  'ContainerDefinition.repositoryCredentials': 'SECRETS',
  'ContainerDefinition.resourceRequirements': 'RESOURCES',
  'ContainerDefinition.secrets': 'SECRETS',
  'ContainerDefinition.user': 'COMMAND',
  'ContainerDefinition.volumesFrom': 'VOLUMES',
  'ContainerDefinition.workingDirectory': 'COMMAND',
  'ServiceRevision.capacityProviderStrategy': 'CAPACITY',
  'ServiceRevision.fargateEphemeralStorage': 'RESOURCES',
  'ServiceRevision.gatewayConnectors': 'LOAD_BALANCING',
  'ServiceRevision.launchType': 'CAPACITY',
  'ServiceRevision.loadBalancers': 'LOAD_BALANCING',
  'ServiceRevision.networkConfiguration': 'NETWORK',
  'ServiceRevision.overrides': 'PLATFORM',
  'ServiceRevision.platformFamily': 'PLATFORM',
  'ServiceRevision.platformVersion': 'PLATFORM',
  'ServiceRevision.serviceConnectConfiguration': 'SERVICE_CONNECT',
  'ServiceRevision.serviceRegistries': 'SERVICE_CONNECT',
  'ServiceRevision.taskDefinition': 'TASK_DEFINITION',
  'ServiceRevision.volumeConfigurations': 'VOLUMES',
  'ServiceRevision.vpcLatticeConfigurations': 'LOAD_BALANCING',
  'TaskDefinition.containerDefinitions': 'CONTAINER',
  'TaskDefinition.cpu': 'RESOURCES',
  'TaskDefinition.ephemeralStorage': 'RESOURCES',
  'TaskDefinition.executionRoleArn': 'ROLES',
  'TaskDefinition.inferenceAccelerators': 'RESOURCES',
  'TaskDefinition.memory': 'RESOURCES',
  'TaskDefinition.networkMode': 'NETWORK',
  'TaskDefinition.runtimePlatform': 'PLATFORM',
  'TaskDefinition.taskRoleArn': 'ROLES',
  'TaskDefinition.volumes': 'VOLUMES',
};
