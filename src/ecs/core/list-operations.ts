import type { Input, OperationName, Output } from './operations.ts';

/** The member with the items of each List operation. All take `nextToken` and `maxResults` and return `nextToken`. */
export const LISTS = {
  ListClusters: { items: (output: Output<'ListClusters'>) => output.clusterArns, page: 100 },
  ListServices: { items: (output: Output<'ListServices'>) => output.serviceArns, page: 100 },
  ListServicesByNamespace: { items: (output: Output<'ListServicesByNamespace'>) => output.serviceArns, page: 100 },
  ListTasks: { items: (output: Output<'ListTasks'>) => output.taskArns, page: 100 },
  ListContainerInstances: {
    items: (output: Output<'ListContainerInstances'>) => output.containerInstanceArns,
    page: 100,
  },
  ListTaskDefinitions: { items: (output: Output<'ListTaskDefinitions'>) => output.taskDefinitionArns, page: 100 },
  ListTaskDefinitionFamilies: { items: (output: Output<'ListTaskDefinitionFamilies'>) => output.families, page: 100 },
  ListAttributes: { items: (output: Output<'ListAttributes'>) => output.attributes, page: 100 },
  ListAccountSettings: { items: (output: Output<'ListAccountSettings'>) => output.settings, page: 10 },
  ListServiceDeployments: {
    items: (output: Output<'ListServiceDeployments'>) => output.serviceDeployments,
    page: 100,
  },
  ListDaemons: { items: (output: Output<'ListDaemons'>) => output.daemonSummariesList, page: 100 },
  ListDaemonDeployments: { items: (output: Output<'ListDaemonDeployments'>) => output.daemonDeployments, page: 100 },
  ListDaemonTaskDefinitions: {
    items: (output: Output<'ListDaemonTaskDefinitions'>) => output.daemonTaskDefinitions,
    page: 100,
  },
  ListGateways: { items: (output: Output<'ListGateways'>) => output.gateways, page: 100 },
  ListGatewayRoutes: { items: (output: Output<'ListGatewayRoutes'>) => output.gatewayRoutes, page: 100 },
  ListGatewayClusterAssociations: {
    items: (output: Output<'ListGatewayClusterAssociations'>) => output.gatewayClusterAssociations,
    page: 100,
  },
  DescribeGatewayResources: {
    items: (output: Output<'DescribeGatewayResources'>) => output.gatewayResources?.resources?.hostSharedAlb,
    page: 20,
  },
  DescribeCapacityProviders: {
    items: (output: Output<'DescribeCapacityProviders'>) => output.capacityProviders,
    page: 10,
  },
} as const;

export type ListOperation = keyof typeof LISTS & OperationName;
export type ListItem<Op extends ListOperation> = NonNullable<ReturnType<(typeof LISTS)[Op]['items']>>[number];
export type ListInput<Op extends ListOperation> = Omit<Input<Op>, 'nextToken' | 'maxResults'>;

/** Most items that ECS returns on a page. */
export function pageSizeOf(operation: ListOperation): number {
  return LISTS[operation].page;
}
