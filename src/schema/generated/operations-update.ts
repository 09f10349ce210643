// Generated from the pinned @aws-sdk/client-ecs by `npm run generate`; never edited by hand.

export const operationsUpdate = {
  UpdateCapacityProvider: {
    input: {
      name: 'String!',
      cluster: 'String',
      autoScalingGroupProvider: 'AutoScalingGroupProviderUpdate',
      managedInstancesProvider: 'UpdateManagedInstancesProviderConfiguration',
    },
    output: {
      capacityProvider: 'CapacityProvider',
    },
  },
  UpdateCluster: {
    input: {
      cluster: 'String!',
      settings: '[ClusterSetting!]',
      configuration: 'ClusterConfiguration',
      serviceConnectDefaults: 'ClusterServiceConnectDefaultsRequest',
    },
    output: {
      cluster: 'Cluster',
    },
  },
  UpdateClusterSettings: {
    input: {
      cluster: 'String!',
      settings: '[ClusterSetting!]!',
    },
    output: {
      cluster: 'Cluster',
    },
  },
  UpdateContainerAgent: {
    input: {
      containerInstance: 'String!',
      cluster: 'String',
    },
    output: {
      containerInstance: 'ContainerInstance',
    },
  },
  UpdateContainerInstancesState: {
    input: {
      containerInstances: '[String!]!',
      status: 'ContainerInstanceStatus!',
      cluster: 'String',
    },
    output: {
      containerInstances: '[ContainerInstance!]',
      failures: '[Failure!]',
    },
  },
  UpdateDaemon: {
    input: {
      daemonArn: 'String!',
      daemonTaskDefinitionArn: 'String!',
      capacityProviderArns: '[String!]!',
      deploymentConfiguration: 'DaemonDeploymentConfiguration',
      propagateTags: 'DaemonPropagateTags',
      enableECSManagedTags: 'Boolean',
      enableExecuteCommand: 'Boolean',
      critical: 'Boolean',
    },
    output: {
      daemonArn: 'String',
      status: 'DaemonStatus',
      createdAt: 'DateTime',
      updatedAt: 'DateTime',
      deploymentArn: 'String',
    },
  },
  UpdateExpressGatewayService: {
    input: {
      serviceArn: 'String!',
      executionRoleArn: 'String',
      healthCheckPath: 'String',
      primaryContainer: 'ExpressGatewayContainer',
      taskRoleArn: 'String',
      networkConfiguration: 'ExpressGatewayServiceNetworkConfiguration',
      cpu: 'String',
      memory: 'String',
      cpuArchitecture: 'ExpressCpuArchitecture',
      scalingTarget: 'ExpressGatewayScalingTarget',
      taskDefinitionArn: 'String',
    },
    output: {
      service: 'UpdatedExpressGatewayService',
    },
  },
  UpdateGateway: {
    input: {
      gateway: 'String!',
      infrastructureRoleArn: 'String',
      deletionProtection: 'Boolean',
      configuration: 'UpdateGatewayConfiguration',
      propagateTags: 'PropagateGatewayTags',
    },
    output: {
      gatewayArn: 'String',
      name: 'String',
      status: 'GatewayStatus',
    },
  },
  UpdateService: {
    input: {
      service: 'String!',
      cluster: 'String',
      desiredCount: 'Number',
      taskDefinition: 'String',
      capacityProviderStrategy: '[CapacityProviderStrategyItem!]',
      deploymentConfiguration: 'DeploymentConfiguration',
      availabilityZoneRebalancing: 'AvailabilityZoneRebalancing',
      networkConfiguration: 'NetworkConfiguration',
      placementConstraints: '[PlacementConstraint!]',
      placementStrategy: '[PlacementStrategy!]',
      platformVersion: 'String',
      forceNewDeployment: 'Boolean',
      healthCheckGracePeriodSeconds: 'Number',
      deploymentController: 'DeploymentController',
      enableExecuteCommand: 'Boolean',
      enableECSManagedTags: 'Boolean',
      loadBalancers: '[LoadBalancer!]',
      propagateTags: 'PropagateTags',
      serviceRegistries: '[ServiceRegistry!]',
      serviceConnectConfiguration: 'ServiceConnectConfiguration',
      volumeConfigurations: '[ServiceVolumeConfiguration!]',
      vpcLatticeConfigurations: '[VpcLatticeConfiguration!]',
      gatewayConnectors: '[GatewayConnector!]',
      monitoring: 'MonitoringConfiguration',
    },
    output: {
      service: 'Service',
    },
  },
  UpdateServicePrimaryTaskSet: {
    input: {
      cluster: 'String!',
      service: 'String!',
      primaryTaskSet: 'String!',
    },
    output: {
      taskSet: 'TaskSet',
    },
  },
  UpdateTaskProtection: {
    input: {
      cluster: 'String!',
      tasks: '[String!]!',
      protectionEnabled: 'Boolean!',
      expiresInMinutes: 'Number',
    },
    output: {
      protectedTasks: '[ProtectedTask!]',
      failures: '[Failure!]',
    },
  },
  UpdateTaskSet: {
    input: {
      cluster: 'String!',
      service: 'String!',
      taskSet: 'String!',
      scale: 'Scale!',
    },
    output: {
      taskSet: 'TaskSet',
    },
  },
} as const;
