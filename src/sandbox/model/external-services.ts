import type { HookResult } from './hook-result.ts';

/** The parts of AWS outside ECS that deployments depend on, set through `/_sandbox` for all Regions. */
export interface Surroundings {
  /** Names of the CloudWatch alarms in ALARM; all others are OK. */
  readonly alarms: Set<string>;
  /** By function name; a function that is not listed succeeds. */
  readonly functions: Map<string, HookResult>;
  /** Until when each IAM role, by name, cannot be assumed; all others can. */
  readonly missingRoles: Map<string, number>;
  /** Until when each target group, by ARN, has no load balancer; all others have one. */
  readonly looseTargetGroups: Map<string, number>;
  /** Labels for containers of an image, by the pattern of its name; see `simulated-behavior.ts`. */
  readonly images: Map<string, Readonly<Record<string, string>>>;
  /** Roles with STS credentials, by access key. */
  readonly assumedRoles: Map<string, AssumedRole>;
}

/** The role of an STS access key. */
export interface AssumedRole {
  readonly account: string;
  /** The role. */
  readonly principalArn: string;
  /** The role session. */
  readonly sessionArn: string;
  readonly userId: string;
}

export function createSurroundings(): Surroundings {
  return {
    alarms: new Set(),
    functions: new Map(),
    missingRoles: new Map(),
    looseTargetGroups: new Map(),
    images: new Map(),
    assumedRoles: new Map(),
  };
}

/** Resets everything to its healthy state. */
export function clearSurroundings(surroundings: Surroundings): void {
  for (const part of Object.values(surroundings)) part.clear();
}

/** The service-linked role that ECS creates in an account when it first needs it. */
export const SERVICE_LINKED_ROLE = 'AWSServiceRoleForECS';

/** The name in a role's ARN, without its path; a name is returned unchanged. */
export function roleName(reference: string): string {
  return reference.split('/').pop() ?? reference;
}

export function isRoleMissing({ missingRoles }: Surroundings, role: string, now: number): boolean {
  return (missingRoles.get(roleName(role)) ?? 0) > now;
}

/** The name in a Lambda function's ARN, with or without a version; a name is returned unchanged. */
export function functionName(reference: string): string {
  return /:function:([^:]+)/.exec(reference)?.[1] ?? reference;
}
