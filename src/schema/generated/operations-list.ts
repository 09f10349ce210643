// Generated from the pinned @aws-sdk/client-ecs by `npm run generate`; never edited by hand.

export const operationsList = {
  ListAccountSettings: {
    input: {
      name: 'SettingName',
      value: 'String',
      principalArn: 'String',
      effectiveSettings: 'Boolean',
      nextToken: 'String',
      maxResults: 'Number',
    },
    output: {
      settings: '[Setting!]',
      nextToken: 'String',
    },
  },
  ListAttributes: {
    input: {
      targetType: 'TargetType!',
      cluster: 'String',
      attributeName: 'String',
      attributeValue: 'String',
      nextToken: 'String',
      maxResults: 'Number',
    },
    output: {
      attributes: '[Attribute!]',
      nextToken: 'String',
    },
  },
  ListClusters: {
    input: {
      nextToken: 'String',
      maxResults: 'Number',
    },
    output: {
      clusterArns: '[String!]',
      nextToken: 'String',
    },
  },
  ListContainerInstances: {
    input: {
      cluster: 'String',
      filter: 'String',
      nextToken: 'String',
      maxResults: 'Number',
      status: 'ContainerInstanceStatus',
    },
    output: {
      containerInstanceArns: '[String!]',
      nextToken: 'String',
    },
  },
  ListDaemonDeployments: {
    input: {
      daemonArn: 'String!',
      status: '[DaemonDeploymentStatus!]',
      createdAt: 'CreatedAt',
      maxResults: 'Number',
      nextToken: 'String',
    },
    output: {
      nextToken: 'String',
      daemonDeployments: '[DaemonDeploymentSummary!]',
    },
  },
  ListDaemonTaskDefinitions: {
    input: {
      familyPrefix: 'String',
      family: 'String',
      revision: 'DaemonTaskDefinitionRevisionFilter',
      status: 'DaemonTaskDefinitionStatusFilter',
      sort: 'SortOrder',
      nextToken: 'String',
      maxResults: 'Number',
    },
    output: {
      daemonTaskDefinitions: '[DaemonTaskDefinitionSummary!]',
      nextToken: 'String',
    },
  },
  ListDaemons: {
    input: {
      clusterArn: 'String',
      capacityProviderArns: '[String!]',
      maxResults: 'Number',
      nextToken: 'String',
    },
    output: {
      daemonSummariesList: '[DaemonSummary!]',
      nextToken: 'String',
    },
  },
  ListGatewayClusterAssociations: {
    input: {
      gateway: 'String',
      cluster: 'String',
      status: '[GatewayClusterAssociationStatus!]',
      maxResults: 'Number',
      nextToken: 'String',
    },
    output: {
      gatewayClusterAssociations: '[GatewayClusterAssociationSummary!]',
      nextToken: 'String',
    },
  },
  ListGatewayRoutes: {
    input: {
      gateway: 'String',
      cluster: 'String',
      service: 'String',
      serviceContainerPortName: 'String',
      status: '[GatewayRouteStatus!]',
      maxResults: 'Number',
      nextToken: 'String',
    },
    output: {
      gatewayRoutes: '[GatewayRouteSummary!]',
      nextToken: 'String',
    },
  },
  ListGateways: {
    input: {
      names: '[String!]',
      status: '[GatewayStatus!]',
      maxResults: 'Number',
      nextToken: 'String',
    },
    output: {
      gateways: '[GatewaySummary!]',
      nextToken: 'String',
    },
  },
  ListServiceDeployments: {
    input: {
      service: 'String!',
      cluster: 'String',
      status: '[ServiceDeploymentStatus!]',
      createdAt: 'CreatedAt',
      nextToken: 'String',
      maxResults: 'Number',
    },
    output: {
      serviceDeployments: '[ServiceDeploymentBrief!]',
      nextToken: 'String',
    },
  },
  ListServices: {
    input: {
      cluster: 'String',
      nextToken: 'String',
      maxResults: 'Number',
      launchType: 'LaunchType',
      schedulingStrategy: 'SchedulingStrategy',
      resourceManagementType: 'ResourceManagementType',
    },
    output: {
      serviceArns: '[String!]',
      nextToken: 'String',
    },
  },
  ListServicesByNamespace: {
    input: {
      namespace: 'String!',
      nextToken: 'String',
      maxResults: 'Number',
    },
    output: {
      serviceArns: '[String!]',
      nextToken: 'String',
    },
  },
  ListTagsForResource: {
    input: {
      resourceArn: 'String!',
    },
    output: {
      tags: '[Tag!]',
    },
  },
  ListTaskDefinitionFamilies: {
    input: {
      familyPrefix: 'String',
      status: 'TaskDefinitionFamilyStatus',
      nextToken: 'String',
      maxResults: 'Number',
    },
    output: {
      families: '[String!]',
      nextToken: 'String',
    },
  },
  ListTaskDefinitions: {
    input: {
      familyPrefix: 'String',
      status: 'TaskDefinitionStatus',
      sort: 'SortOrder',
      nextToken: 'String',
      maxResults: 'Number',
    },
    output: {
      taskDefinitionArns: '[String!]',
      nextToken: 'String',
    },
  },
  ListTasks: {
    input: {
      cluster: 'String',
      containerInstance: 'String',
      family: 'String',
      nextToken: 'String',
      maxResults: 'Number',
      startedBy: 'String',
      serviceName: 'String',
      desiredStatus: 'DesiredStatus',
      launchType: 'LaunchType',
      daemonName: 'String',
    },
    output: {
      taskArns: '[String!]',
      nextToken: 'String',
    },
  },
} as const;
