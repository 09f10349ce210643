import { pageArgs } from '../connections/page-args.ts';
import { CLUSTER_WORDS } from '../descriptions/cluster.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';
import { checkedName, lookUp } from '../graph/entity.ts';
import { heldList } from '../lists/held-list.ts';
import { arnConnection, summaryConnection } from '../lists/list-connection.ts';
import { taskListArgs, tasksIn } from '../lists/task-list.ts';
import { FILTER_COST, filterable, type ServiceFilterTypes } from '../search/service-filter.ts';
import { containerInstanceListArgs, containerInstancesIn } from './container-instance.ts';
import { daemonListArgs } from './daemons/daemon.ts';
import { associationListArgs, associationsOf } from './gateways/gateway-cluster-association.ts';
import { gatewayRouteListArgs } from './gateways/gateway-route.ts';
import { serviceListArgs, servicesIn } from './service.ts';

/** Clusters: the type, its links, look-ups, lists and writes. */
export function addCluster(graph: EcsGraph, filters: ServiceFilterTypes): void {
  const { builder } = graph;

  const ref = graph.addEntity('Cluster', {
    description: 'A group of services, tasks and capacity. ECS deletes one only when it is empty.',
    words: CLUSTER_WORDS,
    inCluster: false,
    fields: (t) => ({
      services: t.field({
        ...heldList(filterable(graph.listed('Service', 'ListServices', ['clusterArn']))),
        description: `Its ACTIVE services. Costs one ListServices for each 100, and one DescribeServices for each 10. ${FILTER_COST}`,
        args: serviceListArgs(graph, t.arg, filters),
        resolve: ({ clusterArn = '' }, args, context, info) => servicesIn(graph, context, info, clusterArn, args),
      }),
      tasks: t.field({
        ...heldList(graph.listed('Task', 'ListTasks', ['clusterArn'])),
        description: 'Its tasks. Costs one ListTasks and one DescribeTasks for each 100.',
        args: taskListArgs(graph, t.arg),
        resolve: ({ clusterArn = '' }, args, context, info) => tasksIn(graph, context, info, clusterArn, args),
      }),
      containerInstances: t.field({
        ...heldList(graph.listed('ContainerInstance', 'ListContainerInstances', ['clusterArn'])),
        description:
          'Its container instances. Costs one ListContainerInstances and one DescribeContainerInstances for each 100.',
        args: containerInstanceListArgs(graph, t.arg),
        resolve: ({ clusterArn = '' }, args, context, info) =>
          containerInstancesIn(graph, context, info, clusterArn, args),
      }),
      daemons: t.field({
        ...graph.listed('Daemon', 'ListDaemons', ['clusterArn']),
        description:
          'Its daemons. Costs one ListDaemons for each 100, and one DescribeDaemon for each where more is read than name, ARN, status and times.',
        args: daemonListArgs(graph, t.arg),
        resolve: ({ clusterArn }, args, context, info) =>
          summaryConnection(graph, context, info, 'daemons', args, { clusterArn }),
      }),
      gatewayClusterAssociations: t.field({
        type: graph.connection('GatewayClusterAssociation', graph.outputType('GatewayClusterAssociationSummary')),
        description: 'The gateways that serve it. Costs one ListGatewayClusterAssociations for each 100.',
        args: associationListArgs(graph, t.arg, ['gateway', 'status']),
        extensions: {
          members: ['clusterArn'],
          operations: ['ListGatewayClusterAssociations'],
          ecsCost: { list: 100 },
        },
        resolve: ({ clusterArn }, args, context) => associationsOf(graph, context, args, { cluster: clusterArn }),
      }),
      gatewayRoutes: t.field({
        ...graph.listed('GatewayRoute', 'ListGatewayRoutes', ['clusterArn']),
        description: 'The routes from gateways to its services. Costs as `Gateway.gatewayRoutes`.',
        args: gatewayRouteListArgs(graph, t.arg, ['gateway', 'service', 'serviceContainerPortName', 'status']),
        resolve: ({ clusterArn }, args, context, info) =>
          summaryConnection(graph, context, info, 'gatewayRoutes', args, { cluster: clusterArn }),
      }),
    }),
  });

  builder.queryFields((t) => ({
    cluster: t.field({
      type: ref,
      description: 'One cluster by name or ARN. Null if it does not exist. Costs one DescribeClusters.',
      args: {
        cluster: t.arg.id({
          defaultValue: 'default',
          description: 'Id, ARN or name. ECS itself defaults to `default`.',
        }),
      },
      extensions: { operations: ['DescribeClusters'], ecsCost: 1 },
      resolve: (_root, { cluster }, context, info) =>
        lookUp(context, info, 'Cluster', { id: checkedName(context, 'cluster', 'cluster', cluster ?? 'default') }),
    }),
    clusters: t.field({
      ...graph.listed('Cluster', 'ListClusters'),
      description: 'All clusters. Costs one ListClusters and one DescribeClusters for each 100.',
      args: pageArgs(t.arg),
      resolve: (_root, args, context, info) => arnConnection(graph, context, info, 'clusters', args),
    }),
  }));

  graph.mutation('CreateCluster', {
    description:
      'Creates a cluster, named `default` if no name is given. If a cluster of that name exists, returns it unchanged.',
  });
  graph.mutation('UpdateCluster', {
    description: 'Changes settings, ExecuteCommand configuration or Service Connect defaults of a cluster.',
  });
  graph.mutation('UpdateClusterSettings', { description: 'Changes settings of a cluster, such as containerInsights.' });
  graph.mutation('PutClusterCapacityProviders', {
    description:
      'Replaces the capacity providers that a cluster may use, and its default strategy. One that services or tasks still use cannot be left out.',
  });
  graph.mutation('DeleteCluster', {
    description:
      'Deletes a cluster. First its services must be deleted, its instances deregistered and its tasks stopped.',
  });
}
