import { EcsError } from '../checks/ecs-errors.ts';
import { type AssumedRole, isRoleMissing } from '../model/external-services.ts';
import type { World } from '../model/world.ts';
import { epochNow } from '../time/clock.ts';
import type { Caller } from '../util/wire-types.ts';

/** AWS: one hour by default, at least 15 minutes, at most 12 hours. */
const DEFAULT_SECONDS = 3600;
const LEAST_SECONDS = 900;
const MOST_SECONDS = 43_200;
/** The oldest are no longer needed. */
const MOST_SESSIONS = 10_000;
const ROLE = /^arn:(aws[a-z-]*):iam::(\d{12}):role\/(?:[\w+=,.@-]+\/)*([\w+=,.@-]{1,64})$/;
const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;

type Parameters = Readonly<Record<string, string>>;

function invalid(message: string): EcsError {
  return new EcsError('ValidationError', message);
}

function assumedBy({ surroundings }: World, { accessKey = '' }: Caller): AssumedRole | undefined {
  return surroundings.assumedRoles.get(accessKey);
}

function getCallerIdentity(world: World, _: Parameters, caller: Caller): object {
  const role = assumedBy(world, caller);
  if (role !== undefined) return { Arn: role.sessionArn, UserId: role.userId, Account: role.account };
  const isRoot = caller.principalArn.endsWith(':root');
  return {
    Arn: caller.principalArn,
    UserId: isRoot ? world.account : `AIDA${(caller.accessKey ?? '').toUpperCase().replace(/[^A-Z0-9]/g, '')}`,
    Account: world.account,
  };
}

function secondsOf({ DurationSeconds }: Parameters): number {
  if (DurationSeconds === undefined) return DEFAULT_SECONDS;
  const seconds = Number(DurationSeconds);
  if (Number.isInteger(seconds) && seconds >= LEAST_SECONDS && seconds <= MOST_SECONDS) return seconds;
  throw invalid(`DurationSeconds must be from ${LEAST_SECONDS} to ${MOST_SECONDS}.`);
}

function assumeRole(world: World, parameters: Parameters, caller: Caller): object {
  const { RoleArn = '', RoleSessionName = '' } = parameters;
  const [, partition, account, name] = ROLE.exec(RoleArn) ?? [];
  if (partition === undefined || account === undefined || name === undefined) {
    throw invalid(`${RoleArn.slice(0, 100)} is invalid: RoleArn must be the ARN of a role.`);
  }
  if (!SESSION_NAME.test(RoleSessionName)) throw invalid('RoleSessionName must have 2 to 64 letters, digits or =,.@-');
  const seconds = secondsOf(parameters);
  const { surroundings } = world;
  if (isRoleMissing(surroundings, RoleArn, world.clock.now())) {
    const message = `User: ${caller.principalArn} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`;
    throw new EcsError('AccessDenied', message, 403);
  }
  const key = (prefix: string): string => prefix + world.random.hex(16).toUpperCase();
  const accessKeyId = key('ASIA');
  const userId = `${key('AROA')}:${RoleSessionName}`;
  const sessionArn = `arn:${partition}:sts::${account}:assumed-role/${name}/${RoleSessionName}`;
  surroundings.assumedRoles.set(accessKeyId, { account, principalArn: RoleArn, sessionArn, userId });
  const [oldest] = surroundings.assumedRoles.keys();
  if (surroundings.assumedRoles.size > MOST_SESSIONS && oldest !== undefined) surroundings.assumedRoles.delete(oldest);
  return {
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: world.random.token(40),
      SessionToken: world.random.token(80) + world.random.token(80),
      // On the client's own clock, with which the client compares it.
      Expiration: new Date(epochNow() + seconds * 1000).toISOString(),
    },
    AssumedRoleUser: { AssumedRoleId: userId, Arn: sessionArn },
  };
}

/** STS as far as the tools of ECS call it (API version 2011-06-15). Its parameters are form fields. */
export const STS: Readonly<Record<string, (world: World, parameters: Parameters, caller: Caller) => object>> = {
  GetCallerIdentity: getCallerIdentity,
  AssumeRole: assumeRole,
};
