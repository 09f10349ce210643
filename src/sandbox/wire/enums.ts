import * as ecs from '@aws-sdk/client-ecs';

/**
 * Which of the SDK's enums a member takes. The runtime schemas say only `string`, so the link is kept here, by hand, for
 * inputs that steer the simulation; the others are taken as they come.
 */
const MEMBERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  AwsVpcConfiguration: { assignPublicIp: 'AssignPublicIp' },
  ContainerDependency: { condition: 'ContainerCondition' },
  ContinueServiceDeploymentRequest: { action: 'DeploymentLifecycleHookAction' },
  CreateServiceRequest: {
    launchType: 'LaunchType',
    schedulingStrategy: 'SchedulingStrategy',
    propagateTags: 'PropagateTags',
    availabilityZoneRebalancing: 'AvailabilityZoneRebalancing',
  },
  CreateTaskSetRequest: { launchType: 'LaunchType' },
  DeploymentConfiguration: { strategy: 'DeploymentStrategy' },
  DeploymentController: { type: 'DeploymentControllerType' },
  DescribeCapacityProvidersRequest: { include: 'CapacityProviderField' },
  DescribeClustersRequest: { include: 'ClusterField' },
  DescribeContainerInstancesRequest: { include: 'ContainerInstanceField' },
  DescribeServicesRequest: { include: 'ServiceField' },
  DescribeTaskDefinitionRequest: { include: 'TaskDefinitionField' },
  DescribeTaskSetsRequest: { include: 'TaskSetField' },
  DescribeTasksRequest: { include: 'TaskField' },
  ListContainerInstancesRequest: { status: 'ContainerInstanceStatus' },
  ListServiceDeploymentsRequest: { status: 'ServiceDeploymentStatus' },
  ListServicesRequest: {
    launchType: 'LaunchType',
    schedulingStrategy: 'SchedulingStrategy',
    resourceManagementType: 'ResourceManagementType',
  },
  ListTaskDefinitionFamiliesRequest: { status: 'TaskDefinitionFamilyStatus' },
  ListTaskDefinitionsRequest: { status: 'TaskDefinitionStatus', sort: 'SortOrder' },
  ListTasksRequest: { launchType: 'LaunchType', desiredStatus: 'DesiredStatus' },
  LogConfiguration: { logDriver: 'LogDriver' },
  ManagedScaling: { status: 'ManagedScalingStatus' },
  PlacementConstraint: { type: 'PlacementConstraintType' },
  PlacementStrategy: { type: 'PlacementStrategyType' },
  PortMapping: { protocol: 'TransportProtocol' },
  RegisterTaskDefinitionRequest: {
    networkMode: 'NetworkMode',
    pidMode: 'PidMode',
    ipcMode: 'IpcMode',
    requiresCompatibilities: 'Compatibility',
  },
  ResourceRequirement: { type: 'ResourceType' },
  RunTaskRequest: { launchType: 'LaunchType', propagateTags: 'PropagateTags' },
  StartTaskRequest: { propagateTags: 'PropagateTags' },
  StopServiceDeploymentRequest: { stopType: 'StopServiceDeploymentStopType' },
  TaskDefinitionPlacementConstraint: { type: 'TaskDefinitionPlacementConstraintType' },
  ThresholdConfiguration: { type: 'ThresholdType' },
  UpdateContainerInstancesStateRequest: { status: 'ContainerInstanceStatus' },
  UpdateServiceRequest: {
    propagateTags: 'PropagateTags',
    availabilityZoneRebalancing: 'AvailabilityZoneRebalancing',
  },
};

/** The values that a member of a shape takes; undefined where any string will do. */
export type EnumValues = (shape: string, member: string) => ReadonlySet<string> | undefined;

function valuesOf(exported: ReadonlyMap<string, unknown>, name: string): ReadonlySet<string> {
  const found = exported.get(name);
  if (typeof found !== 'object' || found === null) throw new Error(`The SDK has no enum ${name}`);
  return new Set(Object.values(found).filter((value) => typeof value === 'string'));
}

export function readEnums(): EnumValues {
  const exported = new Map<string, unknown>(Object.entries(ecs));
  const sets = new Map<string, ReadonlySet<string>>();
  for (const [shape, members] of Object.entries(MEMBERS)) {
    for (const [member, name] of Object.entries(members)) sets.set(`${shape}.${member}`, valuesOf(exported, name));
  }
  return (shape, member) => sets.get(`${shape}.${member}`);
}
