import type { ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs';
import type { Input } from '../util/wire-types.ts';
import type { Rule } from './rule.ts';

export type Registration = Input<RegisterTaskDefinitionRequest>;
export type Container = Input<ContainerDefinition>;

/** The input of the rules of RegisterTaskDefinition. */
export interface Draft {
  readonly registration: Registration;
  readonly containers: readonly Container[];
  /** CPU units and MiB of the whole task; undefined if not given or not readable. */
  readonly cpu: number | undefined;
  readonly memory: number | undefined;
}

/** A rule of RegisterTaskDefinition. Each answers with a ClientException. */
export function rule(name: string, source: string, fault: (draft: Draft) => string | undefined): Rule<Draft> {
  return { name, code: 'ClientException', source, fault };
}

/** A rule that each container must satisfy. */
export function eachContainer(
  name: string,
  source: string,
  fault: (container: Container, draft: Draft) => string | undefined,
): Rule<Draft> {
  return rule(name, source, (draft) => {
    for (const container of draft.containers) {
      const text = fault(container, draft);
      if (text !== undefined) return text;
    }
    return undefined;
  });
}

export function isFargate({ registration }: Draft): boolean {
  return registration.requiresCompatibilities?.includes('FARGATE') ?? false;
}

export function isAwsvpc({ registration }: Draft): boolean {
  return registration.networkMode === 'awsvpc';
}

export function isWindows({ registration }: Draft): boolean {
  return registration.runtimePlatform?.operatingSystemFamily?.startsWith('WINDOWS') ?? false;
}

export function isPresent(list: readonly unknown[] | undefined): boolean {
  return list !== undefined && list.length > 0;
}

/** The first value that occurs twice. */
export function repeated<T>(values: readonly T[]): T | undefined {
  return values.find((value, at) => values.indexOf(value) < at);
}
