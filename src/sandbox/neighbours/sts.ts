import { type AssumedRole, type RoleRecord, SESSION_KEY_PREFIX } from '../model/external-services.ts';
import type { World } from '../model/world.ts';
import { epochNow } from '../time/clock.ts';
import type { Caller } from '../util/wire-types.ts';
import { type Form, invalid, type RoleRequest, readRoleRequest } from './sts-input.ts';
import { checkTrust, findRole, sessionTags } from './sts-trust.ts';

const HOUR_SECONDS = 3600;
/** The oldest are no longer needed. */
const MOST_SESSIONS = 10_000;

function sessionOf({ surroundings }: World, { accessKey = '' }: Caller): AssumedRole | undefined {
  return surroundings.assumedRoles.get(accessKey);
}

function getCallerIdentity(world: World, _: Form, caller: Caller): object {
  const role = sessionOf(world, caller);
  if (role !== undefined) return { Arn: role.sessionArn, UserId: role.userId, Account: role.account };
  const isRoot = caller.principalArn.endsWith(':root');
  return {
    Arn: caller.principalArn,
    UserId: isRoot ? world.account : `AIDA${(caller.accessKey ?? '').toUpperCase().replace(/[^A-Z0-9]/g, '')}`,
    Account: world.account,
  };
}

function checkDuration(seconds: number, role: RoleRecord | 'unknown' | undefined, isChained: boolean): void {
  if (isChained && seconds > HOUR_SECONDS) {
    throw invalid('The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.');
  }
  if (typeof role === 'object' && seconds > role.maxSessionDuration) {
    throw invalid('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  }
}

function open(world: World, request: RoleRequest, seconds: number, caller: AssumedRole | undefined) {
  const { roleArn, partition, account, roleName, sessionName } = request;
  const { keys } = world.neighbours;
  const accessKeyId = SESSION_KEY_PREFIX + keys.hex(12).toUpperCase();
  const session: AssumedRole = {
    account,
    principalArn: roleArn,
    sessionArn: `arn:${partition}:sts::${account}:assumed-role/${roleName}/${sessionName}`,
    userId: `AROA${keys.hex(16).toUpperCase()}:${sessionName}`,
    sessionToken: keys.token(80) + keys.token(80),
    // Whole seconds, as the answer shows it.
    expiresAt: Math.floor(epochNow() / 1000 + seconds) * 1000,
    tags: sessionTags(request, caller),
    transitive: [...request.transitive, ...(caller?.transitive ?? [])],
  };
  const { assumedRoles } = world.surroundings;
  assumedRoles.set(accessKeyId, session);
  const [oldest] = assumedRoles.keys();
  if (assumedRoles.size > MOST_SESSIONS && oldest !== undefined) assumedRoles.delete(oldest);
  return { accessKeyId, session };
}

function assumeRole(world: World, form: Form, caller: Caller): object {
  const request = readRoleRequest(form);
  const callerSession = sessionOf(world, caller);
  const role = findRole(world, request);
  checkTrust(world, request, role, caller, callerSession);
  const seconds = request.seconds ?? HOUR_SECONDS;
  checkDuration(seconds, role, callerSession !== undefined);
  const { accessKeyId, session } = open(world, request, seconds, callerSession);
  const { sourceIdentity } = request;
  return {
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: world.neighbours.keys.token(40),
      SessionToken: session.sessionToken,
      Expiration: new Date(session.expiresAt).toISOString().replace(/\.\d+Z$/, 'Z'),
    },
    AssumedRoleUser: { AssumedRoleId: session.userId, Arn: session.sessionArn },
    ...(sourceIdentity === undefined ? {} : { SourceIdentity: sourceIdentity }),
  };
}

/** STS as far as the tools of ECS call it (API version 2011-06-15). Its parameters are form fields. */
export const STS: Readonly<Record<string, (world: World, form: Form, caller: Caller) => object>> = {
  GetCallerIdentity: getCallerIdentity,
  AssumeRole: assumeRole,
};
