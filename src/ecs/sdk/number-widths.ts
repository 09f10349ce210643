/**
 * Members whose integers have 64 bits. The SDK's schemas and types have one kind of number; AWS's model has four.
 */
export const LONGS: ReadonlySet<string> = new Set(['ContainerInstance.version', 'Resource.longValue', 'Task.version']);

/** Members whose numbers are fractions. All that are not in these two tables are integers of 32 bits. */
export const FLOATS: ReadonlySet<string> = new Set([
  'CanaryConfiguration.canaryPercent',
  'DaemonDeploymentConfiguration.drainPercent',
  'LinearConfiguration.stepPercent',
  'ManagedApplicationAutoScalingPolicy.targetValue',
  'MemoryGiBPerVCpuRequest.max',
  'MemoryGiBPerVCpuRequest.min',
  'NetworkBandwidthGbpsRequest.max',
  'NetworkBandwidthGbpsRequest.min',
  'Resource.doubleValue',
  'Scale.value',
  'ServiceRevisionSummary.requestedProductionTrafficWeight',
  'ServiceRevisionSummary.requestedTestTrafficWeight',
  'TotalLocalStorageGBRequest.max',
  'TotalLocalStorageGBRequest.min',
]);

/** Whether a number can be the value of a member. */
export type Fits = (value: number) => boolean;

const isInt: Fits = (value) => (value | 0) === value;

/** @param member the structure and the member: `Service.desiredCount` */
export function widthOf(member: string): Fits {
  if (LONGS.has(member)) return Number.isSafeInteger;
  return FLOATS.has(member) ? Number.isFinite : isInt;
}
