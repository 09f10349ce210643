import type {
  DeploymentConfiguration,
  DeploymentLifecycleHook,
  LoadBalancer,
  SchedulingStrategy,
} from '@aws-sdk/client-ecs';
import { invalidParameter } from '../checks/ecs-errors.ts';
import {
  DEFAULT_CANARY_BAKE_MINUTES,
  DEFAULT_CANARY_PERCENT,
  DEFAULT_STEP_BAKE_MINUTES,
  DEFAULT_STEP_PERCENT,
  shiftsTraffic,
} from '../model/services/deployment-stages.ts';
import type { Wire } from '../util/wire-types.ts';

type Configuration = Wire<DeploymentConfiguration>;
type Hook = Wire<DeploymentLifecycleHook>;

const STRATEGIES = ['ROLLING', 'BLUE_GREEN', 'LINEAR', 'CANARY'];
const HOOK_STAGES = [
  'RECONCILE_SERVICE',
  'PRE_SCALE_UP',
  'POST_SCALE_UP',
  'TEST_TRAFFIC_SHIFT',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  'PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
];
/** Stages that a rollback also passes, so that a pause there would need a second call. */
const NO_PAUSE = ['TEST_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT'];
const MOST_HOOKS_OF_A_TYPE = 10;
const DAY_IN_MINUTES = 1440;
const LONGEST_TIMEOUT_MINUTES = 20_160;

function checkRange(name: string, value: number | undefined, least: number, most: number): void {
  if (value === undefined || (value >= least && value <= most)) return;
  throw invalidParameter(`${name} must be between ${least} and ${most}.`);
}

function checkMinutes(name: string, value: number | undefined, least = 0, most = DAY_IN_MINUTES): void {
  checkRange(name, value, least, most);
  if (value !== undefined && !Number.isInteger(value)) throw invalidParameter(`${name} must be a whole number.`);
}

function checkHook({
  targetType = 'AWS_LAMBDA',
  hookTargetArn,
  lifecycleStages = [],
  timeoutConfiguration,
}: Hook): void {
  if (targetType !== 'AWS_LAMBDA' && targetType !== 'PAUSE') {
    throw invalidParameter(`Invalid lifecycle hook target type: ${targetType}`);
  }
  if (targetType === 'AWS_LAMBDA' && !hookTargetArn?.includes(':function:')) {
    throw invalidParameter('hookTargetArn must be the ARN of a Lambda function.');
  }
  if (lifecycleStages.length === 0) throw invalidParameter('lifecycleStages cannot be empty.');
  for (const stage of lifecycleStages) {
    if (!HOOK_STAGES.includes(stage)) throw invalidParameter(`Invalid lifecycle stage: ${stage}`);
    if (targetType === 'PAUSE' && NO_PAUSE.includes(stage)) {
      throw invalidParameter(`PAUSE lifecycle hooks are not supported at the ${stage} lifecycle stage.`);
    }
  }
  checkMinutes('timeoutInMinutes', timeoutConfiguration?.timeoutInMinutes, 1, LONGEST_TIMEOUT_MINUTES);
  const { action = 'ROLLBACK' } = timeoutConfiguration ?? {};
  if (action !== 'ROLLBACK' && action !== 'CONTINUE') throw invalidParameter(`Invalid timeout action: ${action}`);
}

function checkHooks(hooks: readonly Hook[]): void {
  for (const hook of hooks) checkHook(hook);
  const pauses = hooks.filter((hook) => hook.targetType === 'PAUSE').length;
  if (pauses > MOST_HOOKS_OF_A_TYPE || hooks.length - pauses > MOST_HOOKS_OF_A_TYPE) {
    throw invalidParameter(`At most ${MOST_HOOKS_OF_A_TYPE} lifecycle hooks of each type are allowed.`);
  }
}

function checkBreaker({ deploymentCircuitBreaker }: Configuration): void {
  const { type = 'BOUNDED_PERCENT', value } = deploymentCircuitBreaker?.thresholdConfiguration ?? {};
  const most = type === 'COUNT' ? Number.POSITIVE_INFINITY : 100;
  if (value === undefined || (value >= 1 && value <= most)) return;
  throw invalidParameter(
    type === 'COUNT' ? 'The threshold must be at least 1.' : 'The threshold must be between 1 and 100 percent.',
  );
}

