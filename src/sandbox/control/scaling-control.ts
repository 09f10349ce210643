import type { Backend } from '../backend/backend.ts';
import { invalidParameter } from '../checks/ecs-errors.ts';
import type { World } from '../model/world.ts';
import { executeSteps, setMetric } from '../neighbours/scaling-evaluation.ts';
import { readAccount } from './event-control.ts';
import { type Parameters, text } from './parameters.ts';
import { findService } from './service-accidents.ts';

function number(parameters: Parameters, name: string): number {
  const value = Number(parameters[name]);
  if (parameters[name] !== undefined && Number.isFinite(value)) return value;
  throw invalidParameter(`${name} must be a number`);
}

/** The world of an ARN, of the given Region, or of us-east-1. */
function worldOf(backend: Backend, { region, account }: Parameters, reference: string): World {
  const [, , , ofArn, accountOfArn] = reference.split(':');
  const given = typeof region === 'string' ? region : undefined;
  const world = backend.world(given ?? ofArn ?? 'us-east-1', readAccount(account) ?? accountOfArn);
  backend.clock.settle();
  return world;
}

function execute(backend: Backend, parameters: Parameters): object {
  const reference = text(parameters, 'policy');
  const breach = number(parameters, 'breach');
  const world = worldOf(backend, parameters, reference);
  for (const target of world.neighbours.targets.values()) {
    const policy = [...target.policies.values()].find(({ name, arn }) => name === reference || arn === reference);
    if (policy?.type === 'StepScaling') return { scaled: executeSteps(world, target, policy, breach) };
  }
  throw invalidParameter(`no step scaling policy ${reference} in ${world.region}`);
}

/** Sets a metric of a service, or executes a step scaling policy as its alarm would. */
export function postMetric(backend: Backend, parameters: Parameters): object {
  if (parameters.policy !== undefined) return execute(backend, parameters);
  const reference = text(parameters, 'service');
  const metric = text(parameters, 'metric');
  const value = number(parameters, 'value');
  const world = worldOf(backend, parameters, reference);
  const service = findService(world, reference);
  setMetric(world, `service/${service.cluster.name}/${service.name}`, service, metric, value);
  return { service: service.arn, metric, value };
}
