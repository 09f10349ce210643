import type { ArgBuilder } from '@pothos/core';
import { parseArn } from '../../../ecs/core/arn.ts';
import { pageArgs } from '../../connections/page-args.ts';
import type { Types } from '../../core/builder.ts';
import { GATEWAY_ROUTE_WORDS } from '../../descriptions/gateway-route.ts';
import type { EcsGraph } from '../../graph/ecs-graph.ts';
import { checkedArn, lookUp, resolveLink } from '../../graph/entity.ts';
import { summaryConnection } from '../../lists/list-connection.ts';

const FILTERS = {
  gateway: 'Only routes of this gateway: name or ARN.',
  cluster: 'Only routes to services of this cluster: name or ARN.',
  service: 'Only routes to this service: name or ARN. Several services may have the name.',
  serviceContainerPortName: 'Only routes to container ports of this name.',
  status: 'Only items with one of these statuses. Null means all.',
} as const;

/** Gateway routes: the type, its links, look-up and list. ECS creates them for services with `gatewayConnectors`. */
export function addGatewayRoute(graph: EcsGraph): void {
  const ref = graph.addEntity('GatewayRoute', {
    description: 'The way from a gateway to a container port of a service.',
    words: GATEWAY_ROUTE_WORDS,
    inCluster: false,
    fields: (t) => ({
      gatewayArn: t.string({
        description: 'The ARN of its gateway.',
        extensions: { members: ['gatewayRouteArn'] },
        resolve: ({ gatewayRouteArn = '' }) => gatewayArnOf(gatewayRouteArn) ?? null,
      }),
      gateway: t.field({
        type: graph.noun('Gateway').ref,
        description: 'Its gateway. Costs no call where only name or ARN is read, otherwise one DescribeGateway.',
        extensions: { members: ['gatewayRouteArn'], operations: ['DescribeGateway'], ecsCost: { describe: 1 } },
        resolve: ({ gatewayRouteArn = '' }, _args, context, info) => {
          const arn = gatewayArnOf(gatewayRouteArn);
          return arn === undefined ? null : resolveLink(context, info, 'Gateway', { arn });
        },
      }),
    }),
  });

  graph.builder.queryFields((t) => ({
    gatewayRoute: t.field({
      type: ref,
      description: 'One route by id or ARN. Null if it does not exist. Costs one DescribeGatewayRoute.',
      args: { gatewayRouteArn: t.arg.id({ required: true, description: 'Id or ARN.' }) },
      extensions: { operations: ['DescribeGatewayRoute'], ecsCost: 1 },
      resolve: (_root, { gatewayRouteArn: arn }, context, info) =>
        lookUp(context, info, 'GatewayRoute', { id: checkedArn(context, 'gatewayRouteArn', 'gateway-route', arn) }),
    }),
    gatewayRoutes: t.field({
      ...graph.listed('GatewayRoute', 'ListGatewayRoutes'),
      description:
        'Routes of all gateways. NOT_FOUND if a named gateway, cluster or service does not exist. Costs as `Gateway.gatewayRoutes`.',
      args: gatewayRouteListArgs(graph, t.arg, ['gateway', 'cluster', 'service', 'serviceContainerPortName', 'status']),
      resolve: (_root, args, context, info) => summaryConnection(graph, context, info, 'gatewayRoutes', args),
    }),
  }));
}

/** Some filters, and paging, of a list of routes. */
export function gatewayRouteListArgs<const Names extends keyof typeof FILTERS>(
  graph: EcsGraph,
  arg: ArgBuilder<Types>,
  names: readonly Names[],
) {
  return { ...graph.inputs.args('ListGatewayRoutes', arg, names, FILTERS), ...pageArgs(arg) };
}

/** `gateway-route/<name>/<gateway's id>/<id>` contains its gateway. */
function gatewayArnOf(routeArn: string): string | undefined {
  const arn = parseArn(routeArn);
  if (arn === undefined) return undefined;
  const { partition, region, account, name } = arn;
  return `arn:${partition}:ecs:${region}:${account}:gateway/${name.slice(0, name.lastIndexOf('/'))}`;
}
