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
  /** By ARN. An account without a defined role lets any of its roles be assumed. */
  readonly roles: Map<string, RoleRecord>;
  /** Sessions that STS has opened, by access key. */
  readonly assumedRoles: Map<string, AssumedRole>;
}

/** An IAM role of which the sandbox knows who may assume it. */
export interface RoleRecord {
  /** Its trust policy, as IAM has it. */
  readonly trust: Readonly<Record<string, unknown>>;
  /** In seconds. */
  readonly maxSessionDuration: number;
}

/** The session of a role, behind an STS access key. */
export interface AssumedRole {
  readonly account: string;
  /** The role. */
  readonly principalArn: string;
  /** The role session. */
  readonly sessionArn: string;
  readonly userId: string;
  readonly sessionToken: string;
  /** On the real clock, with which clients compare it. */
  readonly expiresAt: number;
  /** By key. Conditions of trust policies see them as aws:PrincipalTag. */
  readonly tags: ReadonlyMap<string, string>;
  /** The keys of the tags that a session has too that this one opens. */
  readonly transitive: readonly string[];
}

/** How the access keys of the sandbox's own sessions begin, so that it knows a session of an earlier life. */
export const SESSION_KEY_PREFIX = 'ASIA5ABD';

export function createSurroundings(): Surroundings {
  return {
    alarms: new Set(),
    functions: new Map(),
    missingRoles: new Map(),
    looseTargetGroups: new Map(),
    images: new Map(),
    roles: new Map(),
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
