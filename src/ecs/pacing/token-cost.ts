import { type BucketName, type Input, OPERATIONS, type OperationName } from '../core/operations.ts';

/** Number of tokens that a call takes from one bucket. */
export interface CallTokens {
  readonly bucket: BucketName;
  readonly tokens: number;
}

/** The buckets that RunTask uses beside its own if its tasks run on Fargate. */
const ON_FARGATE: ReadonlySet<BucketName> = new Set(['runTaskOnFargate', 'fargateLaunch', 'fargateSpotLaunch']);

/**
 * The tokens that a call takes, from the scarcest bucket first: a call that waits there must not hold tokens that
 * others could use. If a RunTask leaves its launch type to the cluster, the gateway does not know whether it is for
 * Fargate.
 */
export function tokensOf(operation: OperationName, input: unknown = {}): readonly CallTokens[] {
  const own = { bucket: OPERATIONS[operation].bucket, tokens: 1 };
  return operation === 'RunTask' ? [...fargateTokens(input as Input<'RunTask'>), own] : [own];
}

/** The operations that use a bucket. */
export function operationsOf(bucket: BucketName): string[] {
  if (ON_FARGATE.has(bucket)) return ['RunTask'];
  return Object.entries(OPERATIONS).flatMap(([operation, info]) => (info.bucket === bucket ? [operation] : []));
}

/** ECS decides how tasks are distributed among several providers: each may get all of them. */
function fargateTokens({ launchType, capacityProviderStrategy, count = 1 }: Input<'RunTask'>): CallTokens[] {
  const providers = new Set(capacityProviderStrategy?.map(({ capacityProvider }) => capacityProvider));
  const launches: BucketName[] = [];
  if (launchType === 'FARGATE' || providers.has('FARGATE')) launches.push('fargateLaunch');
  if (providers.has('FARGATE_SPOT')) launches.push('fargateSpotLaunch');
  if (launches.length === 0) return [];
  return [...launches.map((bucket) => ({ bucket, tokens: count })), { bucket: 'runTaskOnFargate', tokens: 1 }];
}
