import type { Backend } from '../backend/backend.ts';
import { invalidParameter } from '../checks/ecs-errors.ts';
import { policyProblem } from '../checks/resource-policy.ts';
import { listMissingRoles, setMissingRole } from './outside-control.ts';
import { type Parameters, text } from './parameters.ts';

const ROLE_ARN = /^arn:aws[a-z-]*:iam::\d{12}:role\/(?:[\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/;
const LEAST_SECONDS = 3600;
const MOST_SECONDS = 43_200;
export const ROLE_PARAMETERS: readonly string[] = ['role', 'state', 'seconds', 'trust', 'maxSessionDuration'];

export function listRoles(backend: Backend): object {
  return { ...listMissingRoles(backend), defined: Object.fromEntries(backend.surroundings.roles) };
}

function durationOf({ maxSessionDuration = LEAST_SECONDS }: Parameters): number {
  const seconds = Number(maxSessionDuration);
  if (Number.isInteger(seconds) && seconds >= LEAST_SECONDS && seconds <= MOST_SECONDS) return seconds;
  throw invalidParameter(`maxSessionDuration must be a whole number from ${LEAST_SECONDS} to ${MOST_SECONDS}`);
}

/** Defines who may assume a role, or forgets the role if `trust` is null. */
function define(backend: Backend, parameters: Parameters): void {
  const role = text(parameters, 'role');
  if (!ROLE_ARN.test(role)) throw invalidParameter('role must be the ARN of a role');
  const { trust } = parameters;
  const { roles } = backend.surroundings;
  if (trust === null) {
    roles.delete(role);
    return;
  }
  const problem = policyProblem(trust);
  if (problem !== undefined) throw invalidParameter(`trust is not a trust policy: ${problem}`);
  roles.set(role, { trust: trust as Readonly<Record<string, unknown>>, maxSessionDuration: durationOf(parameters) });
}

/** Defines a role, or makes one MISSING or OK. */
export function setRole(backend: Backend, parameters: Parameters): object {
  if (parameters.trust === undefined) setMissingRole(backend, parameters);
  else define(backend, parameters);
  return listRoles(backend);
}

/** Ends the sessions of a role, or all sessions, as if their time had passed. */
export function expireSessions(backend: Backend, { role }: Parameters): { readonly expired: number } {
  const { assumedRoles } = backend.surroundings;
  let expired = 0;
  for (const [key, session] of assumedRoles) {
    if ((role !== undefined && session.principalArn !== role) || session.expiresAt === 0) continue;
    assumedRoles.set(key, { ...session, expiresAt: 0 });
    expired += 1;
  }
  return { expired };
}
