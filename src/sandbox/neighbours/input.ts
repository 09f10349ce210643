import { EcsError } from '../checks/ecs-errors.ts';

/** The input of a call to another service: unchecked JSON. */
export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function optionalText(input: Fields, name: string): string | undefined {
  const value = input[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function requiredText(input: Fields, name: string, code: string): string {
  const value = optionalText(input, name);
  if (value === undefined) throw new EcsError(code, `The ${name} is missing.`);
  return value;
}

export function optionalCount(input: Fields, name: string): number | undefined {
  const value = input[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

export function textsOf(value: unknown): string[] {
  return listOf(value).filter((item) => typeof item === 'string');
}
