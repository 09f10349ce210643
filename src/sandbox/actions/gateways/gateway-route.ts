import type {
  AssociateGatewayWithClusterRequest,
  AssociateGatewayWithClusterResponse,
  DescribeGatewayRouteRequest,
  DescribeGatewayRouteResponse,
  DisassociateGatewayFromClusterRequest,
  DisassociateGatewayFromClusterResponse,
  ListGatewayClusterAssociationsRequest,
  ListGatewayClusterAssociationsResponse,
  ListGatewayRoutesRequest,
  ListGatewayRoutesResponse,
} from '@aws-sdk/client-ecs';
import { clientError, invalidParameter } from '../../checks/ecs-errors.ts';
import { PAGE_OF_100, paginate, paginateRecords } from '../../checks/paging.ts';
import { findGateway, requireGateway } from '../../gateways/find-gateway.ts';
import { setAssociation } from '../../gateways/gateway-routes.ts';
import type { GatewayRecord } from '../../model/gateway-records.ts';
import type { World } from '../../model/world.ts';
import { renderGatewayRoute } from '../../render/gateway.ts';
import { isArn, parseArn } from '../../store/arns.ts';
import { allSeen, seen } from '../../store/eventual-consistency.ts';
import { clusterNameOf, requireCluster } from '../../store/find-record.ts';
import type { Action } from '../action.ts';

export const associateGatewayWithCluster: Action<
  AssociateGatewayWithClusterRequest,
  AssociateGatewayWithClusterResponse
> = (world, input) => {
  const gateway = requireGateway(world, input.gateway);
  const cluster = requireCluster(world, input.cluster);
  if (gateway.associations.get(cluster) === 'DISASSOCIATING') {
    throw clientError('The gateway is still being disassociated from the cluster.');
  }
  setAssociation(world, gateway, cluster, 'ACTIVE');
  return { gatewayArn: gateway.arn, clusterArn: cluster.arn, status: 'ACTIVE' };
};

export const disassociateGatewayFromCluster: Action<
  DisassociateGatewayFromClusterRequest,
  DisassociateGatewayFromClusterResponse
> = (world, input) => {
  const gateway = requireGateway(world, input.gateway);
  const cluster = requireCluster(world, input.cluster);
  if (!gateway.associations.has(cluster)) throw clientError('The gateway is not associated with the cluster.');
  setAssociation(world, gateway, cluster, 'DISASSOCIATING');
  return { gatewayArn: gateway.arn, clusterArn: cluster.arn, status: 'DISASSOCIATING' };
};

/** All gateways, or the one of the filter if it exists. */
function gatewaysFor(world: World, reference: string | undefined): GatewayRecord[] {
  if (reference === undefined) return [...world.gateways.values()];
  const gateway = findGateway(world, reference);
  return gateway === undefined ? [] : [gateway];
}

export const listGatewayClusterAssociations: Action<
  ListGatewayClusterAssociationsRequest,
  ListGatewayClusterAssociationsResponse
> = (world, input) => {
  const cluster = input.cluster === undefined ? undefined : clusterNameOf(world, input.cluster);
  const rows = [...allSeen(world, gatewaysFor(world, input.gateway))].flatMap((gateway) =>
    [...gateway.associations]
      .filter(
        ([item, status]) =>
          (cluster ?? item.name) === item.name && (!input.status?.length || input.status.includes(status)),
      )
      .map(([item, status]) => ({ gatewayArn: gateway.arn, clusterArn: item.arn, status })),
  );
  const key = (row: (typeof rows)[number]): string => `${row.gatewayArn} ${row.clusterArn}`;
  const { items, ...next } = paginate(
    'ListGatewayClusterAssociations',
    input,
    PAGE_OF_100,
    rows.sort((a, b) => (key(a) < key(b) ? -1 : 1)),
    key,
    (row, after) => key(row) > after,
  );
  return { gatewayClusterAssociations: items, ...next };
};

export const listGatewayRoutes: Action<ListGatewayRoutesRequest, ListGatewayRoutesResponse> = (world, input) => {
  const { service, serviceContainerPortName, status } = input;
  // Unlike the list of associations, this operation has an error for it.
  if (input.gateway !== undefined) requireGateway(world, input.gateway);
  const cluster = input.cluster === undefined ? undefined : clusterNameOf(world, input.cluster);
  const routes = gatewaysFor(world, input.gateway).flatMap((gateway) => [...allSeen(world, gateway.routes.values())]);
  const listed = routes
    .filter((route) => (cluster ?? route.service.cluster.name) === route.service.cluster.name)
    .filter((route) => service === undefined || service === (isArn(service) ? route.service.arn : route.service.name))
    .filter((route) => (serviceContainerPortName ?? route.portName) === route.portName)
    .filter((route) => !status?.length || status.includes(route.status))
    .sort((a, b) => a.sequence - b.sequence);
  const { items, ...next } = paginateRecords('ListGatewayRoutes', input, PAGE_OF_100, listed);
  const gatewayRoutes = items.map((route) => ({
    gatewayRouteArn: route.arn,
    gatewayArn: route.gateway.arn,
    clusterArn: route.service.cluster.arn,
    serviceArn: route.service.arn,
    serviceContainerPortName: route.portName,
    status: route.status,
  }));
  return { gatewayRoutes, ...next };
};

export const describeGatewayRoute: Action<DescribeGatewayRouteRequest, DescribeGatewayRouteResponse> = (
  world,
  input,
) => {
  const [name] = parseArn(input.gatewayRouteArn)?.path ?? [];
  if (parseArn(input.gatewayRouteArn)?.type !== 'gateway-route' || name === undefined) {
    throw invalidParameter('Invalid identifier: Unexpected ARN format.');
  }
  const route = world.gateways.get(name)?.routes.get(input.gatewayRouteArn);
  const visible = route === undefined ? undefined : seen(world, route);
  if (visible === undefined) throw clientError('The specified gateway route was not found.');
  return { gatewayRoute: renderGatewayRoute(world, visible) };
};
