import type { IncomingHttpHeaders } from 'node:http';
import type { Backend } from '../backend/backend.ts';
import { ACCOUNT } from '../backend/create-world.ts';
import { EcsError } from '../checks/ecs-errors.ts';
import { SESSION_KEY_PREFIX } from '../model/external-services.ts';
import { iamArn } from '../store/arns.ts';
import { partitionOf } from '../store/partitions.ts';
import { epochNow } from '../time/clock.ts';
import type { Caller } from '../util/wire-types.ts';

const DEFAULT_REGION = 'us-east-1';

/** Access key and Region from the Authorization header of SigV4; the signature itself is not verified. */
const CREDENTIAL = /Credential=([^/,\s]+)\/\d*\/([a-z0-9-]+)\/([^/]+)\/aws4_request/;

export interface Signed {
  /** Empty for an unsigned request. */
  readonly service: string;
  readonly region: string;
  readonly caller: Caller;
  /** Why its credentials are refused. */
  readonly refusal: Refusal | undefined;
}

type Refusal = 'expired' | 'unknown';

/** An access key of 12 digits is an account id, as in moto and LocalStack; all others belong to one account. */
const ACCOUNT_ID = /^\d{12}$/;

/**
 * Any credentials are accepted, except those that look as if this sandbox's STS had given them. Each access key is a
 * principal of its own; an unsigned request comes from the root user.
 */
export function readSignature(
  { surroundings }: Backend,
  headers: IncomingHttpHeaders,
  gone: AbortSignal | undefined,
): Signed {
  const { authorization: header, host } = headers;
  const match = header === undefined ? null : CREDENTIAL.exec(header);
  const [, accessKey, region = DEFAULT_REGION, service = ''] = match ?? [];
  const session = surroundings.assumedRoles.get(accessKey ?? '');
  if (session !== undefined) {
    const isRight = headers['x-amz-security-token'] === session.sessionToken;
    const refusal = isRight ? (session.expiresAt <= epochNow() ? 'expired' : undefined) : 'unknown';
    const { account, principalArn } = session;
    return { service, region, caller: { account, principalArn, accessKey, host, gone }, refusal };
  }
  const account = ACCOUNT_ID.test(accessKey ?? '') ? accessKey : undefined;
  const { partition } = partitionOf(region);
  const name = accessKey === undefined || account !== undefined ? 'root' : `user/${accessKey}`;
  const principalArn = iamArn({ partition, account: account ?? ACCOUNT }, name);
  const refusal = accessKey?.startsWith(SESSION_KEY_PREFIX) === true ? 'unknown' : undefined;
  return { service, region, caller: { principalArn, account, accessKey, host, gone }, refusal };
}

const UNKNOWN = 'The security token included in the request is invalid.';
const EXPIRED = 'The security token included in the request is expired';

/** AWS's error for refused credentials. Services with the query protocol have codes of their own. */
export function credentialsError(refusal: Refusal, isQuery: boolean): EcsError {
  if (refusal === 'expired') {
    return isQuery ? new EcsError('ExpiredToken', EXPIRED, 403) : new EcsError('ExpiredTokenException', EXPIRED);
  }
  return isQuery
    ? new EcsError('InvalidClientTokenId', UNKNOWN, 403)
    : new EcsError('UnrecognizedClientException', UNKNOWN);
}
