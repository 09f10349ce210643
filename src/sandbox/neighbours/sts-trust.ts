import { EcsError } from '../checks/ecs-errors.ts';
import { type PolicyRequest, policyAllows } from '../checks/resource-policy.ts';
import { type AssumedRole, isRoleMissing, type RoleRecord } from '../model/external-services.ts';
import type { World } from '../model/world.ts';
import type { Caller } from '../util/wire-types.ts';
import type { RoleRequest } from './sts-input.ts';

/** The tags of the new session: those of the call, and those that the caller's session hands down. */
export function sessionTags({ tags }: RoleRequest, caller: AssumedRole | undefined): ReadonlyMap<string, string> {
  const handedDown = [...(caller?.tags ?? [])].filter(([key]) => caller?.transitive.includes(key) === true);
  return new Map([...tags, ...handedDown]);
}

function contextOf(request: RoleRequest, account: string, caller: Caller, session: AssumedRole | undefined) {
  const { externalId, sessionName, sourceIdentity, transitive } = request;
  const requested = sessionTags(request, session);
  const tagged = (prefix: string, tags: ReadonlyMap<string, string>): [string, string[]][] =>
    Array.from(tags, ([key, value]) => [`${prefix}/${key.toLowerCase()}`, [value]]);
  const given = (name: string, value: string | undefined): [string, string[]][] =>
    value === undefined ? [] : [[name, [value]]];
  return Object.fromEntries([
    ...given('sts:externalid', externalId),
    ...given('sts:rolesessionname', sessionName),
    ...given('sts:sourceidentity', sourceIdentity),
    ...given('aws:principalarn', caller.principalArn),
    ...given('aws:principalaccount', account),
    ...tagged('aws:requesttag', requested),
    ...tagged('aws:principaltag', session?.tags ?? new Map()),
    ...(requested.size > 0 ? [['aws:tagkeys', [...requested.keys()]]] : []),
    ...(transitive.length > 0 ? [['sts:transitivetagkeys', [...transitive]]] : []),
  ]) as PolicyRequest['context'];
}

/** The role; undefined in an account of which no role is defined, where any role may be assumed by any caller. */
export function findRole(
  { surroundings }: World,
  { roleArn, account }: RoleRequest,
): RoleRecord | 'unknown' | undefined {
  const role = surroundings.roles.get(roleArn);
  if (role !== undefined) return role;
  const hasRoles = [...surroundings.roles.keys()].some((arn) => arn.split(':')[4] === account);
  return hasRoles ? 'unknown' : undefined;
}

/** Refuses a caller whose request the trust policy of the role does not allow. */
export function checkTrust(
  world: World,
  request: RoleRequest,
  role: RoleRecord | 'unknown' | undefined,
  caller: Caller,
  session: AssumedRole | undefined,
): void {
  const who = session?.sessionArn ?? caller.principalArn;
  const refuse = (action: string): EcsError =>
    new EcsError(
      'AccessDenied',
      `User: ${who} is not authorized to perform: ${action} on resource: ${request.roleArn}`,
      403,
    );
  const { surroundings, clock } = world;
  if (role === 'unknown' || isRoleMissing(surroundings, request.roleArn, clock.now())) throw refuse('sts:AssumeRole');
  if (role === undefined) return;
  // The account of the caller, not that of the role.
  const account = session?.account ?? world.account;
  const principals = [caller.principalArn, account, ...(session === undefined ? [] : [session.sessionArn])];
  const context = contextOf(request, account, caller, session);
  const actions = [
    'sts:AssumeRole',
    ...(sessionTags(request, session).size > 0 ? ['sts:TagSession'] : []),
    ...(request.sourceIdentity === undefined ? [] : ['sts:SetSourceIdentity']),
  ];
  const refused = actions.find((action) => !policyAllows(role.trust, { principals, action, context }));
  if (refused !== undefined) throw refuse(refused);
}
