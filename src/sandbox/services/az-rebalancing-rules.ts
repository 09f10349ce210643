import type { AvailabilityZoneRebalancing, SchedulingStrategy } from '@aws-sdk/client-ecs';
import { invalidParameter } from '../checks/ecs-errors.ts';
import { ZONE_ATTRIBUTE } from '../instances/placement.ts';
import type { ServiceSpec } from '../model/services/service-spec.ts';

type Placement = Pick<
  ServiceSpec,
  'deploymentConfiguration' | 'placementStrategy' | 'placementConstraints' | 'loadBalancers'
>;

/** AWS's conditions for zone rebalancing. Undefined if a service meets them, else what it violates. */
function obstacleOf(spec: Placement, scheduling: SchedulingStrategy, controller: string): string | undefined {
  const [first] = spec.placementStrategy;
  const zone = ZONE_ATTRIBUTE.replace('attribute:', '');
  if (scheduling !== 'REPLICA') return 'the DAEMON scheduling strategy';
  if (controller !== 'ECS') return `the ${controller} deployment controller`;
  if ((spec.deploymentConfiguration.maximumPercent ?? 200) <= 100) return 'a maximumPercent of 100';
  if (first !== undefined && (first.type !== 'spread' || first.field !== ZONE_ATTRIBUTE)) {
    return 'a placement strategy that does not spread over Availability Zones first';
  }
  if (spec.placementConstraints.some(({ expression }) => expression?.includes(zone))) {
    return 'a placement constraint on Availability Zones';
  }
  if (spec.loadBalancers.some(({ loadBalancerName }) => loadBalancerName !== undefined)) {
    return 'a Classic Load Balancer';
  }
  return undefined;
}

/**
 * Whether a service is rebalanced. AWS enables it by default where it can (its notice of 2025-06), and disables it
 * otherwise. An explicit ENABLED is refused then; AWS's behaviour is not known.
 */
export function rebalancingOf(
  given: AvailabilityZoneRebalancing | undefined,
  byDefault: AvailabilityZoneRebalancing,
  spec: Placement,
  scheduling: SchedulingStrategy,
  controller: string,
): AvailabilityZoneRebalancing {
  const obstacle = obstacleOf(spec, scheduling, controller);
  if (obstacle === undefined) return given ?? byDefault;
  if (given === 'ENABLED') {
    throw invalidParameter(`Availability Zone rebalancing is not supported for services with ${obstacle}.`);
  }
  return 'DISABLED';
}
