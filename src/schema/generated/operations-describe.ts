// Generated from the pinned @aws-sdk/client-ecs by `npm run generate`; never edited by hand.

export const operationsDescribe = {
  DescribeCapacityProviders: {
    input: {
      capacityProviders: '[String!]',
      cluster: 'String',
      include: '[CapacityProviderField!]',
      maxResults: 'Number',
      nextToken: 'String',
    },
    output: {
      capacityProviders: '[CapacityProvider!]',
      failures: '[Failure!]',
      nextToken: 'String',
    },
  },
  DescribeClusters: {
    input: {
      clusters: '[String!]',
      include: '[ClusterField!]',
    },
    output: {
      clusters: '[Cluster!]',
      failures: '[Failure!]',
    },
  },
  DescribeContainerInstances: {
    input: {
      containerInstances: '[String!]!',
      cluster: 'String',
      include: '[ContainerInstanceField!]',
    },
    output: {
      containerInstances: '[ContainerInstance!]',
      failures: '[Failure!]',
    },
  },
  DescribeDaemon: {
    input: {
      daemonArn: 'String!',
    },
    output: {
      daemon: 'DaemonDetail',
    },
  },
  DescribeDaemonDeployments: {
    input: {
      daemonDeploymentArns: '[String!]!',
    },
    output: {
      failures: '[Failure!]',
      daemonDeployments: '[DaemonDeployment!]',
    },
  },
  DescribeDaemonRevisions: {
    input: {
      daemonRevisionArns: '[String!]!',
    },
    output: {
      daemonRevisions: '[DaemonRevision!]',
      failures: '[Failure!]',
    },
  },
  DescribeDaemonTaskDefinition: {
    input: {
      daemonTaskDefinition: 'String!',
    },
    output: {
      daemonTaskDefinition: 'DaemonTaskDefinition',
    },
  },
  DescribeExpressGatewayService: {
    input: {
      serviceArn: 'String!',
      include: '[ExpressGatewayServiceInclude!]',
    },
    output: {
      service: 'ECSExpressGatewayService',
    },
  },
  DescribeGateway: {
    input: {
      gateway: 'String!',
    },
    output: {
      gateway: 'Gateway',
    },
  },
  DescribeGatewayResources: {
    input: {
      gateway: 'String!',
      maxResults: 'Number',
      nextToken: 'String',
    },
    output: {
      gatewayResources: 'GatewayResources',
      nextToken: 'String',
    },
  },
  DescribeGatewayRoute: {
    input: {
      gatewayRouteArn: 'String!',
    },
    output: {
      gatewayRoute: 'GatewayRoute',
    },
  },
  DescribeServiceDeployments: {
    input: {
      serviceDeploymentArns: '[String!]!',
    },
    output: {
      serviceDeployments: '[ServiceDeployment!]',
      failures: '[Failure!]',
    },
  },
  DescribeServiceRevisions: {
    input: {
      serviceRevisionArns: '[String!]!',
    },
    output: {
      serviceRevisions: '[ServiceRevision!]',
      failures: '[Failure!]',
    },
  },
  DescribeServices: {
    input: {
      services: '[String!]!',
      cluster: 'String',
      include: '[ServiceField!]',
    },
    output: {
      services: '[Service!]',
      failures: '[Failure!]',
    },
  },
  DescribeTaskDefinition: {
    input: {
      taskDefinition: 'String!',
      include: '[TaskDefinitionField!]',
    },
    output: {
      taskDefinition: 'TaskDefinition',
      tags: '[Tag!]',
    },
  },
  DescribeTaskSets: {
    input: {
      cluster: 'String!',
      service: 'String!',
      taskSets: '[String!]',
      include: '[TaskSetField!]',
    },
    output: {
      taskSets: '[TaskSet!]',
      failures: '[Failure!]',
    },
  },
  DescribeTasks: {
    input: {
      tasks: '[String!]!',
      cluster: 'String',
      include: '[TaskField!]',
    },
    output: {
      tasks: '[Task!]',
      failures: '[Failure!]',
    },
  },
} as const;
