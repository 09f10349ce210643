// Generated from the pinned @aws-sdk/client-ecs by `npm run generate`; never edited by hand.

export const operationsOther = {
  AssociateGatewayWithCluster: {
    input: {
      gateway: 'String!',
      cluster: 'String!',
    },
    output: {
      gatewayArn: 'String',
      clusterArn: 'String',
      status: 'GatewayClusterAssociationStatus',
    },
  },
  ContinueServiceDeployment: {
    input: {
      serviceDeploymentArn: 'String!',
      hookId: 'String!',
      action: 'DeploymentLifecycleHookAction',
    },
    output: {
      serviceDeploymentArn: 'String',
    },
  },
  DeregisterContainerInstance: {
    input: {
      containerInstance: 'String!',
      cluster: 'String',
      force: 'Boolean',
    },
    output: {
      containerInstance: 'ContainerInstance',
    },
  },
  DeregisterTaskDefinition: {
    input: {
      taskDefinition: 'String!',
    },
    output: {
      taskDefinition: 'TaskDefinition',
    },
  },
  DisassociateGatewayFromCluster: {
    input: {
      gateway: 'String!',
      cluster: 'String!',
    },
    output: {
      gatewayArn: 'String',
      clusterArn: 'String',
      status: 'GatewayClusterAssociationStatus',
    },
  },
  DiscoverPollEndpoint: {
    input: {
      containerInstance: 'String',
      cluster: 'String',
    },
    output: {
      endpoint: 'String',
      telemetryEndpoint: 'String',
      serviceConnectEndpoint: 'String',
    },
  },
  ExecuteCommand: {
    input: {
      command: 'String!',
      interactive: 'Boolean!',
      task: 'String!',
      cluster: 'String',
      container: 'String',
    },
    output: {
      clusterArn: 'String',
      containerArn: 'String',
      containerName: 'String',
      interactive: 'Boolean',
      session: 'Session',
      taskArn: 'String',
    },
  },
  GetTaskProtection: {
    input: {
      cluster: 'String!',
      tasks: '[String!]',
    },
    output: {
      protectedTasks: '[ProtectedTask!]',
      failures: '[Failure!]',
    },
  },
  PutAccountSetting: {
    input: {
      name: 'SettingName!',
      value: 'String!',
      principalArn: 'String',
    },
    output: {
      setting: 'Setting',
    },
  },
  PutAccountSettingDefault: {
    input: {
      name: 'SettingName!',
      value: 'String!',
    },
    output: {
      setting: 'Setting',
    },
  },
  PutAttributes: {
    input: {
      attributes: '[Attribute!]!',
      cluster: 'String',
    },
    output: {
      attributes: '[Attribute!]',
    },
  },
  PutClusterCapacityProviders: {
    input: {
      cluster: 'String!',
      capacityProviders: '[String!]!',
      defaultCapacityProviderStrategy: '[CapacityProviderStrategyItem!]!',
    },
    output: {
      cluster: 'Cluster',
    },
  },
  RegisterContainerInstance: {
    input: {
      cluster: 'String',
      instanceIdentityDocument: 'String',
      instanceIdentityDocumentSignature: 'String',
      totalResources: '[Resource!]',
      versionInfo: 'VersionInfo',
      containerInstanceArn: 'String',
      attributes: '[Attribute!]',
      platformDevices: '[PlatformDevice!]',
      tags: '[Tag!]',
    },
    output: {
      containerInstance: 'ContainerInstance',
    },
  },
  RegisterDaemonTaskDefinition: {
    input: {
      family: 'String!',
      containerDefinitions: '[DaemonContainerDefinition!]!',
      taskRoleArn: 'String',
      executionRoleArn: 'String',
      cpu: 'String',
      memory: 'String',
      volumes: '[DaemonVolume!]',
      tags: '[Tag!]',
      pidMode: 'DaemonPidMode',
      ipcMode: 'DaemonIpcMode',
    },
    output: {
      daemonTaskDefinitionArn: 'String',
    },
  },
  RegisterTaskDefinition: {
    input: {
      family: 'String!',
      containerDefinitions: '[ContainerDefinition!]!',
      taskRoleArn: 'String',
      executionRoleArn: 'String',
      networkMode: 'NetworkMode',
      volumes: '[Volume!]',
      placementConstraints: '[TaskDefinitionPlacementConstraint!]',
      requiresCompatibilities: '[Compatibility!]',
      cpu: 'String',
      memory: 'String',
      tags: '[Tag!]',
      pidMode: 'PidMode',
      ipcMode: 'IpcMode',
      proxyConfiguration: 'ProxyConfiguration',
      inferenceAccelerators: '[InferenceAccelerator!] @deprecated(2023-04-15)',
      ephemeralStorage: 'EphemeralStorage',
      runtimePlatform: 'RuntimePlatform',
      enableFaultInjection: 'Boolean',
    },
    output: {
      taskDefinition: 'TaskDefinition',
      tags: '[Tag!]',
    },
  },
  RunTask: {
    input: {
      taskDefinition: 'String!',
      capacityProviderStrategy: '[CapacityProviderStrategyItem!]',
      cluster: 'String',
      count: 'Number',
      enableECSManagedTags: 'Boolean',
      enableExecuteCommand: 'Boolean',
      group: 'String',
      launchType: 'LaunchType',
      networkConfiguration: 'NetworkConfiguration',
      overrides: 'TaskOverride',
      placementConstraints: '[PlacementConstraint!]',
      placementStrategy: '[PlacementStrategy!]',
      platformVersion: 'String',
      propagateTags: 'PropagateTags',
      referenceId: 'String',
      startedBy: 'String',
      tags: '[Tag!]',
      clientToken: 'String @idempotencyToken',
      volumeConfigurations: '[TaskVolumeConfiguration!]',
    },
    output: {
      tasks: '[Task!]',
      failures: '[Failure!]',
    },
  },
  StartTask: {
    input: {
      containerInstances: '[String!]!',
      taskDefinition: 'String!',
      cluster: 'String',
      enableECSManagedTags: 'Boolean',
      enableExecuteCommand: 'Boolean',
      group: 'String',
      networkConfiguration: 'NetworkConfiguration',
      overrides: 'TaskOverride',
      propagateTags: 'PropagateTags',
      referenceId: 'String',
      startedBy: 'String',
      tags: '[Tag!]',
      volumeConfigurations: '[TaskVolumeConfiguration!]',
    },
    output: {
      tasks: '[Task!]',
      failures: '[Failure!]',
    },
  },
  StopServiceDeployment: {
    input: {
      serviceDeploymentArn: 'String!',
      stopType: 'StopServiceDeploymentStopType',
    },
    output: {
      serviceDeploymentArn: 'String',
    },
  },
  StopTask: {
    input: {
      task: 'String!',
      cluster: 'String',
      reason: 'String',
    },
    output: {
      task: 'Task',
    },
  },
  SubmitAttachmentStateChanges: {
    input: {
      attachments: '[AttachmentStateChange!]!',
      cluster: 'String',
    },
    output: {
      acknowledgment: 'String',
    },
  },
  SubmitContainerStateChange: {
    input: {
      cluster: 'String',
      task: 'String',
      containerName: 'String',
      runtimeId: 'String',
      status: 'String',
      exitCode: 'Number',
      reason: 'String',
      networkBindings: '[NetworkBinding!]',
    },
    output: {
      acknowledgment: 'String',
    },
  },
  SubmitTaskStateChange: {
    input: {
      cluster: 'String',
      task: 'String',
      status: 'String',
      reason: 'String',
      containers: '[ContainerStateChange!]',
      attachments: '[AttachmentStateChange!]',
      managedAgents: '[ManagedAgentStateChange!]',
      pullStartedAt: 'DateTime',
      pullStoppedAt: 'DateTime',
      executionStoppedAt: 'DateTime',
    },
    output: {
      acknowledgment: 'String',
    },
  },
  TagResource: {
    input: {
      resourceArn: 'String!',
      tags: '[Tag!]!',
    },
    output: {},
  },
  UntagResource: {
    input: {
      resourceArn: 'String!',
      tagKeys: '[String!]!',
    },
    output: {},
  },
} as const;
