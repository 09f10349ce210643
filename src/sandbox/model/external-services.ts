import type { HookResult } from './hook-result.ts';

/** The parts of AWS that deployments look at and that are not ECS. They are set through `/_sandbox`, for all Regions. */
export interface Surroundings {
  /** The names of the CloudWatch alarms that are in ALARM; all others are OK. */
  readonly alarms: Set<string>;
  /** By function name; a function that is not here succeeds. */
  readonly functions: Map<string, HookResult>;
}

export function createSurroundings(): Surroundings {
  return { alarms: new Set(), functions: new Map() };
}

/** The name in a Lambda function's ARN, with or without a version; a name is taken as it is. */
export function functionName(reference: string): string {
  return /:function:([^:]+)/.exec(reference)?.[1] ?? reference;
}
