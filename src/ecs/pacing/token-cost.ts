import { type BucketName, type Input, OPERATIONS, type OperationName } from '../core/operations.ts';

/** How many tokens a call takes out of one bucket. */
export interface CallTokens {
  readonly bucket: BucketName;
  readonly tokens: number;
}

/** What RunTask draws on beside its own bucket where Fargate is to run the tasks. */
const ON_FARGATE: ReadonlySet<BucketName> = new Set(['runTaskOnFargate', 'fargateLaunch', 'fargateSpotLaunch']);

/**
 * What a call takes, out of the scarcest bucket first: whoever waits there must not hold tokens that others could use. Of a RunTask
 * that leaves its launch type to the cluster nobody knows here whether it is for Fargate.
 */
export function tokensOf(operation: OperationName, input: unknown = {}): readonly CallTokens[] {
  const own = { bucket: OPERATIONS[operation].bucket, tokens: 1 };
  return operation === 'RunTask' ? [...fargateTokens(input as Input<'RunTask'>), own] : [own];
}

/** The operations that draw on a bucket. */
export function operationsOf(bucket: BucketName): string[] {
  if (ON_FARGATE.has(bucket)) return ['RunTask'];
  return Object.entries(OPERATIONS).flatMap(([operation, info]) => (info.bucket === bucket ? [operation] : []));
}

/** How the tasks are shared out among several providers is ECS's affair: each may get all of them. */
function fargateTokens({ launchType, capacityProviderStrategy, count = 1 }: Input<'RunTask'>): CallTokens[] {
  const providers = new Set(capacityProviderStrategy?.map(({ capacityProvider }) => capacityProvider));
  const launches: BucketName[] = [];
  if (launchType === 'FARGATE' || providers.has('FARGATE')) launches.push('fargateLaunch');
  if (providers.has('FARGATE_SPOT')) launches.push('fargateSpotLaunch');
  if (launches.length === 0) return [];
  return [...launches.map((bucket) => ({ bucket, tokens: count })), { bucket: 'runTaskOnFargate', tokens: 1 }];
}
