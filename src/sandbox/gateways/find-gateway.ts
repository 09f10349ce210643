import { EcsError, invalidParameter } from '../checks/ecs-errors.ts';
import type { GatewayRecord } from '../model/gateway-records.ts';
import type { World } from '../model/world.ts';
import { isArn, parseArn } from '../store/arns.ts';

export function gatewayNotFound(): EcsError {
  return new EcsError('GatewayNotFoundException', 'The specified gateway was not found.');
}

/** A gateway by its name or ARN. */
export function findGateway(world: World, reference: string): GatewayRecord | undefined {
  let name = reference;
  if (isArn(reference)) {
    const arn = parseArn(reference);
    if (arn?.type !== 'gateway' || arn.path[0] === undefined) {
      throw invalidParameter('Invalid identifier: Unexpected ARN format.');
    }
    name = arn.path[0];
  }
  const gateway = world.gateways.get(name);
  return isArn(reference) && gateway?.arn !== reference ? undefined : gateway;
}

export function requireGateway(world: World, reference: string): GatewayRecord {
  const gateway = findGateway(world, reference);
  if (gateway === undefined) throw gatewayNotFound();
  return gateway;
}
