import { invalidParameter } from '../checks/ecs-errors.ts';

/** Parameters of a control request, from its query string and body. */
export type Parameters = Readonly<Record<string, unknown>>;

export function text(parameters: Parameters, name: string): string {
  const value = parameters[name];
  if (typeof value === 'string' && value !== '') return value;
  throw invalidParameter(`${name} is missing`);
}

export function oneOf<T extends string>(parameters: Parameters, name: string, allowed: readonly T[]): T {
  const value = text(parameters, name);
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw invalidParameter(`${name} must be one of ${allowed.join(', ')}`);
  return found;
}

export function seconds(parameters: Parameters, name: string): number | undefined {
  if (parameters[name] === undefined) return undefined;
  const value = Number(parameters[name]);
  if (Number.isFinite(value) && value >= 0) return value;
  throw invalidParameter(`${name} must be a number of seconds, 0 or more`);
}
