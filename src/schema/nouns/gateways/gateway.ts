import { listBinding } from '../../connections/cursor.ts';
import { pageArgs } from '../../connections/page-args.ts';
import { pagedConnection } from '../../connections/pagination.ts';
import { GATEWAY_WORDS } from '../../descriptions/gateway.ts';
import type { EcsGraph } from '../../graph/ecs-graph.ts';
import { checkedName, lookUp } from '../../graph/entity.ts';
import { summaryConnection } from '../../lists/list-connection.ts';
import { associationListArgs, associationsOf } from './gateway-cluster-association.ts';
import { gatewayRouteListArgs } from './gateway-route.ts';

/** ECS gateways: the type, its links, look-ups, list and writes. */
export function addGateway(graph: EcsGraph): void {
  const ref = graph.addEntity('Gateway', {
    description: 'Load balancers that ECS keeps for the services of the clusters associated with it.',
    words: GATEWAY_WORDS,
    inCluster: false,
    fields: (t) => ({
      gatewayRoutes: t.field({
        ...graph.listed('GatewayRoute', 'ListGatewayRoutes', ['gatewayArn']),
        description:
          'Its routes to services. Costs one ListGatewayRoutes for each 100 routes, and one DescribeGatewayRoute for each route whose URL or resources are selected.',
        args: gatewayRouteListArgs(graph, t.arg, ['cluster', 'service', 'serviceContainerPortName', 'status']),
        resolve: ({ gatewayArn }, args, context, info) =>
          summaryConnection(graph, context, info, 'gatewayRoutes', args, { gateway: gatewayArn }),
      }),
      gatewayClusterAssociations: t.field({
        type: graph.connection('GatewayClusterAssociation', graph.outputType('GatewayClusterAssociationSummary')),
        description:
          'The clusters whose services the gateway serves. Costs one ListGatewayClusterAssociations for each 100.',
        args: associationListArgs(graph, t.arg, ['cluster', 'status']),
        extensions: {
          members: ['gatewayArn'],
          operations: ['ListGatewayClusterAssociations'],
          ecsCost: { list: 100 },
        },
        resolve: ({ gatewayArn }, args, context) => associationsOf(graph, context, args, { gateway: gatewayArn }),
      }),
      resources: t.field({
        type: graph.connection('ElbGatewayResources', graph.outputType('ElbGatewayResources')),
        description:
          'Resources that ECS created for it: load balancers, listeners, security groups. Costs one DescribeGatewayResources for each 20.',
        args: pageArgs(t.arg),
        extensions: { members: ['gatewayArn'], operations: ['DescribeGatewayResources'], ecsCost: { list: 20 } },
        resolve: ({ gatewayArn = '' }, args, context) => {
          const page = { ...args, binding: listBinding('gatewayResources', context.ecs.scope, gatewayArn) };
          const input = { gateway: gatewayArn };
          return pagedConnection(context.ecs, page, 'DescribeGatewayResources', input, (resources) => resources, {
            keyOf: ({ loadBalancerArn, listenerArn, securityGroup }) =>
              [loadBalancerArn, listenerArn, securityGroup].join(' '),
          });
        },
      }),
    }),
  });

  graph.builder.queryFields((t) => ({
    ecsGateway: t.field({
      type: ref,
      description: 'One gateway of ECS by id, ARN or name. Null if it does not exist. Costs one DescribeGateway.',
      args: { gateway: t.arg.id({ required: true, description: 'Id, ARN or name.' }) },
      extensions: { operations: ['DescribeGateway'], ecsCost: 1 },
      resolve: (_root, { gateway }, context, info) =>
        lookUp(context, info, 'Gateway', { id: checkedName(context, 'gateway', 'gateway', gateway) }),
    }),
    ecsGateways: t.field({
      ...graph.listed('Gateway', 'ListGateways'),
      description:
        'All gateways of ECS. Costs one ListGateways for each 100, and one DescribeGateway for each where more than ARN, name, status and ' +
        'creation time is read.',
      args: {
        ...graph.inputs.args('ListGateways', t.arg, ['names', 'status'], {
          names: 'Only gateways of these names, up to 10.',
          status: 'Only items with one of these statuses. Null means all.',
        }),
        ...pageArgs(t.arg),
      },
      resolve: (_root, args, context, info) => summaryConnection(graph, context, info, 'gateways', args),
    }),
  }));

  graph.mutation('CreateGateway', {
    description: 'Creates a gateway. ECS makes load balancers for it as routes need them.',
  });
  graph.mutation('UpdateGateway', {
    description:
      'Changes a gateway. Members that are not given keep their values. `status` and `failures` report the progress of the change.',
  });
  graph.mutation('DeleteGateway', {
    description: 'Deletes a gateway. First it must have no associated cluster and no deletion protection.',
  });
}
