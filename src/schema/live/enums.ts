import type { BlockReason } from '../../live/core/blockers.ts';
import type { EstimateBasis } from '../../live/deployment/deployment-estimate.ts';
import type { DeploymentCause, DeploymentOutcome } from '../../live/deployment/deployment-outcome.ts';

export const DEPLOYMENT_OUTCOMES: Readonly<Record<DeploymentOutcome, string>> = {
  SUCCEEDED: 'The new revision runs, and no other revision has tasks.',
  FAILED: 'The circuit breaker or an alarm stopped the deployment, and ECS did not roll back.',
  ROLLED_BACK:
    "The deployment failed or was stopped, and the service is back on the previous revision. The AWS CLI's `services-stable` waiter would report success.",
  ROLLBACK_FAILED: 'The deployment failed, and so did the rollback: the service needs a person.',
  SUPERSEDED: 'A newer deployment took its place before it was done.',
  STOPPED: 'The deployment was stopped without being rolled back.',
  SERVICE_DELETED: 'The service was deleted on the way.',
  TIMED_OUT: 'The `timeout` of the subscription has passed; the deployment itself may go on.',
};

export const DEPLOYMENT_CAUSES: Readonly<Record<DeploymentCause, string>> = {
  CIRCUIT_BREAKER: 'The deployment circuit breaker: too many tasks failed.',
  ALARM: 'A CloudWatch alarm; see `triggeredAlarms`.',
  LIFECYCLE_HOOK: 'A lifecycle hook failed, or got no answer in time.',
  USER: 'A caller requested it; no circuit breaker, alarm or hook triggered it.',
  NEWER_DEPLOYMENT: 'A newer deployment began.',
  SERVICE_DELETED: 'The service was deleted.',
  TIMEOUT: 'The `timeout` passed.',
  UNKNOWN: 'ECS does not report the cause.',
};

export const BLOCK_REASONS: Readonly<Record<BlockReason, string>> = {
  PERCENTAGES_ALLOW_NOTHING:
    'minimumHealthyPercent and maximumPercent together let ECS neither stop nor start a task. `latitude` shows the arithmetic.',
  NO_CAPACITY: 'ECS finds no instance with room for the task.',
  TASKS_KEEP_FAILING: 'The tasks that ECS starts never reach RUNNING.',
  TASKS_KEEP_EXITING:
    'The tasks run and exit, and ECS starts others. ECS itself does not count these as failed. Where tasks are not read, inferred from the events of the service.',
  TASKS_UNHEALTHY: 'Tasks run but fail their health checks.',
  TASK_CONFIGURATION_FAILURE:
    'ECS cannot launch the tasks as they are configured (a role that it cannot assume, ...); the message comes from ECS.',
  HEALTH_UNKNOWN: 'ECS cannot determine the health of the tasks, and waits until it can.',
  AWAITING_HOOK: 'A pause hook waits for an answer (`continueServiceDeployment`).',
  STANDALONE_TASKS: 'Tasks that belong to no service: a drain never moves them, they must end or be stopped.',
  PROTECTED_TASKS: 'Tasks with scale-in protection.',
  SERVICE_THROTTLED: "The service's own calls to AWS are being throttled.",
};

export const ESTIMATE_BASES: Readonly<Record<EstimateBasis, string>> = {
  PACE_SO_FAR: 'The pace so far.',
  BAKE_TIME: 'The rest of the configured bake time.',
  TRAFFIC_STEPS: 'The configured steps and waits that are left.',
};
