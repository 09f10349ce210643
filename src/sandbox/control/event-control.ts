import type { Backend } from '../backend.ts';
import { invalidParameter } from '../wire/errors.ts';

/** What EventBridge would have been told, from the one after `after` on. */
export function getEvents(backend: Backend, parameters: Readonly<Record<string, unknown>>): unknown {
  const number = (name: string): number | undefined => {
    if (parameters[name] === undefined) return undefined;
    const value = Number(parameters[name]);
    if (Number.isInteger(value) && value >= 0) return value;
    throw invalidParameter(`${name} must be a whole number, 0 or more`);
  };
  const world = backend.world(typeof parameters.region === 'string' ? parameters.region : 'us-east-1');
  backend.clock.settle();
  return world.events.read(world, number('after') ?? 0, number('limit'));
}
