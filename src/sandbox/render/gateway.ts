import type { ElbGatewayResources, Gateway, GatewayRoute, GatewaySummary } from '@aws-sdk/client-ecs';
import { accessTypeOf } from '../gateways/gateway-routes.ts';
import type { GatewayRecord, GatewayRouteRecord } from '../model/gateway-records.ts';
import type { World } from '../model/world.ts';
import { arnOf } from '../store/arns.ts';
import { toSeconds, type Wire } from '../util/wire-types.ts';

/** How many routes share a load balancer before the next one is created; AWS gives no number. */
const ROUTES_PER_BALANCER = 25;

function balancerCount(gateway: GatewayRecord): number {
  return Math.min(gateway.configuration.maxAlbCount ?? 10, Math.ceil(gateway.routes.size / ROUTES_PER_BALANCER));
}

function balancerOf(world: World, gateway: GatewayRecord, index: number) {
  const path = `app/ecs-gateway-${gateway.name}-${index + 1}/${gateway.id.slice(0, 15)}${index.toString(16)}`;
  return {
    loadBalancerArn: arnOf(world, 'elasticloadbalancing', `loadbalancer/${path}`),
    listenerArn: arnOf(world, 'elasticloadbalancing', `listener/${path}/${gateway.id.slice(16)}`),
    rulePrefix: arnOf(world, 'elasticloadbalancing', `listener-rule/${path}/${gateway.id.slice(16)}`),
    securityGroup: `sg-${gateway.id.slice(0, 17)}`,
  };
}

export function renderGateway(gateway: GatewayRecord): Wire<Gateway> {
  return {
    gatewayArn: gateway.arn,
    name: gateway.name,
    status: gateway.status,
    failures: [],
    infrastructureRoleArn: gateway.infrastructureRoleArn,
    deletionProtection: gateway.deletionProtection,
    configuration: { hostSharedAlb: { ...gateway.configuration, currentAlbCount: balancerCount(gateway) } },
    accessType: accessTypeOf(gateway),
    propagateTags: gateway.propagateTags,
    tags: gateway.tags,
    createdAt: toSeconds(gateway.bornAt),
    updatedAt: toSeconds(gateway.updatedAt),
  };
}

export function renderGatewaySummary(gateway: GatewayRecord): Wire<GatewaySummary> {
  return {
    gatewayArn: gateway.arn,
    name: gateway.name,
    status: gateway.status,
    createdAt: toSeconds(gateway.bornAt),
  };
}

/** The load balancers of a gateway, each with its share of the routes. */
export function renderGatewayResources(world: World, gateway: GatewayRecord): Wire<ElbGatewayResources>[] {
  const routes = [...gateway.routes.keys()];
  return Array.from({ length: balancerCount(gateway) }, (_, index) => {
    const { loadBalancerArn, listenerArn, securityGroup } = balancerOf(world, gateway, index);
    const gatewayRouteArns = routes.slice(index * ROUTES_PER_BALANCER, (index + 1) * ROUTES_PER_BALANCER);
    return { loadBalancerArn, listenerArn, securityGroup, gatewayRouteArns };
  });
}

export function renderGatewayRoute(world: World, route: GatewayRouteRecord): Wire<GatewayRoute> {
  const { gateway, service, id } = route;
  const index = Math.floor([...gateway.routes.keys()].indexOf(route.arn) / ROUTES_PER_BALANCER);
  const { loadBalancerArn, listenerArn, rulePrefix, securityGroup } = balancerOf(world, gateway, Math.max(0, index));
  const hasTestTraffic = gateway.configuration.testTrafficRules?.header !== undefined;
  return {
    gatewayRouteArn: route.arn,
    serviceArn: service.arn,
    serviceContainerPortName: route.portName,
    status: route.status,
    serviceUrl: `https://${id.slice(0, 12)}.ecs.${world.region}.on.aws`,
    resources: {
      hostSharedAlb: [
        {
          acmCertificateArn: arnOf(world, 'acm', `certificate/${id}`),
          loadBalancerArn,
          listenerArn,
          listenerRuleArn: `${rulePrefix}/${id.slice(0, 16)}`,
          testListenerRuleArns: hasTestTraffic ? [`${rulePrefix}/${id.slice(16)}`] : [],
          loadBalancerSecurityGroups: [
            {
              arn: arnOf(world, 'ec2', `security-group/${securityGroup}`),
              ruleArns: [arnOf(world, 'ec2', `security-group-rule/sgr-${id.slice(15)}`)],
            },
          ],
          serviceSecurityGroupArn: arnOf(world, 'ec2', `security-group/sg-${id.slice(0, 17)}`),
        },
      ],
    },
  };
}
