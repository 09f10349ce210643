import type { Principal } from '../../auth/principal.ts';
import { nearest } from '../../config/nearest.ts';
import { isRecord, parseJson, unknownMember } from '../../util/json.ts';

const MOST = 10_000_000;

/** The limits that a role may have, with the least and the largest value that makes sense. */
const BOUNDS = {
  cost: [1, MOST],
  objects: [1, MOST],
  operations: [1, MOST],
  sockets: [0, MOST],
  streams: [0, MOST],
  mutationsPerMinute: [0, MOST],
  cpuPercent: [1, 100],
} as const;

export type LimitName = keyof typeof BOUNDS;

/** A limit of a principal, with the role that it comes from. */
export interface RoleLimit {
  readonly value: number;
  readonly role: string;
}

export type PrincipalLimits = { readonly [Name in LimitName]?: RoleLimit };

/** The limits of each role, as the file has them. */
export type LimitsOfRoles = ReadonlyMap<string, { readonly [Name in LimitName]?: number }>;

const NAMES = Object.keys(BOUNDS) as LimitName[];
const ROLE = /^(\*|[A-Za-z0-9_.@:/+-]{1,100})$/;
/** Stands for principals of whom no role has the limit. */
const OTHERS = '*';

/**
 * Reads a file of limits: `{"roles": {"chat-bot": {"cost": 100, "mutationsPerMinute": 6}, "*": {"streams": 20}}}`.
 * @throws {Error} that lists what is wrong, one line each
 */
export function parseRoleLimits(text: string): LimitsOfRoles {
  const parsed = parseJson(text);
  const { roles, ...others } = isRecord(parsed) ? parsed : {};
  if (!isRecord(roles)) throw new Error('must be {"roles": {"<role>": {"<limit>": <number>}}}');
  const problems = Object.keys(others).map(unknownMember);
  const limits = new Map<string, { readonly [Name in LimitName]?: number }>();
  for (const [role, given] of Object.entries(roles)) {
    const at = `roles["${role.slice(0, 100)}"]`;
    if (!ROLE.test(role)) problems.push(`${at} is not the name of a role`);
    else if (!isRecord(given)) problems.push(`${at} must be an object of limits`);
    else {
      problems.push(...[...problemsOf(given)].map((problem) => `${at} ${problem}`));
      limits.set(role, given);
    }
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return limits;
}

function* problemsOf(limits: Readonly<Record<string, unknown>>): Iterable<string> {
  for (const [name, value] of Object.entries(limits)) {
    const [least, most] = Object.hasOwn(BOUNDS, name) ? BOUNDS[name as LimitName] : [];
    if (least === undefined || most === undefined) {
      const meant = nearest(name, NAMES);
      const hint = meant === undefined ? `limits are ${NAMES.join(', ')}` : `did you mean "${meant}"?`;
      yield `has an unknown limit "${name.slice(0, 40)}"; ${hint}`;
    } else if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
      yield `"${name}" must be a whole number from ${least} to ${most}`;
    }
  }
}

/** The limits of the version of the file that is in force. */
export class RoleLimits {
  #roles: LimitsOfRoles = new Map();
  #known = new WeakMap<Principal, PrincipalLimits>();

  replace(roles: LimitsOfRoles): void {
    this.#roles = roles;
    this.#known = new WeakMap();
  }

  /** The limits of a principal. Of several roles that have a limit, the one that allows most counts. */
  of(principal: Principal): PrincipalLimits {
    let limits = this.#known.get(principal);
    if (limits === undefined) {
      const found = NAMES.map((name) => [name, this.#highest(name, principal)] as const);
      limits = Object.fromEntries(found.filter(([, limit]) => limit !== undefined));
      this.#known.set(principal, limits);
    }
    return limits;
  }

  #highest(name: LimitName, { roles = [] }: Principal): RoleLimit | undefined {
    const ofRoles = roles.flatMap((role) => this.#limit(role, name) ?? []);
    const most = ofRoles.sort((one, other) => other.value - one.value)[0];
    return most ?? this.#limit(OTHERS, name);
  }

  #limit(role: string, name: LimitName): RoleLimit | undefined {
    const value = this.#roles.get(role)?.[name];
    return value === undefined ? undefined : { value, role };
  }
}

/** A limit as refusals name it. */
export function limitText(name: LimitName, { value, role }: RoleLimit): string {
  const who = role === OTHERS ? 'of roles without one' : `of the role "${role}"`;
  return `the limit ${who} is ${value} ("${name}" in LIMITS_FILE)`;
}