function checkEarlySuccess({ earlySuccessCriteria, minimumHealthyPercent = 100, strategy }: Configuration): void {
  if (earlySuccessCriteria?.enable !== true) return;
  const { healthyPercent, sourceServiceRevisionCleanup } = earlySuccessCriteria;
  if (strategy !== 'ROLLING') throw invalidParameter('earlySuccessCriteria needs the ROLLING deployment strategy.');
  if (healthyPercent === undefined || sourceServiceRevisionCleanup === undefined) {
    throw invalidParameter('earlySuccessCriteria needs healthyPercent and sourceServiceRevisionCleanup.');
  }
  checkRange('healthyPercent', healthyPercent, minimumHealthyPercent, 100);
}

function checkStrategyOf(configuration: Configuration, isDaemon: boolean): void {
  const { strategy = 'ROLLING', linearConfiguration, canaryConfiguration, bakeTimeInMinutes } = configuration;
  if (!STRATEGIES.includes(strategy)) throw invalidParameter(`Invalid deployment strategy: ${strategy}`);
  if (isDaemon && strategy !== 'ROLLING') {
    throw invalidParameter('The daemon scheduling strategy only supports the ROLLING deployment strategy.');
  }
  checkMinutes('bakeTimeInMinutes', bakeTimeInMinutes);
  checkRange('stepPercent', linearConfiguration?.stepPercent, 3, 100);
  checkMinutes('stepBakeTimeInMinutes', linearConfiguration?.stepBakeTimeInMinutes);
  checkRange('canaryPercent', canaryConfiguration?.canaryPercent, 0.1, 100);
  checkMinutes('canaryBakeTimeInMinutes', canaryConfiguration?.canaryBakeTimeInMinutes);
}

function checkPercents({ maximumPercent = 200, minimumHealthyPercent = 100 }: Configuration, isDaemon: boolean): void {
  if (!isDaemon && maximumPercent < 100) {
    throw invalidParameter('maximumPercent must be greater than or equal to 100.');
  }
  if (isDaemon && maximumPercent !== 100) {
    throw invalidParameter('maximumPercent must be 100 for the daemon scheduling strategy.');
  }
  if (minimumHealthyPercent < 0) throw invalidParameter('minimumHealthyPercent must not be negative.');
  if (!isDaemon && minimumHealthyPercent > maximumPercent) {
    throw invalidParameter('minimumHealthyPercent must not be above maximumPercent.');
  }
}

/** The settings of the strategy in use, with AWS's defaults; settings of other strategies are dropped. */
function strategySettings({ strategy, linearConfiguration, canaryConfiguration }: Configuration): Configuration {
  if (strategy === 'LINEAR') {
    const defaults = { stepPercent: DEFAULT_STEP_PERCENT, stepBakeTimeInMinutes: DEFAULT_STEP_BAKE_MINUTES };
    return { linearConfiguration: { ...defaults, ...linearConfiguration } };
  }
  if (strategy !== 'CANARY') return {};
  const defaults = { canaryPercent: DEFAULT_CANARY_PERCENT, canaryBakeTimeInMinutes: DEFAULT_CANARY_BAKE_MINUTES };
  return { canaryConfiguration: { ...defaults, ...canaryConfiguration } };
}

/** AWS's defaults: rolling, 100 and 200 for replicas, 0 and 100 for daemons, no circuit breaker. */
export function completeConfiguration(given: Configuration | undefined, scheduling: SchedulingStrategy): Configuration {
  const isDaemon = scheduling === 'DAEMON';
  const configuration: Configuration = {
    deploymentCircuitBreaker: { enable: false, rollback: false },
    maximumPercent: isDaemon ? 100 : 200,
    minimumHealthyPercent: isDaemon ? 0 : 100,
    strategy: 'ROLLING',
    bakeTimeInMinutes: 0,
    ...given,
  };
  checkPercents(configuration, isDaemon);
  checkStrategyOf(configuration, isDaemon);
  checkBreaker(configuration);
  checkEarlySuccess(configuration);
  checkHooks(configuration.lifecycleHooks ?? []);
  const { linearConfiguration: _linear, canaryConfiguration: _canary, ...rest } = configuration;
  return { ...rest, ...strategySettings(configuration) };
}

/** Shifting traffic needs a load balancer with a second target group and rules for both. */
export function checkShiftable(configuration: Configuration, loadBalancers: readonly Wire<LoadBalancer>[]): void {
  if (!shiftsTraffic(configuration)) return;
  if (loadBalancers.every((balancer) => balancer.advancedConfiguration !== undefined)) return;
  throw invalidParameter(
    'advancedConfiguration field is required for all loadBalancers when using a non-ROLLING deployment strategy.',
  );
}
