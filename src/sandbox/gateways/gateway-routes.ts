import type { AccessType, GatewayClusterAssociationStatus } from '@aws-sdk/client-ecs';
import type { ClusterRecord } from '../model/cluster-record.ts';
import type { GatewayRecord, GatewayRouteRecord } from '../model/gateway-records.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { World } from '../model/world.ts';
import { gatewayRouteArn } from '../store/arns.ts';
import { change } from '../store/eventual-consistency.ts';
import { newRecord } from '../store/new-record.ts';
import { dueAction } from '../time/due-action.ts';

/** How long the load balancer's rules take to be created and deleted; AWS gives no figures. */
const CREATE_MS = 20_000;
const DELETE_MS = 10_000;

export function accessTypeOf(gateway: GatewayRecord): AccessType {
  return gateway.configuration.scheme === 'internal' ? 'PRIVATE' : 'PUBLIC';
}

/** The ports of a service that this gateway serves. */
function portsOf(gateway: GatewayRecord, service: ServiceRecord): string[] {
  const isOpen = service.status === 'ACTIVE' && gateway.associations.get(service.cluster) === 'ACTIVE';
  if (!isOpen) return [];
  return (service.spec.gatewayConnectors ?? [])
    .filter(({ filters }) => !filters?.accessTypes?.length || filters.accessTypes.includes(accessTypeOf(gateway)))
    .map(({ portName }) => portName ?? '');
}

function createRoute(world: World, gateway: GatewayRecord, service: ServiceRecord, portName: string): void {
  const id = world.random.hex(32);
  const arn = gatewayRouteArn(world, gateway.name, gateway.id, id);
  const route: GatewayRouteRecord = {
    kind: 'gatewayRoute',
    ...newRecord(world),
    id,
    arn,
    gateway,
    service,
    portName,
    status: 'CREATE_IN_PROGRESS',
  };
  gateway.routes.set(arn, route);
  world.clock.after(CREATE_MS, completeRoute, world, route);
}

const completeRoute = dueAction('gatewayRoute.complete', (world: World, route: GatewayRouteRecord) => {
  if (route.status === 'CREATE_IN_PROGRESS') change(world, route, { status: 'ACTIVE' });
});

function deleteRoute(world: World, route: GatewayRouteRecord): void {
  if (route.status === 'DELETE_IN_PROGRESS') return;
  change(world, route, { status: 'DELETE_IN_PROGRESS' });
  world.clock.after(DELETE_MS, forgetRoute, world, route);
}

const forgetRoute = dueAction('gatewayRoute.forget', (world: World, route: GatewayRouteRecord) => {
  route.gateway.routes.delete(route.arn);
  reconcileRoutes(world, route.gateway);
});

/** An ending association is removed with its last route. */
function endAssociations(world: World, gateway: GatewayRecord): void {
  const isUsed = (cluster: ClusterRecord): boolean =>
    [...gateway.routes.values()].some((route) => route.service.cluster === cluster);
  const kept = [...gateway.associations].filter(([cluster, status]) => status !== 'DISASSOCIATING' || isUsed(cluster));
  if (kept.length < gateway.associations.size) change(world, gateway, { associations: new Map(kept) });
}

/** Sets the association of a gateway with a cluster, and updates its routes. */
export function setAssociation(
  world: World,
  gateway: GatewayRecord,
  cluster: ClusterRecord,
  status: GatewayClusterAssociationStatus,
): void {
  change(world, gateway, { associations: new Map([...gateway.associations, [cluster, status]]) });
  reconcileRoutes(world, gateway);
}

/** Creates a route for each port of a connector, and removes routes without one. */
export function reconcileRoutes(world: World, gateway: GatewayRecord): void {
  const wanted = new Set<string>();
  const keyOf = (service: ServiceRecord, port: string): string => `${service.arn} ${service.sequence} ${port}`;
  const present = new Set(
    [...gateway.routes.values()]
      .filter((route) => route.status !== 'DELETE_IN_PROGRESS')
      .map((route) => keyOf(route.service, route.portName)),
  );
  for (const cluster of gateway.associations.keys()) {
    for (const service of cluster.services.values()) {
      for (const port of portsOf(gateway, service)) {
        wanted.add(keyOf(service, port));
        if (!present.has(keyOf(service, port))) createRoute(world, gateway, service, port);
      }
    }
  }
  for (const route of gateway.routes.values()) {
    if (!wanted.has(keyOf(route.service, route.portName))) deleteRoute(world, route);
  }
  endAssociations(world, gateway);
}
