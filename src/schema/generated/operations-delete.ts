// Generated from the pinned @aws-sdk/client-ecs by `npm run generate`; never edited by hand.

export const operationsDelete = {
  DeleteAccountSetting: {
    input: {
      name: 'SettingName!',
      principalArn: 'String',
    },
    output: {
      setting: 'Setting',
    },
  },
  DeleteAttributes: {
    input: {
      attributes: '[Attribute!]!',
      cluster: 'String',
    },
    output: {
      attributes: '[Attribute!]',
    },
  },
  DeleteCapacityProvider: {
    input: {
      capacityProvider: 'String!',
      cluster: 'String',
    },
    output: {
      capacityProvider: 'CapacityProvider',
    },
  },
  DeleteCluster: {
    input: {
      cluster: 'String!',
    },
    output: {
      cluster: 'Cluster',
    },
  },
  DeleteDaemon: {
    input: {
      daemonArn: 'String!',
    },
    output: {
      daemonArn: 'String',
      status: 'DaemonStatus',
      createdAt: 'DateTime',
      updatedAt: 'DateTime',
      deploymentArn: 'String',
    },
  },
  DeleteDaemonTaskDefinition: {
    input: {
      daemonTaskDefinition: 'String!',
    },
    output: {
      daemonTaskDefinitionArn: 'String',
    },
  },
  DeleteExpressGatewayService: {
    input: {
      serviceArn: 'String!',
    },
    output: {
      service: 'ECSExpressGatewayService',
    },
  },
  DeleteGateway: {
    input: {
      gateway: 'String!',
    },
    output: {
      gatewayArn: 'String',
      name: 'String',
      status: 'GatewayStatus',
    },
  },
  DeleteService: {
    input: {
      service: 'String!',
      cluster: 'String',
      force: 'Boolean',
    },
    output: {
      service: 'Service',
    },
  },
  DeleteTaskDefinitions: {
    input: {
      taskDefinitions: '[String!]!',
    },
    output: {
      taskDefinitions: '[TaskDefinition!]',
      failures: '[Failure!]',
    },
  },
  DeleteTaskSet: {
    input: {
      cluster: 'String!',
      service: 'String!',
      taskSet: 'String!',
      force: 'Boolean',
    },
    output: {
      taskSet: 'TaskSet',
    },
  },
} as const;
