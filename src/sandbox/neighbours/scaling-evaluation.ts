import { updateService } from '../actions/services/service.ts';
import type { ScalableTarget, ScalingPolicy } from '../model/neighbour-records.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { World } from '../model/world.ts';
import { iamArn } from '../store/arns.ts';
import { dueAction } from '../time/due-action.ts';
import { type Fields, fieldsOf, listOf, optionalCount, optionalText } from './input.ts';

const MINUTE = 60_000;
/** AWS: the alarms of target tracking need this many minutes above the target, or below nine tenths of it. */
const MINUTES_ABOVE = 3;
const MINUTES_BELOW = 15;
const LOW_SHARE = 0.9;
/** AWS: for ECS services, in seconds. */
const DEFAULT_COOLDOWN = 300;
const MOST_ACTIVITIES = 1000;

export function serviceOfTarget(world: World, resourceId: string): ServiceRecord | undefined {
  const [, cluster = '', name = ''] = resourceId.split('/');
  const service = world.clusters.get(cluster)?.services.get(name);
  return service?.status === 'ACTIVE' ? service : undefined;
}

/** The metric of a policy: a predefined one, or a custom one. */
export function metricOf({ configuration }: ScalingPolicy): string | undefined {
  const predefined = fieldsOf(configuration.PredefinedMetricSpecification);
  const custom = fieldsOf(configuration.CustomizedMetricSpecification);
  return optionalText(predefined, 'PredefinedMetricType') ?? optionalText(custom, 'MetricName');
}

function runningCount(service: ServiceRecord): number {
  return [...service.tasks].filter((task) => task.lastStatus === 'RUNNING').length;
}

export function metricKey(resourceId: string, metric: string): string {
  return `${resourceId} ${metric}`;
}

/**
 * Sets the current value of a service's metric. The load behind it stays: with twice the tasks, the metric is half as
 * high.
 */
export function setMetric(
  world: World,
  resourceId: string,
  service: ServiceRecord,
  metric: string,
  value: number,
): void {
  world.neighbours.metrics.set(metricKey(resourceId, metric), { value, tasks: Math.max(1, runningCount(service)) });
  evaluateLater(world);
}

/** Evaluates the metrics once a minute while there are any. */
export function evaluateLater(world: World): void {
  const { neighbours } = world;
  if (neighbours.metrics.size === 0 || neighbours.targets.size === 0) return;
  neighbours.evaluation ??= world.clock.after(MINUTE, evaluate, world, undefined);
}

const evaluate = dueAction('scaling.evaluate', (world: World) => {
  world.neighbours.evaluation = undefined;
  for (const target of world.neighbours.targets.values()) {
    for (const policy of target.policies.values()) {
      if (policy.type === 'TargetTrackingScaling') track(world, target, policy);
    }
  }
  evaluateLater(world);
});

function track(world: World, target: ScalableTarget, policy: ScalingPolicy): void {
  const service = serviceOfTarget(world, target.resourceId);
  const known = world.neighbours.metrics.get(metricKey(target.resourceId, metricOf(policy) ?? ''));
  const goal = optionalCount(policy.configuration, 'TargetValue');
  if (service === undefined || known === undefined || goal === undefined) return;
  const metric = (known.value * known.tasks) / Math.max(1, runningCount(service));
  policy.above = metric > goal ? policy.above + 1 : 0;
  policy.below = metric < goal * LOW_SHARE ? policy.below + 1 : 0;
  const isHigh = policy.above >= MINUTES_ABOVE;
  const isLow = policy.below >= MINUTES_BELOW && policy.configuration.DisableScaleIn !== true;
  if (!isHigh && !isLow) return;
  const wanted = Math.ceil((Math.max(1, runningCount(service)) * metric) / goal);
  const cooldown =
    optionalCount(policy.configuration, isHigh ? 'ScaleOutCooldown' : 'ScaleInCooldown') ?? DEFAULT_COOLDOWN;
  const isGrowth = wanted > service.desiredCount;
  if (isHigh === isGrowth) {
    const alarm = policy.alarms[isHigh ? 0 : 1] ?? policy.name;
    scale(
      world,
      target,
      service,
      wanted,
      cooldown,
      `monitor alarm ${alarm} in state ALARM triggered policy ${policy.name}`,
    );
  }
}

function isSuspended(target: ScalableTarget, isGrowth: boolean): boolean {
  return target.suspended[isGrowth ? 'DynamicScalingOutSuspended' : 'DynamicScalingInSuspended'] === true;
}

/** Sets the service's desired count, within the target's bounds, unless it was scaled recently. */
function scale(
  world: World,
  target: ScalableTarget,
  service: ServiceRecord,
  wanted: number,
  cooldown: number,
  cause: string,
): boolean {
  const now = world.clock.now();
  const desiredCount = Math.min(target.max, Math.max(target.min, wanted));
  if (desiredCount === service.desiredCount || isSuspended(target, desiredCount > service.desiredCount)) return false;
  if (now - target.lastScaledAt < cooldown * 1000) return false;
  target.lastScaledAt = now;
  const input = { cluster: service.cluster.name, service: service.name, desiredCount };
  updateService(world, input, {
    principalArn: iamArn(world, 'role/AWSServiceRoleForApplicationAutoScaling_ECSService'),
  });
  const { activities } = world.neighbours;
  const id = world.random.uuid();
  activities.push({
    id,
    resourceId: target.resourceId,
    description: `Setting desired count to ${desiredCount}.`,
    cause,
    at: now,
  });
  if (activities.length > MOST_ACTIVITIES) activities.shift();
  return true;
}

function adjustmentFor(configuration: Fields, breach: number): number | undefined {
  const step = listOf(configuration.StepAdjustments)
    .map(fieldsOf)
    .find((item) => {
      const { MetricIntervalLowerBound: lower, MetricIntervalUpperBound: upper } = item;
      return (typeof lower !== 'number' || breach >= lower) && (typeof upper !== 'number' || breach < upper);
    });
  return step === undefined ? undefined : optionalCount(step, 'ScalingAdjustment');
}

/**
 * Executes a step scaling policy as an alarm would whose metric exceeds its threshold by this much; false if nothing
 * changes.
 */
export function executeSteps(world: World, target: ScalableTarget, policy: ScalingPolicy, breach: number): boolean {
  const service = serviceOfTarget(world, target.resourceId);
  const adjustment = adjustmentFor(policy.configuration, breach);
  if (service === undefined || adjustment === undefined) return false;
  const { desiredCount } = service;
  const type = optionalText(policy.configuration, 'AdjustmentType');
  const least = optionalCount(policy.configuration, 'MinAdjustmentMagnitude') ?? 1;
  const byPercent = Math.sign(adjustment) * Math.max(least, Math.trunc(Math.abs((desiredCount * adjustment) / 100)));
  const wanted =
    type === 'ExactCapacity'
      ? adjustment
      : desiredCount + (type === 'PercentChangeInCapacity' ? byPercent : adjustment);
  const cooldown = optionalCount(policy.configuration, 'Cooldown') ?? 0;
  return scale(world, target, service, wanted, cooldown, `an alarm triggered policy ${policy.name}`);
}
