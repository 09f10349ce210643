import type { Backend } from '../backend/backend.ts';
import { roleName } from '../model/external-services.ts';
import { oneOf, type Parameters, seconds, text } from './parameters.ts';

/** Everything that is broken, and when it recovers by itself; null: when it is set to OK. */
function list(until: ReadonlyMap<string, number>, now: number): object {
  const open = [...until].filter(([, end]) => end > now);
  return Object.fromEntries(
    open.map(([name, end]) => [name, Number.isFinite(end) ? new Date(end).toISOString() : null]),
  );
}

function set(
  backend: Backend,
  until: Map<string, number>,
  name: string,
  isWrong: boolean,
  parameters: Parameters,
): void {
  const lasts = seconds(parameters, 'seconds');
  backend.clock.settle();
  if (!isWrong) until.delete(name);
  else until.set(name, lasts === undefined ? Number.POSITIVE_INFINITY : backend.clock.now() + lasts * 1000);
}

export function listMissingRoles({ surroundings, clock }: Backend): object {
  return { missing: list(surroundings.missingRoles, clock.now()) };
}

/** An IAM role (ARN or name) that cannot be assumed, for a number of virtual seconds or until it is OK again. */
export function setMissingRole(backend: Backend, parameters: Parameters): void {
  const name = roleName(text(parameters, 'role'));
  const isMissing = oneOf(parameters, 'state', ['MISSING', 'OK']) === 'MISSING';
  set(backend, backend.surroundings.missingRoles, name, isMissing, parameters);
}

export function listTargetGroups({ surroundings, clock }: Backend): object {
  return { noLoadBalancer: list(surroundings.looseTargetGroups, clock.now()) };
}

/** A target group without a load balancer, for a number of virtual seconds or until it is OK again. */
export function setTargetGroup(backend: Backend, parameters: Parameters): object {
  const arn = text(parameters, 'targetGroupArn');
  const isLoose = oneOf(parameters, 'state', ['NO_LOAD_BALANCER', 'OK']) === 'NO_LOAD_BALANCER';
  set(backend, backend.surroundings.looseTargetGroups, arn, isLoose, parameters);
  return listTargetGroups(backend);
}
