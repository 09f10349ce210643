// Generated from the pinned @aws-sdk/client-ecs by `npm run generate`; never edited by hand.

export const structuresMToR = {
  ManagedAgent: {
    lastStartedAt: 'DateTime',
    name: 'ManagedAgentName',
    reason: 'String',
    lastStatus: 'String',
  },
  ManagedAgentStateChange: {
    containerName: 'String!',
    managedAgentName: 'ManagedAgentName!',
    status: 'String!',
    reason: 'String',
  },
  ManagedApplicationAutoScalingPolicy: {
    status: 'ManagedResourceStatus!',
    updatedAt: 'DateTime!',
    policyType: 'String!',
    targetValue: 'Number!',
    metric: 'String!',
    arn: 'String',
    statusReason: 'String',
  },
  ManagedAutoScaling: {
    scalableTarget: 'ManagedScalableTarget',
    applicationAutoScalingPolicies: '[ManagedApplicationAutoScalingPolicy!]',
  },
  ManagedCertificate: {
    status: 'ManagedResourceStatus!',
    updatedAt: 'DateTime!',
    domainName: 'String!',
    arn: 'String',
    statusReason: 'String',
  },
  ManagedIngressPath: {
    accessType: 'AccessType!',
    endpoint: 'String!',
    loadBalancer: 'ManagedLoadBalancer',
    loadBalancerSecurityGroups: '[ManagedSecurityGroup!]',
    certificate: 'ManagedCertificate',
    listener: 'ManagedListener',
    rule: 'ManagedListenerRule',
    targetGroups: '[ManagedTargetGroup!]',
  },
  ManagedInstancesLocalStorageConfiguration: {
    useLocalStorage: 'Boolean',
  },
  ManagedInstancesNetworkConfiguration: {
    subnets: '[String!]',
    securityGroups: '[String!]',
  },
  ManagedInstancesProvider: {
    infrastructureRoleArn: 'String',
    instanceLaunchTemplate: 'InstanceLaunchTemplate',
    propagateTags: 'PropagateMITags',
    infrastructureOptimization: 'InfrastructureOptimization',
    autoRepairConfiguration: 'AutoRepairConfiguration',
  },
  ManagedInstancesStorageConfiguration: {
    storageSizeGiB: 'Number',
  },
  ManagedListener: {
    status: 'ManagedResourceStatus!',
    updatedAt: 'DateTime!',
    arn: 'String',
    statusReason: 'String',
  },
  ManagedListenerRule: {
    status: 'ManagedResourceStatus!',
    updatedAt: 'DateTime!',
    arn: 'String',
    statusReason: 'String',
  },
  ManagedLoadBalancer: {
    status: 'ManagedResourceStatus!',
    updatedAt: 'DateTime!',
    scheme: 'String!',
    arn: 'String',
    statusReason: 'String',
    subnetIds: '[String!]',
    securityGroupIds: '[String!]',
  },
  ManagedLogGroup: {
    status: 'ManagedResourceStatus!',
    updatedAt: 'DateTime!',
    logGroupName: 'String!',
    arn: 'String',
    statusReason: 'String',
  },
  ManagedMetricAlarm: {
    status: 'ManagedResourceStatus!',
    updatedAt: 'DateTime!',
    arn: 'String',
    statusReason: 'String',
  },
  ManagedScalableTarget: {
    status: 'ManagedResourceStatus!',
    updatedAt: 'DateTime!',
    minCapacity: 'Number!',
    maxCapacity: 'Number!',
    arn: 'String',
    statusReason: 'String',
  },
  ManagedScaling: {
    status: 'ManagedScalingStatus',
    targetCapacity: 'Number',
    minimumScalingStepSize: 'Number',
    maximumScalingStepSize: 'Number',
    instanceWarmupPeriod: 'Number',
  },
  ManagedSecurityGroup: {
    status: 'ManagedResourceStatus!',
    updatedAt: 'DateTime!',
    arn: 'String',
    statusReason: 'String',
  },
  ManagedStorageConfiguration: {
    kmsKeyId: 'String',
    fargateEphemeralStorageKmsKeyId: 'String',
  },
  ManagedTargetGroup: {
    status: 'ManagedResourceStatus!',
    updatedAt: 'DateTime!',
    healthCheckPath: 'String!',
    healthCheckPort: 'Number!',
    port: 'Number!',
    arn: 'String',
    statusReason: 'String',
  },
  MemoryGiBPerVCpuRequest: {
    min: 'Number',
    max: 'Number',
  },
  MemoryMiBRequest: {
    min: 'Number!',
    max: 'Number',
  },
  MetricConfiguration: {
    metricNames: '[String!]!',
    resolutionSeconds: 'Number!',
  },
  MonitoringConfiguration: {
    metricConfigurations: '[MetricConfiguration!]',
  },
  MountPoint: {
    sourceVolume: 'String',
    containerPath: 'String',
    readOnly: 'Boolean',
  },
  NetworkBandwidthGbpsRequest: {
    min: 'Number',
    max: 'Number',
  },
  NetworkBinding: {
    bindIP: 'String',
    containerPort: 'Number',
    hostPort: 'Number',
    protocol: 'TransportProtocol',
    containerPortRange: 'String',
    hostPortRange: 'String',
  },
  NetworkConfiguration: {
    awsvpcConfiguration: 'AwsVpcConfiguration',
  },
  NetworkInterface: {
    attachmentId: 'String',
    privateIpv4Address: 'String',
    ipv6Address: 'String',
  },
  NetworkInterfaceCountRequest: {
    min: 'Number',
    max: 'Number',
  },
  NvidiaMpsAllocation: {
    memory: 'Number!',
    maxComputePercent: 'Number',
  },
  PlacementConstraint: {
    type: 'PlacementConstraintType',
    expression: 'String',
  },
  PlacementStrategy: {
    type: 'PlacementStrategyType',
    field: 'String',
  },
  PlatformDevice: {
    id: 'String!',
    type: 'PlatformDeviceType!',
  },
  PortMapping: {
    containerPort: 'Number',
    hostPort: 'Number',
    protocol: 'TransportProtocol',
    name: 'String',
    appProtocol: 'ApplicationProtocol',
    containerPortRange: 'String',
  },
  ProtectedTask: {
    taskArn: 'String',
    protectionEnabled: 'Boolean',
    expirationDate: 'DateTime',
  },
  ProxyConfiguration: {
    containerName: 'String!',
    type: 'ProxyConfigurationType',
    properties: '[KeyValuePair!]',
  },
  RepositoryCredentials: {
    credentialsParameter: 'String!',
  },
  ResolvedConfiguration: {
    loadBalancers: '[ServiceRevisionLoadBalancer!]',
    vpcLatticeConfigurations: '[ServiceRevisionVpcLatticeConfiguration!]',
  },
  Resource: {
    name: 'String',
    type: 'String',
    doubleValue: 'Number',
    longValue: 'Number',
    integerValue: 'Number',
    stringSetValue: '[String!]',
  },
  ResourceRequirement: {
    type: 'ResourceType!',
    value: 'String',
    sharingStrategy: 'SharingStrategy',
  },
  Rollback: {
    reason: 'String',
    startedAt: 'DateTime',
    serviceRevisionArn: 'String',
  },
  RuntimePlatform: {
    cpuArchitecture: 'CPUArchitecture',
    operatingSystemFamily: 'OSFamily',
  },
  RuntimePlatformOverride: {
    cpuArchitecture: 'String',
  },
} as const;
