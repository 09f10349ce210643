/** The allowed range of a number: AWS's limits from its model and reference. */
type Range = readonly [least: number, most: number];

const PORT: Range = [0, 65_535];
const DURATION: Range = [0, 2_147_483_647];
const RANGES: Readonly<Record<string, Range>> = {
  'CapacityProviderStrategyItem.base': [0, 100_000],
  'CapacityProviderStrategyItem.weight': [0, 1000],
  'CreateServiceRequest.healthCheckGracePeriodSeconds': DURATION,
  'UpdateServiceRequest.healthCheckGracePeriodSeconds': DURATION,
  'DaemonDeploymentConfiguration.drainPercent': [0, 100],
  'HealthCheck.interval': [5, 300],
  'HealthCheck.timeout': [2, 120],
  'HealthCheck.retries': [1, 10],
  'HealthCheck.startPeriod': [0, 300],
  'LoadBalancer.containerPort': PORT,
  'ManagedInstancesStorageConfiguration.storageSizeGiB': [1, 2_147_483_647],
  'ManagedScaling.instanceWarmupPeriod': [0, 10_000],
  'ManagedScaling.maximumScalingStepSize': [1, 10_000],
  'ManagedScaling.minimumScalingStepSize': [1, 10_000],
  'ManagedScaling.targetCapacity': [1, 100],
  'MetricConfiguration.resolutionSeconds': [20, 60],
  'PortMapping.containerPort': PORT,
  'PortMapping.hostPort': PORT,
  'ServiceConnectClientAlias.port': PORT,
  'ServiceConnectService.ingressPortOverride': PORT,
  'TimeoutConfiguration.idleTimeoutSeconds': DURATION,
  'TimeoutConfiguration.perRequestTimeoutSeconds': DURATION,
};

/** The allowed length of lists without a limit of their own. */
const LENGTHS: Readonly<Record<string, Range>> = {
  'InstanceRequirementsRequest.allowedInstanceTypes': [0, 400],
  'InstanceRequirementsRequest.excludedInstanceTypes': [0, 400],
  'MetricConfiguration.metricNames': [1, 5],
  'MonitoringConfiguration.metricConfigurations': [0, 5],
};

/** All other numeric inputs are 32-bit integers. */
const FRACTIONS: ReadonlySet<string> = new Set([
  'CanaryConfiguration.canaryPercent',
  'DaemonDeploymentConfiguration.drainPercent',
  'LinearConfiguration.stepPercent',
  'MemoryGiBPerVCpuRequest.max',
  'MemoryGiBPerVCpuRequest.min',
  'NetworkBandwidthGbpsRequest.max',
  'NetworkBandwidthGbpsRequest.min',
  'Resource.doubleValue',
  'Resource.longValue',
  'Scale.value',
  'TotalLocalStorageGBRequest.max',
  'TotalLocalStorageGBRequest.min',
]);

export function isWhole(shape: string, member: string): boolean {
  return !FRACTIONS.has(`${shape}.${member}`);
}

/** The error for a value that is too small, too large or too long. */
export function outOfRange(shape: string, member: string, value: unknown): string | undefined {
  const key = `${shape}.${member}`;
  if (Array.isArray(value)) {
    const [least, most] = LENGTHS[key] ?? [0, Number.POSITIVE_INFINITY];
    if (value.length >= least && value.length <= most) return undefined;
    return `Member must have length between ${least} and ${most}`;
  }
  const range = typeof value === 'number' ? RANGES[key] : undefined;
  if (range === undefined || typeof value !== 'number') return undefined;
  const [least, most] = range;
  return value >= least && value <= most ? undefined : `Member must have value between ${least} and ${most}`;
}
