import type { Backend } from '../backend/backend.ts';
import { invalidParameter } from '../checks/ecs-errors.ts';

/** An account id from a request's parameters. */
export function readAccount(given: unknown): string | undefined {
  if (given === undefined || /^\d{12}$/.test(String(given))) return given === undefined ? undefined : String(given);
  throw invalidParameter('account must be 12 digits');
}

/** Events that EventBridge would have received, after the number `after`. */
export function getEvents(backend: Backend, parameters: Readonly<Record<string, unknown>>): unknown {
  const number = (name: string): number | undefined => {
    if (parameters[name] === undefined) return undefined;
    const value = Number(parameters[name]);
    if (Number.isInteger(value) && value >= 0) return value;
    throw invalidParameter(`${name} must be a whole number, 0 or more`);
  };
  const { region = 'us-east-1' } = parameters;
  const world = backend.world(String(region), readAccount(parameters.account));
  backend.clock.settle();
  return world.events.read(world, number('after') ?? 0, number('limit'));
}
